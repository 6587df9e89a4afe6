import { createModel, drawOutcome, type LearntModel, remember } from "../model.js";
import { latestStepSize, nextStepSize } from "../step-size.js";
import { moveTowards, type QTable, type TimeStep } from "../table.js";
import { qLearningTarget } from "../targets.js";
import { type Experience, type Learner, type LearnerContext, pairOf } from "./learner.js";

export interface DynaSettings {
  planningSteps: number;
  model: "latest" | "counts";
  kappa: number;
}

/**
 * Dyna-Q: after each step of experience, Q-learning on steps that a learnt model makes up. Each starts from a state that
 * was seen, with an action that was tried there, all equally likely.
 * R. S. Sutton, Integrated Architectures for Learning, Planning, and Reacting (1990); Sutton and Barto (2018), section 8.2.
 *
 * With kappa it is Dyna-Q+: planned rewards are r + kappa sqrt(tau), tau steps after the pair was last tried, and actions
 * never tried are planned with as well, as if they paid nothing and led nowhere (section 8.3).
 */
export class DynaQ implements Learner {
  state: {
    updates: Uint32Array;
    model: LearntModel;
    /** Steps of experience so far. */
    time: number;
    /** By pair: the time of the last try. */
    lastTry: Float64Array;
  };
  private readonly planned: TimeStep;

  constructor(
    private readonly context: LearnerContext,
    private readonly settings: DynaSettings,
  ) {
    const { table, gamma } = context;
    this.state = {
      updates: new Uint32Array(table.q.length),
      model: createModel(table.numStates, table.numActions),
      time: 0,
      lastTry: new Float64Array(table.q.length),
    };
    this.planned = { sTm1: 0, aTm1: 0, rT: 0.5, discountT: gamma, sT: 0 };
  }

  learn(step: Experience): void {
    const { state, settings } = this;
    const { table, stepSize } = this.context;
    const pair = pairOf(table, step.sTm1, step.aTm1);
    const alpha = nextStepSize(stepSize, state.updates, pair);
    moveTowards(table, pair, { G: qLearningTarget(table, step), alpha });
    remember(state.model, pair, step, settings.model === "latest");
    state.time++;
    state.lastTry[pair] = state.time;
    for (let planned = 0; planned < settings.planningSteps; planned++) this.plan();
  }

  cut(): void {}

  private plan(): void {
    const { planned } = this;
    const { table, stepSize, rng } = this.context;
    const { model, updates } = this.state;
    const state = model.seen[rng.integers(0, model.numSeen)]!;
    const pair = this.drawPair(state);
    planned.sTm1 = state;
    this.imagine(pair);
    const alpha = latestStepSize(stepSize, updates, pair);
    moveTowards(table, pair, { G: qLearningTarget(table, planned), alpha });
  }

  /** A pair that was tried, or with kappa any legal one, of a state; by one draw. */
  private drawPair(state: number): number {
    const { rng, table } = this.context;
    const { tries, tried } = this.state.model;
    const first = pairOf(table, state, 0);
    const legal = this.settings.kappa > 0 ? legalCount(table, first) : 0;
    const any = legal > 0;
    let skip = rng.integers(0, any ? legal : tried[state]!);
    let pair = first;
    while (!(any ? isLegal(table, pair) : tries[pair]! > 0) || skip-- > 0) pair++;
    return pair;
  }

  /** Makes up what comes of the pair. */
  private imagine(pair: number): void {
    const { planned, state, settings } = this;
    const { model, time, lastTry } = state;
    const { gamma, rng } = this.context;
    if (model.tries[pair] === 0) {
      planned.rT = 0;
      planned.sT = planned.sTm1;
      planned.discountT = gamma;
    } else {
      const outcome = drawOutcome(model, pair, rng);
      planned.rT = model.reward[outcome]!;
      planned.sT = model.nextState[outcome]!;
      planned.discountT = model.terminated[outcome] === 1 ? 0 : gamma;
    }
    if (settings.kappa > 0) planned.rT += settings.kappa * Math.sqrt(time - lastTry[pair]!);
  }
}

function isLegal({ mask }: QTable, pair: number): boolean {
  return mask === null || mask[pair] !== 0;
}

function legalCount({ mask, numActions }: QTable, first: number): number {
  if (mask === null) return numActions;
  let count = 0;
  for (let pair = first; pair < first + numActions; pair++) count += mask[pair] === 0 ? 0 : 1;
  return count;
}
