import type { Batch, Space, TypedArray } from "gymnasium-js";

/** `count` random actions; the same for the same seed. */
export function sampleActions<Action>(space: Space<Action>, count: number, seed: number): Action[] {
  space.seed(seed);
  return Array.from({ length: count }, () => space.sample());
}

/** Values that no environment with this action space may accept. */
export function wrongActions(space: Space<unknown>): unknown[] {
  return candidates(space).filter((action) => !space.contains(action));
}

function candidates(space: Space<unknown>): unknown[] {
  const never = [undefined, null, "left", Number.NaN, {}];
  const facts = space.describe();
  switch (space.type) {
    case "Discrete": {
      const start = Number(facts["start"] ?? 0);
      return [...never, start - 1, start + Number(facts["n"]), start + 0.5];
    }
    case "Box": {
      const element = space.sample() as TypedArray;
      const tooLong = new (element.constructor as new (length: number) => TypedArray)(element.length + 1);
      return element instanceof Float32Array || element instanceof Float64Array
        ? [...never, element.map(() => Number.NaN), tooLong]
        : [...never, tooLong];
    }
    case "MultiDiscrete":
    case "MultiBinary": {
      const element = space.sample() as Int32Array | BigInt64Array;
      const filled = (value: number) => Int32Array.from(element as Int32Array, () => value);
      // Of a space that begins below 0, one of the two may be an element.
      return [...never, filled(-1), filled(2 ** 31 - 1), element.slice(1)];
    }
    default:
      return never;
  }
}

/** One action per sub-environment as `VectorEnv.step` takes them. */
export function batchActions(actions: readonly unknown[]): Batch {
  const [first] = actions;
  if (typeof first === "number") return Int32Array.from(actions as number[]);
  if (!ArrayBuffer.isView(first) || first instanceof BigInt64Array) return [...actions];
  const rows = actions as TypedArray[];
  const size = rows[0]?.length ?? 0;
  const batch = new (first.constructor as new (length: number) => TypedArray)(rows.length * size);
  for (const [i, row] of rows.entries()) batch.set(row, i * size);
  return batch;
}

/** Copy of what belongs to sub-environment `i`, as an element of the single space. */
export function rowOf(
  batch: Batch,
  i: number,
  { numEnvs, scalar }: { numEnvs: number; scalar: boolean },
): unknown {
  if (Array.isArray(batch)) return structuredClone(batch[i]);
  const size = batch.length / numEnvs;
  return scalar ? batch[i] : batch.slice(i * size, (i + 1) * size);
}
