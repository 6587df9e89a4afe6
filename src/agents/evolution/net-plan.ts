import type { Generator } from "gymnasium-js";
import { type Fan, initialBias, initialWeights } from "../../nets/initializers.js";
import { buildLayer, type Layer, type ParameterMaker } from "../../nets/layers.js";
import { type LayerSpec, layerNormEpsilon, layersOf, type NetSpec } from "../../nets/spec.js";
import { type NamedArrays, sizeOf, type tf } from "../../tensors/index.js";
import { AgentError } from "../errors.js";
import type { ObservationInput } from "../spaces.js";
import type { ForwardConvolution, ForwardInput, ForwardLayer, ForwardPlan } from "./forward.js";

/** A parameter array of a net: where it lies in the vector, and how it starts. */
interface Parameter {
  name: string;
  shape: readonly number[];
  offset: number;
  start(rng: Generator): Float32Array;
}

/** A net without an engine: its plan, and what its parameter vectors mean. */
export interface PlannedNet {
  plan: ForwardPlan;
  /** A vector of starting weights; the draws, and so the weights, are those of `buildNet`. */
  initial(rng: Generator): Float32Array;
  /** The vector as the arrays of a net of the same spec, by `buildNet`'s names. */
  named(parameters: Float32Array): NamedArrays;
}

/**
 * Lays a net out for `Forward`: the layers of `buildNet` with a linear output layer, parameters in their order.
 *
 * @param scale factor of each observation value, on top of the spec's `inputScale`
 * @throws {NetError} `invalid-net` as `buildNet`
 */
export function planNet(
  spec: NetSpec,
  options: ObservationInput & { outputs: number; scale: number | Float64Array },
): PlannedNet {
  const specs = layersOf(spec);
  const { input, shape: inputShape } = planInput(spec, specs, options);
  const parameters: Parameter[] = [];
  const make = recorder(spec, parameters);
  const layers: ForwardLayer[] = [];
  const counts = new Map<string, number>();
  let shape = inputShape;
  const add = (layerSpec: LayerSpec, name: string) => {
    const first = parameters.length;
    const layer = buildLayer({ spec: layerSpec, inputShape: shape, name, make });
    const offsets = parameters.slice(first).map(({ offset }) => offset);
    layers.push(...planLayer(layerSpec, { inputShape: shape, layer, offsets }));
    shape = layer.outputShape;
  };
  for (const layerSpec of specs) {
    const count = (counts.get(layerSpec.type) ?? 0) + 1;
    counts.set(layerSpec.type, count);
    add(layerSpec, `${layerSpec.type}${count}`);
  }
  add({ type: "dense", units: options.outputs, activation: "linear", norm: "none" }, "q");
  const size = sizeOfAll(parameters);
  return {
    plan: { input, layers, parameters: size, outputs: options.outputs },
    initial(rng) {
      const vector = new Float32Array(size);
      for (const { offset, start } of parameters) vector.set(start(rng), offset);
      return vector;
    },
    named: (vector) =>
      Object.fromEntries(
        parameters.map(({ name, shape: [...dimensions], offset }) => {
          const data = vector.slice(offset, offset + sizeOf(dimensions));
          return [name, { shape: dimensions, dtype: "float32", data }];
        }),
      ),
  };
}

function sizeOfAll(parameters: readonly Parameter[]): number {
  const last = parameters.at(-1);
  return last === undefined ? 0 : last.offset + sizeOf(last.shape);
}

/**
 * Notes down what a net's layers ask for. There is no engine here, and so no variables: layers only look at them when
 * they are applied, which these never are.
 */
function recorder(spec: NetSpec, parameters: Parameter[]): ParameterMaker {
  const note = (name: string, shape: readonly number[], start: Parameter["start"]): tf.Variable => {
    parameters.push({ name, shape, offset: sizeOfAll(parameters), start });
    return null as unknown as tf.Variable;
  };
  return {
    weights: (name, shape, fan: Fan) =>
      note(name, shape, (rng) => initialWeights(spec.initializer, fan, rng)),
    bias: (name, fan) => note(name, [fan.outputs], (rng) => initialBias(spec.initializer, fan, rng)),
    constant: (name, shape, value) => note(name, shape, () => new Float32Array(sizeOf(shape)).fill(value)),
  };
}

