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
  page.setDefaultTimeout(120_000);
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
export async function pixelsOf(page: Page, wanted: readonly [number, number, number]): Promise<number> {
  const data = await stagePixels(page);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (wanted.every((value, channel) => Math.abs(data[i + channel]! - value) < 12)) count++;
  }
  return count;
}

/** How many colours there are in the play, told apart in sixteenths, of which each has an area. */
export async function coloursOf(page: Page): Promise<number> {
  const data = await stagePixels(page);
  const areas = new Map<number, number>();
  for (let i = 0; i < data.length; i += 4) {
    const colour = ((data[i]! >> 4) << 8) | ((data[i + 1]! >> 4) << 4) | (data[i + 2]! >> 4);
    areas.set(colour, (areas.get(colour) ?? 0) + 1);
  }
  return [...areas.values()].filter((pixels) => pixels > 400).length;
}

/** The play as it is on the screen, four bytes a pixel. */
async function stagePixels(page: Page): Promise<Uint8Array> {
  const picture = await page.locator("section.stage").screenshot();
  const base64 = await page.evaluate(async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d")!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let text = "";
    for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
    return btoa(text);
  }, picture.toString("base64"));
  return Buffer.from(base64, "base64");
}
