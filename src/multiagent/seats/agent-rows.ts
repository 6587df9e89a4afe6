import {
  type AutoresetMode,
  type Batch,
  batchSpace,
  box,
  discrete,
  type EnvRules,
  type EnvSnapshot,
  EnvSpec,
  GymnasiumError,
  multiDiscrete,
  NativeVectorEnv,
  type Space,
  type TypedArray,
  type VectorEnv,
  type VectorReset,
  type VectorStep,
} from "gymnasium-js";
import type { SimultaneousRules } from "../rules.js";
import { type AgentViews, agentViews } from "./agent-views.js";
import { type JointState, jointPlay, jointStep, sumOf } from "./joint-play.js";
import { boundsOf, mostActions, rangeOf } from "./spaces.js";

export interface AgentRowsOptions {
  numArenas: number;
  /** Whether a view says whose it is. */
  agentIds: boolean;
  /** Steps after which everybody is truncated; null for never. By default the rules' own. */
  maxCycles?: number | null;
}

/** A step of agents in rows. */
export interface AgentRowsStep extends VectorStep {
  /** 1 in rows whose agent was out before this step, and waits for the arena's next episode. */
  readonly absent: Uint8Array;
}

/**
 * Arenas side by side as a vector environment of as many rows as there are agents in all of them: row `arena * numAgents + agent`.
 * Any single-agent method learns from it, with one set of parameters for all. What agents see is brought to one space
 * (`agentViews`); where some have fewer actions than others, or not all are legal, there are masks.
 *
 * An agent that is out before the others waits in its row: it sees zeros, earns nothing, and what it does is ignored. Arena i is
 * seeded with `seed + i`. Its autoreset mode is `same-step`.
 */
export class AgentRows<State> implements VectorEnv {
  readonly numEnvs: number;
  readonly numAgents: number;
  readonly singleObservationSpace: Space<unknown>;
  readonly singleActionSpace: Space<unknown>;
  readonly observationSpace: Space<unknown>;
  readonly actionSpace: Space<unknown>;
  readonly autoresetMode: AutoresetMode = "same-step";
  readonly spec: EnvSpec;
  private readonly arenas: NativeVectorEnv<JointState<State>, unknown, Int32Array>;
  private readonly views: AgentViews<State>;
  private readonly actions: number;
  private readonly counts: Int32Array;
  private readonly finals: TypedArray;
  private slots: readonly [Slot, Slot];
  private masks: Uint8Array | null = null;

  constructor(
    readonly rules: SimultaneousRules<State>,
    { numArenas, agentIds, maxCycles }: AgentRowsOptions,
  ) {
    this.numAgents = rules.agents.length;
    this.numEnvs = numArenas * this.numAgents;
    this.views = agentViews(rules, agentIds);
    this.actions = mostActions(rules);
    this.counts = Int32Array.from(rules.agents, (_, agent) => rangeOf(rules.actionSpace(agent)).n);
    this.singleObservationSpace = this.views.space;
    this.singleActionSpace = discrete(this.actions);
    this.observationSpace = batchSpace(this.singleObservationSpace, this.numEnvs);
    this.actionSpace = batchSpace(this.singleActionSpace, this.numEnvs);
    const limit = maxCycles === undefined ? (rules.maxCycles ?? null) : maxCycles;
    this.spec = new EnvSpec({ id: rules.id, entryPoint: null, maxEpisodeSteps: limit });
    this.arenas = new NativeVectorEnv(rowsRules(rules, this.views), {
      numEnvs: numArenas,
      autoresetMode: "same-step",
      maxEpisodeSteps: limit,
      spec: this.spec,
    });
    const hasMasks = rules.actionMask !== undefined || this.counts.some((count) => count < this.actions);
    const slot = () => new Slot(this.numEnvs, hasMasks ? this.actions : 0);
    this.slots = [slot(), slot()];
    this.finals = this.views.allocate(this.numEnvs);
  }

  get observations(): Batch {
    return this.arenas.observations;
  }

  get actionMasks(): Uint8Array | null {
    return this.masks;
  }

  /** @param options.seed of the first arena; `mask` is refused, since arenas begin as a whole */
  reset(options: Parameters<VectorEnv["reset"]>[0] = {}): VectorReset {
    const { seed, mask, options: own } = options;
    if (mask !== undefined || typeof seed === "object") {
      throw new GymnasiumError(
        "unsupported",
        `${this.rules.id}: agents in rows begin together: reset takes one seed and no mask.`,
      );
    }
    const { observations } = this.arenas.reset({
      ...(seed === undefined ? {} : { seed }),
      ...(own === undefined ? {} : { options: own }),
    });
    this.turn();
    return { observations, infos: {} };
  }

