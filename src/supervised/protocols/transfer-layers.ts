import { type Model, NetError, readVariables, writeVariables } from "../../nets/index.js";
import type { tf } from "../../tensors/index.js";

/**
 * Copies parameters and buffers of some nodes from one model into another that has nodes of the same names. All else of the
 * target stays as it is.
 *
 * @param nodes names, or what names begin with before a dot: `block1` stands for `block1.conv` too
 * @throws {NetError} `invalid-net` if a model has no such node; `weights-mismatch`, before anything is changed, if their variables
 * differ in name or shape
 *
 * @example
 * transferLayers(digitsNet, lettersNet, ["conv1", "conv2"]);
 */
export function transferLayers(source: Model, target: Model, nodes: readonly string[]): void {
  writeVariables(variablesOf(target, nodes), readVariables(variablesOf(source, nodes)));
}

/**
 * A pattern, as `trainable` of a fit takes it, of all parameters but those of some nodes, which it so freezes. Buffers are no
 * parameters: the moving averages of a frozen batch norm go on with the data.
 */
export function allBut(nodes: readonly string[]): string | null {
  if (nodes.length === 0) return null;
  return `^(?!(?:${nodes.map((name) => name.replaceAll(".", "\\.")).join("|")})\\.)`;
}

function variablesOf(model: Model, nodes: readonly string[]): Map<string, tf.Variable> {
  for (const name of nodes) checkNode(model, name);
  const belongs = (variable: string) => nodes.some((name) => variable.startsWith(`${name}.`));
  return new Map([...model.parameters, ...model.buffers].filter(([variable]) => belongs(variable)));
}

function checkNode({ spec }: Model, wanted: string): void {
  const names = spec.nodes.map(({ name }) => name);
  if (names.some((name) => name === wanted || name.startsWith(`${wanted}.`))) return;
  throw new NetError(
    "invalid-net",
    `The model has no layer "${wanted}" to transfer; it has ${names.join(", ")}.`,
  );
}
