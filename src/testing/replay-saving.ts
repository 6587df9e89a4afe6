import { Generator } from "gymnasium-js";
import type { Replay } from "../replay/index.js";
import { requireCode, requireSame } from "./assertions.js";
import { copySample, filledReplay, type ReplayPlays, randomSteps } from "./replay-plays.js";

const rowsDrawn = 8;

export function checkSaving(plays: ReplayPlays): void {
  const { makeReplay, config, steps, seeds } = plays;
  for (const seed of seeds) {
    // Cut at another place for each seed, also before anything was stored.
    const cut = new Generator(seed).integers(0, steps);
    const replay = makeReplay(config);
    const restored: Record<string, Replay> = {};
    let made = 0;
    for (const step of randomSteps(plays, seed)) {
      if (made++ === cut) {
        const bytes = replay.save();
        restored["a new replay"] = makeReplay(config);
        restored["a replay in use"] = filledReplay(plays, seed + 1);
        for (const [name, other] of Object.entries(restored)) {
          other.load(bytes);
          requireSame(
            other.save(),
            bytes,
            `Seed ${seed}, loaded after ${cut} steps into ${name}, saved again`,
          );
        }
      }
      replay.add(step);
      for (const [name, other] of Object.entries(restored)) {
        other.add(step);
        const where = `Seed ${seed}, loaded after ${cut} steps into ${name}, after step ${made}`;
        requireSameSample(other, replay, made, where);
      }
    }
    const bytes = replay.save();
    for (const [name, other] of Object.entries(restored))
      requireSame(
        other.save(),
        bytes,
        `Seed ${seed}, loaded after ${cut} steps into ${name}, saved at the end`,
      );
  }
}

export function checkDamage(plays: ReplayPlays): void {
  const { config, seeds } = plays;
  const [seed = 0] = seeds;
  const replay = filledReplay(plays, seed + 1);
  const before = replay.save();
  const drawn = copySample(replay, new Generator(seed), rowsDrawn);
  const refuses = (bytes: Uint8Array, codes: readonly string[], what: string) => {
    requireCode(() => replay.load(bytes), codes, what);
    requireSame(replay.save(), before, `${what} was refused, but what the replay saves has changed`);
  };
  const bytes = filledReplay(plays, seed).save();
  for (const at of spread(bytes.length)) {
    const altered = bytes.slice();
    altered[at]! ^= 1 << (at % 8);
    refuses(altered, ["corrupt", "mismatch", "newer-version"], `A save with byte ${at} altered`);
    refuses(bytes.slice(0, at), ["corrupt", "newer-version"], `A save cut to ${at} of ${bytes.length} bytes`);
  }
  const foreign = filledReplay(plays, seed, { ...config, nStep: config.nStep + 1 }).save();
  refuses(
    foreign,
    ["mismatch"],
    `A save of a replay with nStep ${config.nStep + 1} instead of ${config.nStep}`,
  );
  const after = copySample(replay, new Generator(seed), rowsDrawn);
  requireSame(after, drawn, "After refused saves, a batch from the same generator state");
}

/** All positions near the ends, where headers and checksums are, and some hundred between. */
function spread(length: number): number[] {
  const stride = Math.ceil(length / 200);
  return Array.from({ length }, (_, at) => at).filter(
    (at) => at < 32 || at >= length - 32 || at % stride === 0,
  );
}

function requireSameSample(found: Replay, expected: Replay, seed: number, where: string): void {
  requireSame(found.size, expected.size, `${where}, size`);
  const [foundBatch, expectedBatch] = [found, expected].map((replay) =>
    copySample(replay, new Generator(seed), rowsDrawn),
  );
  requireSame(foundBatch, expectedBatch, `${where}, a batch`);
}
