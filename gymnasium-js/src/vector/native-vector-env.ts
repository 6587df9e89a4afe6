import { actionRange } from "../action-check.js";
import type { ColumnLayout } from "../column-layout.js";
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
import type { TypedArray } from "../spaces/space.js";
import { emptyInfos, gatherInfos } from "./infos.js";
import type { StepSlot } from "./step-slot.js";
import { type ResetPlan, VectorBase, type VectorResetOptions } from "./vector-base.js";
import type { AutoresetMode, Batch, VectorInfos, VectorReset, VectorStep } from "./vector-env.js";

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
  /** Which of the two kinds of native vectors it is of. */
  readonly vectorizationMode: "native" | "entry-point";
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
export class NativeVectorEnv<
  State = unknown,
  Observation = unknown,
  Action = unknown,
> extends VectorBase<Batch> {
  /** Time limit in steps; null if there is none. */
  readonly maxEpisodeSteps: number | null;

  private readonly limit: number;
  /** Numbers per observation. */
  private readonly size: number;
  /** Tuple observations: how they lie, and where the rules write all of them before they are spread. */
  private readonly columns: ColumnLayout | null;
  private readonly numbers: TypedArray | null;
  private readonly guard: ObservationGuard | null;
  /** Whose observation is checked next, where not all are. */
  private guarded = 0;
  private readonly gatherAll: (() => VectorInfos) | null;
  protected readonly vectorizationMode: NativeVectorSnapshot["vectorizationMode"] = "native";
  protected readonly states: (State | null)[];
  protected readonly generators: (Generator | null)[];
  protected readonly elapsedSteps: Int32Array;

  constructor(
    readonly rules: EnvRules<State, Observation, Action>,
    options: NativeVectorEnvOptions,
  ) {
    const { id, observationSpace, actionSpace } = rules;
    const { numEnvs, autoresetMode, spec = null } = options;
    const layout = flatLayoutOf(observationSpace, id);
    const numMaskedActions = rules.actionMask === undefined ? 0 : (actionRange(actionSpace)?.count ?? 0);
    const allocate = (rows: number): Batch => layout.allocate(rows);
    super({ id, numEnvs, observationSpace, actionSpace, autoresetMode, spec, numMaskedActions, allocate });
    const limit = options.maxEpisodeSteps === undefined ? rules.maxEpisodeSteps : options.maxEpisodeSteps;
    this.maxEpisodeSteps = requireTimeLimit(limit, id);
    this.limit = this.maxEpisodeSteps ?? unlimited;
    this.size = layout.size;
    this.columns = layout.kind === "columns" ? layout : null;
    this.numbers = layout.kind === "columns" ? layout.allocateNumbers(numEnvs) : null;
    this.guard = options.checkObservations === false ? null : new ObservationGuard(observationSpace, id);
    this.gatherAll = rules.info === undefined ? null : () => this.gather(null);
    this.states = new Array<State | null>(numEnvs).fill(null);
    this.generators = new Array<Generator | null>(numEnvs).fill(null);
    this.elapsedSteps = new Int32Array(numEnvs);
  }

  reset(options: VectorResetOptions = {}): VectorReset {
    const plan = this.resetPlan(options);
    this.startChosen(plan, options.options);
    this.started = true;
    this.observeAll();
    return {
      observations: this.slot.observations,
      infos: this.gatherAll === null ? emptyInfos : this.gather(plan.chosen),
    };
  }

  /**
   * @throws GymnasiumError `reset-needed` before a reset and, in `disabled` mode, where an episode has ended;
   * `invalid-action` for an action outside the space (then nothing has happened); `invalid-reward` if the rules give
   * a reward that is not a finite number; `invalid-observation` if an observation leaves its space (all are checked
   * up to 16 numbers, else at reset and those of one sub-environment per step, in turn)
   */
  step(actions: Batch): VectorStep {
    this.takeActions(actions);
    const slot = this.turn(this.gatherAll);
    const { rules, numEnvs, states, generators, elapsedSteps, ended, limit, size } = this;
    const { rewards, terminations, truncations } = slot;
    const observations = this.numbers ?? (slot.observations as TypedArray);
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
    this.spread(slot);
    if (this.numMaskedActions > 0) this.writeActionMasks(slot);
    return slot;
  }

  /** The rules' state of a sub-environment, to look at or to draw; null before the first reset. */
  stateOf(env: number): Readonly<State> | null {
    return this.states[env] ?? null;
  }

  close(): void {
    this.closed = true;
  }

  snapshot(): NativeVectorSnapshot<State> {
    const { id } = this.rules;
    return {
      id,
      vectorizationMode: this.vectorizationMode,
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
    this.elapsedSteps.set(elapsedSteps);
    this.started = states.every((state) => state !== null);
    if (this.started) this.observeAll();
  }

  /** Begins the episodes that a reset asks for. */
  protected startChosen({ seeds, chosen }: ResetPlan, options: ResetOptions | undefined): void {
    chosen.forEach((isChosen, i) => {
      if (!isChosen) return;
      const seed = seeds[i] ?? null;
      if (seed !== null) this.generators[i] = new Generator(seed);
      this.generators[i] ??= new Generator(i);
      this.start(i, options, seed === null ? (this.states[i] ?? null) : null);
    });
  }

  /** Begins the episode that follows one which ended. */
  protected restart(i: number): void {
    this.start(i, undefined, this.states[i] as State);
  }

  private start(i: number, options: ResetOptions | undefined, previous: State | null): void {
    this.states[i] = this.rules.init(this.generators[i] as Generator, options, previous);
    this.elapsedSteps[i] = 0;
    this.ended[i] = 0;
  }

  /** The episode of sub-environment i has just ended. */
  private end(i: number, slot: StepSlot<Batch>): void {
    if (slot.finalObservations === null) {
      this.ended[i] = 1;
      return;
    }
    const state = this.states[i] as State;
    const { columns, numbers, size } = this;
    if (columns === null || numbers === null) {
      this.rules.observe(state, slot.finalObservations as TypedArray, i * size);
    } else {
      this.rules.observe(state, numbers, i * size);
      columns.writeNumbers(numbers, i * size, slot.finalObservations as unknown[], i);
    }
    slot.setFinalInfo(i, this.info(state));
    this.restart(i);
  }

  private observeAll(): void {
    const slot = this.turn(null);
    const observations = this.numbers ?? (slot.observations as TypedArray);
    this.states.forEach((state, i) => {
      this.rules.observe(state as State, observations, i * this.size);
      this.guard?.check(observations, i * this.size);
    });
    this.spread(slot);
    this.writeActionMasks(slot);
  }

  /** Gives the members of Tuple observations their arrays. */
  private spread({ observations }: StepSlot<Batch>): void {
    const { columns, numbers, numEnvs } = this;
    if (columns !== null && numbers !== null) columns.writeAll(numbers, observations as unknown[], numEnvs);
  }

  /** Large observations: one sub-environment per step, in turn. */
  private checkOne(observations: TypedArray): void {
    this.guard?.check(observations, this.guarded * this.size);
    this.guarded = (this.guarded + 1) % this.numEnvs;
  }

  private writeActionMasks(slot: StepSlot<Batch>): void {
    const { actionMasks } = slot;
    if (actionMasks === null) return;
    for (let i = 0; i < this.numEnvs; i++) {
      this.rules.actionMask?.(this.states[i] as State, actionMasks, i * this.numMaskedActions);
    }
  }

  private info(state: State): Info {
    return this.rules.info === undefined ? emptyInfo : this.rules.info(state);
  }

  /** Infos of the chosen sub-environments as they now are; null for all. */
  private gather(chosen: readonly boolean[] | null): VectorInfos {
    return gatherInfos(
      this.states.map((state, i) => (chosen === null || chosen[i] ? this.info(state as State) : null)),
    );
  }

  private requireSnapshot(snapshot: EnvSnapshot): NativeVectorSnapshot<State> {
    const { id } = this.rules;
    const candidate = (snapshot ?? {}) as Partial<NativeVectorSnapshot<State>>;
    const { states, autoresetMode, vectorizationMode = "native" } = candidate;
    const isOfThese = candidate.id === id && vectorizationMode === this.vectorizationMode;
    if (isOfThese && states?.length === this.numEnvs && autoresetMode === this.autoresetMode) {
      return candidate as NativeVectorSnapshot<State>;
    }
    throw new GymnasiumError(
      "invalid-snapshot",
      `${id}: this snapshot is of ${states?.length ?? "no"} x ${candidate.id ?? "no vector environment"} (${vectorizationMode}, ${autoresetMode ?? "no autoreset mode"}), expected ${this.numEnvs} x ${id} (${this.vectorizationMode}, ${this.autoresetMode}).`,
    );
  }
}
