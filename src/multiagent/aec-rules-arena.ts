import type { Info } from "gymnasium-js";
import type { AecArena, ArenaReset, ByAgent, LastTurn } from "./arena.js";
import { byAgent } from "./by-agent.js";
import type { TurnRules } from "./rules.js";
import { RulesArena } from "./rules-arena.js";
import { iterateTurns, TurnLedger, type TurnLedgerState } from "./turn-ledger.js";

/** The arena of turns that plays rules in which agents take turns. */
export class AecRulesArena<State> extends RulesArena<State, TurnRules<State>> implements AecArena {
  readonly kind = "aec";
  private readonly ledger = new TurnLedger(this.id, this.possibleAgents);

  get agents(): readonly string[] {
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
    return byAgent(this.agents, (name) => this.infoOf(this.agent(name)));
  }

  reset(options: ArenaReset = {}): void {
    this.begin(options);
    this.ledger.begin(this.turn());
  }

  observe(name: string): unknown {
    return this.observationOf(this.agent(name));
  }

  last(): LastTurn {
    const name = this.ledger.requireSelection();
    return { observation: this.observe(name), ...this.ledger.last(), info: this.infoOf(this.agent(name)) };
  }

  step(action: unknown): void {
    const { ledger, rules, outcome } = this;
    const name = ledger.requireSelection();
    if (ledger.leave(action)) return;
    const taken = this.requireAction(this.agent(name), action);
    this.cycle((state) => rules.step(state, taken, this.rng, outcome));
    ledger.enter(
      (agent) => ({
        reward: outcome.rewards[agent]!,
        terminated: outcome.terminations[agent] === 1,
        truncated: this.truncated[agent] === 1,
      }),
      () => this.turn(),
    );
  }

  agentIter(): Iterable<string> {
    return iterateTurns(this);
  }

  override close(): void {
    super.close();
    this.ledger.clear();
  }

  protected turns(): TurnLedgerState {
    return this.ledger.save();
  }

  protected restoreTurns(turns: unknown): void {
    this.ledger.restore(turns as TurnLedgerState);
  }

  private turn(): string {
    return this.possibleAgents[this.rules.turn(this.requireState())]!;
  }
}
