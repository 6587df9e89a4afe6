import { clonePlain, Generator, type GeneratorState, GymnasiumError, type TypedArray } from "gymnasium-js";
import type { ArenaOutcome, ArenaRules, SimultaneousRules, TurnRules } from "./rules.js";
import { emptyElement } from "./rules-arena.js";

export interface VectorArenaOptions {
  numArenas: number;
  /** Steps after which everybody is truncated; null for never. By default the rules' own. */
  maxCycles?: number | null;
}

/** Agents with the same spaces, whose observations lie side by side. */
export interface AgentGroup {
  /** Their indices, in order. */
  readonly agents: readonly number[];
  /** Numbers in an observation. */
  readonly size: number;
  /** Actions of each. */
  readonly numActions: number;
  /** `[numArenas, agents.length, size]`; written anew by every step. */
  readonly observations: TypedArray;
  /** The same of the ends of episodes, where one ended in this step; else left as it was. */
  readonly finalObservations: TypedArray;
}

/** What `VectorArena.snapshot` returns. */
export interface VectorArenaSnapshot {
  readonly id: string;
  readonly states: readonly unknown[];
  readonly generators: readonly GeneratorState[];
  readonly cycles: Int32Array;
  readonly live: Uint8Array;
}

/**
 * Arenas of the same rules side by side, stepped in one loop over flat arrays. An episode ends when nobody is left in it, and
 * another begins in the same step, as `same-step` has it for single agents. Arena i is seeded with `seed + i`. Arrays are used
 * again by every step.
 */
abstract class VectorArena<State, Rules extends ArenaRules<State>> {
  readonly numArenas: number;
  readonly numAgents: number;
  readonly groups: readonly AgentGroup[];
  /** `[numArenas, numAgents]`, of the last step. */
  readonly rewards: Float64Array;
  readonly terminations: Uint8Array;
  readonly truncations: Uint8Array;
  /** `[numArenas, numAgents]` 1 where an agent takes part in the coming step. */
  readonly live: Uint8Array;
  /** `[numArenas]` 1 where an episode ended in the last step. */
  readonly ended: Uint8Array;
  protected readonly states: State[] = [];
  protected readonly outcome: ArenaOutcome;
  private readonly generators: Generator[] = [];
  private readonly cycles: Int32Array;
  private readonly limit: number;
  /** Of each agent's actions. */
  private readonly starts: Int32Array;
  private readonly counts: Int32Array;
  /** Which actions are legal, of whoever is asked about. */
  private readonly mask: Uint8Array;

  constructor(
    readonly rules: Rules,
    { numArenas, maxCycles }: VectorArenaOptions,
  ) {
    this.numArenas = numArenas;
    this.numAgents = rules.agents.length;
    const limit = maxCycles === undefined ? rules.maxCycles : maxCycles;
    this.limit = limit ?? 0x7fffffff;
    this.groups = groupsOf(rules, numArenas);
    const values = numArenas * this.numAgents;
    this.rewards = new Float64Array(values);
    this.terminations = new Uint8Array(values);
    this.truncations = new Uint8Array(values);
    this.live = new Uint8Array(values);
    this.ended = new Uint8Array(numArenas);
    this.cycles = new Int32Array(numArenas);
    const facts = rules.agents.map((_, agent) => rules.actionSpace(agent).describe());
    this.starts = Int32Array.from(facts, ({ start }) => Number(start ?? 0));
    this.counts = Int32Array.from(facts, ({ n }) => Number(n));
    this.mask = new Uint8Array(Math.max(...this.counts));
    this.outcome = { rewards: this.rewards, terminations: this.terminations, offset: 0 };
  }

  /** Begins an episode in every arena. With `seed`, generators are made anew; without, they go on. */
  reset({ seed }: { seed?: number } = {}): void {
    for (let arena = 0; arena < this.numArenas; arena++) {
      if (seed !== undefined) this.generators[arena] = new Generator(seed + arena);
      this.generators[arena] ??= new Generator(arena);
      this.begin(arena);
      this.observe(arena);
    }
    this.rewards.fill(0);
    this.terminations.fill(0);
    this.truncations.fill(0);
    this.ended.fill(0);
  }

  /** The rules' state of an arena, to look at or to draw. */
  stateOf(arena: number): Readonly<State> {
    return this.states[arena]!;
  }

  snapshot(): VectorArenaSnapshot {
    return {
      id: this.rules.id,
      states: this.states.map((state) => clonePlain(state)),
      generators: this.generators.map(({ state }) => state),
      cycles: this.cycles.slice(),
      live: this.live.slice(),
    };
  }

  /** @throws GymnasiumError `invalid-snapshot` if it is of other arenas, or of another number of them */
  restore({ id, states, generators, cycles, live }: VectorArenaSnapshot): void {
    if (id !== this.rules.id || states.length !== this.numArenas) {
      throw new GymnasiumError(
        "invalid-snapshot",
        `${this.rules.id}: this snapshot is of ${states.length} arenas of ${id}, expected ${this.numArenas} of ${this.rules.id}.`,
      );
    }
    for (let arena = 0; arena < this.numArenas; arena++) {
      this.states[arena] = clonePlain(states[arena]) as State;
      const generator = this.generators[arena] ?? new Generator(0);
      generator.setState(generators[arena]!);
      this.generators[arena] = generator;
    }
    this.cycles.set(cycles);
    this.live.set(live);
    for (let arena = 0; arena < this.numArenas; arena++) this.observe(arena);
  }

  protected requireStarted(): void {
    if (this.states.length > 0) return;
    throw new GymnasiumError(
      "reset-needed",
      `${this.rules.id}: step was called before reset: call reset() first.`,
    );
  }

