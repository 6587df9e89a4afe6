import type { EnvSnapshot, ResetOptions } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { describeValue } from "../explain.js";
import { clonePlain } from "../plain.js";
import type { EnvRules } from "../rules.js";
import { Generator } from "../seeding/generator.js";
import {
  NativeVectorEnv,
  type NativeVectorEnvOptions,
  type NativeVectorSnapshot,
} from "./native-vector-env.js";
import type { ResetPlan, VectorResetOptions } from "./vector-base.js";
import type { Batch, VectorReset, VectorStep } from "./vector-env.js";

/** What `EntryPointVectorEnv.snapshot` returns. */
export interface EntryPointVectorSnapshot<State = unknown> extends NativeVectorSnapshot<State> {
  /** Options of the last reset; null if it had none. */
  readonly resetOptions: ResetOptions | null;
}

/**
 * Plays as the vector class that Gymnasium has of its own for some environments (there the vector entry point), which
 * draws otherwise than its single environments do: all sub-environments share one generator, made from `seed`
 * itself; initial states are drawn together, those of all that ended at the beginning of the step that resets them;
 * the options of the last reset hold for these draws too; rewards are rounded to float32.
 */
export class EntryPointVectorEnv<
  State = unknown,
  Observation = unknown,
  Action = unknown,
> extends NativeVectorEnv<State, Observation, Action> {
  protected override readonly vectorizationMode = "entry-point";
  private readonly initBatch: NonNullable<EnvRules<State, Observation, Action>["initBatch"]>;
  private resetOptions: ResetOptions | undefined;

  /** @throws GymnasiumError `unsupported` for rules without `initBatch` and for autoreset modes but `next-step` */
  constructor(rules: EnvRules<State, Observation, Action>, options: NativeVectorEnvOptions) {
    super(rules, options);
    if (rules.initBatch === undefined) {
      throw new GymnasiumError(
        "unsupported",
        `${rules.id} has no vector entry point, because its rules have no initBatch: use vectorizationMode "native" or "sync".`,
      );
    }
    if (this.autoresetMode !== "next-step") {
      throw new GymnasiumError(
        "unsupported",
        `${rules.id}: the vector entry point knows only the autoreset mode "next-step", not "${this.autoresetMode}": use vectorizationMode "native" or "sync".`,
      );
    }
    this.initBatch = rules.initBatch.bind(rules);
  }

  /** @throws GymnasiumError `invalid-seed` for a list of seeds: there is one generator */
  override reset(options: VectorResetOptions = {}): VectorReset {
    if (options.seed === undefined || typeof options.seed === "number") return super.reset(options);
    throw new GymnasiumError(
      "invalid-seed",
      `${this.id}: the seed is ${describeValue(options.seed)}, expected one integer, because all sub-environments share a generator here.`,
    );
  }

  override step(actions: Batch): VectorStep {
    // Refuses before anything is drawn.
    this.takeActions(actions);
    if (this.ended.includes(1)) this.draw((i) => this.ended[i] === 1);
    const step = super.step(actions);
    const { rewards } = step;
    for (let i = 0; i < rewards.length; i++) rewards[i] = Math.fround(rewards[i] as number);
    return step;
  }

  override snapshot(): EntryPointVectorSnapshot<State> {
    const resetOptions = clonePlain(this.resetOptions ?? null, `${this.id}: reset options`);
    return { ...super.snapshot(), resetOptions };
  }

  override restore(snapshot: EnvSnapshot): void {
    super.restore(snapshot);
    const { resetOptions } = snapshot as EntryPointVectorSnapshot<State>;
    this.resetOptions = clonePlain(resetOptions ?? undefined);
    this.generators.fill(this.generators[0] as Generator | null);
  }

  protected override startChosen({ seeds, chosen }: ResetPlan, options: ResetOptions | undefined): void {
    const seed = seeds[0] ?? null;
    if (seed !== null || this.generators[0] === null) this.generators.fill(new Generator(seed ?? 0));
    this.resetOptions = options;
    if (seed !== null) {
      chosen.forEach((isChosen, i) => {
        if (isChosen) this.states[i] = null;
      });
    }
    this.draw((i) => chosen[i] === true);
    chosen.forEach((isChosen, i) => {
      if (isChosen) this.restart(i);
    });
  }

  /** `draw` has made the state. */
  protected override restart(i: number): void {
    this.elapsedSteps[i] = 0;
    this.ended[i] = 0;
  }

  /** Initial states of the chosen sub-environments, together. */
  private draw(isChosen: (i: number) => boolean): void {
    const chosen = [...this.states.keys()].filter(isChosen);
    const previous = chosen.map((i) => this.states[i] as State | null);
    const begun = this.initBatch(this.generators[0] as Generator, this.resetOptions, previous);
    chosen.forEach((i, k) => {
      this.states[i] = begun[k] as State;
    });
  }
}
