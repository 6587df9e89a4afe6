import { type ActionRange, acceptsAction, actionRange, invalidAction } from "./action-check.js";
import type { ColumnLayout } from "./column-layout.js";
import type {
  Env,
  EnvSnapshot,
  Info,
  RenderMode,
  ResetOptions,
  ResetResult,
  RgbFrame,
  StepResult,
} from "./env.js";
import type { EnvSpec } from "./env-spec.js";
import { GymnasiumError } from "./errors.js";
import { flatLayoutOf } from "./layout.js";
import { ObservationGuard } from "./observation-guard.js";
import { clonePlain } from "./plain.js";
import type { EnvRules } from "./rules.js";
import { invalidReward, requireRenderer, requireSeed, requireTimeLimit } from "./rules-checks.js";
import { Generator, type GeneratorState } from "./seeding/generator.js";
import type { Space, TypedArray } from "./spaces/space.js";

export interface RulesEnvOptions {
  spec?: EnvSpec | null;
  renderMode?: RenderMode | null;
  /** Time limit in steps; null for none. By default the rules' own. */
  maxEpisodeSteps?: number | null;
  /** Whether observations are checked against their space; true by default. */
  checkObservations?: boolean;
}

/** What `RulesEnv.snapshot` returns. */
export interface RulesEnvSnapshot<State = unknown> {
  readonly id: string;
  readonly state: State | null;
  readonly running: boolean;
  readonly elapsedSteps: number;
  /** State of the generator; null if it was never needed. */
  readonly generator: GeneratorState | null;
}

/** Shared by all environments whose rules say nothing beside the observation. */
export const emptyInfo: Info = Object.freeze({});

/** Of observations too large to check each one, the first of so many is checked; a power of two. */
const checkPeriod = 32;

/** No time limit, as a 32-bit integer. */
export const unlimited = 0x7fffffff;

/**
 * The single environment that plays `EnvRules`. Order enforcing (`reset-needed` for a step before `reset` or after
 * the end of an episode), the time limit and the checks of actions and rewards are part of it rather than wrappers
 * around it, so that a step stays one call.
 *
 * A step allocates nothing: two observation buffers alternate, the result objects of `step` and `reset` are reused,
 * and where the rules give no info all steps share one frozen empty one. Discrete observations are plain numbers, those of a
 * Tuple lists.
 */
