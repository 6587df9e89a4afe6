import type { Env } from "gymnasium-js";
import type { Mind } from "../../viewer/mind.js";
import type { Rival as Standing } from "../../viewer/protocol.js";
import { alone } from "../../viewer/situation.js";

/** Milliseconds that it plays before the event loop gets air. */
const slice = 8;

export interface RivalOptions {
  /** One environment, not shared; the rival's to close. */
  env: Env;
  /** Not shared; the rival's to dispose of. */
  mind: Mind;
  evaluation: Standing["evaluation"];
}

type Played = Pick<Standing, "return" | "length" | "ended">;

/** Plays the episodes that a person plays, in the background, each once. */
export class Rival {
  /** Called when an episode has ended. */
  onChange: () => void = () => {};
  private readonly env: Env;
  private readonly mind: Mind;
  private readonly evaluation: Standing["evaluation"];
  private readonly played = new Map<number, Played>();
  private seed: number | null = null;
  private observation: unknown;
  private timer: NodeJS.Immediate | null = null;

  constructor({ env, mind, evaluation }: RivalOptions) {
    this.env = env;
    this.mind = mind;
    this.evaluation = evaluation;
  }

  /** Plays the episode of this seed, and leaves the one that it was at. */
  challenge(seed: number): void {
    if (seed === this.seed) return;
    this.stop();
    this.seed = seed;
    if (this.played.get(seed)?.ended != null) return;
    const episode: Played = { return: 0, length: 0, ended: null };
    this.played.set(seed, episode);
    this.observation = this.env.reset({ seed }).observation;
    this.mind.restart();
    this.playOn(episode);
  }

  /** Where it stands in the episode that it was last challenged to; null before the first. */
  standing(): Standing | null {
    const episode = this.seed === null ? undefined : this.played.get(this.seed);
    if (episode === undefined) return null;
    return { player: this.mind.name, ...episode, evaluation: this.evaluation };
  }

  close(): void {
    this.stop();
    this.mind.dispose();
    this.env.close();
  }

  private playOn(episode: Played): void {
    this.timer = setImmediate(() => {
      this.timer = null;
      const until = performance.now() + slice;
      while (episode.ended === null && performance.now() < until) this.step(episode);
      if (episode.ended === null) this.playOn(episode);
      else this.onChange();
    });
  }

  private step(episode: Played): void {
    const { action } = this.mind.choose(this.observation, alone);
    const { observation, reward, terminated, truncated } = this.env.step(action);
    this.observation = observation;
    episode.return += reward;
    episode.length++;
    if (terminated) episode.ended = "terminated";
    else if (truncated) episode.ended = "truncated";
  }

  private stop(): void {
    if (this.timer !== null) clearImmediate(this.timer);
    this.timer = null;
  }
}
