import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RgbFrame } from "gymnasium-js";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Episode, episodeText } from "../../src/viewer/episode.js";
import { parseEpisode } from "../../src/viewer/parse-episode.js";
import { decodeApng } from "../video/decode-apng.js";
import { browserPath, openBrowser, openPage, pixelsOf, whyNoBrowser } from "./browser.js";
import { inFolder, ludus, refusalOf, start } from "./ludus.js";
import { addressOf, seriousFaults } from "./viewer-page.js";

/** Of MinAtar Breakout's bricks, of which there are thirty. */
const brick = [230, 107, 64] as const;

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true });
const count = (page: Page) => page.locator("output.count").innerText();
const focused = (page: Page) => page.evaluate(() => document.activeElement!.textContent);
const barsOf = (page: Page) => page.locator(".bar .number").allInnerTexts();
const scoresAt = ({ thoughts }: Episode, step: number) =>
  thoughts[step]!.scores.map((score) => score.toFixed(3));
const returnOf = ({ rewards }: Episode) => rewards.reduce((sum, reward) => sum + reward, 0);

/** Chooses in the menu what to save, as people do. @returns the path of the file, by the name that it came with */
async function saved(page: Page, folder: string, title: string): Promise<string> {
  await button(page, "Save").click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    button(page, new RegExp(`^${title} `)).click(),
  ]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
}

