import {
  clonePlain,
  Generator,
  type GeneratorState,
  GymnasiumError,
  type Info,
  type RenderMode,
  type RgbFrame,
  type Space,
  type TypedArray,
} from "gymnasium-js";
import type { ArenaBase, ArenaReset } from "./arena.js";
import { illegalAction, resetNeeded } from "./checks.js";
import type { ArenaOutcome, ArenaRules } from "./rules.js";

export interface RulesArenaOptions {
  renderMode?: RenderMode | null;
  /** Steps after which everybody is truncated; null for never. By default the rules' own. */
  maxCycles?: number | null;
}

/** What `snapshot` of an arena made of rules returns. */
export interface RulesArenaSnapshot {
  readonly id: string;
  readonly state: unknown;
  readonly cycles: number;
  readonly rewards: Float64Array;
  readonly terminations: Uint8Array;
  readonly truncations: Uint8Array;
  readonly generator: GeneratorState | null;
  /** Of the interface that plays the rules. */
  readonly turns: unknown;
}

/** What arenas made of rules have in common, whichever interface they have: state, who is out, time, and what is to be seen. */
export abstract class RulesArena<State, Rules extends ArenaRules<State>> implements ArenaBase {
  readonly id: string;
  readonly possibleAgents: readonly string[];
  abstract readonly agents: readonly string[];
  readonly renderMode: RenderMode | null;
  readonly stateSpace: Space<unknown> | null;
  readonly maxCycles: number | null;
  /** By agent; what the last step came to. */
  protected readonly outcome: ArenaOutcome;
  protected readonly truncated: Uint8Array;
  private cycles = 0;
  private readonly indexOf: ReadonlyMap<string, number>;
  private readonly observationSpaces: readonly Space<unknown>[];
  private readonly actionSpaces: readonly Space<number>[];
  private current: State | null = null;
  private generator: Generator | null = null;
  private closed = false;

  constructor(
    readonly rules: Rules,
    { renderMode = null, maxCycles }: RulesArenaOptions = {},
  ) {
    this.id = rules.id;
    this.possibleAgents = rules.agents;
    this.renderMode = requireRenderer(rules, renderMode);
    this.stateSpace = rules.stateSpace ?? null;
    this.indexOf = new Map(rules.agents.map((agent, i) => [agent, i]));
    this.observationSpaces = rules.agents.map((_, i) => rules.observationSpace(i));
    this.actionSpaces = rules.agents.map((_, i) => rules.actionSpace(i));
    this.maxCycles = maxCycles === undefined ? (rules.maxCycles ?? null) : maxCycles;
    const count = rules.agents.length;
    this.outcome = {
      rewards: new Float64Array(count),
      terminations: new Uint8Array(count).fill(1),
      offset: 0,
    };
    this.truncated = new Uint8Array(count);
  }

  get rng(): Generator {
    this.generator ??= new Generator(0);
    return this.generator;
  }

  observationSpace(name: string): Space<unknown> {
    return this.observationSpaces[this.agent(name)]!;
  }

  actionSpace(name: string): Space<number> {
    return this.actionSpaces[this.agent(name)]!;
  }

  state(): number | TypedArray {
    const { stateSpace, rules } = this;
    if (stateSpace === null || rules.writeState === undefined) {
      throw new GymnasiumError("unsupported", `${this.id} has no state for centralised training.`);
    }
    const out = emptyElement(stateSpace);
    rules.writeState(this.requireState(), out, 0);
    return stateSpace.type === "Discrete" ? out[0]! : out;
  }

  render(): string | RgbFrame | null {
    if (this.renderMode === null) return null;
    const { rules } = this;
    const state = this.requireState();
    return (this.renderMode === "ansi" ? rules.renderAnsi?.(state) : rules.renderRgb?.(state)) ?? null;
  }

  close(): void {
    this.closed = true;
    this.outcome.terminations.fill(1);
  }

  snapshot(): RulesArenaSnapshot {
    return {
      id: this.id,
      state: clonePlain(this.current, `${this.id}: state`),
      cycles: this.cycles,
      rewards: this.outcome.rewards.slice(),
      terminations: this.outcome.terminations.slice(),
      truncations: this.truncated.slice(),
      generator: this.generator?.state ?? null,
      turns: clonePlain(this.turns()),
    };
  }

  restore(snapshot: unknown): void {
    const taken = (snapshot ?? {}) as Partial<RulesArenaSnapshot>;
    if (taken.id !== this.id || taken.terminations?.length !== this.possibleAgents.length) {
      throw new GymnasiumError(
        "invalid-snapshot",
        `${this.id}: this snapshot is ${taken.id === undefined ? "of no arena" : `of ${taken.id}`}, expected one taken from ${this.id} with as many agents.`,
      );
    }
    const { state, cycles, rewards, terminations, truncations, generator, turns } =
      taken as RulesArenaSnapshot;
    this.current = clonePlain(state) as State | null;
    this.cycles = cycles;
    this.outcome.rewards.set(rewards);
    this.outcome.terminations.set(terminations);
    this.truncated.set(truncations);
    if (generator === null) this.generator = null;
    else this.rng.setState(generator);
    this.restoreTurns(clonePlain(turns));
  }

