import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserPath, openBrowser, openPage, pixelsOf, whyNoBrowser } from "./browser.js";
import { eventsOf, inFolder, ludus, type Started, start } from "./ludus.js";

/** Of MinAtar Breakout's bricks and paddle. */
const brick = [230, 107, 64] as const;
const paddle = [102, 194, 255] as const;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function addressOf(run: Started): Promise<string> {
  const address = await run.said(/http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/);
  if (address === null) throw new Error((await run.ended).stderr);
  return address;
}

/** What axe finds serious; run as the page's own code may not be, past its content policy. */
async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ help }) => help);
}

interface AxeResult {
  violations: { impact: string; help: string }[];
}

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const stepOf = async (page: Page): Promise<number> =>
  Number(/step ([\d,]+)/.exec(await page.locator("output.count").innerText())![1]!.replaceAll(",", ""));
const branchesOf = (page: Page) => page.locator(".branches li").count();

describe("the viewer", () => {
  let browser: Browser;

  beforeAll(async () => {
    if (browserPath !== null) browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  test("shows what a run has learnt: play, values, time, taking over", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      const settings = [
        "--agent=dqn",
        "--steps=800",
        "--seed=1",
        "--eval-episodes=2",
        "--set=checkpoint.every=400",
      ];
      const trained = await ludus(folder, "train", "breakout", ...settings, "--set=dqn.net.type=minatar");
      expect(trained.code, trained.stderr).toBe(0);
      const watching = start(folder, ["watch", "last", "--port=0"]);
      try {
        const { page, faults } = await openPage(browser, await addressOf(watching));
        expect(page.url()).not.toContain("token");
        await page.locator(".bar").first().waitFor();
        expect(await pixelsOf(page, brick)).toBeGreaterThan(20_000);
        expect(await pixelsOf(page, paddle)).toBeGreaterThan(500);
        expect(await page.locator(".bar").allInnerTexts()).toEqual([
          expect.stringMatching(/^noop/),
          expect.stringMatching(/^left/),
          expect.stringMatching(/^right/),
        ]);
        const values = await page.locator(".bar .number").allInnerTexts();
        await button(page, "Step").click();
        await expect.poll(() => stepOf(page)).toBe(1);
        await page.keyboard.press(".");
        await button(page, "Play").click();
        await expect.poll(() => stepOf(page), { timeout: 20_000 }).toBeGreaterThan(4);
        expect(await page.locator(".bar .number").allInnerTexts()).not.toEqual(values);

        // Back in time, and on by oneself: a branch, with keys that are shown.
        await page.getByLabel("Step of the episode").fill("2");
        await expect.poll(() => stepOf(page)).toBe(2);
        await page.locator("h1").click();
        await page.keyboard.press("t");
        await expect.poll(() => branchesOf(page)).toBe(2);
        await page.getByText("you play").waitFor();
        expect(await page.locator(".keys").innerText()).toMatch(/←\s+left/);
        await page.keyboard.press("ArrowLeft");
        await expect.poll(() => stepOf(page)).toBe(3);
        expect(await page.locator(".branch.current").innerText()).toMatch(/from step 2[\s\S]*you, 3 steps/);

        await page.getByLabel("Checkpoint").selectOption({ label: "step 400" });
        await page.getByText("dqn, checkpoint of step 400").first().waitFor();
        expect(faults).toEqual([]);
        expect(await seriousFaults(page)).toEqual([]);
        await page.close();
      } finally {
        watching.child.kill("SIGINT");
        expect((await watching.ended).code).toBe(130);
      }
    });
  });

  test("shows a training as it learns, and a training does not care who watches", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      // Longer than anyone watches: it is interrupted once it has been seen.
      const settings = [
        "--agent=dqn",
        "--steps=300000",
        "--seed=1",
        "--num-envs=6",
        "--set=metrics.every=300",
      ];
      const training = start(folder, ["train", "breakout", ...settings, "--json", "--watch"]);
      const { page, faults } = await openPage(browser, await addressOf(training));
      await expect.poll(() => pixelsOf(page, brick), { timeout: 20_000 }).toBeGreaterThan(20_000);
      const early = await stepOf(page);
      await expect.poll(() => stepOf(page), { timeout: 20_000 }).toBeGreaterThan(early);
      await page.getByText("Q-values, first board").waitFor();
      expect(faults).toEqual([]);
      training.child.kill("SIGINT");
      const watched = await training.ended;
      expect(watched.code, watched.stderr).toBe(130);
      await page.close();
      const alone = await ludus(folder, "train", "breakout", ...settings, "--json", "--stop-after=1500");
      const [seen, unseen] = [watched, alone].map((outcome) => {
        const { run } = eventsOf(outcome, 130)[0] as unknown as { run: string };
        return readFileSync(join(run, "metrics.jsonl"), "utf8").split("\n");
      }) as [string[], string[]];
      const common = Math.min(seen.length, unseen.length) - 1;
      expect(common).toBeGreaterThan(2);
      expect(seen.slice(0, common)).toEqual(unseen.slice(0, common));
    });
  });

  test("says in one sentence that a port is taken, and ends", () =>
    inFolder(async (folder) => {
      const first = start(folder, ["watch", "cartpole"]);
      const port = /:(\d+)\//.exec(await addressOf(first))![1]!;
      const second = await ludus(folder, "watch", "cartpole", `--port=${port}`);
      expect(second.code).toBe(1);
      expect(second.stderr).toMatch(
        new RegExp(`^ludus: Port ${port} on 127\\.0\\.0\\.1 is in use; choose another`),
      );
      first.child.kill("SIGINT");
      expect((await first.ended).code).toBe(130);
    }));
});
