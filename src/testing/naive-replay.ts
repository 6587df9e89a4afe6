import type { TypedArray } from "gymnasium-js";
import type { ReplayBatch, ReplayConfig, TransitionBatch } from "../replay/index.js";

/** One row of a batch as plain lists. */
export interface Row {
  observation: number[];
  action: number[];
  reward: number;
  discount: number;
  nextObservation: number[];
  nextMask: number[] | null;
}

interface Episode {
  /** One more than actions. */
  frames: number[][];
  actions: number[][];
  rewards: number[];
  /** After each action. */
  masks: number[][];
  end: "running" | "terminated" | "truncated";
}

/** Keeps whole episodes as objects, and derives everything anew whenever it is asked. Slow, and plainly right. */
export class NaiveReplay {
  private readonly episodes: Episode[][];

  constructor(private readonly config: ReplayConfig) {
    this.episodes = Array.from({ length: config.numEnvs }, () => []);
  }

  add({ observations, actions, next, nextActionMasks, finalActionMasks }: TransitionBatch): void {
    const { numEnvs, element } = this.config;
    const rowOf = (batch: ArrayLike<unknown>, env: number): number[] => {
      const size = batch.length / numEnvs;
      return Array.from(batch as ArrayLike<number>).slice(env * size, (env + 1) * size);
    };
    this.episodes.forEach((episodes, env) => {
      const frame = rowOf(observations, env);
      let episode = episodes.at(-1);
      if (episode?.end === "running" && String(episode.frames.at(-1)) !== String(frame)) {
        episode.end = "truncated";
      }
      if (episode?.end !== "running") {
        episode = { frames: [frame], actions: [], rewards: [], masks: [], end: "running" };
        episodes.push(episode);
      }
      episode.actions.push(rowOf(actions, env));
      episode.rewards.push(next.rewards[env]!);
      if (next.truncations[env] !== 0) episode.end = "truncated";
      if (next.terminations[env] !== 0) episode.end = "terminated";
      const running = episode.end === "running";
      const masks = running ? nextActionMasks : finalActionMasks;
      episode.frames.push(rowOf(running ? next.observations : next.finalObservations!, env));
      episode.masks.push(masks ? rowOf(masks, env) : new Array<number>(element.actionMask).fill(1));
    });
  }

  /** All that can be sampled. */
  rows(): Row[] {
    const kept = Math.floor(this.config.capacity / this.config.numEnvs);
    // Each episode has a row at least, but for the running one.
    return this.episodes.flatMap((episodes) =>
      episodes
        .slice(-kept - 1)
        .flatMap((episode) => this.rowsOf(episode))
        .slice(-kept),
    );
  }

  private rowsOf({ frames, actions, rewards, masks, end }: Episode): Row[] {
    const { nStep, gamma, stack, element } = this.config;
    const stackAt = (t: number): number[] =>
      Array.from({ length: stack }, (_, k) => frames[Math.max(0, t - stack + 1 + k)]!).flat();
    const whole = end === "running" ? actions.length - nStep + 1 : actions.length;
    return Array.from({ length: Math.max(0, whole) }, (_, t) => {
      const m = Math.min(nStep, actions.length - t);
      const reachesEnd = t + m === actions.length;
      return {
        observation: stackAt(t),
        action: actions[t]!,
        reward: rewards.slice(t, t + m).reduce((sum, reward, k) => sum + gamma ** k * reward, 0),
        discount: reachesEnd && end === "terminated" ? 0 : gamma ** m,
        nextObservation: stackAt(t + m),
        nextMask: element.actionMask === 0 ? null : masks[t + m - 1]!,
      };
    });
  }
}

/** A batch taken apart. */
export function rowsOf(batch: ReplayBatch): Row[] {
  const { size } = batch;
  const rowOf = (values: TypedArray, row: number): number[] => {
    const width = values.length / size;
    return Array.from(values.subarray(row * width, (row + 1) * width));
  };
  return Array.from({ length: size }, (_, row) => ({
    observation: rowOf(batch.observations, row),
    action: rowOf(batch.actions, row),
    reward: batch.rewards[row]!,
    discount: batch.discounts[row]!,
    nextObservation: rowOf(batch.nextObservations, row),
    nextMask: batch.nextActionMasks === null ? null : rowOf(batch.nextActionMasks, row),
  }));
}
