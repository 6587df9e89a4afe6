import { signal } from "@preact/signals";

/** Device pixels per CSS pixel; another one after a zoom, or on another screen. */
export const pixelRatio = signal(devicePixelRatio);

function listen(): void {
  const current = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  const renew = (): void => {
    pixelRatio.value = devicePixelRatio;
    listen();
  };
  current.addEventListener("change", renew, { once: true });
}
listen();
