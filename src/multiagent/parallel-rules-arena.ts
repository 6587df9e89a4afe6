import type { Info } from "gymnasium-js";
import type { ArenaReset, ByAgent, ParallelArena, ParallelStep } from "./arena.js";
import { byAgent } from "./by-agent.js";
import { requireActions, resetNeeded } from "./checks.js";
import type { SimultaneousRules } from "./rules.js";
import { RulesArena } from "./rules-arena.js";

/** The parallel arena that plays rules in which all act at once. */
export class ParallelRulesArena<State>
  extends RulesArena<State, SimultaneousRules<State>>
  implements ParallelArena
{
  readonly kind = "parallel";
  agents: readonly string[] = [];
  private readonly actions = new Int32Array(this.possibleAgents.length);

  reset(options: ArenaReset = {}): { observations: ByAgent<unknown>; infos: ByAgent<Info> } {
    this.begin(options);
    this.agents = this.possibleAgents;
    return { observations: this.observations(), infos: this.infos() };
  }

  step(actions: ByAgent<unknown>): ParallelStep {
    const { agents, rules, outcome } = this;
    if (agents.length === 0) throw resetNeeded(this.id);
    this.takeActions(actions);
    this.cycle((state) => rules.step(state, this.actions, 0, this.rng, outcome));
    const step: ParallelStep = {
      observations: this.observations(),
      rewards: this.each((agent) => outcome.rewards[agent]!),
      terminations: this.each((agent) => outcome.terminations[agent] === 1),
      truncations: this.each((agent) => this.truncated[agent] === 1),
      infos: this.infos(),
    };
    this.agents = agents.filter((name) => !this.isOut(this.agent(name)));
    return step;
  }

  override close(): void {
    super.close();
    this.agents = [];
  }

  protected turns(): null {
    return null;
  }

  protected restoreTurns(): void {
    this.agents = this.possibleAgents.filter((_, agent) => !this.isOut(agent));
  }

  /** All or none are taken over. */
  private takeActions(actions: ByAgent<unknown>): void {
    requireActions(this, actions);
    const taken = this.agents.map((name) => this.requireAction(this.agent(name), actions[name]));
    this.agents.forEach((name, i) => {
      this.actions[this.agent(name)] = taken[i]!;
    });
  }

  private observations(): ByAgent<unknown> {
    return this.each((agent) => this.observationOf(agent));
  }

  private infos(): ByAgent<Info> {
    return this.each((agent) => this.infoOf(agent));
  }

  private each<Value>(make: (agent: number) => Value): ByAgent<Value> {
    return byAgent(this.agents, (name) => make(this.agent(name)));
  }
}
