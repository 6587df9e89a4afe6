import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where a browser is; null where there is none. */
export const browserPath = process.env["LUDUS_CHROMIUM"] ?? places.find((path) => existsSync(path)) ?? null;

export const whyNoBrowser =
  "there is no Chromium here (LUDUS_CHROMIUM names one; Debian's package is chromium, which .ci/run installs)";

/** Draws in software, so that it needs no graphics card. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath!,
    args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
  });
}

/** A page on an address, and what goes wrong in it. */
export async function openPage(browser: Browser, address: string): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  await page.goto(address);
  await page.waitForSelector("canvas");
  return { page, faults };
}

/** How many pixels of the play are of a colour, within a little. */
export async function pixelsOf(page: Page, colour: readonly [number, number, number]): Promise<number> {
  const picture = await page.locator("section.stage").screenshot();
  return page.evaluate(
    async ({ base64, wanted }) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext("2d")!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (wanted.every((value, channel) => Math.abs(data[i + channel]! - value) < 12)) count++;
      }
      return count;
    },
    { base64: picture.toString("base64"), wanted: colour },
  );
}