  /** @throws GymnasiumError `invalid-action` for one outside the space of an agent, or illegal now */
  protected requireAction(arena: number, agent: number, action: number): void {
    const index = action - this.starts[agent]!;
    const isIn = index >= 0 && index < this.counts[agent]! && (index | 0) === index;
    if (isIn && this.isLegal(arena, agent, index)) return;
    const name = this.rules.agents[agent];
    throw new GymnasiumError(
      "invalid-action",
      `${this.rules.id}: in arena ${arena}, ${name} may not do ${action}: ${isIn ? "it is illegal now" : "it is outside its space"}.`,
    );
  }

  private isLegal(arena: number, agent: number, index: number): boolean {
    const { rules, mask } = this;
    if (rules.actionMask === undefined || this.live[arena * this.numAgents + agent] === 0) return true;
    rules.actionMask(this.states[arena]!, agent, mask, 0);
    return mask[index] === 1;
  }

  protected rngOf(arena: number): Generator {
    return this.generators[arena]!;
  }

  /** Makes the outcome ready for the rules: rewards of 0, and those that are out already. */
  protected prepare(arena: number): void {
    const at = arena * this.numAgents;
    for (let i = at; i < at + this.numAgents; i++) {
      this.rewards[i] = 0;
      this.terminations[i] = this.live[i] === 1 ? 0 : 1;
      this.truncations[i] = 0;
    }
    this.outcome.offset = at;
  }

  /** Who is left after the rules' step; begins another episode where nobody is. */
  protected finish(arena: number): void {
    const at = arena * this.numAgents;
    const cut = ++this.cycles[arena]! >= this.limit;
    let left = 0;
    for (let i = at; i < at + this.numAgents; i++) {
      const wasIn = this.live[i] === 1;
      const terminated = this.terminations[i] === 1;
      if (cut && !terminated) this.truncations[i] = 1;
      const isIn = wasIn && !terminated && !cut;
      this.live[i] = isIn ? 1 : 0;
      left += isIn ? 1 : 0;
    }
    this.ended[arena] = left === 0 ? 1 : 0;
    if (left === 0) {
      this.write(arena, "finalObservations");
      this.begin(arena);
    }
    this.observe(arena);
  }

  protected begin(arena: number): void {
    this.states[arena] = this.rules.init(this.generators[arena]!, undefined);
    this.cycles[arena] = 0;
    this.live.fill(1, arena * this.numAgents, (arena + 1) * this.numAgents);
  }

  protected observe(arena: number): void {
    this.write(arena, "observations");
  }

  private write(arena: number, into: "observations" | "finalObservations"): void {
    const state = this.states[arena]!;
    for (const { agents, size, [into]: out } of this.groups) {
      let at = arena * agents.length * size;
      for (const agent of agents) {
        this.rules.observe(state, agent, out, at);
        at += size;
      }
    }
  }
}

/** Arenas in which all act at once. */
export class SimultaneousVector<State> extends VectorArena<State, SimultaneousRules<State>> {
  /**
   * @param actions `[numArenas, numAgents]`, as each space counts them; of agents that are out, anything in the space
   * @throws GymnasiumError `reset-needed`; `invalid-action`, and then nothing has happened
   */
  step(actions: Int32Array): void {
    this.requireStarted();
    const { numArenas, numAgents, rules } = this;
    for (let arena = 0, i = 0; arena < numArenas; arena++) {
      for (let agent = 0; agent < numAgents; agent++) this.requireAction(arena, agent, actions[i++]!);
    }
    for (let arena = 0; arena < numArenas; arena++) {
      this.prepare(arena);
      rules.step(this.states[arena]!, actions, arena * numAgents, this.rngOf(arena), this.outcome);
      this.finish(arena);
    }
  }
}

/** Arenas in which agents take turns: a step is one turn in each of them. */
export class TurnVector<State> extends VectorArena<State, TurnRules<State>> {
  /** `[numArenas]` whose turn it is. */
  readonly turns: Int32Array;

  constructor(rules: TurnRules<State>, options: VectorArenaOptions) {
    super(rules, options);
    this.turns = new Int32Array(options.numArenas);
  }

  /**
   * @param actions `[numArenas]` of those whose turn it is
   * @throws GymnasiumError `reset-needed`; `invalid-action`, and then nothing has happened
   */
  step(actions: Int32Array): void {
    this.requireStarted();
    const { numArenas, rules, turns } = this;
    for (let arena = 0; arena < numArenas; arena++) this.requireAction(arena, turns[arena]!, actions[arena]!);
    for (let arena = 0; arena < numArenas; arena++) {
      this.prepare(arena);
      rules.step(this.states[arena]!, actions[arena]!, this.rngOf(arena), this.outcome);
      this.finish(arena);
    }
  }

  protected override observe(arena: number): void {
    super.observe(arena);
    this.turns[arena] = this.rules.turn(this.states[arena]!);
  }
}

function groupsOf<State>(rules: ArenaRules<State>, numArenas: number): AgentGroup[] {
  const bySpaces = new Map<string, number[]>();
  rules.agents.forEach((_, agent) => {
    const spaces = JSON.stringify([
      rules.observationSpace(agent).describe(),
      rules.actionSpace(agent).describe(),
    ]);
    bySpaces.set(spaces, [...(bySpaces.get(spaces) ?? []), agent]);
  });
  return [...bySpaces.values()].map((agents) => {
    const [first] = agents as [number];
    const element = emptyElement(rules.observationSpace(first));
    const ArrayType = element.constructor as new (length: number) => TypedArray;
    const size = element.length;
    const values = numArenas * agents.length * size;
    const { n } = rules.actionSpace(first).describe() as { n: number };
    return {
      ...{ agents, size, numActions: n },
      observations: new ArrayType(values),
      finalObservations: new ArrayType(values),
    };
  });
}
