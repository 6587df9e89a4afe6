// A person plays: keys, a gamepad and touched buttons act, another plays the same seeds, and what was played is kept.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserPath, openBrowser, openPage, whyNoBrowser } from "./browser.js";
import { inFolder, ludus, refusalOf, type Started, start } from "./ludus.js";

const patience = { timeout: 60_000 };

/** Of MinAtar Breakout. */
const paddle = [102, 194, 255] as const;

interface FakePad {
  axes: number[];
  buttons: { pressed: boolean }[];
  connected: boolean;
}
type WithPad = typeof window & { pad: FakePad };

/** Gives the page a gamepad of the standard mapping that is in nobody's hands. */
async function plugIn(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const buttons = Array.from({ length: 17 }, () => ({ pressed: false }));
    const pad = { id: "Test Pad", mapping: "standard", connected: true, axes: [0, 0, 0, 0], buttons };
    Object.assign(window, { pad });
    navigator.getGamepads = () => [null, pad.connected ? (pad as unknown as Gamepad) : null];
  });
  await page.reload();
  await page.waitForSelector("canvas");
}

const tilt = (page: Page, x: number) => page.evaluate((to) => ((window as WithPad).pad.axes[0] = to), x);
const pressStart = (page: Page, pressed: boolean) =>
  page.evaluate((to) => ((window as WithPad).pad.buttons[9]!.pressed = to), pressed);

/** Where the paddle begins, in pixels from the left of the stage; Infinity if it is nowhere. */
async function paddleAt(page: Page): Promise<number> {
  const picture = await page.locator("section.stage").screenshot();
  return page.evaluate(
    async ({ base64, wanted }) => {
      const bytes = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(image.width, image.height).getContext("2d")!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      let left = Number.POSITIVE_INFINITY;
      for (let i = 0; i < data.length; i += 4) {
        if (wanted.every((value, channel) => Math.abs(data[i + channel]! - value) < 12))
          left = Math.min(left, (i / 4) % image.width);
      }
      return left;
    },
    { base64: picture.toString("base64"), wanted: paddle },
  );
}

/** The same, once the board is drawn and has come to rest. */
async function paddleAtRest(page: Page): Promise<number> {
  let before = Number.POSITIVE_INFINITY;
  const isAtRest = async (): Promise<boolean> => {
    const now = await paddleAt(page);
    const rests = now === before && Number.isFinite(now);
    before = now;
    return rests;
  };
  await expect.poll(isAtRest, patience).toBe(true);
  return before;
}

async function setSpeed(page: Page, label: string): Promise<void> {
  await page.getByLabel("Speed").selectOption({ label });
  // Out of the list, whose keys those are that play.
  await page.locator("h1").click();
}

async function addressOf(run: Started): Promise<string> {
  const address = await run.said(/http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/);
  if (address === null) throw new Error((await run.ended).stderr);
  return address;
}

const begins = (page: Page) => page.getByText("Press a key to begin").waitFor();
/** Told by a text, which is looked up quicker than a picture is taken: at a step a second, the game is lost in six. */
const hasMoved = (page: Page) =>
  expect.poll(() => page.locator("output.count").innerText(), patience).toMatch(/^step [1-9]/);
const isOver = (page: Page) => page.locator(".card").getByRole("button", { name: "Next episode" }).waitFor();

describe("ludus play", () => {
  let browser: Browser;

  beforeAll(async () => {
    if (browserPath !== null) browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  test("lets a person play against a run, and keeps the episodes", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      const settings = ["--agent=dqn", "--steps=600", "--seed=1", "--eval-episodes=2"];
      const trained = await ludus(folder, "train", "breakout", ...settings, "--set=dqn.net.type=minatar");
      expect(trained.code, trained.stderr).toBe(0);
      const other = await ludus(folder, "play", "cartpole", "--against=last");
      expect(refusalOf(other, 2)).toMatch(
        /plays MinAtar\/Breakout-v1, so nobody can play CartPole-v1 against it/,
      );

      const playing = start(folder, ["play", "breakout", "--port=0", "--save=demos", "--seed=7"]);
      const kept = () => readdirSync(join(folder, "demos", "MinAtar-Breakout-v1")).sort();
      const address = await addressOf(playing);
      expect(await playing.said(/You play against dqn, checkpoint of step \d+ of .*\.\n/)).not.toBeNull();
      const { page, faults } = await openPage(browser, address);
      await begins(page);
      expect(await page.locator(".keys").innerText()).toMatch(/←\s+left\s+→\s+right/);
      const scores = page.locator(".side .versus");
      await expect
        .poll(() => scores.innerText(), patience)
        .toMatch(/you\s+0\s+dqn, checkpoint of step \d+\s+\d+\s+\d+ steps; mean/);

      // The keyboard. Slowly, while there is something to look at.
      await setSpeed(page, "1 a second");
      const middle = await paddleAtRest(page);
      await page.keyboard.down("ArrowLeft");
      await expect.poll(() => paddleAt(page), patience).toBeLessThan(middle - 20);
      await page.keyboard.up("ArrowLeft");
      await setSpeed(page, "30 a second");
      await isOver(page);
      await page.getByText("1 episode kept in demos/MinAtar-Breakout-v1").waitFor();
      expect(kept()).toEqual(["7-1.json"]);
      expect(await page.locator(".card .headline").innerText()).toMatch(/^(You (win|lose) by \d+|A draw)$/);

      // A gamepad.
      await setSpeed(page, "1 a second");
      await page.keyboard.press("Enter");
      await begins(page);
      await page.getByText("A gamepad plays, too").waitFor();
      await plugIn(page);
      await begins(page);
      await page.getByText("Test Pad: start pauses and plays, select hands back.").waitFor();
      expect(await paddleAtRest(page)).toBe(middle);
      await tilt(page, -1);
      await hasMoved(page);
      await tilt(page, 0);
      await pressStart(page, true);
      await page.getByText("Paused", { exact: true }).waitFor();
      await pressStart(page, false);
      await expect.poll(() => paddleAt(page), patience).toBeLessThan(middle - 20);
      await page.evaluate(() => ((window as WithPad).pad.connected = false));
      await page.getByText("A gamepad plays, too").waitFor();

      // Thumbs.
      await page.setViewportSize({ width: 375, height: 740 });
      await page.keyboard.press("n");
      await begins(page);
      const narrow = await paddleAtRest(page);
      await page.getByRole("button", { name: "left", exact: true }).hover();
      await page.mouse.down();
      await hasMoved(page);
      await page.keyboard.press("p");
      await page.getByText("Paused", { exact: true }).waitFor();
      await page.mouse.up();
      await expect.poll(() => paddleAt(page), patience).toBeLessThan(narrow - 20);
      expect(faults).toEqual([]);
      await page.close();
      playing.child.kill("SIGINT");
      expect((await playing.ended).code).toBe(130);
      // The one that was given up is not kept, the one that was left is.
      expect(kept()).toEqual(["7-1.json", "9-1.json"]);
      const left = JSON.parse(readFileSync(join(folder, "demos", "MinAtar-Breakout-v1", "9-1.json"), "utf8"));
      expect(left).toMatchObject({ seed: 9, ended: null, run: null });
      expect(left.actions).toContain(1);
    });
  });

  test("refuses what has more actions than there are keys", () =>
    inFolder(async (folder) => {
      const refused = await ludus(folder, "play", "Ludus/TwoAgents-v0");
      expect(refused.code).toBe(2);
      expect(refused.stderr).toMatch(
        /^ludus: Ludus\/TwoAgents-v0 has more actions than there are keys: nobody can play it\.$/m,
      );
    }));
});
