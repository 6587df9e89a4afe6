import { Generator } from "gymnasium-js";
import type { FieldSpec, ReplayConfig, TransitionBatch } from "../replay/index.js";

/** What one sub-environment does in one step. */
export interface Move {
  reward: number;
  end: "none" | "terminated" | "truncated" | "both";
  /** The environment was reset from outside just before. */
  resetBefore: boolean;
}

export interface Script {
  config: ReplayConfig;
  /** Per step and sub-environment. */
  steps: Move[][];
}

/** A quarter of the steps end an episode, one in thirteen follows a reset from outside; rewards are -4 to 4. */
export function randomScript(config: ReplayConfig, steps: number, seed: number): Script {
  const rng = new Generator(seed);
  const ends = ["none", "none", "none", "none", "none", "none", "terminated", "truncated", "both"] as const;
  const move = (): Move => ({
    reward: rng.integers(-4, 5),
    end: ends[rng.integers(0, ends.length)]!,
    resetBefore: rng.integers(0, 13) === 0,
  });
  return {
    config,
    steps: Array.from({ length: steps }, () => Array.from({ length: config.numEnvs }, move)),
  };
}

/**
 * Plays a script: environments whose frames, actions and masks are all different. Arrays are reused.
 * @param firstId another one gives other frames
 */
export function* play({ config, steps }: Script, firstId = 0): IterableIterator<TransitionBatch> {
  const { element, numEnvs } = config;
  const observations = rowsFor(element.observation, numEnvs);
  const next = rowsFor(element.observation, numEnvs);
  const finals = rowsFor(element.observation, numEnvs);
  const actions = rowsFor(element.action, numEnvs);
  const rewards = new Float64Array(numEnvs);
  const [terminations, truncations] = [new Uint8Array(numEnvs), new Uint8Array(numEnvs)];
  const [masks, finalMasks] = [masksFor(config), masksFor(config)];
  let drawn = firstId;
  for (let env = 0; env < numEnvs; env++) fill(next, env, numEnvs, ++drawn);
  for (const step of steps) {
    observations.set(next);
    step.forEach(({ reward, end, resetBefore }, env) => {
      if (resetBefore) fill(observations, env, numEnvs, ++drawn);
      fill(actions, env, numEnvs, ++drawn);
      rewards[env] = reward;
      terminations[env] = end === "terminated" || end === "both" ? 1 : 0;
      truncations[env] = end === "truncated" || end === "both" ? 1 : 0;
      fill(next, env, numEnvs, ++drawn);
      // Rows of episodes that go on hold nonsense.
      fill(finals, env, numEnvs, ++drawn);
    });
    masks?.forEach((_, i) => {
      masks[i] = (drawn >> i) & 1;
    });
    finalMasks?.forEach((_, i) => {
      finalMasks[i] = (drawn >> (i + 1)) & 1;
    });
    const ended = step.some(({ end }) => end !== "none");
    yield {
      observations,
      actions,
      next: {
        observations: next,
        rewards,
        terminations,
        truncations,
        finalObservations: ended ? finals : null,
      },
      nextActionMasks: masks,
      // Now and then nobody knows them.
      finalActionMasks: drawn % 3 === 0 ? null : finalMasks,
    };
  }
}

type FieldArray = Uint8Array | Int32Array | Float32Array;

const arrayTypes = { uint8: Uint8Array, int32: Int32Array, float32: Float32Array } as const;

function rowsFor({ shape, dtype }: FieldSpec, numEnvs: number): FieldArray {
  return new arrayTypes[dtype](shape.reduce((product, extent) => product * extent, numEnvs));
}

function masksFor({ element, numEnvs }: ReplayConfig): Uint8Array | null {
  return element.actionMask === 0 ? null : new Uint8Array(numEnvs * element.actionMask);
}

/** A row that tells which number it was made from, in base 200. */
function fill(rows: FieldArray, env: number, numEnvs: number, id: number): void {
  const size = rows.length / numEnvs;
  for (let i = 0; i < size; i++)
    rows[env * size + i] = size === 1 ? id : Math.floor(id / 200 ** (i % 2)) % 200;
}
