import { nextStepSize } from "../step-size.js";
import { maxValue } from "../table.js";
import { qLearningTarget } from "../targets.js";
import { createTraces, cutTraces, learnAlong, type Traces, visit } from "../traces.js";
import { type Experience, type Learner, type LearnerContext, pairOf } from "./learner.js";
import type { TraceSettings } from "./sarsa.js";

/**
 * Watkins's Q(lambda): Q-learning's error goes back along the traces, and an action that is not greedy (nor as good)
 * cuts them. C. J. C. H. Watkins (1989); Sutton and Barto (1st ed., 1998), figure 7.14; 12.10 of the 2nd.
 */
export class QLambda implements Learner {
  state: { updates: Uint32Array; traces: Traces[] };

  constructor(
    private readonly context: LearnerContext,
    private readonly settings: TraceSettings,
  ) {
    const { table, numEnvs } = context;
    this.state = {
      updates: new Uint32Array(table.q.length),
      traces: Array.from({ length: numEnvs }, () => createTraces(table.q.length)),
    };
  }

  learn(step: Experience, row: number): void {
    const { table, stepSize, gamma } = this.context;
    const { updates, traces: ofRows } = this.state;
    const traces = ofRows[row]!;
    const pair = pairOf(table, step.sTm1, step.aTm1);
    if (table.q[pair]! < maxValue(table, step.sTm1)) cutTraces(traces);
    const alpha = nextStepSize(stepSize, updates, pair);
    visit(traces, pair, this.settings.traces);
    const change = alpha * (qLearningTarget(table, step) - table.q[pair]!);
    learnAlong(table, traces, { change, decay: gamma * this.settings.lambda });
    if (step.lastT) cutTraces(traces);
  }

  cut(row: number): void {
    cutTraces(this.state.traces[row]!);
  }
}
