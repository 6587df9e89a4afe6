import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Env, make, RecordVideo, type RgbFrame } from "gymnasium-js";
import { encodeApng, writeVideo } from "ludus";
import { describe, expect, test } from "vitest";
import { decodeApng } from "./decode-apng.js";

const width = 13;
const height = 7;

/** A picture of one colour with a pixel of another. */
function frame(shade: number, x = 0, y = 0, pixel = shade): RgbFrame {
  const data = new Uint8Array(width * height * 3).fill(shade);
  data.fill(pixel, 3 * (y * width + x), 3 * (y * width + x) + 3);
  return { width, height, data };
}

const bytes = (frames: readonly RgbFrame[]) => frames.map(({ data }) => [...data]);

describe("encodeApng", () => {
  test("a decoder of the specification reads the same frames", () => {
    const noise = { ...frame(0), data: Uint8Array.from({ length: 273 }, (_, i) => (i * i * 31) >> 2) };
    const frames = [frame(9), frame(9, 12, 6, 200), frame(9, 3, 2, 40), noise, frame(255), frame(0, 0, 0, 1)];
    const film = decodeApng(encodeApng(frames, { fps: 24, plays: 3 }));
    expect(film).toMatchObject({ width, height, plays: 3 });
    expect(bytes(film.frames)).toEqual(bytes(frames));
    expect(film.delays).toEqual(new Array(6).fill([1, 24]));
  });

  test("stores of each frame the rectangle that changed", () => {
    const frames = [frame(5), frame(5, 12, 6, 7), frame(5, 4, 3, 7), frame(6)];
    const { rectangles } = decodeApng(encodeApng(frames));
    expect(rectangles).toEqual([
      { x: 0, y: 0, width, height },
      { x: 12, y: 6, width: 1, height: 1 },
      // The pixel before is as it was again, a new one is there.
      { x: 4, y: 3, width: 9, height: 4 },
      { x: 0, y: 0, width, height },
    ]);
  });

  test("frames that repeat the one before make it stand longer", () => {
    const frames = [frame(1), frame(1), frame(1), frame(2), frame(2)];
    const film = decodeApng(encodeApng(frames, { fps: 10 }));
    expect(bytes(film.frames)).toEqual(bytes([frame(1), frame(2)]));
    expect(film.delays).toEqual([
      [3, 10],
      [2, 10],
    ]);
    const still = decodeApng(encodeApng(new Array(70_000).fill(frame(1)), { fps: 50 }));
    expect(still.delays).toEqual([
      [65_535, 50],
      [4465, 50],
    ]);
    expect(bytes(still.frames)).toEqual(bytes([frame(1), frame(1)]));
  });

  test("rates that are no whole numbers are milliseconds", () => {
    const delays = (fps: number, count = 1) =>
      decodeApng(encodeApng(new Array(count).fill(frame(1)), { fps })).delays;
    expect(delays(12.5)).toEqual([[80, 1000]]);
    expect(delays(0.5)).toEqual([[2000, 1000]]);
    expect(delays(0.01)).toEqual([[100, 1]]);
  });

  test("refuses frames that do not fit and rates that make no sense", () => {
    const other = { width: 7, height: 13, data: frame(1).data };
    expect(() => encodeApng([])).toThrow("encodeApng: there are no frames");
    expect(() => encodeApng([frame(1), other])).toThrow("frame 1 is 7 x 13 with 273 values, expected 13 x 7");
    expect(() => encodeApng([{ ...frame(1), data: new Uint8Array(4) }])).toThrow("with 4 values");
    expect(() => encodeApng([frame(1)], { fps: 0 })).toThrow("fps is 0");
    expect(() => encodeApng([frame(1)], { plays: -1 })).toThrow("plays -1");
  });

  test("a game makes a small file", () => {
    const env = make<unknown, number>("MinAtar/Breakout-v1", { renderMode: "rgb_array" });
    env.reset({ seed: 1 });
    const frames = Array.from({ length: 100 }, (_, step) => {
      if (env.step(step % 3).terminated) env.reset();
      return env.render() as RgbFrame;
    });
    const encoded = encodeApng(frames);
    const film = decodeApng(encoded);
    expect(film.frames.length).toBeGreaterThan(50);
    const raw = frames.length * frames[0]!.data.length;
    expect(encoded.length).toBeLessThan(raw / 50);
  });
});

test("RecordVideo and writeVideo leave files of whole episodes", () => {
  const folder = join(mkdtempSync(join(tmpdir(), "ludus-video-")), "new", "folder");
  const game = make<unknown, number>("CartPole-v1", { renderMode: "rgb_array" }) as Env<unknown, number>;
  const env = new RecordVideo(game, { write: writeVideo(folder), episodeTrigger: () => true, fps: 50 });
  const shown: RgbFrame[][] = [];
  for (let episode = 0; episode < 2; episode++) {
    env.reset({ seed: episode });
    const frames = [env.render() as RgbFrame];
    for (let isOver = false; !isOver; ) {
      const { terminated, truncated } = env.step(1);
      frames.push(env.render() as RgbFrame);
      isOver = terminated || truncated;
    }
    shown.push(frames);
  }
  env.close();
  expect(readdirSync(folder).sort()).toEqual(["rl-video-episode-0.png", "rl-video-episode-1.png"]);
  shown.forEach((frames, episode) => {
    const film = decodeApng(readFileSync(join(folder, `rl-video-episode-${episode}.png`)));
    const seconds = film.delays.reduce((sum, [numerator, denominator]) => sum + numerator / denominator, 0);
    expect(seconds).toBeCloseTo(frames.length / 50, 6);
    expect([...film.frames.at(-1)!.data]).toEqual([...frames.at(-1)!.data]);
  });
});

test("the decoder of these tests refuses what is broken", () => {
  const encoded = encodeApng([frame(1), frame(2)]);
  const broken = encoded.slice();
  broken[60] = broken[60]! ^ 1;
  expect(() => decodeApng(broken)).toThrow("checksum");
});
