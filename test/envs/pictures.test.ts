// Every environment's two drawings against the stored ones in test/envs/pictures: at the start and after some steps, side
// by side. After a change that is meant: LUDUS_UPDATE_PICTURES=1 npx vitest run test/envs/pictures.test.ts, and look at them.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type Env, make, type RgbFrame, registry } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import "../../src/envs/index.js";
import { decodePng, encodePng } from "./png.js";

const folder = new URL("./pictures/", import.meta.url);
const updating = process.env["LUDUS_UPDATE_PICTURES"] === "1";
/** Steps after which the second picture is taken, on the way to which episodes may end. */
const steps = 23;
const gap = 4;

const ids = [...registry.keys()];
const fileName = (id: string, extension: string) => `${id.replaceAll("/", "_")}.${extension}`;

/** What an environment shows at the start and after random steps. */
function drawings<Drawing>(id: string, renderMode: "ansi" | "rgb_array"): [Drawing, Drawing] {
  const env: Env = make(id, { renderMode });
  env.reset({ seed: 1 });
  const start = structuredClone(env.render()) as Drawing;
  env.actionSpace.seed(1);
  for (let t = 0; t < steps; t++) {
    const { terminated, truncated } = env.step(env.actionSpace.sample());
    if (terminated || truncated) env.reset();
  }
  const later = structuredClone(env.render()) as Drawing;
  env.close();
  return [start, later];
}

function sideBySide(left: RgbFrame, right: RgbFrame): RgbFrame {
  const width = left.width + gap + right.width;
  const height = Math.max(left.height, right.height);
  const data = new Uint8Array(width * height * 3).fill(255);
  for (const [frame, x] of [
    [left, 0],
    [right, left.width + gap],
  ] as const) {
    for (let row = 0; row < frame.height; row++) {
      const line = frame.data.subarray(row * frame.width * 3, (row + 1) * frame.width * 3);
      data.set(line, (row * width + x) * 3);
    }
  }
  return { width, height, data };
}

/** The stored file; in an update it is written first. */
function stored(name: string, now: Buffer): Buffer {
  const file = new URL(name, folder);
  if (updating) writeFileSync(file, now);
  expect(existsSync(file), `test/envs/pictures/${name} is there`).toBe(true);
  return readFileSync(file);
}

describe.each(ids)("%s", (id) => {
  test("draws the stored picture", () => {
    const now = sideBySide(...drawings<RgbFrame>(id, "rgb_array"));
    const picture = decodePng(stored(fileName(id, "png"), encodePng(now)));
    expect([now.width, now.height]).toEqual([picture.width, picture.height]);
    const differing = picture.data.findIndex((value, i) => value !== now.data[i]);
    const pixel = Math.floor(differing / 3);
    const where = `pixel (${pixel % now.width}, ${Math.floor(pixel / now.width)}) of ${fileName(id, "png")}`;
    expect(differing, `${where} differs`).toBe(-1);
  });

  test("draws the stored text", () => {
    const now = `${drawings<string>(id, "ansi").join("\n\n")}\n`;
    expect(now).toBe(stored(fileName(id, "txt"), Buffer.from(now)).toString());
  });
});

test("no picture is kept of an environment that is gone", () => {
  const expected = ids.flatMap((id) => [fileName(id, "png"), fileName(id, "txt")]);
  expect(readdirSync(folder).sort()).toEqual(expected.sort());
});
