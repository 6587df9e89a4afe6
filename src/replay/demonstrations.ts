import { type Batch, GymnasiumError, makeVec, type TypedArray, type VectorEnv } from "gymnasium-js";
import { ReplayError } from "./errors.js";
import type { Replay, TransitionBatch } from "./types.js";

/** An episode that somebody has played: what it takes to play it again, and what came of it, by which that is checked. */
export interface Demonstration {
  /** Id of the environment. */
  env: string;
  envOptions: Readonly<Record<string, unknown>>;
  maxEpisodeSteps: number | null;
  seed: number;
  /** One per step, as the action space counts them; of a Box the numbers of an element. */
  actions: readonly (number | readonly number[])[];
  /** One per step. */
  rewards: readonly number[];
  /** Null where it was left before its end. */
  ended: "terminated" | "truncated" | null;
}

/**
 * Plays episodes again, and adds their transitions to a replay of the same environment, which may hold others already. Where
 * the replay is of several environments, the episodes are shared out among them, and those with fewer steps begin theirs
 * again until all have as many: a replay takes in whole vector steps. What is left before its end counts as truncated.
 *
 * @param replay with an element of the environment's spaces; of episodes with more steps than it holds the newest stay
 * @throws ReplayError `mismatch` if the episodes are of different environments, or one of them comes out otherwise than it
 * was played; `invalid-step` if the replay is not of this environment; then nothing has been added
 * @example
 * const files = readdirSync("demonstrations/CartPole-v1").map((name) => `demonstrations/CartPole-v1/${name}`);
 * const episodes = files.map((file) => JSON.parse(readFileSync(file, "utf8")));
 * addDemonstrations(replay, episodes);
 */
export function addDemonstrations(
  replay: Pick<Replay, "add" | "config">,
  episodes: readonly Demonstration[],
): void {
  if (episodes.length === 0) return;
  const { env, envOptions, maxEpisodeSteps } = requireAlike(episodes);
  const { numEnvs, element } = replay.config;
  const envs = makeVec(env, {
    numEnvs,
    maxEpisodeSteps,
    kwargs: { ...envOptions },
    autoresetMode: "disabled",
  });
  try {
    const shares = shareOut(episodes, numEnvs);
    const actionArray = element.action.dtype === "float32" ? Float32Array : Int32Array;
    for (const take of [() => {}, (step: TransitionBatch) => replay.add(step)])
      new Repetition(envs, shares, actionArray).play(take);
  } finally {
    envs.close();
  }
}

/** @returns the first of them */
function requireAlike(episodes: readonly Demonstration[]): Demonstration {
  const madeBy = ({ env, envOptions, maxEpisodeSteps }: Demonstration): string =>
    JSON.stringify([env, envOptions, maxEpisodeSteps]);
  const [first] = episodes as [Demonstration];
  for (const episode of episodes) {
    if (madeBy(episode) !== madeBy(first))
      throw new ReplayError(
        "mismatch",
        `The demonstrations are of different environments, ${madeBy(first)} and ${madeBy(episode)} among them: add those of one at a time.`,
      );
    if (episode.actions.length === 0 || episode.actions.length !== episode.rewards.length)
      throw new ReplayError(
        "mismatch",
        `The demonstration of seed ${episode.seed} has ${episode.actions.length} actions and ${episode.rewards.length} rewards, expected as many of both, and at least one.`,
      );
  }
  return first;
}

/** Each episode to whom has the fewest steps so far; whoever would have none gets one that another has, too. */
function shareOut(episodes: readonly Demonstration[], shares: number): Demonstration[][] {
  const shared = Array.from({ length: shares }, (): Demonstration[] => []);
  const steps = new Array<number>(shares).fill(0);
  for (const episode of episodes) {
    const fewest = steps.indexOf(Math.min(...steps));
    shared[fewest]!.push(episode);
    steps[fewest]! += episode.actions.length;
  }
  return shared.map((share, i) => (share.length > 0 ? share : [episodes[i % episodes.length]!]));
}

