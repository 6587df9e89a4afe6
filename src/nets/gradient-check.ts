import type { Generator } from "gymnasium-js";
import { tf, valueAndGradients } from "../tensors/index.js";
import { type Derivative, Probe } from "./gradient-probe.js";

type Variables = ReadonlyMap<string, tf.Variable>;

export interface GradientCheckOptions {
  /** Draws the entries and the directions. */
  rng: Generator;
  /** Single entries of each variable that are checked; default 4. */
  samples?: number;
  /** Random directions through all entries of each variable; default 2. */
  directions?: number;
  /** How far a variable is moved to either side, as a Euclidean distance; default 2^-7. */
  step?: number;
  /** Relative error above which a gradient is wrong; default 0.02. */
  tolerance?: number;
}

/** What was found of one variable. */
export interface VariableReport {
  name: string;
  /** Largest relative error; 0 if nothing was checked. */
  largestError: number;
  worst: Derivative | null;
  checked: number;
  /**
   * Places that were passed over, because the function bends too much or has a kink within the step, or because the step is
   * lost in the rounding of the variable's large values.
   */
  rough: number;
}

export interface GradientReport {
  passed: boolean;
  variables: VariableReport[];
  /** One sentence, which names the worst. */
  summary: string;
}

/** A function whose gradient cannot be checked. */
export class GradientCheckError extends Error {
  override readonly name = "GradientCheckError";
  constructor(
    readonly code: "not-deterministic" | "not-finite" | "no-variables",
    message: string,
  ) {
    super(message);
  }
}

/** Places at which rounding is looked at. */
const roundingPlaces = 8;

/**
 * Compares the gradients of `f` with central differences, at single entries and along random directions of each
 * variable.
 *
 * It is made for float32. The slope is measured over what the variable really moved after rounding, at the distances
 * h and h/2. Where the two differ by more than a quarter of the tolerance, the function bends too much or has a kink
 * (as relu at 0). There, and where there is an error, h/4 is tried too; what is wrong is so at both. Places that are
 * rough at both are counted, and others are taken instead, at most two for each that was asked for. How much of the
 * function's value is rounding is measured first: errors below 16 of its deviations / h are not seen. Of a function
 * without kinks, a larger step sees smaller errors.
 *
 * The variables have their values back when it ends.
 *
 * @param f makes a float32 scalar and is deterministic: no new dropout mask from call to call
 * @param variables by name, such as `net.parameters`; float32
 * @returns a report; it has passed when all errors are within the tolerance and each variable was checked somewhere
 * @throws {GradientCheckError} `not-deterministic`, if `f` gives different values in the same place; `not-finite`, if
 * its value or gradient is not finite; `no-variables`
 *
 * @example
 * const report = checkGradients(() => loss(net.apply(x), y, null), net.parameters, { rng: new Generator(0) });
 * if (!report.passed) throw new Error(report.summary);
 */
export function checkGradients(
  f: () => tf.Scalar,
  variables: Variables,
  { rng, samples = 4, directions = 2, step = 2 ** -7, tolerance = 0.02 }: GradientCheckOptions,
): GradientReport {
  if (variables.size === 0) {
    throw new GradientCheckError(
      "no-variables",
      "There are no variables to check; give the net's parameters.",
    );
  }
  const evaluate = () => tf.tidy(() => f().dataSync()[0]!);
  const { value, gradients } = computed(f, variables);
  const again = evaluate();
  if (again !== value) {
    throw new GradientCheckError(
      "not-deterministic",
      `The function was ${value} and then ${again} in the same place; keep its random draws (such as dropout masks) fixed.`,
    );
  }
  const probes = [...variables].map(([name, variable]) => {
    const gradient = gradients.get(name)!;
    return { name, probe: new Probe({ variable, gradient, value, evaluate, step, tolerance }) };
  });
  const rounding = roundingOf(probes, value, rng);
  const reports = probes.map(({ name, probe }) => {
    probe.rounding = rounding;
    return reportOf(
      name,
      restored(probe, () => [...probe.alongEntries(rng, samples), ...probe.alongDirections(rng, directions)]),
    );
  });
  return concluded(reports, tolerance);
}

/**
 * The median of what is seen at some places, since a kink looks like rounding; and at least that of the value itself.
 */
function roundingOf(probes: readonly { probe: Probe }[], value: number, rng: Generator): number {
  const seen = Array.from({ length: roundingPlaces }, (_, place) => {
    const { probe } = probes[place % probes.length]!;
    return restored(probe, () => probe.roundingSeen(rng));
  });
  const median = seen.sort((a, b) => a - b)[roundingPlaces / 2]!;
  return Math.max(median, 2 ** -24 * Math.abs(value), Number.MIN_VALUE);
}

function restored<Result>(probe: Probe, measure: () => Result): Result {
  try {
    return measure();
  } finally {
    probe.restore();
  }
}

function computed(
  f: () => tf.Scalar,
  variables: Variables,
): { value: number; gradients: Map<string, Float32Array> } {
  const { value, gradients } = valueAndGradients(f, variables);
  try {
    const number = value.dataSync()[0]!;
    if (!Number.isFinite(number)) {
      throw new GradientCheckError(
        "not-finite",
        `The function's value is ${number}; begin where it is finite.`,
      );
    }
    const arrays = [...variables.keys()].map((name) => {
      const gradient = gradients[name]!.dataSync().slice() as Float32Array;
      const at = gradient.findIndex((entry) => !Number.isFinite(entry));
      if (at >= 0) {
        throw new GradientCheckError(
          "not-finite",
          `The gradient by ${name} is ${gradient[at]} at [${at}], though the function's value is ${number}.`,
        );
      }
      return [name, gradient] as const;
    });
    return { value: number, gradients: new Map(arrays) };
  } finally {
    tf.dispose([value, gradients]);
  }
}

function reportOf(name: string, derivatives: readonly (Derivative | null)[]): VariableReport {
  const smooth = derivatives.filter((derivative) => derivative !== null);
  const worst = smooth.reduce<Derivative | null>(
    (most, next) => (most === null || next.error > most.error ? next : most),
    null,
  );
  const rough = derivatives.length - smooth.length;
  return { name, largestError: worst?.error ?? 0, worst, checked: smooth.length, rough };
}

function concluded(variables: VariableReport[], tolerance: number): GradientReport {
  const worst = variables.reduce((most, next) => (next.largestError > most.largestError ? next : most));
  const unchecked = variables.find(({ checked }) => checked === 0);
  const wrong = worst.largestError > tolerance;
  const passed = !wrong && unchecked === undefined;
  if (unchecked !== undefined && !wrong) {
    const summary = `The gradient by ${unchecked.name} is not checked: at all ${unchecked.rough} places tried the function bends too much or has a kink; use a smaller step, or a larger one if it is lost in the rounding of large values.`;
    return { passed, variables, summary };
  }
  const { at, computed, measured } = worst.worst!;
  const found = `by ${worst.name} at ${at} is ${computed}, and differences say ${measured}: a relative error of ${worst.largestError.toPrecision(2)}`;
  const summary = wrong
    ? `The gradient ${found}, above ${tolerance}.`
    : `The worst gradient ${found}, within ${tolerance}.`;
  return { passed, variables, summary };
}