export class RulesEnv<State = unknown, Observation = unknown, Action = unknown>
  implements Env<Observation, Action>
{
  readonly observationSpace: Space<Observation>;
  readonly actionSpace: Space<Action>;
  readonly spec: EnvSpec | null;
  readonly renderMode: RenderMode | null;
  /** Time limit in steps; null if there is none. */
  readonly maxEpisodeSteps: number | null;

  private readonly limit: number;
  private readonly range: ActionRange | null;
  private readonly scalar: boolean;
  private current: TypedArray;
  private other: TypedArray;
  /** Tuple observations: how they are made of numbers, and the two that alternate. */
  private readonly columns: ColumnLayout | null;
  private currentTuple: unknown[] = [];
  private otherTuple: unknown[] = [];
  private readonly result: StepResult<Observation>;
  private readonly begun: ResetResult<Observation> = { observation: null as Observation, info: emptyInfo };
  private readonly guard: ObservationGuard | null;
  /** Observations so far, modulo `checkPeriod`. */
  private observed = 0;
  private generator: Generator | null = null;
  private currentState: State | null = null;
  private running = false;
  private closed = false;
  private elapsedSteps = 0;

  constructor(
    readonly rules: EnvRules<State, Observation, Action>,
    options: RulesEnvOptions = {},
  ) {
    const { observationSpace, actionSpace } = rules;
    this.observationSpace = observationSpace;
    this.actionSpace = actionSpace;
    this.spec = options.spec ?? null;
    this.renderMode = options.renderMode ?? null;
    requireRenderer(rules, this.renderMode);
    const limit = options.maxEpisodeSteps === undefined ? rules.maxEpisodeSteps : options.maxEpisodeSteps;
    this.maxEpisodeSteps = requireTimeLimit(limit, rules.id);
    this.limit = this.maxEpisodeSteps ?? unlimited;
    this.range = actionRange(actionSpace);
    const layout = flatLayoutOf(observationSpace, rules.id);
    this.scalar = layout.kind === "scalar";
    this.columns = layout.kind === "columns" ? layout : null;
    const allocate = () => (layout.kind === "columns" ? layout.allocateNumbers(1) : layout.allocate(1));
    this.current = allocate();
    this.other = allocate();
    if (this.columns !== null) {
      this.currentTuple = this.columns.allocateElement();
      this.otherTuple = this.columns.allocateElement();
    }
    this.guard =
      options.checkObservations === false ? null : new ObservationGuard(observationSpace, rules.id);
    // 0.5 makes engines store `reward` as a double from the start.
    this.result = {
      observation: null as Observation,
      reward: 0.5,
      terminated: false,
      truncated: false,
      info: emptyInfo,
    };
  }

  get unwrapped(): Env {
    return this as unknown as Env;
  }

  get rng(): Generator {
    this.generator ??= new Generator(0);
    return this.generator;
  }

  /** The rules' state, to look at or to draw; null before the first reset. */
  get state(): Readonly<State> | null {
    return this.currentState;
  }

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    this.requireOpen();
    const seeded = options?.seed !== undefined;
    if (seeded) this.generator = new Generator(requireSeed(options.seed as number));
    const previous = seeded ? null : this.currentState;
    this.currentState = this.rules.init(this.rng, options?.options, previous);
    this.running = true;
    this.elapsedSteps = 0;
    const { begun } = this;
    begun.observation = this.observe(this.currentState);
    begun.info = this.info(this.currentState);
    return begun;
  }

  /**
   * @throws GymnasiumError `reset-needed` before a reset and after the end of an episode, `invalid-action` for an
   * action outside the space, `invalid-reward` if the rules give a reward that is not a finite number,
   * `invalid-observation` if an observation leaves its space (checked each time up to 16 numbers, else the first
   * of every 32)
   */
  step(action: Action): StepResult<Observation> {
    if (!this.running) this.refuseStep();
    if (!this.accepts(action)) throw invalidAction(this.rules.id, this.actionSpace, action);
    const state = this.currentState as State;
    const outcome = this.rules.step(state, action, this.generator as Generator);
    const { result } = this;
    const { reward, terminated } = outcome;
    if (reward - reward !== 0) throw invalidReward(this.rules.id, reward);
    const truncated = ++this.elapsedSteps >= this.limit;
    this.running = !(terminated || truncated);
    result.reward = reward;
    result.terminated = terminated;
    result.truncated = truncated;
    result.observation = this.observe(state);
    result.info = this.info(state);
    return result;
  }

  render(): string | RgbFrame | null {
    if (this.renderMode === null) return null;
    if (this.currentState === null) {
      throw new GymnasiumError(
        "reset-needed",
        `${this.rules.id}: render was called before reset: call env.reset() first.`,
      );
    }
    const frame =
      this.renderMode === "ansi"
        ? this.rules.renderAnsi?.(this.currentState)
        : this.rules.renderRgb?.(this.currentState);
    return frame ?? null;
  }

  close(): void {
    this.closed = true;
    this.running = false;
  }

  /** Whether the rules say which actions are legal. */
  get hasActionMask(): boolean {
    return this.rules.actionMask !== undefined;
  }

  /** Writes 1 or 0 for each discrete action at `out[offset + action]`; needs `hasActionMask` and a reset. */
  writeActionMask(out: Uint8Array, offset: number): void {
    if (this.currentState === null) this.refuseStep();
    this.rules.actionMask?.(this.currentState as State, out, offset);
  }

  snapshot(): RulesEnvSnapshot<State> {
    return {
      id: this.rules.id,
      state: clonePlain(this.currentState, `${this.rules.id}: state`),
      running: this.running,
      elapsedSteps: this.elapsedSteps,
      generator: this.generator === null ? null : this.generator.state,
    };
  }

  /** @throws GymnasiumError `invalid-snapshot` if it was taken from another environment */
  restore(snapshot: EnvSnapshot): void {
    this.requireOpen();
    const { id, state, running, elapsedSteps, generator } = requireSnapshot<State>(snapshot, this.rules.id);
    this.currentState = clonePlain(state, `${id}: state`);
    this.running = running;
    this.elapsedSteps = elapsedSteps;
    if (generator === null) this.generator = null;
    else this.rng.setState(generator);
  }

  private accepts(action: Action): boolean {
    const { range } = this;
    if (range === null) return acceptsAction(this.actionSpace, action);
    const index = (action as number) - range.start;
    return index >= 0 && index < range.count && ((action as number) | 0) === action;
  }

  private observe(state: State): Observation {
    const buffer = this.other;
    this.other = this.current;
    this.current = buffer;
    this.rules.observe(state, buffer, 0);
    const { guard } = this;
    if (guard !== null && (guard.everyTime || this.observed === 0)) guard.check(buffer, 0);
    this.observed = (this.observed + 1) & (checkPeriod - 1);
    if (this.columns !== null) return this.tupleOf(buffer, this.columns) as Observation;
    return (this.scalar ? buffer[0] : buffer) as Observation;
  }

  private tupleOf(numbers: TypedArray, columns: ColumnLayout): unknown[] {
    const element = this.otherTuple;
    this.otherTuple = this.currentTuple;
    this.currentTuple = element;
    columns.readElement(numbers, 0, element);
    return element;
  }

  private info(state: State): Info {
    return this.rules.info === undefined ? emptyInfo : this.rules.info(state);
  }

  private requireOpen(): void {
    if (this.closed) {
      throw new GymnasiumError("closed", `${this.rules.id}: the environment was closed: make a new one.`);
    }
  }

  private refuseStep(): never {
    this.requireOpen();
    const when = this.currentState === null ? "before reset" : "after the end of an episode";
    throw new GymnasiumError(
      "reset-needed",
      `${this.rules.id}: step was called ${when}: call env.reset() first.`,
    );
  }
}

function requireSnapshot<State>(snapshot: EnvSnapshot, id: string): RulesEnvSnapshot<State> {
  const candidate = (snapshot ?? {}) as Partial<RulesEnvSnapshot<State>>;
  if (candidate.id === id && "state" in candidate && typeof candidate.elapsedSteps === "number") {
    return candidate as RulesEnvSnapshot<State>;
  }
  throw new GymnasiumError(
    "invalid-snapshot",
    `${id}: this snapshot is ${candidate.id === undefined ? "not one of a rules environment" : `of ${JSON.stringify(candidate.id)}`}, expected one taken from ${id}.`,
  );
}
