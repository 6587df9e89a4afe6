import type { Env } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { describeSpace } from "../explain.js";
import { Box, box } from "../spaces/box.js";
import type { NumberArray } from "../spaces/dtype.js";
import type { Dtype, Space } from "../spaces/space.js";
import { DoubleBuffer } from "./double-buffer.js";
import { allocateRows } from "./elements.js";
import { ObservationWrapper } from "./observation-wrapper.js";

/**
 * Shows observations as arrays of another dtype. A Discrete observation becomes an array of one value, of shape [].
 *
 * @throws GymnasiumError `invalid-options` if observations are not a Box, Discrete, MultiDiscrete or MultiBinary
 */
export class DtypeObservation<Action> extends ObservationWrapper<NumberArray, Action, unknown> {
  private readonly converted: DoubleBuffer<NumberArray>;
  private readonly convert: (value: number | bigint) => number | bigint;

  constructor(env: Env<unknown, Action>, dtype: Dtype) {
    const target = withDtype(env.observationSpace, dtype);
    super(env, { observationSpace: target as Space<NumberArray> });
    this.converted = new DoubleBuffer(() => allocateRows(target, 1) as NumberArray);
    this.convert = dtype === "int64" ? (value) => BigInt(Math.trunc(Number(value))) : Number;
  }

  protected transform(observation: unknown): NumberArray {
    const converted = this.converted.next();
    if (typeof observation === "number") converted[0] = this.convert(observation) as number;
    else {
      const values = observation as ArrayLike<number | bigint>;
      for (let i = 0; i < converted.length; i++) converted[i] = this.convert(values[i]!) as number;
    }
    return converted;
  }
}

function withDtype(space: Space<unknown>, dtype: Dtype): Space<unknown> {
  const facts = space.describe();
  const shape = space.shape ?? [];
  const floats = (values: unknown) => (values as (number | string)[]).map(Number);
  if (space instanceof Box) {
    return box({
      low: floats(facts["low"]),
      high: floats(facts["high"]),
      shape,
      dtype,
    }) as unknown as Space<unknown>;
  }
  if (space.type === "MultiBinary")
    return box({ low: 0, high: 1, shape, dtype }) as unknown as Space<unknown>;
  if (space.type === "Discrete") {
    const start = Number(facts["start"] ?? 0);
    return box({
      low: start,
      high: start + Number(facts["n"]) - 1,
      shape: [],
      dtype,
    }) as unknown as Space<unknown>;
  }
  if (space.type === "MultiDiscrete") {
    const low = floats((facts["start"] as unknown[]).flat(8));
    const high = floats((facts["nvec"] as unknown[]).flat(8)).map((n, i) => low[i]! + n - 1);
    return box({ low, high, shape, dtype }) as unknown as Space<unknown>;
  }
  throw new GymnasiumError(
    "invalid-options",
    `DtypeObservation: the observation space is ${describeSpace(space)}, expected a Box, Discrete, MultiDiscrete or MultiBinary.`,
  );
}
