import { z } from "zod";
import { dense, lstmCell, tf } from "../../../tensors/index.js";
import { NetError } from "../../errors.js";
import { parts, type RecurrentCell, unroll } from "../../recurrence.js";
import {
  checkInputs,
  defineLayer,
  known,
  type LayerContext,
  type ModelLayer,
  shapesText,
  type VariableMaker,
} from "../layer.js";
import { checkMask, masked, maskFor } from "./settings.js";

const settings = {
  units: z.int().min(1).describe("values of its state, and of its output"),
  sequences: z
    .boolean()
    .default(true)
    .describe("puts out every step, [time, units]; else the last one, [units]; default true"),
  backwards: z.boolean().default(false).describe("goes from the last step to the first; default false"),
  initialState: z
    .boolean()
    .default(false)
    .describe("inputs after the first give the state to begin with, [units] each; default false: zeros"),
  masked,
};

type RecurrentSpec = { [Key in keyof typeof settings]: z.output<(typeof settings)[Key]> };

/**
 * A plain recurrent layer, h' = tanh(x W_ih + b_ih + h W_hh + b_hh) (Elman 1990; torch.nn.RNN). Outputs: the sequence or its end,
 * then h after the last step. Parameters as of all three: `inputWeights` `[inputs, gates * units]`, `hiddenWeights` `[units, gates *
 * units]`, `inputBias` and `hiddenBias`, uniform on +-1/sqrt(units) at the start.
 */
export const rnnLayer = defineLayer(z.strictObject({ type: z.literal("rnn"), ...settings }), (context) =>
  recurrentLayer(context, {
    ...{ gates: 1, states: 1 },
    next: (ofInputs, ofHidden) => [tf.tanh(tf.add(ofInputs, ofHidden))],
  }),
);

/**
 * Gated recurrent units with torch.nn.GRU's equations and order of gates:
 *
 *   r, z, n: the thirds of x W_ih + b_ih, and of h W_hh + b_hh
 *   r = sigmoid(r_x + r_h),  z = sigmoid(z_x + z_h),  n = tanh(n_x + r n_h)
 *   h' = (1 - z) n + z h
 *
 * Source: Cho et al. 2014, https://arxiv.org/abs/1406.1078
 */
export const gruLayer = defineLayer(z.strictObject({ type: z.literal("gru"), ...settings }), (context) =>
  recurrentLayer(context, {
    ...{ gates: 3, states: 1 },
    next: (ofInputs, ofHidden, [h]) => {
      const [rx, zx, nx] = parts(ofInputs, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      const [rh, zh, nh] = parts(ofHidden, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      const r = tf.sigmoid(tf.add(rx, rh));
      const z = tf.sigmoid(tf.add(zx, zh));
      const n = tf.tanh(tf.add(nx, tf.mul(r, nh)));
      return [tf.add(n, tf.mul(z, tf.sub(h!, n)))];
    },
  }),
);

/**
 * Long short-term memory with torch.nn.LSTM's equations and order of gates:
 *
 *   i, f, g, o = the quarters of x W_ih + b_ih + h W_hh + b_hh
 *   c' = sigmoid(f) c + sigmoid(i) tanh(g),  h' = sigmoid(o) tanh(c')
 *
 * Outputs: the sequence or its end, then h and c after the last step. Initial states: h, c.
 *
 * Source: Hochreiter & Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735; the forget gate: Gers et al. 2000
 */
export const lstmLayer = defineLayer(z.strictObject({ type: z.literal("lstm"), ...settings }), (context) =>
  recurrentLayer(context, {
    ...{ gates: 4, states: 2 },
    next: (ofInputs, ofHidden, [, c]) => {
      const { hidden, cell } = lstmCell(tf.add(ofInputs, ofHidden), c!);
      return [hidden, cell];
    },
  }),
);

interface Kind {
  /** Blocks of `units` in the sums. */
  gates: number;
  states: number;
  /** @param ofInputs x W_ih + b_ih @param ofHidden h W_hh + b_hh, `[batch, gates * units]` both */
  next(ofInputs: tf.Tensor2D, ofHidden: tf.Tensor2D, states: readonly tf.Tensor2D[]): tf.Tensor2D[];
}

function recurrentLayer(context: LayerContext<RecurrentSpec>, kind: Kind): ModelLayer {
  const { spec, name, make } = context;
  const { units, sequences, backwards } = spec;
  const given = spec.initialState ? kind.states : 0;
  const ranks = [2, ...Array<number>(given).fill(1), ...(spec.masked ? [1] : [])];
  const states = given > 0 ? `, ${given} initial state(s) [${units}]` : "";
  const mask = spec.masked ? ", a mask [time]" : "";
  checkInputs(context, ranks, `a sequence [time, features]${states}${mask}`);
  const begins = context.inputShapes.slice(1, 1 + given);
  if (begins.some(([width]) => width !== units)) {
    throw new NetError(
      "invalid-net",
      `"${name}" has ${units} units, but its initial states are ${shapesText(begins)}; make them [${units}].`,
    );
  }
  const [time, features] = context.inputShapes[0] as [number | null, number | null];
  if (spec.masked) checkMask(name, time, context.inputShapes.at(-1)![0]!);
  const inputs = known(features, name, "its number of features");
  const cell = cellOf(kind, { inputs, units, name, make });
  const state = [units];
  return {
    outputShapes: [sequences ? [time, units] : state, ...Array<number[]>(kind.states).fill(state)],
    multiplyAdds: (time ?? 1) * (inputs + units) * kind.gates * units,
    apply: (tensors) => {
      const x = tensors[0]!;
      const [batch, steps] = x.shape as [number, number, number];
      const begin =
        given > 0
          ? (tensors.slice(1, 1 + given) as tf.Tensor2D[])
          : Array.from({ length: kind.states }, () => tf.zeros([batch, units]) as tf.Tensor2D);
      const after = unroll(cell, {
        x: byStep(x) as tf.Tensor2D,
        states: begin,
        present: spec.masked
          ? (byStep(tf.expandDims(maskFor(name, x, tensors.at(-1)!), -1)) as tf.Tensor2D)
          : null,
        backwards,
      });
      const output = sequences ? byRow(after.outputs, { batch, steps, units }) : after.states[0]!;
      return [output, ...after.states];
    },
  };
}

function cellOf(
  kind: Kind,
  { inputs, units, name, make }: { inputs: number; units: number; name: string; make: VariableMaker },
): RecurrentCell {
  const limit = 1 / Math.sqrt(units);
  const width = kind.gates * units;
  const inputWeights = make.uniform(`${name}.inputWeights`, [inputs, width], limit);
  const hiddenWeights = make.uniform(`${name}.hiddenWeights`, [units, width], limit);
  const inputBias = make.uniform(`${name}.inputBias`, [width], limit);
  const hiddenBias = make.uniform(`${name}.hiddenBias`, [width], limit);
  return {
    units,
    ofInputs: (x) => dense(x, inputWeights, inputBias),
    next: (ofInputs, states) => kind.next(ofInputs, dense(states[0]!, hiddenWeights, hiddenBias), states),
  };
}

/** `[batch, steps, features]` to `[steps * batch, features]` */
function byStep(x: tf.Tensor): tf.Tensor {
  const features = x.shape[2]!;
  return tf.reshape(tf.transpose(x, [1, 0, 2]), [-1, features]);
}

function byRow(
  x: tf.Tensor,
  { batch, steps, units }: { batch: number; steps: number; units: number },
): tf.Tensor {
  return tf.transpose(tf.reshape(x, [steps, batch, units]), [1, 0, 2]);
}
