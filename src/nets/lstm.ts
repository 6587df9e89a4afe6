import type { Generator } from "gymnasium-js";
import { dense, lstmCell, tf } from "../tensors/index.js";
import { uniform } from "./initializers.js";
import { type RecurrentCell, unroll } from "./recurrence.js";

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
export class Lstm implements RecurrentCell<[tf.Tensor2D, tf.Tensor2D]> {
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
   * Goes through sequences, step by step, as `unroll` of recurrence.ts does.
   *
   * @returns h of all steps `[steps * batch, units]`, and the state after the last one
   */
  unroll(
    x: tf.Tensor2D,
    { hidden, cell }: LstmState,
    present: tf.Tensor2D | null = null,
  ): { outputs: tf.Tensor2D; state: LstmState } {
    const after = unroll(this, { x, states: [hidden, cell], present });
    const [h, c] = after.states as [tf.Tensor2D, tf.Tensor2D];
    return { outputs: after.outputs, state: { hidden: h, cell: c } };
  }

  ofInputs(x: tf.Tensor2D): tf.Tensor2D {
    return dense(x, this.inputWeights, this.inputBias);
  }

  next(
    ofInputs: tf.Tensor2D,
    [hidden, cell]: readonly [tf.Tensor2D, tf.Tensor2D],
  ): [tf.Tensor2D, tf.Tensor2D] {
    const sums = tf.add(ofInputs, dense(hidden, this.hiddenWeights, this.hiddenBias)) as tf.Tensor2D;
    const after = lstmCell(sums, cell);
    return [after.hidden, after.cell];
  }
}
