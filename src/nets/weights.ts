import { blendVariable, type NamedArrays, sizeOf, tf } from "../tensors/index.js";
import { NetError } from "./errors.js";

type Variables = ReadonlyMap<string, tf.Variable>;

/** Copies of the weights, apart from the engine. */
export function readVariables(variables: Variables): NamedArrays {
  const arrays: NamedArrays = {};
  for (const [name, variable] of variables) {
    // The cpu engine hands out its own memory.
    const data = (variable.dataSync() as Float32Array).slice();
    arrays[name] = { shape: [...variable.shape], dtype: "float32", data };
  }
  return arrays;
}

/** Puts saved weights into the variables; all are checked before the first is changed. */
export function writeVariables(variables: Variables, arrays: NamedArrays): void {
  for (const name of Object.keys(arrays)) {
    if (!variables.has(name)) {
      throw mismatch(
        `The weights have "${name}", which this net has not; it has ${[...variables.keys()].join(", ")}.`,
      );
    }
  }
  for (const [name, variable] of variables) {
    const array = arrays[name];
    if (!array)
      throw mismatch(`The weights lack "${name}" of this net; they have ${Object.keys(arrays).join(", ")}.`);
    const fits =
      tf.util.arraysEqual(array.shape, variable.shape) && array.data.length === sizeOf(variable.shape);
    if (array.dtype !== "float32" || !fits) {
      const values = array.data.length === sizeOf(array.shape) ? "" : ` with ${array.data.length} values`;
      throw mismatch(
        `The weights "${name}" are ${array.dtype} of shape [${array.shape}]${values}, but this net needs float32 of shape [${variable.shape}].`,
      );
    }
  }
  // Engines may keep the array that they are given, so it is copied.
  for (const [name, variable] of variables)
    assign(variable, () => tf.tensor(arrays[name]!.data.slice(), variable.shape, "float32"));
}

/** Both sides must have the same names and shapes in the same order. */
export function checkSameParameters(variables: Variables, others: Variables): void {
  const text = (parameters: Variables) =>
    [...parameters].map(([name, { shape }]) => `${name}[${shape}]`).join(" ");
  if (variables === others) return;
  let same = variables.size === others.size;
  for (const [name, variable] of variables) {
    const other = others.get(name);
    same &&= other !== undefined && tf.util.arraysEqual(other.shape, variable.shape);
  }
  if (!same) {
    throw mismatch(`The nets differ: one has the parameters ${text(variables)}, the other ${text(others)}.`);
  }
}

/** A copy of its own: optimisers change memory in place, so variables may not share it. */
export function copyVariables(to: Variables, from: Variables): void {
  if (to === from) return;
  for (const [name, variable] of to) assign(variable, () => tf.mul(from.get(name)!, 1));
}

/** variable = (1 - tau) variable + tau other, in float32 */
export function blendVariables(to: Variables, from: Variables, tau: number): void {
  for (const [name, variable] of to) blendVariable(variable, from.get(name)!, tau);
}

function assign(variable: tf.Variable, make: () => tf.Tensor): void {
  tf.tidy(() => variable.assign(make()));
}

function mismatch(message: string): NetError {
  return new NetError("weights-mismatch", message);
}
