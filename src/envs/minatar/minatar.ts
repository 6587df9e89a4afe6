import {
  box,
  defineEnv,
  discrete,
  type EnvRules,
  proceed,
  type RandomSource,
  type TypedArray,
  terminate,
} from "gymnasium-js";
import { flag, type Kwargs, probability, rejectUnknown } from "../kwargs.js";
import { type BoardLook, minatarPicture, minatarText } from "../rendering/minatar.js";

/** Boards have 10 rows and 10 columns; cell (0, 0) is at the upper left. */
export const boardSide = 10;

/** No-op, left, up, right, down, fire: the same six in every game. */
export const minatarActions = ["noop", "left", "up", "right", "down", "fire"] as const;

/**
 * One game of the suite (K. Young, T. Tian, MinAtar: An Atari-Inspired Testbed for Thorough and Reproducible
 * Reinforcement Learning Experiments, arXiv:1903.03176). Sticky actions and what happens after the end are not the
 * game's business: `minatarRules` adds them.
 */
export interface MinatarGame<State extends { over: boolean }> {
  /** As in the id `MinAtar/<name>-v1`. */
  readonly name: string;
  /** Observations are `[10, 10, channels]` of 0 and 1. */
  readonly channels: number;
  /** The actions that do something, ascending. */
  readonly minimalActions: readonly number[];
  /** What a set channel looks like; where several are set, the highest shows. */
  readonly look: readonly BoardLook[];
  /** Of games that grow harder in time: the number of times they have done so. Games without it ignore ramping. */
  level?(state: State): number;
  /** What the board does not show, for people: a line below it in text. */
  caption?(state: State): string;
  /**
   * May write to `previous` and return it.
   * @param ramping whether the episode may grow harder; games that do keep it in their state
   */
  init(rng: RandomSource, previous: State | null, ramping: boolean): State;
  /** Carries out one of the six actions, returns the reward, sets `over` at the end. Not called once it is set. */
  step(state: State, action: number, rng: RandomSource): number;
  /** Writes all `100 * channels` values. */
  observe(state: State, out: TypedArray, offset: number): void;
}

export interface MinatarState<GameState> {
  /** The action executed last, which may stick. It survives resets, but not a seeded one, so that a seed fixes everything. */
  previousAction: number;
  /** In the games that grow harder its `level` says how often they have: `env.state.game.level` of a `RulesEnv`. */
  game: GameState;
}

/** See `minatarRules`. */
export interface MinatarKwargs {
  stickyActionProbability?: number;
  difficultyRamping?: boolean;
}

/**
 * `v0` takes all six actions, `v1` indices into the minimal ones, translated before they may stick. Each step draws
 * one `random()` first, also after the end and with probability 0; below `stickyActionProbability` (keyword, 0.1)
 * the action executed last is repeated. A step after the end changes nothing but that. `difficultyRamping` (keyword,
 * true): whether Asterix, Seaquest and Space Invaders grow harder as an episode goes on.
 */
export function minatarRules<State extends { over: boolean }>(
  game: MinatarGame<State>,
  version: 0 | 1,
  kwargs: MinatarKwargs = {},
): EnvRules<MinatarState<State>, Uint8Array, number> {
  const id = `MinAtar/${game.name}-v${version}`;
  rejectUnknown(id, kwargs as Kwargs, ["stickyActionProbability", "difficultyRamping"]);
  const stickiness = probability(kwargs as Kwargs, "stickyActionProbability", 0.1);
  const ramping = flag(kwargs as Kwargs, "difficultyRamping", true);
  const actions = Int32Array.from(version === 0 ? minatarActions.keys() : game.minimalActions);

  return {
    id,
    observationSpace: box({ low: 0, high: 1, shape: [boardSide, boardSide, game.channels], dtype: "uint8" }),
    actionSpace: discrete(actions.length),
    actionNames: Array.from(actions, (action) => minatarActions[action]!),
    init(rng, _options, previous) {
      if (previous === null) return { previousAction: 0, game: game.init(rng, null, ramping) };
      previous.game = game.init(rng, previous.game, ramping);
      return previous;
    },
    step(state, action, rng) {
      const executed = rng.random() < stickiness ? state.previousAction : actions[action]!;
      state.previousAction = executed;
      if (state.game.over) return terminate(0);
      const reward = game.step(state.game, executed, rng);
      return state.game.over ? terminate(reward) : proceed(reward);
    },
    observe: (state, out, offset) => game.observe(state.game, out, offset),
    renderAnsi: (state) => minatarText(game.look, observed(game, state.game), game.caption?.(state.game)),
    renderRgb: (state) => minatarPicture(game.look, observed(game, state.game)),
  };
}

/** Both versions of a game, `MinAtar/<name>-v0` and `-v1`. */
export function defineMinatar<State extends { over: boolean }>(game: MinatarGame<State>) {
  return {
    v0: defineEnv(`MinAtar/${game.name}-v0`, (kwargs: MinatarKwargs) => minatarRules(game, 0, kwargs)),
    v1: defineEnv(`MinAtar/${game.name}-v1`, (kwargs: MinatarKwargs) => minatarRules(game, 1, kwargs)),
  };
}

function observed<State extends { over: boolean }>(game: MinatarGame<State>, state: State): Uint8Array {
  const observation = new Uint8Array(boardSide * boardSide * game.channels);
  game.observe(state, observation, 0);
  return observation;
}
