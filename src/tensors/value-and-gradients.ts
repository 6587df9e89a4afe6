import * as tf from "@tensorflow/tfjs-core";

/** A scalar and its gradient by each variable, under the variables' names in the map. All are the caller's to dispose. */
export interface ValueAndGradients {
  value: tf.Scalar;
  gradients: Record<string, tf.Tensor>;
}

/**
 * Computes `f()` and its gradient by `variables` in one forward and one backward pass (reverse mode). A variable on
 * which `f` does not depend gets zeros.
 *
 * @param f makes a float32 scalar, such as a loss, from tf operations; what it allocates besides is disposed of
 * @param variables by name, such as `net.parameters`
 *
 * @example
 * const { value, gradients } = valueAndGradients(() => loss(net.apply(x)), net.parameters);
 * optimizer.step(gradients);
 * tf.dispose([value, gradients]);
 */
export function valueAndGradients(
  f: () => tf.Scalar,
  variables: ReadonlyMap<string, tf.Variable>,
): ValueAndGradients {
  const names = [...variables.keys()];
  const { value, grads } = differentiate(f, [...variables.values()]);
  if (value.rank !== 0) {
    const shape = value.shape;
    tf.dispose([value, ...grads.filter((gradient) => gradient !== undefined)]);
    throw new Error(`The function to differentiate made a tensor of shape [${shape}]; a scalar is needed.`);
  }
  const gradients: Record<string, tf.Tensor> = {};
  names.forEach((name, index) => {
    gradients[name] = grads[index] ?? tf.zerosLike(variables.get(name)!);
  });
  return { value: value as tf.Scalar, gradients };
}

function differentiate(f: () => tf.Scalar, variables: tf.Variable[]) {
  const engine = tf.engine();
  try {
    return engine.gradients(f, variables, undefined, true);
  } catch (error) {
    // tfjs frees what it saved for the backward pass only at the end of that pass.
    const { activeTape, gradientDepth } = engine.state;
    if (gradientDepth === 0 && activeTape) tf.dispose(activeTape.flatMap(({ saved }) => saved ?? []));
    throw error;
  }
}
