import type { KernelRows } from "./kernel-rows.js";

/** min over alpha of 1/2 alpha' Q alpha - sum alpha, with Q[i, j] = y[i] y[j] K[i, j], 0 <= alpha <= C and y' alpha = 0. */
export interface SvmDual {
  kernel: KernelRows;
  /** 1 or -1 */
  y: Int8Array;
  C: number;
  /** It ends when the worst violation of the Kuhn-Tucker conditions is below. */
  tolerance: number;
  maxIterations: number;
}

export interface SvmDualSolution {
  alpha: Float64Array;
  /** The decision is sum y alpha K(x) - rho. */
  rho: number;
  /** 1/2 alpha' Q alpha - sum alpha */
  objective: number;
  iterations: number;
  /** Whether the tolerance was reached. */
  converged: boolean;
}

/** Stands for a curvature that is not positive, of kernels that are no inner products (LIBSVM's TAU). */
const tiny = 1e-12;

/**
 * Sequential minimal optimisation; the pair to change is chosen by second order information (Fan, Chen & Lin 2005, Working
 * set selection using second order information for training SVM, WSS 2), as LIBSVM does, without shrinking.
 */
export function solveSvmDual(problem: SvmDual): SvmDualSolution {
  const { y, tolerance, maxIterations } = problem;
  const state = { alpha: new Float64Array(y.length), gradient: new Float64Array(y.length).fill(-1) };
  let iterations = 0;
  let converged = false;
  while (iterations < maxIterations) {
    const pair = workingSet(problem, state);
    converged = pair.violation < tolerance || pair.j < 0;
    if (converged) break;
    changePair(problem, state, pair);
    iterations++;
  }
  return {
    alpha: state.alpha,
    rho: rhoOf(problem, state),
    objective: objectiveOf(state),
    iterations,
    converged,
  };
}

interface SmoState {
  alpha: Float64Array;
  /** Q alpha - 1 */
  gradient: Float64Array;
}

interface Pair {
  i: number;
  /** -1 if there is none */
  j: number;
  /** m(alpha) - M(alpha), equation 6 */
  violation: number;
}

function workingSet({ kernel, y, C }: SvmDual, { alpha, gradient }: SmoState): Pair {
  let i = -1;
  let highest = -Infinity;
  for (let t = 0; t < y.length; t++) {
    const mayRise = y[t]! > 0 ? alpha[t]! < C : alpha[t]! > 0;
    const value = -y[t]! * gradient[t]!;
    if (mayRise && value >= highest) {
      highest = value;
      i = t;
    }
  }
  let j = -1;
  if (i < 0) return { i, j, violation: 0 };
  const { diagonal } = kernel;
  const row = kernel.row(i);
  let lowest = Infinity;
  let best = Infinity;
  for (let t = 0; t < y.length; t++) {
    const mayFall = y[t]! > 0 ? alpha[t]! > 0 : alpha[t]! < C;
    if (!mayFall) continue;
    const value = -y[t]! * gradient[t]!;
    if (value < lowest) lowest = value;
    const difference = highest - value;
    if (difference <= 0) continue;
    const curvature = diagonal[i]! + diagonal[t]! - 2 * row[t]!;
    const gain = -(difference * difference) / (curvature > 0 ? curvature : tiny);
    if (gain <= best) {
      best = gain;
      j = t;
    }
  }
  return { i, j, violation: highest - lowest };
}

/** The best step along y[i] d[i] = -y[j] d[j] inside the box. */
function changePair({ kernel, y, C }: SvmDual, { alpha, gradient }: SmoState, { i, j }: Pair): void {
  const { diagonal } = kernel;
  const rowI = kernel.row(i);
  const rowJ = kernel.row(j);
  const [yI, yJ] = [y[i]!, y[j]!];
  const curvature = diagonal[i]! + diagonal[j]! - 2 * rowI[j]!;
  const slope = -yI * gradient[i]! + yJ * gradient[j]!;
  const step = Math.min(
    slope / (curvature > 0 ? curvature : tiny),
    yI > 0 ? C - alpha[i]! : alpha[i]!,
    yJ > 0 ? alpha[j]! : C - alpha[j]!,
  );
  const before = [alpha[i]!, alpha[j]!] as const;
  alpha[i] = clip(before[0] + yI * step, C);
  alpha[j] = clip(before[1] - yJ * step, C);
  const deltaI = yI * (alpha[i]! - before[0]);
  const deltaJ = yJ * (alpha[j]! - before[1]);
  for (let t = 0; t < y.length; t++) gradient[t]! += y[t]! * (deltaI * rowI[t]! + deltaJ * rowJ[t]!);
}

/** Onto the bound exactly where rounding leaves a value a hair from it: what may rise or fall is asked by equality. */
function clip(alpha: number, C: number): number {
  const hair = 1e-12 * C;
  if (alpha < hair) return 0;
  return alpha > C - hair ? C : alpha;
}

/** The mean of y G over the free alphas, or the middle of what the others allow (LIBSVM's calculate_rho). */
function rhoOf({ y, C }: SvmDual, { alpha, gradient }: SmoState): number {
  let upper = Infinity;
  let lower = -Infinity;
  let sum = 0;
  let free = 0;
  for (let t = 0; t < y.length; t++) {
    const value = y[t]! * gradient[t]!;
    if (alpha[t]! > 0 && alpha[t]! < C) {
      sum += value;
      free++;
    } else if ((alpha[t] === 0) === y[t]! > 0) upper = Math.min(upper, value);
    else lower = Math.max(lower, value);
  }
  return free > 0 ? sum / free : (upper + lower) / 2;
}

function objectiveOf({ alpha, gradient }: SmoState): number {
  let sum = 0;
  for (let t = 0; t < alpha.length; t++) sum += alpha[t]! * (gradient[t]! - 1);
  return sum / 2;
}
