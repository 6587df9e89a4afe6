import { actionRange } from "../action-check.js";
import type { EnvSnapshot, Info, ResetOptions } from "../env.js";
import type { EnvSpec } from "../env-spec.js";
import { GymnasiumError } from "../errors.js";
import { flatLayoutOf } from "../layout.js";
import { ObservationGuard } from "../observation-guard.js";
import { clonePlain } from "../plain.js";
import type { EnvRules } from "../rules.js";
import { invalidReward, requireTimeLimit } from "../rules-checks.js";
import { emptyInfo, unlimited } from "../rules-env.js";
import { Generator, type GeneratorState } from "../seeding/generator.js";
import { batchSpace } from "../spaces/batch.js";
import type { Space, TypedArray } from "../spaces/space.js";
import { ActionBatch } from "./action-batch.js";
import { maskedResetNeeded, maskOf, requireMode, requireNumEnvs, resetNeeded, seedsOf } from "./checks.js";
import { emptyInfos, gatherInfos } from "./infos.js";
import { StepSlot } from "./step-slot.js";
import type { AutoresetMode, Batch, VectorEnv, VectorInfos, VectorReset, VectorStep } from "./vector-env.js";

export interface NativeVectorEnvOptions {
  numEnvs: number;
  /** `next-step` by default, as in Gymnasium. */
  autoresetMode?: AutoresetMode;
  /** Time limit in steps; null for none. By default the rules' own. */
  maxEpisodeSteps?: number | null;
  spec?: EnvSpec | null;
  /** Whether observations are checked against their space; true by default. */
  checkObservations?: boolean;
}

/** What `NativeVectorEnv.snapshot` returns. */
export interface NativeVectorSnapshot<State = unknown> {
  readonly id: string;
  readonly autoresetMode: AutoresetMode;
  readonly states: readonly (State | null)[];
  /** 1 where the episode ended and no reset has followed yet. */
  readonly ended: Uint8Array;
  readonly elapsedSteps: Int32Array;
  readonly generators: readonly (GeneratorState | null)[];
}

/**
 * `numEnvs` environments that play the same rules, stepped in one loop over flat arrays; the time limit is part of
 * it. A step allocates nothing. Numbers are those of `SyncVectorEnv` around the single environments.
 *
 * Sub-environment i is seeded with `seed + i`; if no seed was ever given, with i.
 */
export class NativeVectorEnv<State = unknown, Observation = unknown, Action = unknown> implements VectorEnv {
  readonly numEnvs: number;
  readonly singleObservationSpace: Space<unknown>;
  readonly singleActionSpace: Space<unknown>;
  readonly autoresetMode: AutoresetMode;
  readonly spec: EnvSpec | null;
  /** Time limit in steps; null if there is none. */
  readonly maxEpisodeSteps: number | null;

  private readonly limit: number;
  private readonly size: number;
  private readonly numMaskedActions: number;
  private readonly actions: ActionBatch;
  private readonly guard: ObservationGuard | null;
  /** Whose observation is checked next, where not all are. */
  private guarded = 0;
  private readonly gatherAll: (() => VectorInfos) | null;
  private readonly states: (State | null)[];
  private readonly generators: (Generator | null)[];
  private readonly elapsedSteps: Int32Array;
  private readonly ended: Uint8Array;
  private numEnded = 0;
  private slot: StepSlot<TypedArray>;
  private otherSlot: StepSlot<TypedArray>;
  private started = false;
  private closed = false;
  private batchedSpaces: { observation: Space<unknown>; action: Space<unknown> } | null = null;

  constructor(
    readonly rules: EnvRules<State, Observation, Action>,
    options: NativeVectorEnvOptions,
  ) {
    const numEnvs = requireNumEnvs(options.numEnvs, rules.id);
    this.numEnvs = numEnvs;
    this.singleObservationSpace = rules.observationSpace;
    this.singleActionSpace = rules.actionSpace;
    this.autoresetMode = requireMode(options.autoresetMode ?? "next-step");
    this.spec = options.spec ?? null;
    const limit = options.maxEpisodeSteps === undefined ? rules.maxEpisodeSteps : options.maxEpisodeSteps;
    this.maxEpisodeSteps = requireTimeLimit(limit, rules.id);
    this.limit = this.maxEpisodeSteps ?? unlimited;
    this.numMaskedActions = rules.actionMask === undefined ? 0 : (actionRange(rules.actionSpace)?.count ?? 0);
    this.actions = new ActionBatch(rules.actionSpace, numEnvs, rules.id);
    this.guard =
      options.checkObservations === false ? null : new ObservationGuard(rules.observationSpace, rules.id);
    this.gatherAll =
      rules.info === undefined
        ? null
        : () => gatherInfos(this.states.map((state) => this.info(state as State)));
    this.states = new Array<State | null>(numEnvs).fill(null);
    this.generators = new Array<Generator | null>(numEnvs).fill(null);
    this.elapsedSteps = new Int32Array(numEnvs);
    this.ended = new Uint8Array(numEnvs);
    const layout = flatLayoutOf(rules.observationSpace, rules.id);
    this.size = layout.size;
    const allocateSlot = () =>
      new StepSlot<TypedArray>(layout.allocate(numEnvs), {
        numEnvs,
        finalObservations: this.autoresetMode === "same-step" ? layout.allocate(numEnvs) : null,
        numMaskedActions: this.numMaskedActions,
      });
    this.slot = allocateSlot();
    this.otherSlot = allocateSlot();
  }