/** The episodes of one environment, one after the other, and again from the first. */
class Share {
  private index = 0;
  private step = 0;

  constructor(private readonly episodes: readonly Demonstration[]) {}

  get steps(): number {
    return this.episodes.reduce((sum, { actions }) => sum + actions.length, 0);
  }

  get seed(): number {
    return this.episode.seed;
  }

  get action(): number | readonly number[] {
    return this.episode.actions[this.step]!;
  }

  private get episode(): Demonstration {
    return this.episodes[this.index]!;
  }

  /** Goes on by a step that has been made. @returns whether it was the last of its episode */
  advance(reward: number, ended: Demonstration["ended"]): boolean {
    const { seed, rewards, ended: asPlayed } = this.episode;
    const isLast = this.step + 1 === rewards.length;
    if (reward !== rewards[this.step] || ended !== (isLast ? asPlayed : null))
      throw new ReplayError(
        "mismatch",
        `The demonstration of seed ${seed} comes out otherwise at step ${this.step + 1}: reward ${reward}${ended === null ? "" : `, ${ended}`}, expected ${rewards[this.step]}${isLast && asPlayed !== null ? `, ${asPlayed}` : ""}; the environment is not the one that it was played in.`,
      );
    this.step = isLast ? 0 : this.step + 1;
    if (isLast) this.index = (this.index + 1) % this.episodes.length;
    return isLast;
  }
}

/** All shares at once, one in each environment, for as long as the longest of them. */
class Repetition {
  private readonly shares: readonly Share[];

  constructor(
    private readonly envs: VectorEnv,
    episodes: readonly (readonly Demonstration[])[],
    private readonly actionArray: typeof Int32Array | typeof Float32Array,
  ) {
    this.shares = episodes.map((share) => new Share(share));
  }

  play(take: (step: TransitionBatch) => void): void {
    const steps = Math.max(...this.shares.map((share) => share.steps));
    this.envs.reset({ seed: this.seeds() });
    for (let step = 1; step <= steps; step++) take(this.step(step === steps));
  }

  private seeds(): number[] {
    return this.shares.map(({ seed }) => seed);
  }

  /** @param cut ends all episodes that have not ended */
  private step(cut: boolean): TransitionBatch {
    const { envs, shares } = this;
    const observations = copyOf(envs.observations);
    const actions = this.actionArray.from(shares.flatMap(({ action }) => action));
    const { rewards, terminations, truncations } = this.stepEnvs(actions);
    const over = shares.map((share, env) => {
      const ended = terminations[env] === 1 ? "terminated" : truncations[env] === 1 ? "truncated" : null;
      return share.advance(rewards[env]!, ended) || cut;
    });
    const finalObservations = copyOf(envs.observations);
    const finalActionMasks = envs.actionMasks?.slice() ?? null;
    const next = {
      ...{ rewards: rewards.slice(), terminations: terminations.slice(), finalObservations },
      truncations: truncations.map((truncated, env) =>
        over[env] && terminations[env] === 0 ? 1 : truncated,
      ),
    };
    if (over.includes(true)) envs.reset({ mask: over, seed: this.seeds() });
    return {
      ...{ observations, actions, finalActionMasks, nextActionMasks: envs.actionMasks },
      next: { ...next, observations: envs.observations },
    };
  }

  private stepEnvs(actions: TypedArray): ReturnType<VectorEnv["step"]> {
    try {
      return this.envs.step(actions);
    } catch (error) {
      if (!(error instanceof GymnasiumError)) throw error;
      throw new ReplayError("mismatch", `A demonstration cannot be played again: ${error.message}`, {
        cause: error,
      });
    }
  }
}

/** The environments reuse their arrays. */
function copyOf(batch: Batch): Batch {
  return (batch as unknown[]).slice();
}
