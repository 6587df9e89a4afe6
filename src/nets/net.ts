import type { Generator } from "gymnasium-js";
import { type NamedArrays, sizeOf, tf } from "../tensors/index.js";
import { buildHead, type OutputLayer } from "./head.js";
import { initialBias, initialWeights } from "./initializers.js";
import { InputStage } from "./input.js";
import { buildLayer, type Layer, type ParameterMaker } from "./layers.js";
import { NoiseLayout, type NoiseSpec } from "./noise.js";
import { type HeadSpec, type LayerSpec, layersOf, type NetSpec } from "./spec.js";
import {
  blendVariables,
  checkSameParameters,
  copyVariables,
  readVariables,
  writeVariables,
} from "./weights.js";

export interface NetOptions {
  /** Shape of one frame; `[]` for a whole number, with `oneHot`. */
  inputShape: readonly number[];
  /** Frames per observation, default 1; with more, a row of observations is `[stack, ...inputShape]`. */
  stack?: number;
  /** Observations are whole numbers `start ... start + n - 1`. */
  oneHot?: { n: number; start: number } | null;
  /** Values that come out per row, such as the number of actions. */
  outputs: number;
  /** Draws the starting weights: layer by layer from the input on, weights before bias, each in C order. */
  rng: Generator;
  /** Default: plain action values. */
  head?: HeadSpec;
  /** Values per output, default 1: the atoms or quantiles of a distribution. */
  atoms?: number;
  /** Makes all dense layers noisy (Fortunato et al. 2018); default null: none. */
  noise?: NoiseSpec | null;
  /** Of a head that is not dueling: default "q" with gain 1. */
  outputLayer?: OutputLayer;
}

/** A function of parameters. Float32 throughout; whoever builds it disposes of it. */
export interface Net {
  readonly spec: NetSpec;
  readonly head: HeadSpec;
  readonly inputShape: readonly number[];
  readonly outputs: number;
  /** Values per output. */
  readonly atoms: number;
  /** Values of noise that `apply` takes; 0 for a net without noisy layers. */
  readonly noiseSize: number;
  /** Turns rows of observations into what `apply` takes. */
  readonly input: InputStage;
  /** By name, in the order of the layers. */
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  /**
   * @param x float32 `[batch, ...input.shape]`, as `input.encode` makes it
   * @param noise `[noiseSize]`, as `drawNoise` fills it; without it noisy layers use their mean weights
   * @returns `[batch, outputs * atoms]`, the caller's to dispose of; all else is disposed of unless gradients are taken
   */
  apply(x: tf.Tensor, noise?: tf.Tensor | null): tf.Tensor2D;
  /**
   * The same by the mean weights, with what each layer of the trunk made on the way, in their order.
   * @returns tensors that are the caller's to dispose of
   */
  trace(x: tf.Tensor): { outputs: tf.Tensor2D; layers: { name: string; output: tf.Tensor }[] };
  /** Copies the weights out. */
  save(): NamedArrays;
  /**
   * Takes over saved weights.
   * @throws {NetError} `weights-mismatch`, before anything is changed, if names, shapes or dtypes differ
   */
  restore(arrays: NamedArrays): void;
  /** Takes over the weights of a net of the same parameters. */
  copyFrom(net: Net): void;
  /** weights = (1 - tau) weights + tau net's weights */
  blend(net: Net, tau: number): void;
  dispose(): void;
}

/**
 * Builds a net from its JSON description.
 *
 * @throws {NetError} `invalid-net` if the layers do not fit the observations or each other
 *
 * @example
 * const spec = netSpecSchema.parse({ type: "mlp", hidden: [64, 64] });
 * const net = buildNet(spec, { inputShape: [4], outputs: 2, rng: new Generator(1) });
 * const q = net.apply(net.input.encode(observations, 32)); // [32, 2]
 */
export function buildNet(spec: NetSpec, options: NetOptions): Net {
  const { inputShape, stack = 1, oneHot = null, outputs, atoms = 1, rng } = options;
  const head: HeadSpec = options.head ?? { type: "q", dueling: false };
  const specs = layersOf(spec);
  const input = new InputStage({
    shape: inputShape,
    stack,
    oneHot,
    layout: specs.some(({ type }) => type === "conv2d") ? "image" : "flat",
    channels: spec.channels,
    scale: spec.inputScale,
  });
  const parameters = new Map<string, tf.Variable>();
  try {
    const make = parameterMaker(spec, parameters, rng);
    const noise = options.noise ? new NoiseLayout(options.noise) : null;
    // In the dueling paper the last hidden layer belongs to each of the two streams.
    const split = head.dueling && specs.at(-1)?.type === "dense" ? specs.length - 1 : specs.length;
    const trunk = buildTrunk(specs.slice(0, split), { inputShape: input.shape, make, noise });
    const shape = trunk.at(-1)?.outputShape ?? input.shape;
    const hidden = specs.slice(split);
    const { outputLayer } = options;
    const last = buildHead({ head, inputShape: shape, outputs, atoms, make, noise, hidden, outputLayer });
    const noiseSize = noise?.size ?? 0;
    const about = { spec, head, inputShape, outputs, atoms, noiseSize, input, parameters };
    return new LayeredNet(about, trunk, last);
  } catch (error) {
    tf.dispose([...parameters.values()]);
    throw error;
  }
}

