import * as tf from "@tensorflow/tfjs-core";
import { OptimizerError } from "../errors.js";
import type { NamedArrays } from "../named-arrays.js";
import { prepareNatively } from "../native/optimizers.js";
import type { OptimizerConfig } from "./config.js";
import { applyUpdate } from "./memory.js";
import { adamConstants, slotNames } from "./rules.js";

/** Everything an optimiser knows beside the weights: restoring it continues bit for bit. */
export interface OptimizerState {
  /** Moments, named `<variable>/<moment>`. */
  arrays: NamedArrays;
  /** Updates done so far. */
  step: number;
}

/** Changes variables along their gradients. */
export interface Optimizer {
  readonly config: OptimizerConfig;
  /** Step size of the next update; schedules set it. */
  learningRate: number;
  /** Updates done so far. */
  readonly steps: number;
  /**
   * Does one update in place. The gradients stay the caller's to dispose of. If one of their elements is not finite, nothing
   * changes, and no update is counted.
   *
   * @param gradients by the variables' names, of the variables' shapes, float32; every variable needs one
   * @returns `gradientNorm`: the global L2 norm before clipping, finite if and only if all elements are
   */
  step(gradients: Readonly<Record<string, tf.Tensor>>): { gradientNorm: number };
  /**
   * The three parts of `step`, of which `apply` can be inside a captured step: `prepare` before each run sets what
   * changes from update to update, `complete` after it counts the update and reads the norm.
   *
   * @param guard a float32 scalar such as the loss; if it or a gradient is not finite, `apply` changes nothing, and `complete`
   * counts nothing
   */
  prepare(): void;
  apply(gradients: Readonly<Record<string, tf.Tensor>>, guard?: tf.Tensor | null): void;
  complete(): { gradientNorm: number };
  /** Copies the state out. */
  save(): OptimizerState;
  /** Takes over a state of the same optimiser on variables of the same names and shapes. */
  restore(state: OptimizerState): void;
  /** Frees the moments; the variables stay. */
  dispose(): void;
}

interface Parameter {
  name: string;
  variable: tf.Variable;
  /** The moments, of the variable's shape, in the order of `slotNames`. */
  slots: tf.Variable[];
}

/**
 * Makes an optimiser of these variables. Its arithmetic is fused: one pass over each variable's memory.
 *
 * @param variables float32, by name, such as `net.parameters`
 *
 * @example
 * const optimizer = createOptimizer(optimizerSchema.parse({ name: "adam" }), net.parameters);
 */
export function createOptimizer(
  config: OptimizerConfig,
  variables: ReadonlyMap<string, tf.Variable>,
): Optimizer {
  return new FusedOptimizer(config, variables);
}

class FusedOptimizer implements Optimizer {
  learningRate: number;
  private stepsDone = 0;
  /** Shared with the update; see `OptimizerControl`. */
  private readonly control = new Float64Array(8);
  private readonly parameters: Parameter[];

  constructor(
    readonly config: OptimizerConfig,
    variables: ReadonlyMap<string, tf.Variable>,
  ) {
    this.learningRate = config.learningRate;
    this.parameters = [...variables].map(([name, variable]) => {
      if (variable.dtype !== "float32") {
        throw new OptimizerError(`Variable "${name}" is ${variable.dtype}; optimisers change float32 only.`);
      }
      const slots = slotNames(config).map(() => {
        const zeros = tf.zeros(variable.shape);
        const slot = tf.variable(zeros, false);
        zeros.dispose();
        return slot;
      });
      return { name, variable, slots };
    });
  }

  get steps(): number {
    return this.stepsDone;
  }

  step(gradients: Readonly<Record<string, tf.Tensor>>): { gradientNorm: number } {
    this.prepare();
    this.apply(gradients);
    return this.complete();
  }

  prepare(): void {
    const { config, control, learningRate, parameters } = this;
    const constants = { learningRate, gradientScale: 1, step: this.stepsDone + 1 };
    const adam = config.name === "adam" || config.name === "radam" ? adamConstants(config, constants) : null;
    control[3] = adam?.stepSize ?? learningRate;
    control[4] = adam?.rootCorrection ?? 1;
    if (tf.getBackend() === "native") {
      for (const { variable, slots } of parameters) prepareNatively([variable, ...slots]);
    }
  }

  apply(gradients: Readonly<Record<string, tf.Tensor>>, guard: tf.Tensor | null = null): void {
    const { config, control, learningRate } = this;
    const parameters = this.parameters.map((parameter) => ({
      ...parameter,
      gradient: gradientOf(parameter, gradients),
    }));
    applyUpdate({
      config,
      control,
      constants: { learningRate, step: this.stepsDone + 1 },
      parameters,
      guard,
    });
  }

  complete(): { gradientNorm: number } {
    const [, gradientNorm, scale] = this.control as unknown as [number, number, number];
    if (!Number.isNaN(scale)) this.stepsDone++;
    return { gradientNorm };
  }

  save(): OptimizerState {
    const arrays: NamedArrays = {};
    for (const { name, slots } of this.parameters) {
      slotNames(this.config).forEach((slotName, index) => {
        const slot = slots[index]!;
        const data = (slot.dataSync() as Float32Array).slice();
        arrays[`${name}/${slotName}`] = { shape: [...slot.shape], dtype: "float32", data };
      });
    }
    return { arrays, step: this.stepsDone };
  }

  restore(state: OptimizerState): void {
    const wanted = this.parameters.flatMap(({ name, variable }) =>
      slotNames(this.config).map((slotName) => ({ key: `${name}/${slotName}`, shape: variable.shape })),
    );
    checkState(state, wanted);
    for (const { name, slots } of this.parameters) {
      slotNames(this.config).forEach((slotName, index) => {
        const { data, shape } = state.arrays[`${name}/${slotName}`]!;
        const saved = tf.tensor(data.slice(), shape, "float32");
        slots[index]!.assign(saved);
        saved.dispose();
      });
    }
    this.stepsDone = state.step;
  }

  dispose(): void {
    tf.dispose(this.parameters.map(({ slots }) => slots));
  }
}

function gradientOf(
  { name, variable }: Parameter,
  gradients: Readonly<Record<string, tf.Tensor>>,
): tf.Tensor {
  const gradient = gradients[name];
  if (!gradient) {
    throw new OptimizerError(
      `There is no gradient for variable "${name}"; there are gradients for ${Object.keys(gradients).join(", ")}.`,
    );
  }
  if (!tf.util.arraysEqual(gradient.shape, variable.shape)) {
    throw new OptimizerError(
      `The gradient of "${name}" has shape [${gradient.shape}], its variable [${variable.shape}].`,
    );
  }
  return gradient;
}

function checkState(
  state: OptimizerState,
  wanted: readonly { key: string; shape: readonly number[] }[],
): void {
  const { arrays, step } = state;
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new OptimizerError(`The saved optimiser counts ${step} steps; a whole number from 0 on is needed.`);
  }
  const known = new Set(wanted.map(({ key }) => key));
  const stray = Object.keys(arrays).find((key) => !known.has(key));
  if (stray !== undefined) {
    throw new OptimizerError(`The saved optimiser holds "${stray}", which this one does not have.`);
  }
  for (const { key, shape } of wanted) {
    const array = arrays[key];
    if (!array) throw new OptimizerError(`The saved optimiser lacks "${key}".`);
    if (array.dtype !== "float32" || !tf.util.arraysEqual(array.shape, [...shape])) {
      throw new OptimizerError(
        `The saved "${key}" is ${array.dtype} [${array.shape}]; this optimiser needs float32 [${shape}].`,
      );
    }
  }
}
