import {
  type EnvRules,
  GymnasiumError,
  type Outcome,
  proceed,
  type RandomSource,
  terminate,
} from "gymnasium-js";
import type { Player } from "../players/player.js";
import type { ArenaRules } from "../rules.js";
import { areAlike, rangeOf } from "./spaces.js";

/** Who sits on the other seats of an arena. */
export interface Seating<State> {
  /** Drawn at the start of each episode: against whom it is. */
  draw(rng: RandomSource): number;
  /** Plays another seat in episodes for which this was drawn, and in which `held` is the seat that is not played for. */
  player(opponent: number, agent: number, held: number): Player<State>;
}

/** The same player on all other seats, always. */
export function seatingOf<State>(player: Player<State>): Seating<State> {
  return { draw: () => 0, player: () => player };
}

export interface SoloOptions<State> {
  /** Index of the agent whose seat is held; null draws it at the start of each episode. */
  seat: number | null;
  seating: Seating<State>;
}

export interface SoloState<State> {
  game: State;
  seat: number;
  opponent: number;
  /** By agent, 1 for those that are out. */
  out: Uint8Array;
}

/**
 * An arena as an environment for one: it sits on one seat, and players are on all others. The episode ends when its own part in
 * it does. An action that is illegal by the mask loses the game: it ends at once, with a reward of -1.
 *
 * @throws GymnasiumError `unsupported` where the seat is drawn and agents differ in their spaces
 */
export function soloRules<State>(
  rules: ArenaRules<State>,
  { seat, seating }: SoloOptions<State>,
): EnvRules<SoloState<State>, unknown, number> {
  const { agents, actionMask, info, renderAnsi, renderRgb } = rules;
  if (seat === null) requireAlike(rules);
  const described = rules.agents.map((_, agent) => rules.actionSpace(agent));
  const first = seat ?? 0;
  const table = rules.kind === "turns" ? new TurnTable(rules, seating) : new RoundTable(rules, seating);
  const { n, start } = rangeOf(described[first]!);
  const mask = new Uint8Array(n);
  const isLegal = ({ game, seat: own }: SoloState<State>, action: number): boolean => {
    actionMask?.call(rules, game, own, mask, 0);
    return actionMask === undefined || mask[action - start] === 1;
  };
  return {
    id: rules.id,
    observationSpace: rules.observationSpace(first),
    actionSpace: described[first]!,
    ...(rules.maxCycles === undefined
      ? {}
      : {
          maxEpisodeSteps:
            rules.kind === "turns" ? Math.ceil(rules.maxCycles / agents.length) : rules.maxCycles,
        }),
    ...(rules.actionNames === undefined ? {} : { actionNames: rules.actionNames(first) }),
    init(rng, options) {
      const state: SoloState<State> = {
        game: rules.init(rng, options),
        seat: seat ?? rng.integers(0, agents.length),
        opponent: seating.draw(rng),
        out: new Uint8Array(agents.length),
      };
      table.begin(state, rng);
      return state;
    },
    step: (state, action, rng) => (isLegal(state, action) ? table.step(state, action, rng) : forfeit(state)),
    observe: ({ game, seat: own }, out, offset) => rules.observe(game, own, out, offset),
    info: ({ game, seat: own, opponent }) => ({
      ...info?.call(rules, game, own),
      seat: agents[own]!,
      opponent,
    }),
    ...(actionMask && {
      actionMask: ({ game, seat: own }, out, offset) => actionMask.call(rules, game, own, out, offset),
    }),
    ...(renderAnsi && { renderAnsi: ({ game }) => renderAnsi.call(rules, game) }),
    ...(renderRgb && { renderRgb: ({ game }) => renderRgb.call(rules, game) }),
  };
}

function forfeit({ out }: SoloState<unknown>): Outcome {
  out.fill(1);
  return terminate(-1);
}

/** All act at once. */
class RoundTable<State> {
  private readonly actions: Int32Array;
  private readonly outcome;

  constructor(
    private readonly rules: ArenaRules<State> & { kind: "simultaneous" },
    private readonly seating: Seating<State>,
  ) {
    this.actions = new Int32Array(rules.agents.length);
    this.outcome = outcomeOf(rules.agents.length);
  }

  begin(): void {}

  step({ game, seat, opponent, out }: SoloState<State>, action: number, rng: RandomSource): Outcome {
    const { rules, seating, actions, outcome } = this;
    for (let agent = 0; agent < actions.length; agent++) {
      if (agent === seat) actions[agent] = action;
      else if (out[agent] === 0) {
        actions[agent] = seating.player(opponent, agent, seat).act(game, agent, rng);
      }
    }
    outcome.rewards.fill(0);
    outcome.terminations.set(out);
    rules.step(game, actions, 0, rng, outcome);
    out.set(outcome.terminations);
    return out[seat] === 1 ? terminate(outcome.rewards[seat]!) : proceed(outcome.rewards[seat]!);
  }
}

/** Turns are taken: a step goes on until it is one's turn again. */
class TurnTable<State> {
  private readonly outcome;

  constructor(
    private readonly rules: ArenaRules<State> & { kind: "turns" },
    private readonly seating: Seating<State>,
  ) {
    this.outcome = outcomeOf(rules.agents.length);
  }

  begin(state: SoloState<State>, rng: RandomSource): void {
    this.untilOwnTurn(state, rng);
  }

  step(state: SoloState<State>, action: number, rng: RandomSource): Outcome {
    const reward = this.turn(state, action, rng) + this.untilOwnTurn(state, rng);
    return state.out[state.seat] === 1 ? terminate(reward) : proceed(reward);
  }

  /** @returns what came to oneself meanwhile */
  private untilOwnTurn(state: SoloState<State>, rng: RandomSource): number {
    const { game, seat, out, opponent } = state;
    let reward = 0;
    for (;;) {
      if (out[seat] === 1) return reward;
      const mover = this.rules.turn(game);
      if (mover === seat) return reward;
      const player = this.seating.player(opponent, mover, seat);
      reward += this.turn(state, player.act(game, mover, rng), rng);
    }
  }

  private turn({ game, seat, out }: SoloState<State>, action: number, rng: RandomSource): number {
    const { outcome } = this;
    outcome.rewards.fill(0);
    outcome.terminations.set(out);
    this.rules.step(game, action, rng, outcome);
    out.set(outcome.terminations);
    return outcome.rewards[seat]!;
  }
}

function outcomeOf(agents: number) {
  return { rewards: new Float64Array(agents), terminations: new Uint8Array(agents), offset: 0 };
}

function requireAlike<State>(rules: ArenaRules<State>): void {
  if (areAlike(rules)) return;
  throw new GymnasiumError(
    "unsupported",
    `${rules.id}: whose seat is held cannot be drawn, because its agents see or do different things; say whose: ${rules.agents.join(", ")}.`,
  );
}