/** Layers before the head go by their type and number, such as `conv2d1`. */
export interface TrunkLayer extends Layer {
  readonly name: string;
}

export function buildTrunk(
  specs: readonly LayerSpec[],
  context: { inputShape: readonly number[]; make: ParameterMaker; noise: NoiseLayout | null },
): TrunkLayer[] {
  const layers: TrunkLayer[] = [];
  const counts = new Map<string, number>();
  for (const spec of specs) {
    const count = (counts.get(spec.type) ?? 0) + 1;
    counts.set(spec.type, count);
    const inputShape = layers.at(-1)?.outputShape ?? context.inputShape;
    const name = `${spec.type}${count}`;
    layers.push({ name, ...buildLayer({ ...context, spec, inputShape, name }) });
  }
  return layers;
}

/** What each layer makes of what the one before it made, with the mean weights of noisy layers. */
export function traceTrunk(
  trunk: readonly TrunkLayer[],
  x: tf.Tensor,
): { layers: { name: string; output: tf.Tensor }[]; last: tf.Tensor } {
  let last = x;
  const layers = trunk.map(({ name, apply }) => {
    last = apply(last, null);
    return { name, output: last };
  });
  return { layers, last };
}

export function parameterMaker(
  spec: NetSpec,
  parameters: Map<string, tf.Variable>,
  rng: Generator,
): ParameterMaker {
  const add = (name: string, shape: readonly number[], values: Float32Array) => {
    const initial = tf.tensor(values, [...shape], "float32");
    const variable = tf.variable(initial);
    initial.dispose();
    parameters.set(name, variable);
    return variable;
  };
  return {
    weights: (name, shape, fan) => add(name, shape, initialWeights(spec.initializer, fan, rng)),
    bias: (name, fan) => add(name, [fan.outputs], initialBias(spec.initializer, fan, rng)),
    constant: (name, shape, value) => add(name, shape, new Float32Array(sizeOf(shape)).fill(value)),
  };
}

type AboutNet = Omit<Net, "apply" | "trace" | "save" | "restore" | "copyFrom" | "blend" | "dispose">;

class LayeredNet implements Net {
  readonly spec: NetSpec;
  readonly head: HeadSpec;
  readonly inputShape: readonly number[];
  readonly outputs: number;
  readonly atoms: number;
  readonly noiseSize: number;
  readonly input: InputStage;
  readonly parameters: ReadonlyMap<string, tf.Variable>;

  constructor(
    about: AboutNet,
    private readonly trunk: readonly TrunkLayer[],
    private readonly last: Layer,
  ) {
    this.spec = about.spec;
    this.head = about.head;
    this.inputShape = about.inputShape;
    this.outputs = about.outputs;
    this.atoms = about.atoms;
    this.noiseSize = about.noiseSize;
    this.input = about.input;
    this.parameters = about.parameters;
  }

  apply(x: tf.Tensor, noise: tf.Tensor | null = null): tf.Tensor2D {
    return tf.tidy(() => {
      let y = x;
      for (const layer of this.trunk) y = layer.apply(y, noise);
      return this.last.apply(y, noise) as tf.Tensor2D;
    });
  }

  trace(x: tf.Tensor): ReturnType<Net["trace"]> {
    return tf.tidy(() => {
      const { layers, last } = traceTrunk(this.trunk, x);
      return { outputs: this.last.apply(last, null) as tf.Tensor2D, layers };
    });
  }

  save(): NamedArrays {
    return readVariables(this.parameters);
  }

  restore(arrays: NamedArrays): void {
    writeVariables(this.parameters, arrays);
  }

  copyFrom(net: Net): void {
    checkSameParameters(this.parameters, net.parameters);
    copyVariables(this.parameters, net.parameters);
  }

  blend(net: Net, tau: number): void {
    checkSameParameters(this.parameters, net.parameters);
    blendVariables(this.parameters, net.parameters, tau);
  }

  dispose(): void {
    tf.dispose([...this.parameters.values()]);
  }
}
