import { nextStepSize } from "../step-size.js";
import { moveTowards, type QTable } from "../table.js";
import { doubleQLearningTarget, expectedSarsaTarget, qLearningTarget } from "../targets.js";
import { type Experience, type Learner, type LearnerContext, pairOf } from "./learner.js";

/** Q-learning: the target policy is greedy, whatever policy acts. */
export class QLearning implements Learner {
  state: { updates: Uint32Array };

  constructor(private readonly context: LearnerContext) {
    this.state = { updates: new Uint32Array(context.table.q.length) };
  }

  learn(step: Experience): void {
    const { table, stepSize } = this.context;
    const pair = pairOf(table, step.sTm1, step.aTm1);
    const alpha = nextStepSize(stepSize, this.state.updates, pair);
    moveTowards(table, pair, { G: qLearningTarget(table, step), alpha });
  }

  cut(): void {}
}

/** Expected Sarsa, on the policy that acts. */
export class ExpectedSarsa implements Learner {
  state: { updates: Uint32Array };
  private readonly pi: Float64Array;

  constructor(private readonly context: LearnerContext) {
    this.state = { updates: new Uint32Array(context.table.q.length) };
    this.pi = new Float64Array(context.table.numActions);
  }

  learn(step: Experience): void {
    const { context, pi } = this;
    const { table, stepSize } = context;
    if (step.discountT !== 0) context.behaviour(step.sT, pi);
    const pair = pairOf(table, step.sTm1, step.aTm1);
    const alpha = nextStepSize(stepSize, this.state.updates, pair);
    moveTowards(table, pair, { G: expectedSarsaTarget(table, step, pi), alpha });
  }

  cut(): void {}
}

/**
 * Double Q-learning: a coin decides which of two tables is updated, with the other one's value of its best action. The
 * agent acts by their mean. H. van Hasselt, Double Q-learning (2010); Sutton and Barto (2018), section 6.7.
 */
export class DoubleQLearning implements Learner {
  state: { tables: [QTable, QTable]; updates: [Uint32Array, Uint32Array] };

  constructor(private readonly context: LearnerContext) {
    const { table } = context;
    const { length } = table.q;
    this.state = {
      tables: [
        { ...table, q: table.q.slice() },
        { ...table, q: table.q.slice() },
      ],
      updates: [new Uint32Array(length), new Uint32Array(length)],
    };
  }

  learn(step: Experience): void {
    const { table, stepSize, rng } = this.context;
    const { tables, updates } = this.state;
    const which = rng.random() < 0.5 ? 0 : 1;
    const chooser = tables[which];
    const valuer = tables[which === 0 ? 1 : 0];
    chooser.mask = table.mask;
    const pair = pairOf(table, step.sTm1, step.aTm1);
    const alpha = nextStepSize(stepSize, updates[which], pair);
    moveTowards(chooser, pair, { G: doubleQLearningTarget({ chooser, valuer }, step), alpha });
    table.q[pair] = (chooser.q[pair]! + valuer.q[pair]!) / 2;
  }

  cut(): void {}
}