  get observationSpace(): Space<unknown> {
    return this.spaces().observation;
  }

  get actionSpace(): Space<unknown> {
    return this.spaces().action;
  }

  get observations(): Batch {
    this.requireStarted();
    return this.slot.observations;
  }

  get actionMasks(): Uint8Array | null {
    this.requireStarted();
    return this.slot.actionMasks;
  }

  reset(
    options: {
      seed?: number | readonly (number | null)[];
      options?: ResetOptions;
      mask?: Uint8Array | readonly boolean[];
    } = {},
  ): VectorReset {
    this.requireOpen();
    const seeds = seedsOf(options.seed, this.numEnvs);
    const chosen = maskOf(options.mask, this.numEnvs);
    if (!this.started && chosen.includes(false))
      throw resetNeeded(this.rules.id, "a masked reset came before the first full one");
    chosen.forEach((isChosen, i) => {
      if (!isChosen) return;
      const seed = seeds[i] ?? null;
      if (seed !== null) this.generators[i] = new Generator(seed);
      this.generators[i] ??= new Generator(i);
      this.start(i, options.options, seed === null ? (this.states[i] ?? null) : null);
    });
    this.started = true;
    this.observeAll();
    const infos =
      this.gatherAll === null
        ? emptyInfos
        : gatherInfos(this.states.map((state, i) => (chosen[i] ? this.info(state as State) : null)));
    return { observations: this.slot.observations, infos };
  }

  /**
   * @throws GymnasiumError `reset-needed` before a reset and, in `disabled` mode, where an episode has ended;
   * `invalid-action` for an action outside the space (then nothing has happened); `invalid-reward` if the rules give
   * a reward that is not a finite number; `invalid-observation` if an observation leaves its space (all are checked
   * up to 16 numbers, else at reset and those of one sub-environment per step, in turn)
   */
  step(actions: Batch): VectorStep {
    this.requireStarted();
    if (this.numEnded > 0 && this.autoresetMode === "disabled") {
      throw maskedResetNeeded(this.rules.id, this.ended.indexOf(1));
    }
    this.actions.take(actions, this.ended);
    const slot = this.turn(this.gatherAll);
    const { rules, numEnvs, states, generators, elapsedSteps, ended, limit, size } = this;
    const { observations, rewards, terminations, truncations } = slot;
    const { discrete, elements } = this.actions;
    const guard = this.guard?.everyTime ? this.guard : null;
    for (let i = 0; i < numEnvs; i++) {
      if (ended[i] !== 0) {
        rewards[i] = 0;
        terminations[i] = 0;
        truncations[i] = 0;
        this.restart(i);
      } else {
        const action = (discrete !== null ? discrete[i] : elements[i]) as Action;
        const outcome = rules.step(states[i] as State, action, generators[i] as Generator);
        const { reward, terminated } = outcome;
        if (reward - reward !== 0) throw invalidReward(`${rules.id}, sub-environment ${i}`, reward);
        const elapsed = (elapsedSteps[i] as number) + 1;
        elapsedSteps[i] = elapsed;
        rewards[i] = reward;
        terminations[i] = terminated ? 1 : 0;
        truncations[i] = elapsed >= limit ? 1 : 0;
        if (terminated || elapsed >= limit) this.end(i, slot);
      }
      rules.observe(states[i] as State, observations, i * size);
      if (guard !== null) guard.check(observations, i * size);
    }
    if (guard === null) this.checkOne(observations);
    if (this.numMaskedActions > 0) this.writeActionMasks(slot);
    return slot;
  }

  close(): void {
    this.closed = true;
  }

