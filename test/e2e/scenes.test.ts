import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserPath, openBrowser, openPage, whyNoBrowser } from "./browser.js";
import { inFolder, start } from "./ludus.js";

type Rgb = readonly [red: number, green: number, blue: number];

/** What a person sees of an environment: colours, and how many pixels of the play at least are of each; the last one moves. */
interface Sight {
  env: string;
  colours: readonly (readonly [colour: Rgb, pixels: number])[];
}

const red: Rgb = [224, 87, 76];
const amber: Rgb = [242, 184, 75];

const sights: readonly Sight[] = [
  {
    env: "Ludus/DoorKey-v0",
    // Walls, floor, the goal, the red door, and the agent.
    colours: [
      [[74, 80, 96], 40_000],
      [[35, 43, 59], 30_000],
      [[98, 186, 110], 1000],
      [[211, 62, 58], 1000],
      [[30, 110, 190], 300],
    ],
  },
  {
    env: "FrozenLake-v1",
    // Ice, holes, and the elf's coat.
    colours: [
      [[134, 180, 212], 40_000],
      [[8, 21, 39], 5000],
      [[201, 52, 52], 300],
    ],
  },
  {
    env: "Taxi-v4",
    // Streets, walls, the passenger, and the taxi.
    colours: [
      [[34, 41, 56], 40_000],
      [[141, 153, 179], 3000],
      [[154, 116, 224], 80],
      [[255, 216, 59], 500],
    ],
  },
  {
    env: "Blackjack-v1",
    // The table, a card that lies face down, and the open ones.
    colours: [
      [[10, 90, 44], 40_000],
      [[40, 70, 150], 2000],
      [[250, 250, 245], 10_000],
    ],
  },
  {
    env: "MountainCar-v0",
    // Earth, grass, the flag, and the car.
    colours: [
      [[29, 51, 40], 20_000],
      [[112, 166, 94], 2000],
      [amber, 200],
      [red, 200],
    ],
  },
  {
    env: "Acrobot-v1",
    // The joints, the upper link, and the lower one.
    colours: [
      [amber, 200],
      [[47, 134, 181], 500],
      [[92, 200, 255], 500],
    ],
  },
  {
    env: "Pendulum-v1",
    colours: [[red, 1500]],
  },
  {
    env: "Ludus/Breakout-v0",
    // The walls, the last row of bricks, and the first one with the paddle.
    colours: [
      [[142, 142, 142], 10_000],
      [[66, 72, 200], 2000],
      [[200, 72, 72], 2000],
    ],
  },
];

interface Patch {
  pixels: number;
  /** The middle of them all, CSS pixels. */
  x: number;
  y: number;
}

/** Where in the play pixels of each colour are, within a little. */
async function patchesOf(page: Page, colours: readonly Rgb[]): Promise<Patch[]> {
  const picture = await page.locator("section.stage").screenshot();
  return page.evaluate(
    async ({ base64, wanted }) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const { width, height } = image;
      const context = new OffscreenCanvas(width, height).getContext("2d")!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      return wanted.map((colour) => {
        let [pixels, x, y] = [0, 0, 0];
        for (let i = 0; i < width * height; i++) {
          if (colour.some((value, channel) => Math.abs(data[4 * i + channel]! - value) > 11)) continue;
          pixels++;
          x += i % width;
          y += Math.floor(i / width);
        }
        return { pixels, x: x / pixels, y: y / pixels };
      });
    },
    { base64: picture.toString("base64"), wanted: colours },
  );
}

describe("scenes", () => {
  let browser: Browser;

  beforeAll(async () => {
    if (browserPath !== null) browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  test.for(sights)("$env can be seen, and what moves in it", async ({ env, colours }, { skip }) => {
    skip(browserPath === null, whyNoBrowser);
    await inFolder(async (folder) => {
      const watching = start(folder, ["watch", env, "--port=0"]);
      try {
        const address = await watching.said(/http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/);
        if (address === null) throw new Error((await watching.ended).stderr);
        const { page, faults } = await openPage(browser, address);
        const wanted = colours.map(([colour]) => colour);
        const isSeen = async (): Promise<boolean> => {
          const patches = await patchesOf(page, wanted);
          return patches.every(({ pixels }, i) => pixels > colours[i]![1]);
        };
        await expect.poll(isSeen).toBe(true);

        const moving = [wanted.at(-1)!];
        const [before] = (await patchesOf(page, moving)) as [Patch];
        const shift = async (): Promise<number> => {
          await page.keyboard.press(".");
          const [after] = (await patchesOf(page, moving)) as [Patch];
          return Math.hypot(after.x - before.x, after.y - before.y);
        };
        await expect.poll(shift).toBeGreaterThan(0.25);
        expect(faults).toEqual([]);
        await page.close();
      } finally {
        watching.child.kill("SIGINT");
        await watching.ended;
      }
    });
  });
});
