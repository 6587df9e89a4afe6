import type { Batch, Space } from "gymnasium-js";

/** Actions drawn beforehand, to be used over and over. */
export interface DrawnActions {
  /** One action each; a power of two of them. */
  readonly single: readonly unknown[];
  /** One action per sub-environment each, in the form that a vector takes fastest: flat where actions have numbers. */
  readonly batches: readonly Batch[];
}

/**
 * Random actions of any space, always the same ones; the space is seeded for it.
 * @param count a power of two, so that an index can be cut with `& (count - 1)`
 */
export function drawActions(space: Space<unknown>, numEnvs: number, count: number): DrawnActions {
  space.seed(7);
  const draw = (size: number) => Array.from({ length: size }, () => space.sample());
  return {
    single: draw(count),
    batches: Array.from({ length: count }, () => batchOf(draw(numEnvs))),
  };
}

function batchOf(actions: readonly unknown[]): Batch {
  const first = actions[0];
  if (typeof first === "number") return Int32Array.from(actions as number[]);
  if (!(first instanceof Float32Array || first instanceof Float64Array || first instanceof Int32Array)) {
    return actions as Batch;
  }
  const flat = new (first.constructor as Float32ArrayConstructor)(first.length * actions.length);
  for (const [i, action] of actions.entries()) flat.set(action as Float32Array, i * first.length);
  return flat;
}

/** The first number of an observation, however deep it lies: of tuples and dictionaries, of the first member. */
export function firstNumber(observation: unknown): number {
  let value = observation;
  while (typeof value === "object" && value !== null) {
    value =
      ArrayBuffer.isView(value) || Array.isArray(value) ? (value as unknown[])[0] : Object.values(value)[0];
  }
  return typeof value === "number" ? value : 0;
}
