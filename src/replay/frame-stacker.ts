import { bytesOf } from "./bytes.js";
import { requireField, requireInteger } from "./config.js";
import { allocate, type FieldArray, sizeOf } from "./element.js";
import { ReplayError } from "./errors.js";
import { corrupt, pack, unpack } from "./packing.js";
import type { FieldSpec, TransitionBatch } from "./types.js";

export interface FrameStackerConfig {
  /** One frame. */
  observation: FieldSpec;
  numEnvs: number;
  /** Frames per observation, 1 to 255. */
  stack: number;
}

/** Stacks frames for acting just as the replay stacks them for learning. */
export interface FrameStacker {
  /**
   * Takes the next frame of each environment: `[numEnvs, ...shape]`.
   * @returns `[numEnvs, ...(stack > 1 ? [stack] : []), ...shape]`, oldest first; where an episode starts, its first
   * frame repeated. Reused by the next call.
   * @throws ReplayError `invalid-step` if the length is wrong
   */
  push(observations: ArrayLike<unknown>): FieldArray;
  /** Says after a step which episodes have ended, so that the next frame starts another there. */
  endEpisodes(ends: Pick<TransitionBatch["next"], "terminations" | "truncations">): void;
  /** The next frames start episodes everywhere. */
  clear(): void;
  /** As bytes with a checksum. */
  save(): Uint8Array;
  /** @throws ReplayError `corrupt`, `mismatch` or `newer-version`; then nothing has changed */
  load(bytes: Uint8Array): void;
}

/**
 * @throws ReplayError `invalid-config`
 * @example
 * const stacker = createFrameStacker({ observation: element.observation, numEnvs: envs.numEnvs, stack: 4 });
 * rollout(envs, (observations) => policy(stacker.push(observations))).subscribe((step) => {
 *   stacker.endEpisodes(step.next);
 * });
 */
export function createFrameStacker({ observation, numEnvs, stack }: FrameStackerConfig): FrameStacker {
  requireField("observation", observation);
  requireInteger("numEnvs", numEnvs, 1, 2 ** 31 - 1);
  requireInteger("stack", stack, 1, 255);
  const size = sizeOf(observation);
  const row = stack * size;
  const stacks = allocate(observation, numEnvs * row);
  /** 1 where the next frame is the first of an episode. */
  const starting = new Uint8Array(numEnvs).fill(1);
  const config = { observation: [observation.dtype, ...observation.shape], numEnvs, stack };

  return {
    push(observations) {
      if (observations.length !== numEnvs * size) {
        throw new ReplayError(
          "invalid-step",
          `observations has ${observations.length} values, expected ${numEnvs * size}.`,
        );
      }
      for (let env = 0; env < numEnvs; env++) {
        const newest = env * row + row - size;
        if (starting[env] === 0) stacks.copyWithin(env * row, env * row + size, (env + 1) * row);
        for (let i = 0; i < size; i++) stacks[newest + i] = observations[env * size + i] as number;
        if (starting[env] === 0) continue;
        for (let at = env * row; at < newest; at += size) stacks.copyWithin(at, newest, newest + size);
        starting[env] = 0;
      }
      return stacks;
    },
    endEpisodes({ terminations, truncations }) {
      for (let env = 0; env < numEnvs; env++) {
        if (terminations[env] !== 0 || truncations[env] !== 0) starting[env] = 1;
      }
    },
    clear() {
      starting.fill(1);
    },
    save() {
      return pack("frame-stacker", config, [
        { name: "starting", chunks: [starting] },
        { name: "stacks", chunks: [bytesOf(stacks)] },
      ]);
    },
    load(bytes) {
      const sections = unpack("frame-stacker", config, bytes);
      const [savedStarting, savedStacks] = [sections.get("starting"), sections.get("stacks")];
      if (savedStarting?.length !== numEnvs || savedStacks?.length !== stacks.byteLength) {
        throw corrupt("frame-stacker", "its frames do not have the expected length");
      }
      starting.set(savedStarting);
      bytesOf(stacks).set(savedStacks);
    },
  };
}
