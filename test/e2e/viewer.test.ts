import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { browserPath, coloursOf, openBrowser, openPage, pixelsOf, whyNoBrowser } from "./browser.js";
import { eventsOf, inFolder, ludus, start } from "./ludus.js";
import { addressOf, seriousFaults } from "./viewer-page.js";

/** Of MinAtar Breakout's bricks and paddle. */
const brick = [230, 107, 64] as const;
const paddle = [102, 194, 255] as const;

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
        await expect.poll(() => pixelsOf(page, brick)).toBeGreaterThan(20_000);
        await expect.poll(() => pixelsOf(page, paddle)).toBeGreaterThan(500);
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
        await expect.poll(() => stepOf(page)).toBeGreaterThan(4);
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

        // Both at the same step, side by side: twice the bricks.
        const bricks = await pixelsOf(page, brick);
        await button(page, "Compare with dqn, checkpoint of step 800, seed 3000000000").click();
        await expect.poll(() => page.locator(".board").count()).toBe(2);
        expect(await page.locator(".score dt").allInnerTexts()).toEqual([
          "you, from step 2",
          "dqn, checkpoint of step 800, seed 3000000000",
        ]);
        // On half the width each board is smaller.
        await expect.poll(() => pixelsOf(page, brick)).toBeGreaterThan(bricks * 0.6);
        await expect.poll(() => pixelsOf(page, paddle)).toBeGreaterThan(500);
        await button(page, "Compare with dqn, checkpoint of step 800, seed 3000000000").click();
        await expect.poll(() => page.locator(".board").count()).toBe(1);

        // Another checkpoint, from this step on, and from the start.
        await page.getByLabel("from this step on").check();
        await page.getByRole("slider", { name: "Checkpoint" }).fill("1");
        await page.getByText("dqn, checkpoint of step 400").first().waitFor();
        await expect.poll(() => branchesOf(page)).toBe(3);
        expect(await page.locator(".branch.current").innerText()).toMatch(/from step 3[\s\S]*step 400/);
        await page.getByRole("spinbutton", { name: "Seed" }).fill("77");
        await button(page, "Begin").click();
        await expect.poll(() => branchesOf(page)).toBe(4);
        await expect.poll(() => page.locator(".branch.current").innerText()).toMatch(/seed 77/);
        await page.locator(".branch", { hasText: "from step 3" }).click();
        await page.getByLabel("from this step on").uncheck();
        await page.getByRole("slider", { name: "Checkpoint" }).fill("2");
        await expect.poll(() => branchesOf(page)).toBe(5);
        expect(await page.locator(".branch.current").innerText()).toMatch(/seed 3000000000/);
        expect(faults).toEqual([]);
        expect(await seriousFaults(page)).toEqual([]);
        await page.close();
      } finally {
        watching.child.kill("SIGINT");
        expect((await watching.ended).code).toBe(130);
      }
    });
  });

  test("shows what goes on inside: where it looks, filters, activations, distributions, values of states", async ({
    skip,
  }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      const breakout = ["--agent=dqn", "--steps=300", "--seed=1", "--eval-episodes=2"];
      const net = ["--set=dqn.net.type=minatar", "--set=dqn.distribution.type=c51"];
      const lake = ["--agent=tabular", "--steps=20000", "--seed=1", "--eval-episodes=2"];
      for (const args of [
        ["breakout", ...breakout, ...net],
        ["frozenlake", ...lake],
      ]) {
        const trained = await ludus(folder, "train", ...args);
        expect(trained.code, trained.stderr).toBe(0);
      }
      const runs = eventsOf(await ludus(folder, "runs", "--json")).filter(({ event }) => event === "run");
      const watching = runs.map(({ path }) => start(folder, ["watch", String(path), "--port=0"]));
      try {
        const { page, faults } = await openPage(browser, await addressOf(watching[0]!));
        await page.getByText("Filters of the first layer").waitFor();
        await page.getByText("conv2d1").waitFor();
        expect(await page.locator(".tiles").count()).toBe(2);
        expect(await page.locator(".returns path").count()).toBe(3);
        const shape = await page.locator(".returns path").first().getAttribute("d");
        const tints = await coloursOf(page);
        await button(page, "Where it looks").click();
        // Nearly every cell glows a little, in a colour of its own.
        await expect.poll(() => coloursOf(page)).toBeGreaterThan(tints + 20);
        await button(page, "Step").click();
        await expect.poll(() => page.locator(".returns path").first().getAttribute("d")).not.toBe(shape);
        expect(await seriousFaults(page)).toEqual([]);
        expect(faults).toEqual([]);
        await page.close();

        const { page: lakePage } = await openPage(browser, await addressOf(watching[1]!));
        await lakePage.locator(".bar").first().waitFor();
        const before = await pixelsOf(lakePage, [255, 255, 255]);
        await button(lakePage, "Values of all states").click();
        // Arrows in most of the eleven states where it matters what is done.
        await expect.poll(() => pixelsOf(lakePage, [255, 255, 255])).toBeGreaterThan(before + 3000);
        await lakePage.close();
      } finally {
        for (const { child } of watching) child.kill("SIGINT");
        await Promise.all(watching.map(({ ended }) => ended));
      }
    });
  });

  test("looks into a policy that remembers, on the part that it sees, and into one that was searched for", async ({
    skip,
  }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      const short = ["--steps=300", "--seed=1", "--eval-episodes=1"];
      for (const args of [
        ["tmaze", "--agent=drqn"],
        ["breakout", "--agent=evolution", "--set=evolution.net.type=minatar"],
      ]) {
        const trained = await ludus(folder, "train", ...args, ...short);
        expect(trained.code, trained.stderr).toBe(0);
      }
      const runs = eventsOf(await ludus(folder, "runs", "--json")).filter(({ event }) => event === "run");
      const watching = runs.map(({ path }) => start(folder, ["watch", String(path), "--port=0"]));
      try {
        const { page, faults } = await openPage(browser, await addressOf(watching[0]!));
        await button(page, "Step").click();
        await expect.poll(() => stepOf(page)).toBe(1);
        const tints = await coloursOf(page);
        await button(page, "Where it looks").click();
        await expect.poll(() => coloursOf(page)).toBeGreaterThan(tints + 4);
        expect(faults).toEqual([]);
        await page.close();

        const { page: searched } = await openPage(browser, await addressOf(watching[1]!));
        await searched.getByText("Filters of the first layer").waitFor();
        await button(searched, "Where it looks").waitFor();
        expect(await searched.locator(".tiles").count()).toBe(2);
        await searched.close();
      } finally {
        for (const { child } of watching) child.kill("SIGINT");
        await Promise.all(watching.map(({ ended }) => ended));
      }
    });
  });

  test("shows many boards at once", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      const watching = start(folder, ["watch", "breakout", "--boards=9", "--port=0"]);
      try {
        const { page, faults } = await openPage(browser, await addressOf(watching));
        await page.getByText("episodes that have ended").waitFor();
        await expect.poll(() => pixelsOf(page, brick)).toBeGreaterThan(20_000);
        const figure = async (name: string) =>
          Number(
            (await page.locator(".figures div", { hasText: name }).locator("dd").innerText()).replace(
              ",",
              "",
            ),
          );
        expect(await figure("boards")).toBe(9);
        await page.getByLabel("Speed").selectOption({ label: "as fast as it goes" });
        await expect.poll(() => figure("episodes that have ended")).toBeGreaterThan(9);
        await button(page, "Pause").click();
        await button(page, "Begin anew").click();
        await expect.poll(() => figure("steps in all")).toBe(0);
        await button(page, "Step").click();
        await expect.poll(() => figure("steps in all")).toBe(9);
        expect(await seriousFaults(page)).toEqual([]);
        expect(faults).toEqual([]);
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
      await expect.poll(() => pixelsOf(page, brick)).toBeGreaterThan(20_000);
      const early = await stepOf(page);
      await expect.poll(() => stepOf(page)).toBeGreaterThan(early);
      await page.getByText("Q-values, first board").waitFor();
      const bars = await page.locator(".bar .number").allInnerTexts();
      expect(bars).toHaveLength(3);
      await expect.poll(() => page.locator(".bar .number").allInnerTexts()).not.toEqual(bars);
      const chart = page.locator('.plot[aria-label^="Return"]');
      const scoreOf = async () => /: (-?[\d.]+)[, ]/.exec((await chart.getAttribute("aria-label"))!)?.[1];
      await expect.poll(scoreOf).toBeDefined();
      const score = await scoreOf();
      await expect.poll(scoreOf).not.toBe(score);
      // Far enough for lines of metrics to be compared.
      await expect.poll(() => stepOf(page)).toBeGreaterThan(1500);
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

  test("a page says why it stands still, and goes on by itself where it can", async ({ skip }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      const first = start(folder, ["watch", "cartpole", "--port=0"]);
      const { page } = await openPage(browser, await addressOf(first));
      const { port, host, origin } = new URL(page.url());
      first.child.kill("SIGINT");
      await first.ended;
      await page.getByText("The server is gone. Is the command still running?").waitFor();

      // The same port, and another secret.
      const second = start(folder, ["watch", "cartpole", `--port=${port}`]);
      const token = new URL(await addressOf(second)).searchParams.get("token");
      await page.getByText("The command was started anew").waitFor({ timeout: 60_000 });
      const headers = { origin, cookie: `ludus-${port}=${token}` };
      const crowd = Array.from({ length: 16 }, () => new WebSocket(`ws://${host}/stream`, { headers }));
      await Promise.all(
        crowd.map((socket) => new Promise((done, fail) => socket.on("open", done).on("error", fail))),
      );
      await page.goto(await addressOf(second));
      await page.getByText("as many pages as it takes").waitFor();
      for (const socket of crowd) socket.terminate();
      await page.locator(".score").waitFor({ timeout: 60_000 });
      await expect.poll(() => page.locator(".notice").count()).toBe(0);
      await page.close();
      second.child.kill("SIGINT");
      expect((await second.ended).code).toBe(130);
    });
  });

  test("a training that ends while it is watched is said to have ended, and its curves stay", async ({
    skip,
  }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      // It takes several times as long as a page to open.
      const training = start(folder, ["train", "cartpole", "--steps=200000", "--seed=1", "--watch"]);
      const { page } = await openPage(browser, await addressOf(training));
      expect((await training.ended).code).toBe(0);
      await page.getByText("The training has ended").waitFor();
      expect(await stepOf(page)).toBeGreaterThanOrEqual(200_000);
      expect(await page.locator(".notice").count()).toBe(0);
      expect(await page.getByText("There is no picture").count()).toBe(0);
      expect(await seriousFaults(page)).toEqual([]);
      await page.close();
    });
  });

  test("draws anew after the graphics card was taken away, and says so where there is none", async ({
    skip,
  }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      const watching = start(folder, ["watch", "breakout", "--port=0"]);
      const { page, faults } = await openPage(browser, await addressOf(watching));
      await expect.poll(() => pixelsOf(page, brick)).toBeGreaterThan(20_000);
      const canvas = await page.locator(".stage canvas").elementHandle();
      await canvas!.evaluate((lost: HTMLCanvasElement) => {
        lost.getContext("webgl2")!.getExtension("WEBGL_lose_context")!.loseContext();
      });
      await expect.poll(() => canvas!.evaluate((lost) => lost.isConnected)).toBe(false);
      await expect.poll(() => pixelsOf(page, brick)).toBeGreaterThan(20_000);
      expect(faults).toEqual([]);
      await page.close();

      const plain = await chromium.launch({
        executablePath: browserPath!,
        args: ["--no-sandbox", "--disable-gpu", "--disable-3d-apis"],
      });
      try {
        const without = await openPage(plain, await addressOf(watching));
        await without.page.getByText("this browser has no WebGL").waitFor();
        await button(without.page, "Step").click();
        await expect.poll(() => stepOf(without.page)).toBe(1);
        expect(without.faults).toEqual([]);
      } finally {
        await plain.close();
        watching.child.kill("SIGINT");
      }
      expect((await watching.ended).code).toBe(130);
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

  test("on another interface it says so, and asks for the token there, too", () =>
    inFolder(async (folder) => {
      const watching = start(folder, ["watch", "cartpole", "--host=0.0.0.0"]);
      const { port, searchParams } = new URL(await addressOf(watching));
      expect(
        await watching.said(/can be reached from other machines at 0\.0\.0\.0; only who has the token/),
      ).not.toBeNull();
      const outside = Object.values(networkInterfaces())
        .flat()
        .find((address) => address?.family === "IPv4" && !address.internal)?.address;
      // Where there is no network, this machine is all there is.
      const host = outside ?? "127.0.0.1";
      expect((await fetch(`http://${host}:${port}/`)).status).toBe(401);
      expect((await fetch(`http://${host}:${port}/?token=${"x".repeat(22)}`)).status).toBe(403);
      expect((await fetch(`http://${host}:${port}/?token=${searchParams.get("token")}`)).status).toBe(200);
      watching.child.kill("SIGINT");
      expect((await watching.ended).code).toBe(130);
    }));
});