  snapshot(): NativeVectorSnapshot<State> {
    const { id } = this.rules;
    return {
      id,
      autoresetMode: this.autoresetMode,
      states: this.states.map((state, i) => clonePlain(state, `${id}: state of sub-environment ${i}`)),
      ended: this.ended.slice(),
      elapsedSteps: this.elapsedSteps.slice(),
      generators: this.generators.map((generator) => generator?.state ?? null),
    };
  }

  /** @throws GymnasiumError `invalid-snapshot` if it is not one of the same rules, number and autoreset mode */
  restore(snapshot: EnvSnapshot): void {
    this.requireOpen();
    const { states, ended, elapsedSteps, generators } = this.requireSnapshot(snapshot);
    states.forEach((state, i) => {
      this.states[i] = clonePlain(state);
      const generator = generators[i] ?? null;
      if (generator === null) this.generators[i] = null;
      else {
        const restored = new Generator(0);
        restored.setState(generator);
        this.generators[i] = restored;
      }
    });
    this.ended.set(ended);
    this.numEnded = this.ended.reduce((sum, one) => sum + one, 0);
    this.elapsedSteps.set(elapsedSteps);
    this.started = states.every((state) => state !== null);
    if (this.started) this.observeAll();
  }

  private start(i: number, options: ResetOptions | undefined, previous: State | null): void {
    this.states[i] = this.rules.init(this.generators[i] as Generator, options, previous);
    this.elapsedSteps[i] = 0;
    this.numEnded -= this.ended[i] as number;
    this.ended[i] = 0;
  }

  private restart(i: number): void {
    this.start(i, undefined, this.states[i] as State);
  }

  /** The episode of sub-environment i has just ended. */
  private end(i: number, slot: StepSlot<TypedArray>): void {
    if (slot.finalObservations === null) {
      this.ended[i] = 1;
      this.numEnded++;
      return;
    }
    const state = this.states[i] as State;
    this.rules.observe(state, slot.finalObservations, i * this.size);
    slot.setFinalInfo(i, this.info(state));
    this.restart(i);
  }

  /** Makes the other slot the current one. */
  private turn(gather: (() => VectorInfos) | null): StepSlot<TypedArray> {
    const slot = this.otherSlot;
    this.slot.expire();
    this.otherSlot = this.slot;
    this.slot = slot;
    slot.begin(gather);
    return slot;
  }

  private observeAll(): void {
    const slot = this.turn(null);
    this.states.forEach((state, i) => {
      this.rules.observe(state as State, slot.observations, i * this.size);
      this.guard?.check(slot.observations, i * this.size);
    });
    this.writeActionMasks(slot);
  }

  /** Large observations: one sub-environment per step, in turn. */
  private checkOne(observations: TypedArray): void {
    this.guard?.check(observations, this.guarded * this.size);
    this.guarded = (this.guarded + 1) % this.numEnvs;
  }

  private writeActionMasks(slot: StepSlot<TypedArray>): void {
    const { actionMasks } = slot;
    if (actionMasks === null) return;
    for (let i = 0; i < this.numEnvs; i++) {
      this.rules.actionMask?.(this.states[i] as State, actionMasks, i * this.numMaskedActions);
    }
  }

  private info(state: State): Info {
    return this.rules.info === undefined ? emptyInfo : this.rules.info(state);
  }

  private spaces(): { observation: Space<unknown>; action: Space<unknown> } {
    this.batchedSpaces ??= {
      observation: batchSpace(this.singleObservationSpace, this.numEnvs),
      action: batchSpace(this.singleActionSpace, this.numEnvs),
    };
    return this.batchedSpaces;
  }

  private requireSnapshot(snapshot: EnvSnapshot): NativeVectorSnapshot<State> {
    const { id } = this.rules;
    const candidate = (snapshot ?? {}) as Partial<NativeVectorSnapshot<State>>;
    const { states, autoresetMode } = candidate;
    if (candidate.id === id && states?.length === this.numEnvs && autoresetMode === this.autoresetMode) {
      return candidate as NativeVectorSnapshot<State>;
    }
    throw new GymnasiumError(
      "invalid-snapshot",
      `${id}: this snapshot is of ${states?.length ?? "no"} x ${candidate.id ?? "no vector environment"} (${autoresetMode ?? "no autoreset mode"}), expected ${this.numEnvs} x ${id} (${this.autoresetMode}).`,
    );
  }

  private requireOpen(): void {
    if (this.closed)
      throw new GymnasiumError(
        "closed",
        `${this.rules.id}: the vector environment was closed: make a new one.`,
      );
  }

  private requireStarted(): void {
    if (this.started && !this.closed) return;
    this.requireOpen();
    throw resetNeeded(this.rules.id, "the vector environment was used before reset");
  }
}
