import type { Generator } from "gymnasium-js";
import type { StepSizeConfig } from "../step-size.js";
import type { QTable, StatePolicy, TimeStep } from "../table.js";

/** A step of experience, and whether it is the last of its episode (terminated or truncated). */
export interface Experience extends TimeStep {
  lastT: boolean;
}

/** A method: it turns experience into action values. Rows are environments, each with episodes of its own. */
export interface Learner {
  /** All that it remembers beside the table: plain data, which may be cloned and replaced. */
  state: unknown;
  /** Steps of a row follow one another. May put updates off until later steps are known. */
  learn(step: Experience, row: number): void;
  /** The row's episode goes no further than S_t: what waits is learnt as after a truncation. */
  cut(row: number, sT: number): void;
}

export interface LearnerContext {
  table: QTable;
  gamma: number;
  numEnvs: number;
  stepSize: StepSizeConfig;
  /** The policy that acts. */
  behaviour: StatePolicy;
  /** For learners that draw: planning, coins. */
  rng: Generator;
}

export function pairOf({ numActions }: QTable, state: number, action: number): number {
  return state * numActions + action;
}
