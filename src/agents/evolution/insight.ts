import { Generator, type TypedArray } from "gymnasium-js";
import { buildNet, type Net } from "../../nets/index.js";
import type { NamedArrays } from "../../tensors/index.js";
import { type Insight, insightOf, outputScores } from "../insight.js";
import type { PolicyPlan } from "./acting-net.js";

/**
 * Looks into the net of a policy for Discrete actions, by an engine, though it plays without one.
 * @param observations of which the first row is looked at
 */
export function searchedInsight(
  plan: PolicyPlan,
  parameters: Float32Array,
  observations: TypedArray,
): Insight {
  const { rowSize, scale } = plan.net.input;
  const scaled = Float64Array.from(observations.subarray(0, rowSize), (value, i) => {
    return (typeof scale === "number" ? scale : scale[i]!) * value;
  });
  const net = tensorNet(plan, parameters);
  try {
    return insightOf(net, scaled, outputScores);
  } finally {
    net.dispose();
  }
}

/** The same net in tensors, of observations that are scaled already. */
function tensorNet({ net: { input, outputs }, source }: PolicyPlan, parameters: Float32Array): Net {
  const { spec, inputShape } = source;
  // The weights that it starts with are overwritten.
  const rng = new Generator(0);
  const net = buildNet({ ...spec, inputScale: 1 }, { inputShape, oneHot: input.oneHot, outputs, rng });
  const arrays: NamedArrays = {};
  let offset = 0;
  for (const [name, { shape, size }] of net.parameters) {
    arrays[name] = { shape, dtype: "float32", data: parameters.slice(offset, offset + size) };
    offset += size;
  }
  net.restore(arrays);
  return net;
}
