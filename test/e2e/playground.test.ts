import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserPath, openBrowser, openPage, whyNoBrowser } from "./browser.js";
import { inFolder, type Started, start } from "./ludus.js";
import { addressOf, seriousFaults } from "./viewer-page.js";

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const figure = (page: Page, name: string) => page.locator(`[data-figure="${name}"]`).innerText();
const lossOf = async (page: Page): Promise<number> => Number(await figure(page, "train-loss"));
const epochOf = async (page: Page): Promise<number> =>
  Number((await page.locator(".epoch dd").innerText()).replaceAll(",", ""));
const boundaryOf = (page: Page): Promise<string> =>
  page.locator(".boundary").evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());

/** Presses Step so often. */
async function trainEpochs(page: Page, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const before = await epochOf(page);
    await button(page, "Step").click();
    await expect.poll(() => epochOf(page)).toBe(before + 1);
  }
}

describe("the playground", () => {
  let browser: Browser;

  beforeAll(async () => {
    if (browserPath !== null) browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  /** Opens the playground, with what it printed as its address. */
  async function inPlayground(work: (address: string) => Promise<void>): Promise<void> {
    await inFolder(async (folder) => {
      const serving: Started = start(folder, ["playground", "--port=0"]);
      try {
        await work(await addressOf(serving));
      } finally {
        serving.child.kill("SIGINT");
        expect((await serving.ended).code).toBe(130);
      }
    });
  }

  test("learns the spiral in the page, and its link brings everything back", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    await inPlayground(async (address) => {
      const { page, faults } = await openPage(browser, address);
      await page.getByLabel("Spiral").check();
      await button(page, "Add a layer").click();
      await button(page, "More neurons in layer 1").click();
      for (const feature of ["sin x₁", "sin x₂"]) await page.getByLabel(`Feature ${feature}`).click();
      await page.getByLabel("Activation").selectOption("relu");
      await expect.poll(() => lossOf(page)).toBeGreaterThan(0);
      const [loss, picture] = [await lossOf(page), await boundaryOf(page)];
      await button(page, "Train").click();
      await expect.poll(() => lossOf(page)).toBeLessThan(loss * 0.8);
      await button(page, "Pause").click();
      expect(await boundaryOf(page)).not.toBe(picture);

      // From the start, epoch by epoch; the same link comes to the same loss.
      await button(page, "Reset").click();
      await expect.poll(() => epochOf(page)).toBe(0);
      expect(await lossOf(page)).toBe(loss);
      await trainEpochs(page, 3);
      const [trained, link] = [await lossOf(page), page.url()];
      expect(link).toContain("data=spiral");
      expect(link).toContain("layers=5,2,2");
      await page.goto(new URL("/playground", link).href);
      await expect.poll(() => page.getByLabel("Circle").isChecked()).toBe(true);
      await page.goto(link);
      await expect.poll(() => page.getByLabel("Spiral").isChecked()).toBe(true);
      expect(await page.getByLabel("Activation").inputValue()).toBe("relu");
      await expect.poll(() => lossOf(page)).toBe(loss);
      await trainEpochs(page, 3);
      expect(await lossOf(page)).toBe(trained);
      expect(page.url()).toBe(link);
      expect(faults).toEqual([]);
      expect(await seriousFaults(page)).toEqual([]);
    });
  });

  test("every control has its name, quick hands do no harm, and a narrower window is filled, not left", async ({
    skip,
  }) => {
    skip(browserPath === null, whyNoBrowser);
    await inPlayground(async (address) => {
      const { page, faults } = await openPage(browser, address);
      for (const name of ["Training data", "Noise", "Batch size"]) {
        await page.getByRole("slider", { name, exact: true }).focus();
      }
      await page.keyboard.press(".");
      await expect.poll(() => epochOf(page)).toBe(1);

      // Faster than any hand: all of it before the page draws again.
      await page.evaluate(() => {
        const press = (name: string): void => {
          const all = [...document.querySelectorAll("button")];
          all.find((each) => each.ariaLabel === name || each.textContent === name)?.click();
        };
        for (let i = 0; i < 10; i++) {
          for (const name of ["Step", "Train", "New data", "Add a layer", "Remove a layer", "Reset"])
            press(name);
        }
      });
      await expect.poll(() => epochOf(page)).toBe(0);
      const loss = await lossOf(page);
      await page.reload();
      await expect.poll(() => lossOf(page)).toBe(loss);

      for (const width of [1100, 900, 640]) {
        await page.setViewportSize({ width, height: 800 });
        await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        const drawn = page.locator(".points");
        await expect.poll(() => drawn.evaluate((c: HTMLCanvasElement) => c.width - c.clientWidth)).toBe(0);
      }
      const screen = await page.context().newCDPSession(page);
      const sharp = { width: 620, height: 800, deviceScaleFactor: 2, mobile: false };
      await screen.send("Emulation.setDeviceMetricsOverride", sharp);
      for (const name of [".points", ".connections", ".picture.chosen canvas"]) {
        const ratio = (canvas: HTMLCanvasElement): number => canvas.width / canvas.clientWidth;
        await expect.poll(() => page.locator(name).evaluate(ratio)).toBe(2);
      }
      expect(faults).toEqual([]);
    });
  });

  test("weights can be read and set, and a wrong address is told", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    await inPlayground(async (address) => {
      const { page, faults } = await openPage(browser, `${address}&data=moon&layers=none&features=x1`);
      await page.getByText("data is “moon” in the address").waitFor();
      expect(page.url()).toContain("data=circle");
      const picture = await boundaryOf(page);
      await button(page, "Output: weights").click();
      await page.getByLabel("bias").fill("5");
      await page.getByLabel("bias").press("Enter");
      await expect.poll(() => boundaryOf(page)).not.toBe(picture);
      await page.getByLabel("bias").fill("1e30");
      await page.getByLabel("bias").press("Enter");
      expect(await page.getByLabel("bias").inputValue()).toBe("5.000");
      await page.keyboard.press("Escape");
      expect(await page.getByLabel("bias").count()).toBe(0);
      const focused = page.locator(":focus");
      expect(await focused.getAttribute("aria-label")).toBe("Output: weights");

      // Too large a step: a sentence, and no numbers that are none.
      await page.getByLabel("Problem").selectOption("Regression");
      await page.getByLabel("Optimiser").selectOption("sgd");
      await page.getByLabel("Learning rate").selectOption("3");
      await button(page, "Train").click();
      await page.getByText("The training has diverged").waitFor();
      await button(page, "Train").waitFor();
      await button(page, "Reset").click();
      await expect.poll(() => page.getByText("The training has diverged").count()).toBe(0);
      expect(faults).toEqual([]);
      await page.setViewportSize({ width: 400, height: 800 });
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
      expect(await seriousFaults(page)).toEqual([]);
    });
  });
});
