// Arenas of many agents in a browser: every scene is drawn and moves, and a person plays on a seat, by clicks and by keys.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserPath, openBrowser, openPage, pixelsOf, whyNoBrowser } from "./browser.js";
import { inFolder, ludus, type Started, start } from "./ludus.js";
import { addressOf, seriousFaults } from "./viewer-page.js";

type Rgb = readonly [red: number, green: number, blue: number];

/** Of whoever is held and its side; of all others; of the rim of whoever is held. */
const [own, others, rim]: readonly Rgb[] = [
  [92, 200, 255],
  [242, 184, 75],
  [238, 241, 247],
];
const tile: Rgb = [23, 27, 37];

const patience = { timeout: 60_000 };

/** What lies under everything, and how many pixels of it there are at least. */
const arenas: readonly { arena: string; ground: Rgb; pixels: number }[] = [
  { arena: "TicTacToe-v0", ground: [92, 104, 128], pixels: 4000 },
  { arena: "ConnectFour-v0", ground: [36, 64, 126], pixels: 40_000 },
  { arena: "TwoStep-v0", ground: tile, pixels: 10_000 },
  { arena: "PrisonersDilemma-v0", ground: tile, pixels: 20_000 },
  { arena: "StagHunt-v0", ground: tile, pixels: 20_000 },
  { arena: "RockPaperScissors-v0", ground: tile, pixels: 20_000 },
  { arena: "Pursuit-v0", ground: tile, pixels: 60_000 },
  { arena: "Spread-v0", ground: tile, pixels: 100_000 },
  { arena: "Tag-v0", ground: tile, pixels: 100_000 },
  { arena: "Pong-v0", ground: tile, pixels: 100_000 },
  { arena: "PongPixels-v0", ground: tile, pixels: 100_000 },
  { arena: "Soccer-v0", ground: [31, 60, 45], pixels: 60_000 },
  { arena: "Harvest-v0", ground: [38, 56, 42], pixels: 4000 },
  { arena: "Cleanup-v0", ground: [31, 74, 120], pixels: 10_000 },
];

const board = (page: Page) => page.locator("section.stage canvas").screenshot();
const columnOf = (page: Page, column: number) => page.getByRole("button", { name: `column ${column}` });
const steps = (page: Page) => page.locator("output.count").innerText();
const bar = (page: Page) => page.locator(".match-bar");
const playAgain = (page: Page) => bar(page).getByRole("button", { name: "Play again" });

async function ended(run: Started): Promise<void> {
  run.child.kill("SIGINT");
  await run.ended;
}

/** Drops discs by clicks, one after the other into every column that is open, until the game is over. */
async function dropToTheEnd(page: Page): Promise<void> {
  for (let column = 1; !(await playAgain(page).isVisible()); column = (column % 7) + 1) {
    const before = await steps(page);
    if ((await columnOf(page, column).getAttribute("aria-disabled")) === "true") continue;
    await columnOf(page, column).click();
    await expect.poll(() => steps(page), patience).not.toBe(before);
  }
}