describe("an episode as a file", () => {
  let browser: Browser | null = null;
  let folder: string;
  /** What the first test saves and the others open, in the order of the menu. */
  const files: string[] = [];
  let episode: Episode;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ludus-export-"));
    if (browserPath !== null) browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** Does something in the page of `ludus watch`, and ends it. */
  async function watch(args: string[], work: (page: Page) => Promise<void>): Promise<void> {
    const command = start(folder, ["watch", ...args]);
    try {
      const { page, faults } = await openPage(browser!, await addressOf(command));
      await button(page, "Play").waitFor();
      await work(page);
      expect(faults).toEqual([]);
      await page.close();
    } finally {
      command.child.kill("SIGINT");
      expect((await command.ended).code).toBe(130);
    }
  }

  test("is saved in four ways, and called after what it is of", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    const settings = ["--steps=800", "--seed=1", "--eval-episodes=2", "--set=checkpoint.every=400"];
    const trained = await ludus(folder, "train", "breakout", "--agent=dqn", ...settings);
    expect(trained.code, trained.stderr).toBe(0);
    let end = "";
    await watch(["last", "--seed=3"], async (page) => {
      await page.getByLabel("Speed").selectOption("30");
      await button(page, "Play").click();
      await page.getByText("The episode is over", { exact: true }).waitFor();
      end = await count(page);
      await usesKeys(page);
      for (const title of ["Episode", "Picture", "Animation", "Replay"])
        files.push(await saved(page, folder, title));
      // Drawing off the screen leaves the stage as it was.
      expect(await pixelsOf(page, brick)).toBeGreaterThan(20_000);
    });
    episode = parseEpisode(readFileSync(files[0]!, "utf8"));
    const steps = episode.actions.length;
    expect(end).toBe(`step ${steps} / ${steps}`);
    expect(episode).toMatchObject({ seed: 3, player: "dqn, checkpoint of step 800", checkpoint: 800 });
    const stem = `MinAtar-Breakout-v1-seed3-return${returnOf(episode)}`;
    expect(files.map((path) => basename(path))).toEqual([
      ...[`${stem}.json`, `MinAtar-Breakout-v1-seed3-step${steps}.png`, `${stem}.png`, `${stem}.html`],
    ]);
  });

  test("is a picture of the step that was shown", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    const page = await browser!.newPage({ viewport: { width: 1000, height: 1000 } });
    const address = `data:image/png;base64,${readFileSync(files[1]!).toString("base64")}`;
    await page.setContent(`<section class="stage"><img src="${address}"></section>`);
    const size = await page.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth);
    expect(size).toBe(960);
    // Each brick is about 84 pixels a side.
    const share = (await pixelsOf(page, brick)) / 84 ** 2 / (30 - returnOf(episode));
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThan(1.1);
    await page.close();
  });

  test("is a film of all its steps", ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    const { width, height, frames, delays } = decodeApng(readFileSync(files[2]!));
    expect([width, height]).toEqual([480, 480]);
    // Thirty a second, the last step included; steps that look alike are one picture.
    expect(delays.reduce((sum, [numerator]) => sum + numerator, 0)).toBe(episode.actions.length + 1);
    expect(new Set(delays.map(([, denominator]) => denominator))).toEqual(new Set([30]));
    const [first, last] = [bricksIn(frames[0]!), bricksIn(frames.at(-1)!)];
    expect(first).toBeGreaterThan(30_000);
    expect(last / first).toBeCloseTo((30 - returnOf(episode)) / 30, 2);
  });

  test("is a page that plays it from a disk, and asks for nothing", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    const { page, faults } = await openPage(browser!, pathToFileURL(files[3]!).href);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const steps = episode.actions.length;
    await expect.poll(() => count(page)).toBe(`step 0 / ${steps}`);
    await expect.poll(() => pixelsOf(page, brick)).toBeGreaterThan(20_000);
    expect(await barsOf(page)).toEqual(scoresAt(episode, 0));
    await page.getByLabel("Speed").selectOption("30");
    await button(page, "Play").click();
    await page.getByText("The episode is over", { exact: true }).waitFor();
    expect(await count(page)).toBe(`step ${steps} / ${steps}`);
    await page.getByLabel("Step of the episode").fill("5");
    await expect.poll(() => barsOf(page)).toEqual(scoresAt(episode, 5));
    await button(page, "Step").click();
    await expect.poll(() => barsOf(page)).toEqual(scoresAt(episode, 6));
    expect(await page.locator(".facts").innerText()).toContain(`${steps} steps, over`);
    // What needs a server is not there.
    for (const name of ["Take over", "Next episode"]) expect(await button(page, name).count()).toBe(0);
    expect(await page.getByRole("link", { name: "Runs" }).count()).toBe(0);
    const again = await saved(page, join(folder, "alone"), "Episode");
    expect(readFileSync(again, "utf8")).toBe(episodeText(episode));
    expect(await button(page, /^Replay /).count()).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
    expect(asked.filter((address) => !address.startsWith("blob:"))).toEqual([]);
    expect(faults).toEqual([]);
    await page.close();
  });

  test("says so where such a page is damaged", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    const page = await browser!.newPage();
    const damaged = readFileSync(files[3]!, "utf8").replace(/(id="recording">.{40}).{8}/, "$1AAAAAAAA");
    writeFileSync(join(folder, "damaged.html"), damaged);
    await page.goto(pathToFileURL(join(folder, "damaged.html")).href);
    await page.getByText(/The replay in this file is damaged/).waitFor();
    await page.close();
  });

  test("is watched again, with its values, and played on by its policy", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    const steps = episode.actions.length;
    await watch([files[0]!], async (page) => {
      await expect.poll(() => count(page)).toBe(`step 0 / ${steps}`);
      const [branch] = await page.locator(".branch").allInnerTexts();
      expect(branch).toMatch(new RegExp(`^seed 3\\s+${returnOf(episode)}\\s+dqn, .*, ${steps} steps, over`));
      await page.getByLabel("Step of the episode").fill("5");
      await expect.poll(() => barsOf(page)).toEqual(scoresAt(episode, 5));
      const again = await saved(page, join(folder, "again"), "Episode");
      expect(readFileSync(again, "utf8")).toBe(readFileSync(files[0]!, "utf8"));
      // The run is still there, with all of its checkpoints.
      await page.getByLabel("from this step on").check();
      await page.getByLabel("Checkpoint").fill("0");
      await expect
        .poll(() => page.locator(".branch.current").innerText())
        .toMatch(/from step 5[\s\S]*checkpoint of step 0, ([6-9]|\d\d+) steps/);
    });
  });

  test("was played by rules of one's own, and is refused where they are others", () =>
    inFolder(async (folder) => {
      const made = await ludus(folder, "new", "env", "Snake Pit");
      expect(made.code, made.stderr).toBe(0);
      const module = "--env-module=./snake-pit.ts";
      const episode: Episode = {
        ...{ format: "ludus-episode", version: 1, env: "SnakePit-v0", envOptions: {}, maxEpisodeSteps: 30 },
        ...{ seed: 1, actions: [], rewards: [], thoughts: [null], ended: null },
        ...{ player: "random play", run: join(folder, "gone"), checkpoint: 3 },
      };
      const changed: Episode = { ...episode, actions: [0], thoughts: [null, null], rewards: [123] };
      writeFileSync(join(folder, "episode.json"), episodeText(episode));
      writeFileSync(join(folder, "changed.json"), episodeText(changed));
      const watching = start(folder, ["watch", "episode.json", module]);
      const [strange, terminal, other] = await Promise.all([
        ludus(folder, "watch", "episode.json"),
        ludus(folder, "watch", "episode.json", module, "--terminal"),
        ludus(folder, "watch", "changed.json", module),
      ]);
      expect(refusalOf(strange, 2)).toMatch(/SnakePit-v0, which is not known here; --env-module loads/);
      expect(refusalOf(terminal, 2)).toMatch(/shown in the browser alone: leave out --terminal/);
      expect(refusalOf(other, 1)).toMatch(
        /changed\.json was played with other rules than these: step 1 gave the reward 123, and gives \S+ now\.$/,
      );
      await addressOf(watching);
      expect(await watching.said(/Only chance or a person .*\n/)).toMatch(/There is no run/);
      watching.child.kill();
      await watching.ended;
    }));
});

/** Opens the menu, goes through it, and back to where one was. */
async function usesKeys(page: Page): Promise<void> {
  await button(page, "Save").focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => focused(page)).toMatch(/^Episode/);
  await page.keyboard.press("ArrowUp");
  expect(await focused(page)).toMatch(/^Replay/);
  expect(await seriousFaults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  expect(await focused(page)).toBe("Save");
  expect(await button(page, /^Episode /).isVisible()).toBe(false);
}

function bricksIn({ data }: RgbFrame): number {
  let pixels = 0;
  for (let i = 0; i < data.length; i += 3) {
    if (brick.every((value, channel) => Math.abs(data[i + channel]! - value) < 12)) pixels++;
  }
  return pixels;
}
