import type { Generator } from "gymnasium-js";
import { dense, tf } from "../tensors/index.js";
import { uniform } from "./initializers.js";

/** What an LSTM remembers of each row, float32 `[batch, units]` both. */
export type LstmState = {
  /** h, which is also what it puts out. */
  hidden: tf.Tensor2D;
  /** c */
  cell: tf.Tensor2D;
};

interface LstmOptions {
  /** Values per row of its input. */
  inputs: number;
  units: number;
  /** Prefix of the parameters' names. */
  name: string;
  /** Takes the parameters in. */
  parameters: Map<string, tf.Variable>;
  rng: Generator;
}

/**
 * A layer of long short-term memory, with torch.nn.LSTM's equations and order of gates:
 *
 *   i, f, g, o = the quarters of x W_ih + b_ih + h W_hh + b_hh, in this order
 *   c' = sigmoid(f) c + sigmoid(i) tanh(g)
 *   h' = sigmoid(o) tanh(c')
 *
 * Parameters, by name and in this order: `inputWeights` `[inputs, 4 units]`, `hiddenWeights` `[units, 4 units]` (PyTorch's are
 * the transposes of both), `inputBias` and `hiddenBias` `[4 units]`. All start uniform on +-1/sqrt(units), as PyTorch's
 * do, drawn in this order, each in C order.
 *
 * Source: Hochreiter & Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735; the forget gate: Gers et al. 2000
 */
export class Lstm {
  readonly units: number;
  private readonly inputWeights: tf.Variable;
  private readonly hiddenWeights: tf.Variable;
  private readonly inputBias: tf.Variable;
  private readonly hiddenBias: tf.Variable;

  constructor({ inputs, units, name, parameters, rng }: LstmOptions) {
    this.units = units;
    const limit = 1 / Math.sqrt(units);
    const make = (part: string, ...shape: number[]): tf.Variable => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      const initial = tf.tensor(uniform(size, limit, rng), shape, "float32");
      const variable = tf.variable(initial);
      initial.dispose();
      parameters.set(`${name}.${part}`, variable);
      return variable;
    };
    this.inputWeights = make("inputWeights", inputs, 4 * units);
    this.hiddenWeights = make("hiddenWeights", units, 4 * units);
    this.inputBias = make("inputBias", 4 * units);
    this.hiddenBias = make("hiddenBias", 4 * units);
  }

  /**
   * Goes through sequences, step by step.
   *
   * @param x `[steps * batch, inputs]`, all rows of the first step first; steps is what the batch of the state leaves
   * @param state before the first step
   * @param present `[steps * batch, 1]`, 1 where a row has that step and 0 where it is passed over and its state stays; all
   * have all steps without it
   * @returns h of all steps `[steps * batch, units]`, and the state after the last one
   */
  unroll(
    x: tf.Tensor2D,
    state: LstmState,
    present: tf.Tensor2D | null = null,
  ): { outputs: tf.Tensor2D; state: LstmState } {
    const steps = x.shape[0] / state.hidden.shape[0];
    // What comes from the inputs does not wait for what is remembered: one product for all steps.
    const ofInputs = parts(dense(x, this.inputWeights, this.inputBias), steps, 0);
    const kept = present === null ? null : parts(present, steps, 0);
    const outputs: tf.Tensor2D[] = [];
    let now = state;
    for (const [step, gates] of ofInputs.entries()) {
      const next = this.next(gates, now);
      now = kept === null ? next : where(kept[step]!, next, now);
      outputs.push(now.hidden);
    }
    return { outputs: steps === 1 ? now.hidden : tf.concat2d(outputs, 0), state: now };
  }

  /** @param ofInputs x W_ih + b_ih, `[batch, 4 units]` */
  private next(ofInputs: tf.Tensor2D, { hidden, cell }: LstmState): LstmState {
    const sums = tf.add(ofInputs, dense(hidden, this.hiddenWeights, this.hiddenBias)) as tf.Tensor2D;
    const [i, f, g, o] = parts(sums, 4, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const c = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(g))) as tf.Tensor2D;
    return { hidden: tf.mul(tf.sigmoid(o), tf.tanh(c)), cell: c };
  }
}

function parts(x: tf.Tensor2D, count: number, axis: 0 | 1): tf.Tensor2D[] {
  return count === 1 ? [x] : tf.split(x, count, axis);
}

function where(present: tf.Tensor2D, next: LstmState, now: LstmState): LstmState {
  const absent = tf.sub(1, present);
  const choose = (a: tf.Tensor2D, b: tf.Tensor2D) =>
    tf.add(tf.mul(a, present), tf.mul(b, absent)) as tf.Tensor2D;
  return { hidden: choose(next.hidden, now.hidden), cell: choose(next.cell, now.cell) };
}