describe("arenas", () => {
  let browser: Browser;

  beforeAll(async () => {
    if (browserPath !== null) browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  test.for(arenas)("$arena can be seen, and moves", async ({ arena, ground, pixels }, { skip }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      const watching = start(folder, ["watch", arena, "--port=0"]);
      try {
        const { page, faults } = await openPage(browser, await addressOf(watching));
        await expect.poll(() => pixelsOf(page, ground), patience).toBeGreaterThan(pixels);
        // The score lies over the board, and changes whatever is drawn.
        await page.locator(".scores").evaluate((it) => {
          (it as HTMLElement).style.visibility = "hidden";
        });
        const before = await board(page);
        await page.keyboard.press(".");
        await expect.poll(async () => (await board(page)).equals(before), patience).toBe(false);
        await expect.poll(() => pixelsOf(page, own!), patience).toBeGreaterThan(150);
        await expect.poll(() => pixelsOf(page, others!), patience).toBeGreaterThan(50);
        await expect.poll(() => pixelsOf(page, rim!), patience).toBeGreaterThan(100);
        expect(faults).toEqual([]);
        await page.close();
      } finally {
        await ended(watching);
      }
    });
  });

  test("a person plays Connect Four by clicks and by keys, against a search", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      const playing = start(folder, [
        ...["play", "connect-four", "--against=minimax-2", "--port=0"],
        ...["--save=games", "--seed=7"],
      ]);
      try {
        const { page, faults } = await openPage(browser, await addressOf(playing));
        expect(await playing.said(/You play player_0; minimax-2 plays on the other seats/)).not.toBeNull();
        await page.getByText("Your move: click the board, or press 1 to 7").waitFor();
        expect(await seriousFaults(page)).toEqual([]);
        // Nothing happens by itself, and pointing shows where a disc would fall.
        const empty = await pixelsOf(page, own!);
        await columnOf(page, 4).hover();
        await expect.poll(() => pixelsOf(page, rim!), patience).toBeGreaterThan(empty);
        await page.keyboard.press("p");
        expect(await steps(page)).toMatch(/^step 0\b/);

        await dropToTheEnd(page);
        expect(await bar(page).innerText()).toMatch(/You win!|You lose|A draw/);
        const score = await page.locator(".side .versus dd").first().innerText();
        const tally = { "1": "1 won, 0 lost", "-1": "0 won, 1 lost", "0": "0 won, 0 lost, 1 drawn" }[score]!;
        await page.getByText(tally).waitFor();
        const [kept] = readdirSync(join(folder, "games", "ConnectFour-v0"));
        const game = JSON.parse(readFileSync(join(folder, "games", "ConnectFour-v0", kept!), "utf8"));
        expect(game).toMatchObject({ envOptions: { others: "minimax-2" }, ended: "terminated", seed: 7 });

        // The next one by keys: the middle column by arrows, the first by its number.
        await playAgain(page).click();
        await expect.poll(() => steps(page), patience).toMatch(/^step 0\b/);
        await columnOf(page, 4).waitFor();
        await page.keyboard.press("ArrowRight");
        await expect.poll(() => columnOf(page, 4).evaluate((it) => it === document.activeElement)).toBe(true);
        await page.keyboard.press("ArrowLeft");
        await page.keyboard.press("Enter");
        await expect.poll(() => steps(page), patience).toMatch(/^step 1\b/);
        await page.keyboard.press("ArrowDown");
        await expect.poll(() => steps(page), patience).toMatch(/^step 2\b/);
        await page.keyboard.press("1");
        await expect.poll(() => steps(page), patience).toMatch(/^step 3\b/);
        expect(faults).toEqual([]);
        await page.close();
      } finally {
        await ended(playing);
      }
    });
  });

  test("a person plays Connect Four against what a run has learnt", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      const trained = await ludus(
        folder,
        "train",
        "connect-four",
        "--steps=300",
        "--seed=1",
        "--eval-episodes=2",
      );
      expect(trained.code, trained.stderr).toBe(0);
      const playing = start(folder, ["play", "connect-four", "--port=0", "--seat=player_1"]);
      try {
        const { page, faults } = await openPage(browser, await addressOf(playing));
        expect(await bar(page).innerText()).toMatch(/player_1, you\s+[\w-]+@\d+/);
        // What the run would do here, from the person's side.
        await page.locator(".bar .name", { hasText: "column 7" }).waitFor();
        // The run has begun.
        await expect.poll(() => pixelsOf(page, others!), patience).toBeGreaterThan(500);
        await dropToTheEnd(page);
        expect(await bar(page).innerText()).toMatch(/You win!|You lose|A draw/);
        expect(faults).toEqual([]);
        await page.close();
      } finally {
        await ended(playing);
      }

      // What was kept names the run, which plays its part again.
      const [kept] = readdirSync(join(folder, "demonstrations", "ConnectFour-v0"));
      const reopened = start(folder, ["watch", `demonstrations/ConnectFour-v0/${kept}`, "--port=0"]);
      try {
        const { page, faults } = await openPage(browser, await addressOf(reopened));
        await page.getByText(/as player_1, others: [\w-]+@\d+/).waitFor();
        await page.keyboard.press("End");
        await page.getByText(/player_1 (wins|loses)|A draw/).waitFor();
        expect(faults).toEqual([]);
        await page.close();
      } finally {
        await ended(reopened);
      }

      const watching = start(folder, ["watch", "last", "--port=0"]);
      try {
        const { page, faults } = await openPage(browser, await addressOf(watching));
        await page.getByText(/as player_0, others: [\w-]+@\d+/).waitFor();
        await page.keyboard.press("p");
        await page.getByText(/player_0 (wins|loses)|A draw/).waitFor();
        expect(faults).toEqual([]);
        await page.close();
      } finally {
        await ended(watching);
      }
    });
  });

  test("a person plays Pong by keys, against a script", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      const playing = start(folder, ["play", "Pong-v0", "--against=script", "--port=0", "--no-save"]);
      try {
        const { page, faults } = await openPage(browser, await addressOf(playing));
        await page.getByText("Press a key to begin").waitFor();
        const before = await board(page);
        await page.keyboard.down("w");
        // Time goes on while nothing is held.
        await expect.poll(() => steps(page), patience).not.toMatch(/^step 0\b/);
        await page.keyboard.up("w");
        expect((await board(page)).equals(before)).toBe(false);
        const held = await steps(page);
        await expect.poll(() => steps(page), patience).not.toBe(held);
        await page.keyboard.press("p");
        await page.getByText("Paused: press a key to go on").waitFor();
        await page.getByLabel("Speed").selectOption({ label: "as fast as it goes" });
        await page.locator("h1").click();
        await page.keyboard.press("ArrowDown");
        await playAgain(page).waitFor();
        expect(await bar(page).innerText()).toMatch(/You win!|You lose|A draw/);
        expect(faults).toEqual([]);
        await page.close();
      } finally {
        await ended(playing);
      }
    });
  });
});
