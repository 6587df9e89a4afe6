import { box, type Generator, multiDiscrete, type TypedArray } from "gymnasium-js";
import type { QmixConfigInput, TeamLayout } from "../../../src/agents/index.js";
import type { ReplayBatch } from "../../../src/replay/types.js";

/** Three agents that see two numbers and have four actions, and a state of five numbers. */
export const layout: TeamLayout = { agents: 3, observationShape: [2], stateSize: 5, actions: 4 };

/** What joint environments of a layout have as spaces. */
export function spacesOf(
  { agents, observationShape, stateSize, actions }: TeamLayout,
  dtype: "uint8" | "float32" = "float32",
) {
  const size = observationShape.reduce((product, extent) => product * extent, 1);
  const low = dtype === "uint8" ? 0 : -1;
  return {
    observationSpace: box({ low, high: 1, shape: [agents * size + stateSize], dtype }),
    actionSpace: multiDiscrete(new Array<number>(agents).fill(actions)),
  };
}

export const small: QmixConfigInput = {
  net: { type: "mlp", hidden: [6] },
  mixing: { type: "monotonic", embedding: 4, hypernet: 5 },
  target: { type: "hard", every: 1000 },
  exploration: { type: "constant", epsilon: 0.5 },
  optimizer: { name: "adam", learningRate: 0.01 },
};

/** Random rows of a joint environment. */
export function randomRows(rng: Generator, rows: number, rowSize = 11): Float32Array {
  return Float32Array.from({ length: rows * rowSize }, () => rng.uniform(-1, 1));
}

/** Random transitions of `layout`. */
export function randomBatch(rng: Generator, size = 16): ReplayBatch {
  return {
    size,
    observations: randomRows(rng, size),
    actions: Int32Array.from({ length: size * 3 }, () => rng.integers(0, 4)),
    rewards: Float32Array.from({ length: size }, () => rng.normal(0, 1)),
    discounts: Float32Array.from({ length: size }, () => (rng.random() < 0.2 ? 0 : 0.99)),
    nextObservations: randomRows(rng, size),
    nextActionMasks: null,
    weights: Float32Array.from({ length: size }, () => rng.uniform(0.5, 1)),
    indices: Int32Array.from({ length: size }, (_, row) => row),
  };
}

/** A row or several, and what was done in them; what is not given is 0, with no masks and weights of 1. */
export function batchOf(
  rows: Pick<ReplayBatch, "observations" | "actions"> & Partial<Omit<ReplayBatch, "size">>,
  size = 1,
): ReplayBatch {
  return {
    size,
    rewards: new Float32Array(size),
    discounts: new Float32Array(size),
    nextObservations: rows.observations.slice() as TypedArray,
    nextActionMasks: null,
    weights: new Float32Array(size).fill(1),
    indices: Int32Array.from({ length: size }, (_, row) => row),
    ...rows,
  };
}
