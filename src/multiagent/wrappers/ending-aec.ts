import type { Info } from "gymnasium-js";
import type { ArenaReset, ByAgent, LastTurn } from "../arena.js";
import { byAgent } from "../by-agent.js";
import { TurnLedger, type TurnLedgerState } from "../turn-ledger.js";
import { AecWrapper } from "./aec-wrapper.js";

interface EndingState {
  earned: ByAgent<number>;
  ledger: TurnLedgerState | null;
}

/** An arena of turns that may end while the one inside would go on: then all are out, and leave one after the other. */
export abstract class EndingAec extends AecWrapper {
  /** By each that takes part, since its own last action. */
  protected earned: ByAgent<number> = {};
  /** Of those that leave; null while the arena inside says who takes part. */
  private ledger: TurnLedger | null = null;

  override get agents(): readonly string[] {
    return this.ledger?.agents ?? super.agents;
  }

  override get agentSelection(): string | null {
    return this.ledger === null ? super.agentSelection : this.ledger.selection;
  }

  override get rewards(): ByAgent<number> {
    return this.ledger?.rewards ?? super.rewards;
  }

  override get terminations(): ByAgent<boolean> {
    return this.ledger?.terminations ?? super.terminations;
  }

  override get truncations(): ByAgent<boolean> {
    return this.ledger?.truncations ?? super.truncations;
  }

  override get infos(): ByAgent<Info> {
    const infos = super.infos;
    return byAgent(this.agents, (agent) => infos[agent]!);
  }

  override reset(options?: ArenaReset): void {
    super.reset(options);
    this.earned = byAgent(this.possibleAgents, () => 0);
    this.ledger = null;
  }

  override last(): LastTurn {
    const { ledger } = this;
    if (ledger === null) return super.last();
    const agent = ledger.requireSelection();
    return { observation: this.observe(agent), ...ledger.last(), info: this.infos[agent]! };
  }

  override step(action: unknown): void {
    if (this.ledger === null) this.play(action);
    else this.ledger.leave(action);
  }

  override close(): void {
    super.close();
    this.ledger = null;
  }

  /** A step while the arena inside says who takes part: calls `playInside`, or `end`, or both. */
  protected abstract play(action: unknown): void;

  protected playInside(action: unknown): void {
    const { inner, earned } = this;
    const actor = inner.agentSelection;
    inner.step(action);
    const { rewards } = inner;
    this.earned = byAgent(inner.agents, (agent) => (agent === actor ? 0 : earned[agent]!) + rewards[agent]!);
  }

  /** From here on agents leave, the selected one first. */
  protected end(state: Omit<TurnLedgerState, "agents" | "resume">): void {
    this.restoreLedger({ ...state, agents: this.inner.agents, resume: null });
  }

  protected override ownState(): EndingState {
    return { earned: this.earned, ledger: this.ledger?.save() ?? null };
  }

  protected override restoreOwnState(state: unknown): void {
    const { earned, ledger } = state as EndingState;
    this.earned = earned;
    if (ledger === null) this.ledger = null;
    else this.restoreLedger(ledger);
  }

  private restoreLedger(state: TurnLedgerState): void {
    this.ledger = new TurnLedger(this.id, this.possibleAgents);
    this.ledger.restore(state);
  }
}