  /** @throws GymnasiumError as `NativeVectorEnv`; `invalid-action` for an action that a mask forbids; then nothing has happened */
  step(actions: Batch): AgentRowsStep {
    this.requireLegal(actions);
    const { observations, terminations, truncations, finalObservations } = this.arenas.step(
      actions as Int32Array,
    );
    const slot = this.turn();
    slot.observations = observations;
    for (let arena = 0; arena < this.arenas.numEnvs; arena++) {
      const ended = terminations[arena] === 1 || truncations[arena] === 1;
      const seen = (ended ? finalObservations : observations) as TypedArray;
      this.take(slot, { arena, truncated: truncations[arena] === 1, seen });
    }
    return slot;
  }

  close(): void {
    this.arenas.close();
  }

  /** The rules' state of an arena, to look at or to draw. */
  stateOf(arena: number): Readonly<State> | null {
    return this.arenas.stateOf(arena)?.game ?? null;
  }

  snapshot(): EnvSnapshot {
    return this.arenas.snapshot();
  }

  restore(snapshot: EnvSnapshot): void {
    this.arenas.restore(snapshot);
    this.turn();
  }

  /** The rows of an arena after a step. */
  private take(
    slot: Slot,
    { arena, truncated, seen }: { arena: number; truncated: boolean; seen: TypedArray },
  ): void {
    const { last } = this.arenas.stateOf(arena)!;
    const { size } = this.views;
    for (let agent = 0; agent < this.numAgents; agent++) {
      const row = arena * this.numAgents + agent;
      const isAbsent = last.absent[agent] === 1;
      const terminated = last.terminations[agent] === 1;
      slot.rewards[row] = last.rewards[agent]!;
      slot.absent[row] = last.absent[agent]!;
      slot.terminations[row] = last.terminations[agent]!;
      slot.truncations[row] = truncated && !terminated ? 1 : 0;
      if (isAbsent || !(terminated || truncated)) continue;
      for (let i = row * size; i < (row + 1) * size; i++) this.finals[i] = seen[i]!;
    }
    slot.finalObservations = this.finals;
  }

  /** The other slot, with the masks of what is to be acted on. */
  private turn(): Slot {
    const [slot, other] = this.slots;
    this.slots = [other, slot];
    this.masks = slot.actionMasks;
    if (slot.actionMasks !== null) this.writeMasks(slot.actionMasks);
    return slot;
  }

  private writeMasks(masks: Uint8Array): void {
    const { rules, actions, counts, numAgents } = this;
    for (let row = 0; row < this.numEnvs; row++) {
      const agent = row % numAgents;
      const { game, out } = this.arenas.stateOf(Math.floor(row / numAgents))!;
      const from = row * actions;
      masks.fill(0, from, from + actions);
      if (out[agent] === 1) masks[from] = 1;
      else if (rules.actionMask === undefined) masks.fill(1, from, from + counts[agent]!);
      else rules.actionMask(game, agent, masks, from);
    }
  }

  private requireLegal(chosen: Batch): void {
    const { masks, actions } = this;
    if (masks === null || chosen.length !== this.numEnvs) return;
    for (let row = 0; row < this.numEnvs; row++) {
      const action = chosen[row] as number;
      if (!(action >= 0 && action < actions) || masks[row * actions + action] === 1) continue;
      throw new GymnasiumError(
        "invalid-action",
        `${this.rules.id}: ${this.rules.agents[row % this.numAgents]} in arena ${Math.floor(row / this.numAgents)} may not do ${action} now; see actionMasks.`,
      );
    }
  }
}

/** Arrays of one step; two of these alternate. */
class Slot implements AgentRowsStep {
  observations: Batch = [];
  finalObservations: Batch | null = null;
  readonly rewards: Float64Array;
  readonly terminations: Uint8Array;
  readonly truncations: Uint8Array;
  readonly absent: Uint8Array;
  readonly actionMasks: Uint8Array | null;
  readonly infos = {};
  readonly finalInfos = null;

  /** @param actions per mask; 0 for none */
  constructor(rows: number, actions: number) {
    this.rewards = new Float64Array(rows);
    this.terminations = new Uint8Array(rows);
    this.truncations = new Uint8Array(rows);
    this.absent = new Uint8Array(rows);
    this.actionMasks = actions === 0 ? null : new Uint8Array(rows * actions);
  }
}

/** All views of an arena in one row, and all actions in another. */
function rowsRules<State>(
  rules: SimultaneousRules<State>,
  views: AgentViews<State>,
): EnvRules<JointState<State>, unknown, Int32Array> {
  const agents = rules.agents.length;
  const { space, size } = views;
  return {
    ...jointPlay(rules),
    observationSpace: box({
      ...boundsOf([space]),
      shape: [agents * size],
      dtype: space.type === "Discrete" ? "int32" : (space.dtype as "float32"),
    }),
    actionSpace: multiDiscrete(new Array<number>(agents).fill(mostActions(rules))),
    step: jointStep(rules, sumOf),
    observe({ game, out: isOut }, out, offset) {
      for (let agent = 0, at = offset; agent < agents; agent++, at += size) {
        if (isOut[agent] === 1 && isOut.includes(0)) out.fill(0, at, at + size);
        else views.write(game, agent, out, at);
      }
    },
  };
}
