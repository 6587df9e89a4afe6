import { clonePlain, type Info } from "gymnasium-js";
import type { AecArena, ArenaReset, ByAgent, LastTurn, ParallelArena } from "../arena.js";
import { ArenaWrapper } from "../arena-wrapper.js";
import { byAgent } from "../by-agent.js";
import { requireElement, requireLegal, resetNeeded } from "../checks.js";
import { iterateTurns, TurnLedger, type TurnLedgerState } from "../turn-ledger.js";

/**
 * A parallel arena as one of turns: actions are gathered, agent by agent, and done together when the last agent has chosen;
 * until then nothing is earned. Source: PettingZoo's `parallel_to_aec`.
 */
export function parallelToAec(parallel: ParallelArena): AecArena {
  return new ParallelAsAec(parallel);
}

interface SavedTurns {
  ledger: TurnLedgerState;
  chosen: ByAgent<unknown>;
  observations: ByAgent<unknown>;
  infos: ByAgent<Info>;
}

class ParallelAsAec extends ArenaWrapper<ParallelArena> implements AecArena {
  readonly kind = "aec";
  private readonly ledger: TurnLedger;
  /** Actions of this round. */
  private chosen: ByAgent<unknown> = {};
  /** What each saw last. */
  private observations: ByAgent<unknown> = {};
  private known: ByAgent<Info> = {};

  constructor(parallel: ParallelArena) {
    super(parallel, "parallelToAec");
    this.ledger = new TurnLedger(this.id, this.possibleAgents);
  }

  override get agents(): readonly string[] {
    return this.ledger.agents;
  }

  get agentSelection(): string | null {
    return this.ledger.selection;
  }

  get rewards(): ByAgent<number> {
    return this.ledger.rewards;
  }

  get terminations(): ByAgent<boolean> {
    return this.ledger.terminations;
  }

  get truncations(): ByAgent<boolean> {
    return this.ledger.truncations;
  }

  get infos(): ByAgent<Info> {
    return byAgent(this.agents, (name) => this.known[name] ?? {});
  }

  reset(options: ArenaReset = {}): void {
    const { observations, infos } = this.inner.reset(options);
    this.observations = { ...observations };
    this.known = infos;
    this.chosen = {};
    this.ledger.begin(this.inner.agents[0]!);
  }

  observe(agent: string): unknown {
    // Asks for the space so that a stranger is refused.
    this.observationSpace(agent);
    if (!(agent in this.observations)) throw resetNeeded(this.id);
    return clonePlain(this.observations[agent], "observation");
  }

  last(): LastTurn {
    const name = this.ledger.requireSelection();
    return { observation: this.observe(name), ...this.ledger.last(), info: this.known[name] ?? {} };
  }

  step(action: unknown): void {
    const { ledger, inner: parallel } = this;
    const name = ledger.requireSelection();
    if (ledger.leave(action)) return;
    const chosen = { ...this.chosen, [name]: action };
    const next = parallel.agents.find((agent) => !(agent in chosen));
    if (next !== undefined) {
      // The arena would refuse it too, but only in the turn of the last one, who could not take it back.
      requireElement(parallel, name, action);
      requireLegal(parallel, name, { action, info: this.known[name] });
      this.chosen = chosen;
      ledger.enter(nothing, () => next);
      return;
    }
    const { observations, rewards, terminations, truncations, infos } = parallel.step(chosen);
    this.chosen = {};
    Object.assign(this.observations, observations);
    this.known = infos;
    ledger.enter(
      (agent) => {
        const of = this.possibleAgents[agent]!;
        return { reward: rewards[of]!, terminated: terminations[of]!, truncated: truncations[of]! };
      },
      () => parallel.agents[0] ?? ledger.agents[0]!,
    );
  }

  agentIter(): Iterable<string> {
    return iterateTurns(this);
  }

  override close(): void {
    super.close();
    this.ledger.clear();
  }

  protected override ownState(): SavedTurns {
    const { ledger, chosen, observations, known: infos } = this;
    return { ledger: ledger.save(), chosen, observations, infos };
  }

  protected override restoreOwnState(state: unknown): void {
    const { ledger, chosen, observations, infos } = state as SavedTurns;
    this.ledger.restore(ledger);
    Object.assign(this, { chosen, observations, known: infos });
  }
}

const nothing = () => ({ reward: 0, terminated: false, truncated: false });
