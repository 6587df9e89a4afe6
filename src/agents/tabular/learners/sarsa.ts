import { nextStepSize } from "../step-size.js";
import { moveTowards, type TimeStep } from "../table.js";
import { expectedSarsaTarget, sarsaTarget } from "../targets.js";
import { createTraces, cutTraces, learnAlong, type Traces, visit } from "../traces.js";
import { type Experience, type Learner, type LearnerContext, pairOf } from "./learner.js";

export interface TraceSettings {
  lambda: number;
  traces: "replacing" | "accumulating";
}

/**
 * Sarsa, and Sarsa(lambda) if it is given traces. A step waits for the action that follows it; where none does, because
 * the episode was truncated, the mean over the policy's actions stands for it.
 */
export class Sarsa implements Learner {
  state: {
    updates: Uint32Array;
    /** By row: whether a step waits, and which. */
    waits: Uint8Array;
    states: Int32Array;
    actions: Int32Array;
    rewards: Float64Array;
    /** By row; none without lambda. */
    traces: Traces[];
  };
  private readonly pi: Float64Array;
  /** The step that waited, with what followed it. */
  private readonly step: TimeStep;

  constructor(
    private readonly context: LearnerContext,
    private readonly lambda: TraceSettings | null,
  ) {
    const { table, numEnvs, gamma } = context;
    this.state = {
      updates: new Uint32Array(table.q.length),
      waits: new Uint8Array(numEnvs),
      states: new Int32Array(numEnvs),
      actions: new Int32Array(numEnvs),
      rewards: new Float64Array(numEnvs),
      traces: Array.from({ length: lambda === null ? 0 : numEnvs }, () => createTraces(table.q.length)),
    };
    this.pi = new Float64Array(table.numActions);
    this.step = { sTm1: 0, aTm1: 0, rT: 0.5, discountT: gamma, sT: 0 };
  }

  learn(next: Experience, row: number): void {
    const { step, state } = this;
    if (this.take(row, next.sTm1)) this.update(sarsaTarget(this.context.table, step, next.aTm1), step, row);
    if (next.lastT) {
      this.last(next, row);
      return;
    }
    state.waits[row] = 1;
    state.states[row] = next.sTm1;
    state.actions[row] = next.aTm1;
    state.rewards[row] = next.rT;
  }

  cut(row: number, sT: number): void {
    if (this.take(row, sT)) this.last(this.step, row);
  }

  /** Makes `step` the one that waits, if any. */
  private take(row: number, sT: number): boolean {
    const { step, state } = this;
    if (state.waits[row] === 0) return false;
    state.waits[row] = 0;
    step.sTm1 = state.states[row]!;
    step.aTm1 = state.actions[row]!;
    step.rT = state.rewards[row]!;
    step.sT = sT;
    return true;
  }

  private last(step: TimeStep, row: number): void {
    const { context, pi } = this;
    if (step.discountT !== 0) context.behaviour(step.sT, pi);
    this.update(expectedSarsaTarget(context.table, step, pi), step, row);
    if (this.lambda !== null) cutTraces(this.state.traces[row]!);
  }

  private update(G: number, { sTm1, aTm1 }: TimeStep, row: number): void {
    const { lambda, state } = this;
    const { table, stepSize, gamma } = this.context;
    const pair = pairOf(table, sTm1, aTm1);
    const alpha = nextStepSize(stepSize, state.updates, pair);
    if (lambda === null) {
      moveTowards(table, pair, { G, alpha });
      return;
    }
    const traces = state.traces[row]!;
    visit(traces, pair, lambda.traces);
    learnAlong(table, traces, { change: alpha * (G - table.q[pair]!), decay: gamma * lambda.lambda });
  }
}