  /** What the interface remembers beside all this, as plain data. */
  protected abstract turns(): unknown;

  /** Takes back what `turns` gave. */
  protected abstract restoreTurns(turns: unknown): void;

  protected requireState(): State {
    if (this.current === null) throw resetNeeded(this.id);
    return this.current;
  }

  protected begin({ seed, options }: ArenaReset): void {
    if (this.closed) throw new GymnasiumError("closed", `${this.id}: the arena was closed: make a new one.`);
    if (seed !== undefined) this.generator = new Generator(seed);
    this.current = this.rules.init(this.rng, options);
    this.cycles = 0;
    this.outcome.rewards.fill(0);
    this.outcome.terminations.fill(0);
    this.truncated.fill(0);
  }

  /** Lets the rules step, counts it, and cuts what has taken too long. */
  protected cycle(step: (state: State) => void): void {
    const { rewards, terminations } = this.outcome;
    rewards.fill(0);
    step(this.requireState());
    this.cycles++;
    for (let agent = 0; agent < rewards.length; agent++) {
      if (!Number.isFinite(rewards[agent])) {
        throw new GymnasiumError(
          "invalid-reward",
          `${this.id}: step gave ${this.possibleAgents[agent]} the reward ${rewards[agent]}, expected a finite number.`,
        );
      }
      if (this.cycles === this.maxCycles && terminations[agent] === 0) this.truncated[agent] = 1;
    }
  }

  /** Whether the task has ended for an agent, or was cut. */
  protected isOut(agent: number): boolean {
    return this.outcome.terminations[agent] === 1 || this.truncated[agent] === 1;
  }

  /** Index of an agent. */
  protected agent(name: string): number {
    const agent = this.indexOf.get(name);
    if (agent !== undefined) return agent;
    throw new GymnasiumError(
      "invalid-options",
      `${this.id}: there is no agent ${JSON.stringify(name)}; there are ${this.possibleAgents.join(", ")}.`,
    );
  }

  /** A fresh array, or a number of a Discrete space. */
  protected observationOf(agent: number): number | TypedArray {
    const space = this.observationSpaces[agent]!;
    const out = emptyElement(space);
    this.rules.observe(this.requireState(), agent, out, 0);
    return space.type === "Discrete" ? out[0]! : out;
  }

  /** The rules' own, and which actions are legal, where rules say so. */
  protected infoOf(agent: number): Info {
    const { rules } = this;
    const own = rules.info?.(this.requireState(), agent) ?? {};
    return rules.actionMask === undefined ? own : { ...own, action_mask: this.mask(agent) };
  }

  /** @throws GymnasiumError `invalid-action` for one outside the space, or illegal now */
  protected requireAction(agent: number, action: unknown): number {
    const space = this.actionSpaces[agent]!;
    const name = this.possibleAgents[agent]!;
    if (!space.contains(action)) {
      const { n, start } = space.describe() as { n: number; start: number };
      throw new GymnasiumError(
        "invalid-action",
        `${this.id}: the action ${JSON.stringify(action)} of ${name} is outside its space, the whole numbers from ${start} to ${start + n - 1}.`,
      );
    }
    const { start = 0 } = space.describe() as { start?: number };
    if (this.rules.actionMask !== undefined && this.mask(agent)[action - start] !== 1) {
      throw illegalAction(this.id, name, action);
    }
    return action;
  }

  private mask(agent: number): Uint8Array {
    const { n } = this.actionSpaces[agent]!.describe() as { n: number };
    const mask = new Uint8Array(n);
    this.rules.actionMask!(this.requireState(), agent, mask, 0);
    return mask;
  }
}

const arrayTypes = {
  float32: Float32Array,
  float64: Float64Array,
  uint8: Uint8Array,
  int8: Int8Array,
  int32: Int32Array,
} as const;

/** Where rules write so many observations. @throws GymnasiumError `unsupported` for spaces that rules cannot write */
export function emptyElement(space: Space<unknown>, rows = 1): TypedArray {
  if (space.type === "Discrete") return new Int32Array(rows);
  const ArrayType = arrayTypes[space.dtype as keyof typeof arrayTypes];
  if (space.type !== "Box" || space.shape === null || ArrayType === undefined) {
    throw new GymnasiumError(
      "unsupported",
      `Observations of arena rules are Discrete or a Box of ${Object.keys(arrayTypes).join(", ")}, not ${space.type} of ${space.dtype}.`,
    );
  }
  return new ArrayType(space.shape.reduce((size, length) => size * length, rows));
}

function requireRenderer<State>(rules: ArenaRules<State>, mode: RenderMode | null): RenderMode | null {
  const modes = [
    ...(rules.renderAnsi === undefined ? [] : ["ansi"]),
    ...(rules.renderRgb === undefined ? [] : ["rgb_array"]),
  ];
  if (mode === null || modes.includes(mode)) return mode;
  throw new GymnasiumError(
    "unsupported",
    `${rules.id}: there is no render mode ${JSON.stringify(mode)}; it has ${modes.join(" and ") || "none"}.`,
  );
}
