import { GymnasiumError } from "gymnasium-js";
import type { AecArena, ByAgent, LastTurn } from "./arena.js";
import { byAgent, mapByAgent } from "./by-agent.js";
import { resetNeeded } from "./checks.js";

/** What an action came to for one agent. */
export interface TurnOutcome {
  reward: number;
  terminated: boolean;
  truncated: boolean;
}

export interface TurnLedgerState {
  agents: readonly string[];
  selection: string | null;
  resume: string | null;
  rewards: ByAgent<number>;
  cumulative: ByAgent<number>;
  terminations: ByAgent<boolean>;
  truncations: ByAgent<boolean>;
}

/**
 * Who takes part in an arena of turns, whose turn it is, and what each has earned since its last action. Agents that are out
 * come next, one after the other, to leave; then it goes on where it was.
 * Source: PettingZoo's `AECEnv` (`_was_dead_step`, `_deads_step_first`, `_accumulate_rewards`).
 */
export class TurnLedger {
  private state: TurnLedgerState = emptyState();

  constructor(
    private readonly id: string,
    private readonly possibleAgents: readonly string[],
  ) {}

  get agents(): readonly string[] {
    return this.state.agents;
  }

  get selection(): string | null {
    return this.state.selection;
  }

  get rewards(): ByAgent<number> {
    return this.state.rewards;
  }

  get terminations(): ByAgent<boolean> {
    return this.state.terminations;
  }

  get truncations(): ByAgent<boolean> {
    return this.state.truncations;
  }

  /** Everybody takes part. @param first whose turn it is */
  begin(first: string): void {
    const all = <Value>(value: Value): ByAgent<Value> => byAgent(this.possibleAgents, () => value);
    this.state = {
      ...{ agents: this.possibleAgents, selection: first, resume: null },
      ...{ rewards: all(0), cumulative: all(0), terminations: all(false), truncations: all(false) },
    };
  }

  clear(): void {
    this.state = emptyState();
  }

  requireSelection(): string {
    if (this.state.selection !== null) return this.state.selection;
    throw resetNeeded(this.id);
  }

  last(): Pick<LastTurn, "reward" | "terminated" | "truncated"> {
    const name = this.requireSelection();
    const { cumulative, terminations, truncations } = this.state;
    return { reward: cumulative[name]!, terminated: terminations[name]!, truncated: truncations[name]! };
  }

  /**
   * Lets an agent that is out leave.
   * @returns whether it was; then there is nothing else to do
   * @throws GymnasiumError `invalid-action` if it does something all the same
   */
  leave(action: unknown): boolean {
    const name = this.requireSelection();
    const { state } = this;
    if (!state.terminations[name] && !state.truncations[name]) return false;
    if (action !== null) {
      throw new GymnasiumError(
        "invalid-action",
        `${this.id}: ${name} is out, so that its only action is null.`,
      );
    }
    const without = <Value>({ [name]: _, ...others }: ByAgent<Value>): ByAgent<Value> => others;
    const agents = state.agents.filter((agent) => agent !== name);
    const next = agents.find((agent) => state.terminations[agent] || state.truncations[agent]);
    this.state = {
      agents,
      selection: next ?? (agents.length === 0 ? null : state.resume),
      resume: next === undefined ? null : state.resume,
      rewards: byAgent(agents, () => 0),
      cumulative: without(state.cumulative),
      terminations: without(state.terminations),
      truncations: without(state.truncations),
    };
    return true;
  }

  /** Takes in what the action of the agent whose turn it was came to. @param turn who comes next; while anybody is left, of those */
  enter(outcomeOf: (agent: number) => TurnOutcome, turn: () => string): void {
    const { state } = this;
    const actor = this.requireSelection();
    const outcomes = byAgent(state.agents, (name) => outcomeOf(this.possibleAgents.indexOf(name)));
    const rewards = mapByAgent(outcomes, ({ reward }) => reward);
    const terminations = mapByAgent(outcomes, ({ terminated }) => terminated);
    const truncations = mapByAgent(outcomes, ({ truncated }) => truncated);
    const isOut = (name: string): boolean => terminations[name]! || truncations[name]!;
    const next = turn();
    const leaver = isOut(next) ? next : state.agents.find(isOut);
    this.state = {
      agents: state.agents,
      selection: leaver ?? next,
      resume: leaver === undefined || isOut(next) ? null : next,
      rewards,
      // What the actor had earned was told before it acted.
      cumulative: mapByAgent(
        rewards,
        (reward, name) => (name === actor ? 0 : state.cumulative[name]!) + reward,
      ),
      terminations,
      truncations,
    };
  }

  save(): TurnLedgerState {
    return this.state;
  }

  restore(state: TurnLedgerState): void {
    this.state = { ...state, agents: [...state.agents] };
  }
}

/** Agents in the order of their turns, until nobody is left. */
export function* iterateTurns(arena: Pick<AecArena, "agentSelection">): Iterable<string> {
  while (arena.agentSelection !== null) yield arena.agentSelection;
}

function emptyState(): TurnLedgerState {
  return {
    ...{ agents: [], selection: null, resume: null, rewards: {}, cumulative: {} },
    ...{ terminations: {}, truncations: {} },
  };
}
