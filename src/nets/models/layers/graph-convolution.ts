import { z } from "zod";
import { dense, tf } from "../../../tensors/index.js";
import { activated, activation, gainOf } from "../../activations.js";
import type { Fan } from "../../initializers.js";
import { checkInputs, defineLayer, known, oneOutput } from "../layer.js";
import { bias, initializer } from "./settings.js";

/**
 * H' = activation(A H W + b) on the nodes of one graph: rows are nodes, not examples. Inputs: H `[nodes, features]`; the edges
 * `[edges, 2]` int32, source and target; and A's values on them `[edges]`, as `normalizedEdges` makes them.
 *
 * Source: Kipf & Welling 2017, equation 2, https://arxiv.org/abs/1609.02907
 */
export const graphConvLayer = defineLayer(
  z.strictObject({
    type: z.literal("graphConv"),
    units: z.int().min(1).describe("number of outputs of a node"),
    activation: activation("linear"),
    bias,
    initializer,
  }),
  (context) => {
    const { spec, name, make } = context;
    checkInputs(context, [1, 1, 0], "the features of nodes, edges (source, target) and their weights");
    const inputs = known(context.inputShapes[0]![0], name, "its number of features");
    const fan: Fan = { inputs, outputs: spec.units, gain: gainOf(spec.activation) };
    const weights = make.weights(`${name}.weights`, [inputs, spec.units], fan, spec.initializer);
    const b = spec.bias ? make.bias(`${name}.bias`, fan) : null;
    return oneOutput([spec.units], inputs * spec.units, ([h, edges, values]) => {
      const [count] = edges!.shape as [number];
      const end = (column: number) =>
        tf.reshape(tf.slice(edges!, [0, column], [count, 1]), [count]) as tf.Tensor1D;
      const messages = tf.mul(tf.gather(dense(h!, weights), end(0)), tf.expandDims(values!, -1));
      const sums: tf.Tensor = tf.unsortedSegmentSum(messages, end(1), h!.shape[0]!);
      return activated(b ? tf.add(sums, b) : sums, spec.activation);
    });
  },
);
