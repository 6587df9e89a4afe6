import type { Generator } from "gymnasium-js";
import { buildNet, type Net, netSpecSchema } from "../../nets/index.js";
import { tf } from "../../tensors/index.js";
import type { Mixing } from "./config.js";

/** Makes the value of what a team does of the utilities of what its agents do. */
export interface Mixer {
  /** By name; whoever makes the mixer disposes of them. */
  readonly nets: ReadonlyMap<string, Net>;
  /**
   * @param utilities `[rows, agents]`
   * @param states `[rows, stateSize]`
   * @returns `[rows]`: Qtot
   */
  apply(utilities: tf.Tensor2D, states: tf.Tensor2D): tf.Tensor1D;
}

interface MixerShape {
  agents: number;
  stateSize: number;
}

/** Draws the starting weights of its nets in their order. */
export function buildMixer(mixing: Mixing, shape: MixerShape, rng: Generator): Mixer {
  switch (mixing.type) {
    case "sum":
      return sumMixer();
    case "monotonic":
      return monotonicMixer(mixing, shape, rng);
    default:
      throw new Error(`There is no mixing ${JSON.stringify(mixing satisfies never)}.`);
  }
}

/**
 * Qtot = sum over agents i of q_i
 *
 * Source: Sunehag et al. 2018, section 3, https://arxiv.org/abs/1706.05296
 */
function sumMixer(): Mixer {
  return { nets: new Map(), apply: (utilities) => tf.sum(utilities, 1) };
}

/**
 * Qtot = elu(q |W1(s)| + b1(s)) |w2(s)| + v(s)
 *
 * W1, b1, w2 and v are nets of the state s, of which v has a hidden layer of `embedding` units with ReLU. No weight is below 0, so
 * that Qtot falls with no q_i: what is best for each agent is best for the team.
 *
 * Source: Rashid et al. 2018, section 4, https://arxiv.org/abs/1803.11485
 */
function monotonicMixer(
  { embedding, hypernet }: Extract<Mixing, { type: "monotonic" }>,
  { agents, stateSize }: MixerShape,
  rng: Generator,
): Mixer {
  const build = (hidden: number, outputs: number): Net => {
    const spec = netSpecSchema.parse({ type: "mlp", hidden: hidden === 0 ? [] : [hidden] });
    return buildNet(spec, {
      ...{ inputShape: [stateSize], outputs, rng },
      outputLayer: { name: "output", gain: 1 },
    });
  };
  const weights1 = build(hypernet, agents * embedding);
  const bias1 = build(0, embedding);
  const weights2 = build(hypernet, embedding);
  const value = build(embedding, 1);
  return {
    nets: new Map(Object.entries({ weights1, bias1, weights2, value })),
    apply: (utilities, states) =>
      tf.tidy(() => {
        const rows = states.shape[0];
        const matrices = tf.reshape(tf.abs(weights1.apply(states)), [rows, agents, embedding]);
        const q = tf.reshape(utilities, [rows, 1, agents]);
        const sums = tf.reshape(tf.matMul(q, matrices), [rows, embedding]);
        const hidden = tf.elu(tf.add(sums, bias1.apply(states)));
        const mixed = tf.sum(tf.mul(hidden, tf.abs(weights2.apply(states))), 1);
        return tf.add(mixed, tf.reshape(value.apply(states), [rows]));
      }),
  };
}
