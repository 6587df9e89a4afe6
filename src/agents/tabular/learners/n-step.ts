import { nStepReturn, type TreeBackup, treeBackupReturn } from "../returns.js";
import { append, createSegment, dropOldest, placeOf, type Segment } from "../segment.js";
import { nextStepSize } from "../step-size.js";
import { expectedValue, moveTowards, type StatePolicy } from "../table.js";
import { type Experience, type Learner, type LearnerContext, pairOf } from "./learner.js";

export interface NStepSettings {
  n: number;
  /**
   * What is at the end of n steps: the next action's value (Sarsa), or the mean over the policy's actions. A tree has that
   * mean at every step on the way.
   */
  bootstrap: "sampled" | "expected" | "tree";
  /** The policy that is learnt about; Sarsa and Expected Sarsa take the one that acts. */
  target: StatePolicy;
}

/**
 * n-step Sarsa, n-step Expected Sarsa and n-step tree backup. Of the last steps of an episode each is learnt with as many
 * rewards as there are; after a truncation with the mean over the policy's actions in the last state.
 * Sutton and Barto (2018), chapter 7.
 */
export class NStep implements Learner {
  state: { updates: Uint32Array; segments: Segment[] };
  private readonly pi: Float64Array;
  private readonly tree: TreeBackup;
  /** What the end of the segment is worth; not passed on as an argument, for a number would be boxed. */
  private bootstrap = 0.5;

  constructor(
    private readonly context: LearnerContext,
    private readonly settings: NStepSettings,
  ) {
    const { table, numEnvs, gamma } = context;
    this.state = {
      updates: new Uint32Array(table.q.length),
      segments: Array.from({ length: numEnvs }, () => createSegment(settings.n)),
    };
    this.pi = new Float64Array(table.numActions);
    this.tree = { table, gamma, target: settings.target, pi: this.pi };
  }

  learn(step: Experience, row: number): void {
    const { n, bootstrap } = this.settings;
    const { table } = this.context;
    const segment = this.state.segments[row]!;
    const isSampled = bootstrap === "sampled";
    if (isSampled && segment.length === n) {
      this.bootstrap = table.q[pairOf(table, step.sTm1, step.aTm1)]!;
      this.learnOldest(segment);
    }
    append(segment, step);
    const isDue = !isSampled && segment.length === n;
    if (!(step.lastT || isDue)) return;
    if (step.discountT === 0) this.bootstrap = 0;
    else this.bootstrapFrom(step.sT);
    if (step.lastT) this.flush(segment);
    else this.learnOldest(segment);
  }

  cut(row: number, sT: number): void {
    this.bootstrapFrom(sT);
    this.flush(this.state.segments[row]!);
  }

  private flush(segment: Segment): void {
    while (segment.length > 0) this.learnOldest(segment);
  }

  private learnOldest(segment: Segment): void {
    const { bootstrap } = this;
    const { table, stepSize, gamma } = this.context;
    const isTree = this.settings.bootstrap === "tree";
    const G = isTree
      ? treeBackupReturn(segment, this.tree, bootstrap)
      : nStepReturn(segment, gamma, bootstrap);
    const place = placeOf(segment, 0);
    const pair = pairOf(table, segment.states[place]!, segment.actions[place]!);
    moveTowards(table, pair, { G, alpha: nextStepSize(stepSize, this.state.updates, pair) });
    dropOldest(segment);
  }

  private bootstrapFrom(state: number): void {
    this.settings.target(state, this.pi);
    this.bootstrap = expectedValue(this.context.table, state, this.pi);
  }
}
