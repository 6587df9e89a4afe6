import type { Generator } from "gymnasium-js";
import { type NamedArrays, sizeOf, tf } from "../tensors/index.js";
import { buildHead } from "./head.js";
import { InputStage } from "./input.js";
import type { Layer } from "./layers.js";
import { Lstm, type LstmState } from "./lstm.js";
import { buildTrunk, type NetOptions, parameterMaker, type TrunkLayer, traceTrunk } from "./net.js";
import { type HeadSpec, layersOf, type NetSpec } from "./spec.js";
import {
  blendVariables,
  checkSameParameters,
  copyVariables,
  readVariables,
  writeVariables,
} from "./weights.js";

export interface RecurrentNetOptions extends Pick<NetOptions, "inputShape" | "oneHot" | "outputs"> {
  head: HeadSpec;
  /** Of the LSTM. */
  units: number;
  /** Draws the starting weights: of the body, the LSTM and the head, in this order. */
  rng: Generator;
}

/** A function of parameters and of what came before. Float32 throughout; whoever builds it disposes of it. */
export interface RecurrentNet {
  /** Of the LSTM. */
  readonly units: number;
  /** Turns rows of observations into what `apply` and `remember` take. */
  readonly input: InputStage;
  /** By name, in the order of the layers. */
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  /**
   * @param x float32 `[steps * batch, ...input.shape]`, all rows of the first step first
   * @param state before the first step, of `batch` rows
   * @returns outputs `[steps * batch, outputs]`, and the state after the last step
   */
  apply(x: tf.Tensor, state: LstmState): { outputs: tf.Tensor2D; state: LstmState };
  /**
   * The state after those steps that a row has.
   * @param present `[steps * batch, 1]`, 1 where a row has that step, 0 where it has not
   */
  remember(x: tf.Tensor, state: LstmState, present: tf.Tensor2D): LstmState;
  /**
   * What `apply` puts out, with what each layer of the body made on the way, in their order.
   * @returns tensors that are the caller's to dispose of
   */
  trace(
    x: tf.Tensor,
    state: LstmState,
  ): { outputs: tf.Tensor2D; layers: { name: string; output: tf.Tensor }[] };
  save(): NamedArrays;
  /** @throws {NetError} `weights-mismatch`, before anything is changed, if names, shapes or dtypes differ */
  restore(arrays: NamedArrays): void;
  /** Takes over the weights of a net of the same parameters. */
  copyFrom(net: RecurrentNet): void;
  /** weights = (1 - tau) weights + tau net's weights */
  blend(net: RecurrentNet, tau: number): void;
  dispose(): void;
}

/**
 * Builds the body of `spec`, an LSTM on top of it, and a head on top of that.
 *
 * @throws {NetError} `invalid-net` if the layers do not fit the observations or each other
 */
export function buildRecurrentNet(spec: NetSpec, options: RecurrentNetOptions): RecurrentNet {
  return new LayeredRecurrentNet(spec, options);
}

class LayeredRecurrentNet implements RecurrentNet {
  readonly units: number;
  readonly input: InputStage;
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  private readonly body: readonly TrunkLayer[];
  /** Values per row that the body gives to the LSTM. */
  private readonly features: number;
  private readonly lstm: Lstm;
  private readonly head: Layer;

  constructor(spec: NetSpec, options: RecurrentNetOptions) {
    const { inputShape, oneHot = null, outputs, units, head, rng } = options;
    const specs = layersOf(spec);
    this.units = units;
    this.input = new InputStage({
      ...{ shape: inputShape, stack: 1, oneHot, channels: spec.channels, scale: spec.inputScale },
      layout: specs.some(({ type }) => type === "conv2d") ? "image" : "flat",
    });
    const parameters = new Map<string, tf.Variable>();
    try {
      const make = parameterMaker(spec, parameters, rng);
      this.body = buildTrunk(specs, { inputShape: this.input.shape, make, noise: null });
      this.features = sizeOf(this.body.at(-1)?.outputShape ?? this.input.shape);
      this.lstm = new Lstm({ inputs: this.features, units, name: "lstm", parameters, rng });
      const single = { outputs, atoms: 1, noise: null, hidden: [] };
      this.head = buildHead({ head, inputShape: [units], make, ...single });
    } catch (error) {
      tf.dispose([...parameters.values()]);
      throw error;
    }
    this.parameters = parameters;
  }

  apply(x: tf.Tensor, state: LstmState): { outputs: tf.Tensor2D; state: LstmState } {
    return tf.tidy(() => this.recall(this.seen(x), state));
  }

  remember(x: tf.Tensor, state: LstmState, present: tf.Tensor2D): LstmState {
    return tf.tidy(() => this.lstm.unroll(this.seen(x), state, present).state);
  }

  trace(x: tf.Tensor, state: LstmState): ReturnType<RecurrentNet["trace"]> {
    return tf.tidy(() => {
      const { layers, last } = traceTrunk(this.body, x);
      return { outputs: this.recall(this.rowsOf(last), state).outputs, layers };
    });
  }

  save(): NamedArrays {
    return readVariables(this.parameters);
  }

  restore(arrays: NamedArrays): void {
    writeVariables(this.parameters, arrays);
  }

  copyFrom(net: RecurrentNet): void {
    checkSameParameters(this.parameters, net.parameters);
    copyVariables(this.parameters, net.parameters);
  }

  blend(net: RecurrentNet, tau: number): void {
    checkSameParameters(this.parameters, net.parameters);
    blendVariables(this.parameters, net.parameters, tau);
  }

  dispose(): void {
    tf.dispose([...this.parameters.values()]);
  }

  private seen(x: tf.Tensor): tf.Tensor2D {
    return this.rowsOf(this.body.reduce((rows, layer) => layer.apply(rows, null), x));
  }

  private rowsOf(y: tf.Tensor): tf.Tensor2D {
    return (y.rank === 2 ? y : tf.reshape(y, [y.shape[0]!, this.features])) as tf.Tensor2D;
  }

  private recall(features: tf.Tensor2D, before: LstmState): { outputs: tf.Tensor2D; state: LstmState } {
    const { outputs, state } = this.lstm.unroll(features, before);
    return { outputs: this.head.apply(outputs, null) as tf.Tensor2D, state };
  }
}
