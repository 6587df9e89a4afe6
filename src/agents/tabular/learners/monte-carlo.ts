import { append, clear, createSegment, placeOf, type Segment } from "../segment.js";
import { nextStepSize } from "../step-size.js";
import { expectedValue, moveTowards } from "../table.js";
import { type Experience, type Learner, type LearnerContext, pairOf } from "./learner.js";

/** Steps of an episode for which there is memory at first; it grows. */
const usualLength = 64;

/**
 * On-policy first-visit Monte Carlo control: at the end of an episode the first visit of each pair moves its value towards
 * the return that followed, G_k = R_{k+1} + gamma G_{k+1}. An episode that was truncated goes on, in the mind, with the
 * mean over the policy's actions in its last state. Sutton and Barto (2018), section 5.4.
 */
export class MonteCarlo implements Learner {
  state: { updates: Uint32Array; episodes: Segment[] };
  /** By pair: the step of its first visit in the episode that is learnt. */
  private readonly firstVisit: Int32Array;
  private readonly pi: Float64Array;

  constructor(private readonly context: LearnerContext) {
    const { table, numEnvs } = context;
    this.state = {
      updates: new Uint32Array(table.q.length),
      episodes: Array.from({ length: numEnvs }, () => createSegment(usualLength)),
    };
    this.firstVisit = new Int32Array(table.q.length);
    this.pi = new Float64Array(table.numActions);
  }

  learn(step: Experience, row: number): void {
    const episode = this.state.episodes[row]!;
    append(episode, step);
    if (step.lastT) this.learnEpisode(episode, step.discountT === 0 ? 0 : this.worth(step.sT));
  }

  cut(row: number, sT: number): void {
    this.learnEpisode(this.state.episodes[row]!, this.worth(sT));
  }

  private learnEpisode(episode: Segment, bootstrap: number): void {
    const { firstVisit } = this;
    const { table, stepSize, gamma } = this.context;
    for (let k = episode.length - 1; k >= 0; k--) firstVisit[this.pairAt(episode, k)] = k;
    let G = bootstrap;
    for (let k = episode.length - 1; k >= 0; k--) {
      G = episode.rewards[placeOf(episode, k)]! + gamma * G;
      const pair = this.pairAt(episode, k);
      if (firstVisit[pair] !== k) continue;
      moveTowards(table, pair, { G, alpha: nextStepSize(stepSize, this.state.updates, pair) });
    }
    clear(episode);
  }

  private pairAt(episode: Segment, k: number): number {
    const place = placeOf(episode, k);
    return pairOf(this.context.table, episode.states[place]!, episode.actions[place]!);
  }

  private worth(state: number): number {
    this.context.behaviour(state, this.pi);
    return expectedValue(this.context.table, state, this.pi);
  }
}
