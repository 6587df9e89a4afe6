import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type AtariOptions,
  AtariPreprocessing,
  atariRules,
  box,
  discrete,
  type Env,
  type EnvRules,
  luminance,
  proceed,
  RulesEnv,
  type Space,
  TimeLimit,
  terminate,
} from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { AreaResizer } from "../../gymnasium-js/src/atari/area-resize.js";
import { camelCased } from "./standing-copy.js";

interface Seen {
  /** Bytes, in hexadecimal; scaled ones times 255. */
  obs: string;
  info: Record<string, number>;
}

interface GoldenCase {
  options: Record<string, unknown>;
  /** Game frames to the truncation; null for none. */
  limit: number | null;
  seed: number;
  shape: number[];
  dtype: string;
  actions: number[];
  resets: (Seen & { before: number })[];
  steps: (Seen & { reward: number; terminated: number; truncated: number })[];
  next_random: number;
}

interface GoldenFile {
  cases: GoldenCase[];
  resize: { height: number; width: number; out_height: number; out_width: number; out: string }[];
  luminance: { out: string };
}

/** Recorded by Gymnasium 1.4.0 and OpenCV 5.0.0 over the same game in Python. */
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, "data", "atari-preprocessing.json"), "utf8"),
) as GoldenFile;

interface FlickerState {
  frame: number;
  action: number;
  lives: number;
  shade: number;
}

/** The made-up game: 21 x 16 pixels with a block that shows in odd frames only; a life is lost where a draw is below 0.05. */
const flicker: EnvRules<FlickerState, Uint8Array, number> = {
  id: "Flicker",
  observationSpace: box({ low: 0, high: 255, shape: [21, 16, 3], dtype: "uint8" }) as Space<Uint8Array>,
  actionSpace: discrete(3),
  actionNames: ["NOOP", "FIRE", "RIGHT"],
  init: (rng) => ({ frame: 0, action: 0, lives: 3, shade: rng.integers(0, 16) }),
  step(state, action, rng) {
    if (rng.random() < 0.05) state.lives--;
    state.frame++;
    state.action = action;
    const reward = action + (state.frame % 3);
    return state.lives === 0 ? terminate(reward) : proceed(reward);
  },
  observe({ frame, action, shade }, out, offset) {
    for (let y = 0, i = offset; y < 21; y++) {
      for (let x = 0; x < 16; x++) {
        const isBlock = frame % 2 === 1 && y >= 4 && y < 9 && x >= 3 && x < 8;
        for (let c = 0; c < 3; c++, i++) {
          const value = 7 * frame * (x + 1) + 13 * y * (shade + 1) + 29 * x + 5 * c * y + 31 * action;
          out[i] = isBlock ? 255 : value & 255;
        }
      }
    }
  },
  info: ({ lives, frame, shade }) => (frame === 0 ? { lives, shade } : { lives, frame }),
};

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));

/** Values apart by one grey level: OpenCV rounds to float32 on the way. More is a fault. */
function differences(found: ArrayLike<number>, expected: Uint8Array, scale: number): number {
  expect(found.length).toBe(expected.length);
  let different = 0;
  for (let i = 0; i < expected.length; i++) {
    const apart = Math.abs(Math.round(found[i]! * scale) - expected[i]!);
    if (apart > 1) expect.fail(`value ${i} is ${found[i]}, expected ${expected[i]}`);
    different += apart;
  }
  return different;
}

function play(env: Env<ArrayLike<number>, number>, { seed, actions, steps, resets, dtype }: GoldenCase) {
  const scale = dtype === "float32" ? 255 : 1;
  let [different, values] = [0, 0];
  const see = (observation: ArrayLike<number>, { obs }: Seen) => {
    expect(env.observationSpace.contains(observation)).toBe(true);
    different += differences(observation, bytesOf(obs), scale);
    values += observation.length;
  };
  const [first, ...later] = resets;
  const infos: unknown[] = [];
  const begun = env.reset({ seed });
  see(begun.observation, first!);
  infos.push({ ...begun.info });
  for (const [t, action] of actions.entries()) {
    const { observation, reward, terminated, truncated, info } = env.step(action);
    const expected = steps[t]!;
    see(observation, expected);
    expect({ reward, terminated, truncated, info }, `step ${t}`).toEqual({
      reward: expected.reward,
      terminated: expected.terminated === 1,
      truncated: expected.truncated === 1,
      info: expected.info,
    });
    if (later[0]?.before !== t + 1) continue;
    const { observation: next, info: nextInfo } = env.reset();
    see(next, later[0]);
    infos.push({ ...nextInfo });
    later.shift();
  }
  expect(later).toEqual([]);
  expect(infos).toEqual(resets.map(({ info }) => info));
  return different / values;
}

const optionsOf = ({ options }: GoldenCase) => camelCased(options) as AtariOptions;

describe("AtariPreprocessing shows what Gymnasium's shows", () => {
  const named = golden.cases.map((one) => [JSON.stringify({ ...one.options, seed: one.seed }), one] as const);

  test.each(named)("%s", (_, one) => {
    const game = new RulesEnv(flicker) as Env<Uint8Array, number>;
    const env = new AtariPreprocessing(
      one.limit === null ? game : new TimeLimit(game, one.limit),
      optionsOf(one),
    );
    expect([env.observationSpace.shape, env.observationSpace.dtype]).toEqual([one.shape, one.dtype]);
    expect(play(env as Env<ArrayLike<number>, number>, one)).toBeLessThan(0.01);
    expect(env.rng.random()).toBe(one.next_random);
  });

  const unlimited = named.filter(([, { limit }]) => limit === null);

  test.each(unlimited)("as rules: %s", (_, one) => {
    const env = new RulesEnv(atariRules(flicker, optionsOf(one)));
    expect([env.observationSpace.shape, env.observationSpace.dtype]).toEqual([one.shape, one.dtype]);
    // Rules say as much of the start as of any other state: the info of the last no-op, without that of the reset.
    const resets = one.resets.map(({ info, ...reset }) => {
      const { shade, ...rest } = info;
      return { ...reset, info: "frame" in rest ? rest : info };
    });
    expect(play(env as Env<ArrayLike<number>, number>, { ...one, resets })).toBeLessThan(0.01);
    expect(env.rng.random()).toBe(one.next_random);
  });
});

test.each(golden.resize)("$height x $width to $out_height x $out_width is OpenCV's INTER_AREA", (one) => {
  const { height, width, out_height: outHeight, out_width: outWidth } = one;
  const source = Uint8Array.from(
    { length: height * width },
    (_, i) => (31 * i * i + 17 * i + 101 * (i >> 3)) >> 2,
  );
  const out = new Uint8Array(outHeight * outWidth);
  new AreaResizer({ height, width, outHeight, outWidth, channels: 1 }).resize(source, out);
  // Sums here are exact: only halves may fall to the other side, of which 210 x 160 has a few.
  expect(differences(out, bytesOf(one.out), 1)).toBeLessThanOrEqual(height === 210 ? 20 : 0);
});

test("luminance is OpenCV's", () => {
  const pixels = Array.from({ length: 64 }, (_, i) => [37 * i, 91 * i + 13, 53 * i + 200] as const);
  const found = pixels.map(([red, green, blue]) => luminance(red & 255, green & 255, blue & 255));
  expect(found).toEqual([...bytesOf(golden.luminance.out)]);
});
