import type { Info, RenderMode, RgbFrame, Space } from "gymnasium-js";
import type { AecArena, ArenaReset, ByAgent, LastTurn } from "./arena.js";
import type { TurnRules } from "./rules.js";
import { RulesArena, type RulesArenaOptions } from "./rules-arena.js";
import { TurnLedger, type TurnLedgerState } from "./turn-ledger.js";

/** The arena of turns that plays rules in which agents take turns. */
export class AecRulesArena<State> implements AecArena {
  readonly id: string;
  readonly possibleAgents: readonly string[];
  readonly renderMode: RenderMode | null;
  readonly stateSpace: Space<unknown> | null;
  private readonly arena: RulesArena<State, TurnRules<State>>;
  private readonly ledger: TurnLedger;

  constructor(
    readonly rules: TurnRules<State>,
    options: RulesArenaOptions = {},
  ) {
    this.arena = new RulesArena(rules, options);
    this.id = this.arena.id;
    this.possibleAgents = this.arena.possibleAgents;
    this.renderMode = this.arena.renderMode;
    this.stateSpace = this.arena.stateSpace;
    this.ledger = new TurnLedger(this.id, this.possibleAgents);
  }

  get rng() {
    return this.arena.rng;
  }

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
    return Object.fromEntries(this.agents.map((name) => [name, this.arena.info(this.arena.agent(name))]));
  }

  observationSpace(agent: string): Space<unknown> {
    return this.arena.observationSpace(agent);
  }

  actionSpace(agent: string): Space<unknown> {
    return this.arena.actionSpace(agent);
  }

  reset(options: ArenaReset = {}): void {
    this.arena.begin(options);
    this.ledger.begin(this.turn());
  }

  observe(agent: string): unknown {
    return this.arena.observe(this.arena.agent(agent));
  }

  last(): LastTurn {
    const name = this.ledger.requireSelection();
    return {
      observation: this.observe(name),
      ...this.ledger.last(),
      info: this.arena.info(this.arena.agent(name)),
    };
  }

  step(action: unknown): void {
    const { arena, ledger, rules } = this;
    const name = ledger.requireSelection();
    if (ledger.leave(action)) return;
    const taken = arena.requireAction(arena.agent(name), action);
    arena.clearRewards();
    rules.step(arena.state, taken, arena.rng, arena.outcome);
    arena.endCycle();
    const { rewards, terminations } = arena.outcome;
    ledger.enter(
      (agent) => ({
        reward: rewards[agent]!,
        terminated: terminations[agent] === 1,
        truncated: arena.truncations[agent] === 1,
      }),
      () => this.turn(),
    );
  }

  agentIter(): Iterable<string> {
    return this.ledger.iterate();
  }

  state(): unknown {
    return this.arena.globalState();
  }

  render(): string | RgbFrame | null {
    return this.arena.render();
  }

  close(): void {
    this.arena.close();
    this.ledger.clear();
  }

  snapshot(): unknown {
    return this.arena.snapshot(this.ledger.save());
  }

  restore(snapshot: unknown): void {
    this.ledger.restore(this.arena.restore(snapshot) as TurnLedgerState);
  }

  private turn(): string {
    return this.possibleAgents[this.rules.turn(this.arena.state)]!;
  }
}
