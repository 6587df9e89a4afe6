import type { Batch } from "gymnasium-js";
import { sizeOf } from "./element.js";
import { ReplayError } from "./errors.js";
import type { ReplayConfig, TransitionBatch } from "./types.js";

/** A step whose arrays were found to fit: flat numbers, one row per environment. */
export interface FlatStep {
  observations: ArrayLike<number>;
  actions: ArrayLike<number>;
  nextObservations: ArrayLike<number>;
  /** Null only where no episode ended. */
  finalObservations: ArrayLike<number> | null;
}

/** Checks the lengths of a step's arrays before any of them is stored. Reuses its answer. */
export class StepCheck {
  private readonly flat: FlatStep;
  private readonly observationValues: number;
  private readonly actionValues: number;

  constructor(private readonly config: ReplayConfig) {
    const { element, numEnvs } = config;
    this.observationValues = numEnvs * sizeOf(element.observation);
    this.actionValues = numEnvs * sizeOf(element.action);
    this.flat = { observations: [], actions: [], nextObservations: [], finalObservations: null };
  }

  /** @throws ReplayError `invalid-step` */
  check(step: TransitionBatch): FlatStep {
    const { flat, observationValues, actionValues } = this;
    const { next } = step;
    const { numEnvs } = this.config;
    flat.observations = this.values("observations", step.observations, observationValues);
    flat.actions = this.values("actions", step.actions, actionValues);
    flat.nextObservations = this.values("next.observations", next.observations, observationValues);
    requireLength("next.rewards", next.rewards.length, numEnvs);
    requireLength("next.terminations", next.terminations.length, numEnvs);
    requireLength("next.truncations", next.truncations.length, numEnvs);
    const { finalObservations } = next;
    if (finalObservations !== null && hasEnded(step)) {
      flat.finalObservations = this.values("next.finalObservations", finalObservations, observationValues);
    } else {
      if (finalObservations === null && hasEnded(step)) throw withoutFinals();
      flat.finalObservations = null;
    }
    this.checkMasks(step);
    return flat;
  }

  private values(name: string, batch: Batch, expected: number): ArrayLike<number> {
    requireLength(name, batch.length, expected);
    if (Array.isArray(batch) && typeof batch[0] !== "number") {
      throw new ReplayError(
        "invalid-step",
        `${name} is a list of ${typeof batch[0]}, expected a flat array of numbers.`,
      );
    }
    return batch as ArrayLike<number>;
  }

  private checkMasks({ nextActionMasks, finalActionMasks }: TransitionBatch): void {
    const { element, numEnvs } = this.config;
    const expected = numEnvs * element.actionMask;
    if (expected === 0) return;
    if (nextActionMasks == null) {
      throw new ReplayError(
        "invalid-step",
        `nextActionMasks is missing, expected ${expected} values: this replay keeps masks of ${element.actionMask} actions.`,
      );
    }
    requireLength("nextActionMasks", nextActionMasks.length, expected);
    if (finalActionMasks != null) requireLength("finalActionMasks", finalActionMasks.length, expected);
  }
}

function hasEnded({ next: { terminations, truncations } }: TransitionBatch): boolean {
  for (let env = 0; env < terminations.length; env++) {
    if (terminations[env] !== 0 || truncations[env] !== 0) return true;
  }
  return false;
}

function requireLength(name: string, found: number, expected: number): void {
  if (found === expected) return;
  throw new ReplayError("invalid-step", `${name} has ${found} values, expected ${expected}.`);
}

function withoutFinals(): ReplayError {
  return new ReplayError(
    "invalid-step",
    'An episode ended, but finalObservations is null: run the environments with autoresetMode "same-step", which keeps last observations.',
  );
}
