import type { Info, RenderMode, RgbFrame, Space } from "gymnasium-js";
import type { ArenaReset, ByAgent, ParallelArena, ParallelStep } from "./arena.js";
import { requireActions } from "./checks.js";
import type { SimultaneousRules } from "./rules.js";
import { RulesArena, type RulesArenaOptions } from "./rules-arena.js";

/** The parallel arena that plays rules in which all act at once. */
export class ParallelRulesArena<State> implements ParallelArena {
  readonly id: string;
  readonly possibleAgents: readonly string[];
  readonly renderMode: RenderMode | null;
  readonly stateSpace: Space<unknown> | null;
  agents: readonly string[] = [];
  private readonly arena: RulesArena<State, SimultaneousRules<State>>;
  private readonly actions: Int32Array;

  constructor(
    readonly rules: SimultaneousRules<State>,
    options: RulesArenaOptions = {},
  ) {
    this.arena = new RulesArena(rules, options);
    this.id = this.arena.id;
    this.possibleAgents = this.arena.possibleAgents;
    this.renderMode = this.arena.renderMode;
    this.stateSpace = this.arena.stateSpace;
    this.actions = new Int32Array(rules.agents.length);
  }

  get rng() {
    return this.arena.rng;
  }

  observationSpace(agent: string): Space<unknown> {
    return this.arena.observationSpace(agent);
  }

  actionSpace(agent: string): Space<unknown> {
    return this.arena.actionSpace(agent);
  }

  reset(options: ArenaReset = {}): { observations: ByAgent<unknown>; infos: ByAgent<Info> } {
    this.arena.begin(options);
    this.agents = this.possibleAgents;
    return { observations: this.each((agent) => this.arena.observe(agent)), infos: this.infos() };
  }

  step(actions: ByAgent<unknown>): ParallelStep {
    const { arena, agents, rules } = this;
    if (agents.length === 0) throw arena.needsReset("before reset or after the end of an episode");
    this.takeActions(actions);
    arena.clearRewards();
    rules.step(arena.state, this.actions, 0, arena.rng, arena.outcome);
    arena.endCycle();
    const { rewards, terminations } = arena.outcome;
    const step: ParallelStep = {
      observations: this.each((agent) => arena.observe(agent)),
      rewards: this.each((agent) => rewards[agent]!),
      terminations: this.each((agent) => terminations[agent] === 1),
      truncations: this.each((agent) => arena.truncations[agent] === 1),
      infos: this.infos(),
    };
    this.agents = agents.filter((name) => !arena.isOut(arena.agent(name)));
    return step;
  }

  state(): unknown {
    return this.arena.globalState();
  }

  render(): string | RgbFrame | null {
    return this.arena.render();
  }

  close(): void {
    this.arena.close();
    this.agents = [];
  }

  snapshot(): unknown {
    return this.arena.snapshot(null);
  }

  restore(snapshot: unknown): void {
    this.arena.restore(snapshot);
    this.agents = this.possibleAgents.filter((_, agent) => !this.arena.isOut(agent));
  }

  /** All or none are taken over. */
  private takeActions(actions: ByAgent<unknown>): void {
    const { arena, agents } = this;
    requireActions(this, actions);
    const taken = agents.map((name) => arena.requireAction(arena.agent(name), actions[name]));
    agents.forEach((name, i) => {
      this.actions[arena.agent(name)] = taken[i]!;
    });
  }

  private infos(): ByAgent<Info> {
    return this.each((agent) => this.arena.info(agent));
  }

  private each<Value>(make: (agent: number) => Value): ByAgent<Value> {
    return Object.fromEntries(this.agents.map((name) => [name, make(this.arena.agent(name))]));
  }
}
