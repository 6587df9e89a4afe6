import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserPath, openBrowser, openPage, whyNoBrowser } from "./browser.js";
import { inFolder, ludus, start, tiny } from "./ludus.js";
import { addressOf, seriousFaults } from "./viewer-page.js";

const often = ["--agent=dqn", ...tiny, "--eval-every=200", "--set=metrics.every=50"];

/** Until a look at the folder has come round, on a machine that has other things to do. */
const soon = { timeout: 60_000 };

const view = (page: Page, name: string) => page.getByRole("link", { name, exact: true });
const pick = (page: Page, seed: number) => page.getByRole("checkbox", { name: `dqn, seed ${seed}` });
const chart = (page: Page, title: string) =>
  page.getByRole("img", { name: new RegExp(`^${title} over environment steps`) });
const panel = (page: Page, title: string) =>
  page.locator(".metric", { has: page.getByRole("heading", { name: title, exact: true }) });
const keysOfConfig = (page: Page) => page.locator(".config tbody th").allTextContents();

/** How many pixels of a chart have the colour of the run that was ticked as the n-th. */
function coloured(page: Page, title: string, n: number): Promise<number> {
  return chart(page, title)
    .locator("canvas")
    .evaluate((element, slot) => {
      const canvas = element as HTMLCanvasElement;
      const hex = getComputedStyle(document.documentElement).getPropertyValue(`--run-${slot}`).trim();
      const wanted = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const solid = data[i + 3]! > 200;
        if (solid && wanted.every((value, channel) => Math.abs(data[i + channel]! - value) < 8)) count++;
      }
      return count;
    }, n);
}

/** The records of the folder's run of a seed. */
function recordsOf(folder: string, seed: number): Record<string, unknown>[] {
  const runs = join(folder, "runs", "CartPole-v1");
  const isMeant = (id: string): boolean =>
    JSON.parse(readFileSync(join(runs, id, "manifest.json"), "utf8")).seed === seed;
  const text = readFileSync(join(runs, readdirSync(runs).find(isMeant)!, "metrics.jsonl"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("the runs", () => {
  let browser: Browser;

  beforeAll(async () => {
    if (browserPath !== null) browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  test("are laid over each other, with what differs between their configs", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      for (const own of [["--set=dqn.gamma=0.9"], ["--seed=2"]]) {
        const trained = await ludus(folder, "train", "cartpole", ...often, ...own);
        expect(trained.code, trained.stderr).toBe(0);
      }
      const watching = start(folder, ["watch", "last", "--port=0"]);
      try {
        const { page, faults } = await openPage(browser, await addressOf(watching));
        await page.locator(".bar").first().waitFor();
        await view(page, "Runs").focus();
        await page.keyboard.press("Enter");
        await chart(page, "Return").waitFor();
        expect(await view(page, "Runs").getAttribute("aria-current")).toBe("page");

        // The watched run comes ticked, and alone: all of its config, and nothing of the other run.
        expect(await pick(page, 2).isChecked()).toBe(true);
        expect(await pick(page, 1).isChecked()).toBe(false);
        expect(await coloured(page, "Return", 1)).toBeGreaterThan(100);
        expect(await coloured(page, "Return", 2)).toBe(0);
        expect(await keysOfConfig(page)).toContain("dqn.gamma");

        await pick(page, 1).check();
        await expect.poll(() => coloured(page, "Return", 2), soon).toBeGreaterThan(100);
        expect(await coloured(page, "Return", 1)).toBeGreaterThan(100);
        expect(await chart(page, "Epsilon").getAttribute("aria-label")).toMatch(
          /CartPole-v1, dqn, seed 2: [\d.]+ at step 600; CartPole-v1, dqn, seed 1: [\d.]+ at step 600\.$/,
        );
        const speeds = await panel(page, "Steps per second").locator(".readings li").allInnerTexts();
        expect(speeds).toEqual([
          expect.stringMatching(/seed 2:\s+\d/),
          expect.stringMatching(/seed 1:\s+\d/),
        ]);
        expect(await keysOfConfig(page)).toEqual(["≠differs: seed", "≠differs: dqn.gamma"]);
        expect(await page.locator(".config tbody tr").last().innerText()).toMatch(/0\.99\s+0\.9$/);
        await page.getByLabel("only what differs").uncheck();
        expect((await keysOfConfig(page)).slice(0, 3)).toEqual([
          "≠differs: seed",
          "≠differs: dqn.gamma",
          "steps",
        ]);

        // At a step, every chart says what was written down by then.
        await page.getByLabel("Read off at").fill("300");
        const written = recordsOf(folder, 2).filter(
          ({ event, step }) => event === "metrics" && Number(step) <= 300,
        );
        const epsilon = String(Number(Number(written.at(-1)!["epsilon"]).toPrecision(3)));
        expect(await panel(page, "Epsilon").locator("li").first().innerText()).toContain(epsilon);
        expect(await panel(page, "Loss").innerText()).toContain("step 300");
        expect(faults).toEqual([]);
        expect(await seriousFaults(page)).toEqual([]);

        // Keys of the play do nothing here; the play goes on where it was left.
        await page.locator("h1").click();
        await page.keyboard.press("ArrowRight");
        await view(page, "Play").click();
        await page.locator("section.stage canvas").waitFor();
        const count = page.locator("output.count");
        await expect.poll(() => count.innerText(), soon).toMatch(/^step 0/);
        await page.keyboard.press("ArrowRight");
        await expect.poll(() => count.innerText(), soon).toMatch(/^step 1/);
        expect(faults).toEqual([]);
        await page.close();
      } finally {
        watching.child.kill("SIGINT");
        expect((await watching.ended).code).toBe(130);
      }
    });
  });

  test("that still train keep growing", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      // Longer than anyone watches: it is interrupted once it has been seen.
      const training = start(folder, ["train", "cartpole", ...often, "--steps=3000000", "--watch"]);
      const { page, faults } = await openPage(browser, await addressOf(training));
      await view(page, "Runs").click();
      await page.locator(".state.running").waitFor();
      const steps = async (): Promise<number> => {
        const label = (await chart(page, "Length of episodes").getAttribute("aria-label")) ?? "";
        return Number(/at step ([\d,]+)\.$/.exec(label)![1]!.replaceAll(",", ""));
      };
      const early = await steps();
      await expect.poll(steps, soon).toBeGreaterThan(early);
      expect(faults).toEqual([]);
      await page.close();
      training.child.kill("SIGINT");
      expect((await training.ended).code).toBe(130);
    });
  });

  test("say how to make one where there is none", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      const watching = start(folder, ["watch", "cartpole"]);
      const { page } = await openPage(browser, await addressOf(watching));
      await view(page, "Runs").click();
      await page.getByText("ludus train CartPole-v1").waitFor();
      expect(await seriousFaults(page)).toEqual([]);
      await page.close();
      watching.child.kill("SIGINT");
      expect((await watching.ended).code).toBe(130);
    });
  });
});