function planInput(
  spec: NetSpec,
  specs: readonly LayerSpec[],
  { inputShape, oneHot, scale }: ObservationInput & { scale: number | Float64Array },
): { input: ForwardInput; shape: readonly number[] } {
  const rowSize = sizeOf(inputShape);
  if (oneHot !== null) return { input: { rowSize, oneHot, scale: 1, channelsFirst: 1 }, shape: [oneHot.n] };
  const { inputScale, channels } = spec;
  const scales = typeof scale === "number" ? scale * inputScale : scale.map((factor) => factor * inputScale);
  const input: ForwardInput = { rowSize, oneHot, scale: scales, channelsFirst: 1 };
  if (!specs.some(({ type }) => type === "conv2d")) return { input, shape: [rowSize] };
  const [a = 1, b = 1, c = 1] = inputShape;
  // Other shapes are refused by the convolution.
  if (inputShape.length === 2) return { input, shape: [a, b, 1] };
  if (inputShape.length !== 3 || channels === "last") return { input, shape: inputShape };
  return { input: { ...input, channelsFirst: a }, shape: [b, c, a] };
}

/** The passes that a layer is made of; none for one that changes nothing but the shape. */
function planLayer(
  spec: LayerSpec,
  { inputShape, layer, offsets }: { inputShape: readonly number[]; layer: Layer; offsets: readonly number[] },
): ForwardLayer[] {
  const [first = 0, second = 0] = offsets;
  const size = sizeOf(inputShape);
  switch (spec.type) {
    case "dense": {
      const { units: outputs, activation } = spec;
      const dense = {
        type: "dense",
        inputs: size,
        outputs,
        weights: first,
        bias: second,
        activation,
      } as const;
      return spec.norm === "none" ? [dense] : normed(dense, outputs, offsets);
    }
    case "conv2d": {
      const convolution = { ...windows(spec, inputShape, layer.outputShape), weights: first, bias: second };
      const values = sizeOf(layer.outputShape);
      return spec.norm === "none" ? [convolution] : normed(convolution, values, offsets);
    }
    case "layerNorm":
      return [{ type: "layerNorm", size, scale: first, offset: second, epsilon: spec.epsilon }];
    case "activation":
      return [{ type: "activation", size, activation: spec.activation }];
    case "flatten":
      return [];
    default:
      throw new AgentError(
        "invalid-config",
        `The agent evolution plays nets of dense, conv2d, layerNorm and activation layers, not with one of type ${JSON.stringify((spec as LayerSpec).type)}.`,
      );
  }
}

/** Sums, LayerNorm, activation. */
function normed(
  layer: Extract<ForwardLayer, { type: "dense" | "conv2d" }>,
  size: number,
  [, , scale = 0, offset = 0]: readonly number[],
): ForwardLayer[] {
  return [
    { ...layer, activation: "linear" },
    { type: "layerNorm", size, scale, offset, epsilon: layerNormEpsilon },
    { type: "activation", size, activation: layer.activation },
  ];
}

function windows(
  spec: Extract<LayerSpec, { type: "conv2d" }>,
  inputShape: readonly number[],
  outputShape: readonly number[],
): Omit<ForwardConvolution, "weights" | "bias"> {
  const pair = (value: number | [number, number]): [number, number] =>
    typeof value === "number" ? [value, value] : value;
  const [size, stride] = [pair(spec.size), pair(spec.stride)];
  // As TensorFlow does: where the zeros are odd in number, the one more comes after.
  const before = (axis: 0 | 1) => {
    const covered = (outputShape[axis]! - 1) * stride[axis] + size[axis];
    return spec.padding === "same" ? Math.max(0, covered - inputShape[axis]!) >> 1 : 0;
  };
  return {
    type: "conv2d",
    input: inputShape as readonly number[] as [number, number, number],
    output: outputShape as readonly number[] as [number, number, number],
    size,
    stride,
    before: [before(0), before(1)],
    activation: spec.activation,
  };
}
