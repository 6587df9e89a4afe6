import { clonePlain, type EnvRules, Generator, GymnasiumError, type Space } from "gymnasium-js";
import { sampleActions } from "./actions.js";
import { show } from "./assertions.js";

/** Rules of any environment, to be played without knowing what their state is. */
export type AnyRules = EnvRules<unknown, unknown, unknown>;

export interface RulesPlays {
  makeRules: () => AnyRules;
  steps: number;
  seeds: readonly number[];
}

/** Where a play of rules has just come to. */
export interface Moment {
  rules: AnyRules;
  state: unknown;
  /** What `step` returned, whatever it is; undefined after `init`. */
  outcome: unknown;
  /** Whether `init` made this state. */
  isStart: boolean;
  /** Whether the episode goes on. */
  isRunning: boolean;
  /** When, for messages: `seed 0, step 3`. */
  at: string;
}

/** Calls what someone wrote; names it if it throws. @param fix end of the sentence, if there is a thing to do */
export function calling<T>(what: string, at: string, work: () => T, fix = ""): T {
  try {
    return work();
  } catch (error) {
    // Ludus's own sentences say what is wrong; what they do not know is when.
    if (error instanceof GymnasiumError) throw dated(error, at);
    throw new Error(`${what} threw "${(error as Error)?.message ?? String(error)}" (${at})${fix}.`, {
      cause: error,
    });
  }
}

function dated(error: GymnasiumError, at: string): Error {
  return new Error(`${error.message.replace(/\.$/, "")} (${at}).`, { cause: error });
}

/** @throws Error if the state is not plain data, naming what of it is not */
export function cloneState<T>(state: T, at: string): T {
  try {
    return clonePlain(state);
  } catch (error) {
    throw error instanceof GymnasiumError ? dated(error, at) : error;
  }
}

/** Random play by the bare rules, one visit per state. Episodes end as `make` would end them. */
export function playRules({ makeRules, steps, seeds }: RulesPlays, visit: (moment: Moment) => void): void {
  for (const seed of seeds) {
    const rules = makeRules();
    const play = new RulesPlay(rules, seed);
    visit(play.start());
    for (const action of sampleActions(rules.actionSpace as Space<unknown>, steps, seed)) {
      visit(play.step(action));
      if (!play.isRunning) visit(play.start());
    }
  }
}

/** What to do about a step that throws. */
export const actionFix = "; actionSpace allows that action, so handle it, or declare a smaller space";

/** One environment of bare rules. */
export class RulesPlay {
  readonly rng: Generator;
  state: unknown = null;
  isRunning = false;
  private stepsMade = 0;
  private elapsed = 0;

  constructor(
    readonly rules: AnyRules,
    private readonly seed: number,
  ) {
    this.rng = new Generator(seed);
  }

  private get at(): string {
    return this.stepsMade === 0
      ? `seed ${this.seed}, at the start`
      : `seed ${this.seed}, step ${this.stepsMade}`;
  }

  start(): Moment {
    const { rules, rng, state, at } = this;
    this.state = calling("init", at, () => rules.init(rng, undefined, state));
    if (typeof this.state !== "object" || this.state === null) {
      throw new Error(
        `init returned ${String(this.state)} (${at}); return the first state, an object as in init: () => ({ position: 0 }).`,
      );
    }
    this.isRunning = true;
    this.elapsed = 0;
    return this.moment(undefined, true);
  }

  step(action: unknown): Moment {
    const { rules, rng, state } = this;
    this.stepsMade++;
    this.elapsed++;
    const outcome: unknown = calling(
      `step, given the action ${show(action)},`,
      this.at,
      () => rules.step(state, action, rng),
      actionFix,
    );
    const terminated = (outcome as { terminated?: unknown } | undefined)?.terminated === true;
    this.isRunning = !terminated && this.elapsed < (rules.maxEpisodeSteps ?? Infinity);
    return this.moment(outcome, false);
  }

  private moment(outcome: unknown, isStart: boolean): Moment {
    const { rules, state, isRunning, at } = this;
    return { rules, state, outcome, isStart, isRunning, at };
  }
}
