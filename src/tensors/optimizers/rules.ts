import type { OptimizerConfig } from "./config.js";

/** One variable's memory in one step. All arrays have the variable's size; `weights` and `slots` are updated in place. */
export interface ParameterMemory {
  weights: Float32Array;
  gradient: Float32Array;
  /** The moments that the rule keeps, in the order of `slotNames`. */
  slots: readonly Float32Array[];
}

/** What changes from step to step and is the same for all variables. */
export interface StepConstants {
  learningRate: number;
  /** Factor on every gradient, from clipping; 1 if not clipped. */
  gradientScale: number;
  /** 1 for the first step. */
  step: number;
}

/** Names of the moments that a configuration keeps for each variable. */
export function slotNames(config: OptimizerConfig): readonly string[] {
  switch (config.name) {
    case "sgd":
      return config.momentum > 0 ? ["momentum"] : [];
    case "rmsprop":
      return [
        "squareAverage",
        ...(config.centered ? ["gradientAverage"] : []),
        ...(config.momentum > 0 ? ["momentum"] : []),
      ];
    case "adam":
    case "radam":
      return ["mean", "squareMean"];
    default:
      throw new Error(`There is no optimiser ${JSON.stringify(config satisfies never)}.`);
  }
}

/** Applies one update to one variable: float64 arithmetic, float32 storage. */
export function updateParameter(
  config: OptimizerConfig,
  memory: ParameterMemory,
  constants: StepConstants,
): void {
  switch (config.name) {
    case "sgd":
      updateBySgd(config, memory, constants);
      break;
    case "rmsprop":
      updateByRmsprop(config, memory, constants);
      break;
    case "adam":
    case "radam":
      updateByAdam(config, memory, constants);
      break;
    default:
      throw new Error(`There is no optimiser ${JSON.stringify(config satisfies never)}.`);
  }
}

type ConfigOf<Name> = Extract<OptimizerConfig, { name: Name }>;

/**
 * v = momentum v + g;  w = w - lr (nesterov ? g + momentum v : v).
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
 */
function updateBySgd(config: ConfigOf<"sgd">, memory: ParameterMemory, constants: StepConstants): void {
  const { weights, gradient, slots } = memory;
  const { learningRate, gradientScale } = constants;
  const { momentum, nesterov } = config;
  const velocity = slots[0];
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i]! * gradientScale;
    let change = g;
    if (velocity) {
      const v = momentum * velocity[i]! + g;
      velocity[i] = v;
      change = nesterov ? g + momentum * v : v;
    }
    weights[i] = weights[i]! - learningRate * change;
  }
}

/**
 * s = decay s + (1 - decay) g^2;  m = decay m + (1 - decay) g (centred);
 * d = sqrt(s - m^2) + epsilon;  v = momentum v + g / d;  w = w - lr v.
 *
 * Rounding can leave s - m^2 a hair below zero; it is taken as zero then.
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html; Graves 2013, arXiv:1308.0850, eq. 38-45
 */
function updateByRmsprop(
  config: ConfigOf<"rmsprop">,
  memory: ParameterMemory,
  constants: StepConstants,
): void {
  const { weights, gradient, slots } = memory;
  const { learningRate, gradientScale } = constants;
  const { decay, epsilon, momentum, centered } = config;
  const squareAverage = slots[0]!;
  const gradientAverage = centered ? slots[1]! : null;
  const velocity = momentum > 0 ? slots[centered ? 2 : 1]! : null;
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i]! * gradientScale;
    let variance = decay * squareAverage[i]! + (1 - decay) * g * g;
    squareAverage[i] = variance;
    if (gradientAverage) {
      const mean = decay * gradientAverage[i]! + (1 - decay) * g;
      gradientAverage[i] = mean;
      variance = Math.max(variance - mean * mean, 0);
    }
    let change = g / (Math.sqrt(variance) + epsilon);
    if (velocity) {
      change += momentum * velocity[i]!;
      velocity[i] = change;
    }
    weights[i] = weights[i]! - learningRate * change;
  }
}

/**
 * m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;
 * w = w - lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon).
 * RAdam differs in the two factors only; see `rectified`.
 * Source: Kingma and Ba 2015, arXiv:1412.6980, algorithm 1
 */
function updateByAdam(
  config: ConfigOf<"adam" | "radam">,
  memory: ParameterMemory,
  constants: StepConstants,
): void {
  const { weights, gradient, slots } = memory;
  const { gradientScale } = constants;
  const { beta1, beta2, epsilon } = config;
  const { stepSize, rootCorrection } = adamConstants(config, constants);
  const mean = slots[0]!;
  const squareMean = slots[1]!;
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i]! * gradientScale;
    const m = beta1 * mean[i]! + (1 - beta1) * g;
    const v = beta2 * squareMean[i]! + (1 - beta2) * g * g;
    mean[i] = m;
    squareMean[i] = v;
    weights[i] = weights[i]! - (stepSize * m) / (Math.sqrt(v) * rootCorrection + epsilon);
  }
}

/** Adam's bias corrections of step t: lr / (1 - beta1^t) and 1 / sqrt(1 - beta2^t); RAdam's are rectified. */
export function adamConstants(
  config: ConfigOf<"adam" | "radam">,
  { learningRate, step }: StepConstants,
): { stepSize: number; rootCorrection: number } {
  const constants = {
    stepSize: learningRate / (1 - config.beta1 ** step),
    rootCorrection: 1 / Math.sqrt(1 - config.beta2 ** step),
  };
  return config.name === "radam" ? rectified(config, constants, step) : constants;
}

/** Where the variance of the divisor is known well enough; PyTorch's bound, where the paper has 4. */
const leastLength = 5;

/**
 * rhoInf = 2 / (1 - beta2) - 1;  rho_t = rhoInf - 2 t beta2^t / (1 - beta2^t);
 * if rho_t > 5, Adam's step times sqrt((rho_t - 4) (rho_t - 2) rhoInf / ((rhoInf - 4) (rhoInf - 2) rho_t));
 * else w = w - lr m / (1 - beta1^t), which is Adam's step with a root of nothing: epsilon cancels out.
 *
 * Source: Liu et al. 2020, arXiv:1908.03265, algorithm 2; epsilon stands where Adam has it
 */
function rectified(
  { beta2, epsilon }: ConfigOf<"radam">,
  { stepSize, rootCorrection }: { stepSize: number; rootCorrection: number },
  step: number,
): { stepSize: number; rootCorrection: number } {
  const longest = 2 / (1 - beta2) - 1;
  const length = longest - (2 * step * beta2 ** step) / (1 - beta2 ** step);
  if (length <= leastLength) return { stepSize: stepSize * epsilon, rootCorrection: 0 };
  const share = ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length);
  return { stepSize: stepSize * Math.sqrt(share), rootCorrection };
}
