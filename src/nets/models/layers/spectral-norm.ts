import { hostStep, sizeOf, tf } from "../../../tensors/index.js";
import type { VariableMaker } from "../layer.js";

/**
 * Weights divided by their largest singular value, which one step of power iteration a pass finds; its vectors are kept by
 * training passes in the buffer `<name>.spectral` `[inputs + outputs]` and carry no gradient:
 *
 *   v = W u / |W u|,  u' = W^T v / |W^T v|,  sigma = v^T W u'
 *
 * Source: Miyato et al. 2018, algorithm 1, https://arxiv.org/abs/1802.05957
 *
 * @param weights seen as a matrix `[inputs, outputs]`, the last dimension being the outputs
 * @returns the normalised weights of a pass, of the same shape
 */
export function spectrallyNormal(
  weights: tf.Variable,
  name: string,
  make: VariableMaker,
): (training: boolean) => tf.Tensor {
  const outputs = weights.shape.at(-1)!;
  const inputs = sizeOf(weights.shape) / outputs;
  const vectors = make.buffer(`${name}.spectral`, [inputs + outputs], 1);
  return (training) => {
    const matrix = tf.reshape(weights, [inputs, outputs]) as tf.Tensor2D;
    const now = iterated(matrix, vectors);
    if (training) vectors.assign(now);
    const v = tf.reshape(tf.slice(now, [0], [inputs]), [1, inputs]) as tf.Tensor2D;
    const u = tf.reshape(tf.slice(now, [inputs], [outputs]), [outputs, 1]) as tf.Tensor2D;
    const sigma = tf.matMul(tf.matMul(v, matrix), u);
    return tf.div(weights, tf.reshape(sigma, []));
  };
}

/** One step of power iteration, which no gradient goes through. */
function iterated(matrix: tf.Tensor2D, vectors: tf.Tensor): tf.Tensor {
  const [inputs, outputs] = matrix.shape;
  const step = tf.customGrad((w) => {
    const [value] = hostStep([w as tf.Tensor, vectors], [[inputs + outputs]], ([w, before], [after]) => {
      const v = after!.subarray(0, inputs);
      const u = after!.subarray(inputs);
      for (let i = 0; i < inputs; i++) {
        let sum = 0;
        for (let j = 0; j < outputs; j++) sum += w![i * outputs + j]! * before![inputs + j]!;
        v[i] = sum;
      }
      toLengthOne(v);
      for (let j = 0; j < outputs; j++) {
        let sum = 0;
        for (let i = 0; i < inputs; i++) sum += w![i * outputs + j]! * v[i]!;
        u[j] = sum;
      }
      toLengthOne(u);
    });
    return { value: value!, gradFunc: () => tf.zerosLike(matrix) };
  });
  return step(matrix);
}

function toLengthOne(x: Float32Array): void {
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += x[i]! ** 2;
  // Weights of zero have no direction.
  const scale = 1 / Math.max(Math.sqrt(squares), 1e-12);
  for (let i = 0; i < x.length; i++) x[i]! *= scale;
}
