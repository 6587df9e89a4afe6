import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  AddWhiteNoise,
  defineEnv,
  discrete,
  type Env,
  ObstructView,
  proceed,
  type RgbFrame,
} from "gymnasium-js";
import { expect, test } from "vitest";

interface GoldenFile {
  cases: {
    wrapper: "AddWhiteNoise" | "ObstructView";
    grayscale: number;
    seed: number;
    /** Two pictures in turn, as bytes in hexadecimal. */
    frames: string[];
    next_random: number;
  }[];
}

/** Recorded by Gymnasium 1.4.0 and NumPy 2.4.6. */
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, "data", "render-noise.json"), "utf8"),
) as GoldenFile;

const still = defineEnv({
  id: "Still",
  observationSpace: discrete(2),
  actionSpace: discrete(2),
  init: () => ({}),
  step: () => proceed(0),
  observe(_state, out, offset) {
    out[offset] = 0;
  },
  renderRgb: () => ({ width: 9, height: 7, data: Uint8Array.from({ length: 7 * 9 * 3 }, (_, i) => 7 * i) }),
});

test.each(golden.cases)(
  "$wrapper, grayscale $grayscale, seed $seed",
  ({ wrapper, grayscale, seed, ...seen }) => {
    const env = still.make({}, { renderMode: "rgb_array" }) as Env;
    const options = { isNoiseGrayscale: grayscale === 1 };
    const noisy =
      wrapper === "AddWhiteNoise"
        ? new AddWhiteNoise(env, 0.3, options)
        : new ObstructView(env, 0.5, 3, options);
    noisy.reset({ seed });
    const frames = seen.frames.map(() => Buffer.from((noisy.render() as RgbFrame).data).toString("hex"));
    expect(frames).toEqual(seen.frames);
    expect(env.rng.random()).toBe(seen.next_random);
  },
);
