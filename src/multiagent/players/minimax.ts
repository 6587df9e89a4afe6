import { clonePlain, GymnasiumError, type RandomSource } from "gymnasium-js";
import type { ArenaOutcome, TurnRules } from "../rules.js";

export interface MinimaxOptions<State> {
  /** Turns that are looked ahead; Infinity, the default, for all. */
  depth?: number;
  /** What a game that goes on beyond is worth to an agent; 0 by default. */
  evaluate?: (state: State, agent: number) => number;
}

/** Searches a game of two whose rewards add up to nothing, and in which nothing is left to chance. */
export interface Minimax<State> {
  /** What each action of whose turn it is comes to, if both play the best that the search can see; -Infinity for illegal ones. */
  values(state: State): Float64Array;
  /** One of the best actions, as the space counts them; drawn by `rng` where there are several, else the first. */
  act(state: State, rng?: RandomSource): number;
}

/** Chance in games of none. */
const noChance: RandomSource = {
  random: () => refuseChance(),
  integers: () => refuseChance(),
  uniform: () => refuseChance(),
};

function refuseChance(): never {
  throw new GymnasiumError(
    "unsupported",
    "Minimax searches games without chance, and these rules drew a number.",
  );
}

/**
 * Minimax with alpha-beta cuts. A win that comes sooner is worth as much as one that comes later.
 * Source: Knuth & Moore 1975, https://doi.org/10.1016/0004-3702(75)90019-3
 *
 * @throws GymnasiumError `unsupported` unless the game is of two agents
 * @example
 * const search = minimax(ticTacToe());
 * search.values(ticTacToe().init(rng, undefined)); // nine zeros: a draw
 */
export function minimax<State>(rules: TurnRules<State>, options: MinimaxOptions<State> = {}): Minimax<State> {
  if (rules.agents.length !== 2) {
    throw new GymnasiumError(
      "unsupported",
      `Minimax plays games of two, and ${rules.id} has ${rules.agents.length} agents.`,
    );
  }
  return new AlphaBeta(rules, options);
}

class AlphaBeta<State> implements Minimax<State> {
  private readonly depth: number;
  private readonly evaluate: (state: State, agent: number) => number;
  private readonly start: number;
  private readonly count: number;

  constructor(
    private readonly rules: TurnRules<State>,
    { depth = Number.POSITIVE_INFINITY, evaluate = () => 0 }: MinimaxOptions<State>,
  ) {
    this.depth = depth;
    this.evaluate = evaluate;
    const { n, start = 0 } = rules.actionSpace(0).describe() as { n: number; start?: number };
    [this.start, this.count] = [start, n];
  }

  values(state: State): Float64Array {
    const values = new Float64Array(this.count).fill(Number.NEGATIVE_INFINITY);
    const mover = this.rules.turn(state);
    for (const action of this.legal(state, mover)) {
      values[action] = this.valueOf(state, action, {
        mover,
        depth: this.depth,
        alpha: Number.NEGATIVE_INFINITY,
        beta: Number.POSITIVE_INFINITY,
      });
    }
    return values;
  }

  act(state: State, rng?: RandomSource): number {
    const values = this.values(state);
    const most = Math.max(...values);
    const best = [...values.keys()].filter((action) => values[action] === most);
    return this.start + best[rng === undefined ? 0 : rng.integers(0, best.length)]!;
  }

  /** What an action is worth to the mover, who has `alpha` elsewhere, and whom the other would not let have `beta`. */
  private valueOf(state: State, action: number, window: Window): number {
    const { rules } = this;
    const { mover, depth, alpha, beta } = window;
    const next = clonePlain(state);
    const outcome: ArenaOutcome = {
      rewards: new Float64Array(2),
      terminations: new Uint8Array(2),
      offset: 0,
    };
    rules.step(next, this.start + action, noChance, outcome);
    const reward = outcome.rewards[mover]!;
    if (outcome.terminations[mover] === 1) return reward;
    if (depth <= 1) return reward + this.evaluate(next, mover);
    const turn = rules.turn(next);
    const rest =
      turn === mover
        ? this.best(next, { mover, depth: depth - 1, alpha: alpha - reward, beta: beta - reward })
        : -this.best(next, { mover: turn, depth: depth - 1, alpha: reward - beta, beta: reward - alpha });
    return reward + rest;
  }

  private best(state: State, window: Window): number {
    let { alpha } = window;
    let most = Number.NEGATIVE_INFINITY;
    for (const action of this.legal(state, window.mover)) {
      most = Math.max(most, this.valueOf(state, action, { ...window, alpha }));
      alpha = Math.max(alpha, most);
      if (alpha >= window.beta) break;
    }
    return most;
  }

  private legal(state: State, mover: number): number[] {
    const mask = new Uint8Array(this.count).fill(1);
    this.rules.actionMask?.(state, mover, mask, 0);
    return [...mask.keys()].filter((action) => mask[action] === 1);
  }
}

interface Window {
  mover: number;
  depth: number;
  alpha: number;
  beta: number;
}
