import type { Env, EnvSnapshot, Info } from "../env.js";
import type { EnvSpec } from "../env-spec.js";
import { GymnasiumError } from "../errors.js";
import { describeSpace, describeValue, whyOutside } from "../explain.js";
import { type Layout, layoutOf } from "../layout.js";
import { clonePlain } from "../plain.js";
import { invalidReward } from "../rules-checks.js";
import { RulesEnv } from "../rules-env.js";
import { spacesEqual } from "../spaces/json.js";
import type { Space } from "../spaces/space.js";
import { requireNumEnvs } from "./checks.js";
import { gatherInfos } from "./infos.js";
import type { StepSlot } from "./step-slot.js";
import { VectorBase, type VectorResetOptions } from "./vector-base.js";
import type { AutoresetMode, Batch, VectorReset, VectorStep } from "./vector-env.js";

export interface SyncVectorEnvOptions {
  /** `next-step` by default, as in Gymnasium. */
  autoresetMode?: AutoresetMode;
  spec?: EnvSpec | null;
}

/** What `SyncVectorEnv.snapshot` returns. */
export interface SyncVectorSnapshot {
  readonly envs: readonly EnvSnapshot[];
  readonly autoresetMode: AutoresetMode;
  readonly ended: Uint8Array;
  /** Null before the first reset. */
  readonly observations: Batch | null;
}

/**
 * Any environments of the same spaces, stepped one after the other.
 *
 * Sub-environment i is seeded with `seed + i`; if no seed was ever given, with i. Legal actions are known
 * (`actionMasks`) where all sub-environments come from rules that say them and no wrapper changed the actions.
 */
export class SyncVectorEnv extends VectorBase<Batch> {
  readonly envs: readonly Env[];

  private readonly layout: Layout;
  private readonly masked: readonly RulesEnv[] | null;
  private readonly latestInfos: (Info | null)[];
  private readonly seeded: boolean[];
  private readonly gatherLatest = () => gatherInfos(this.latestInfos);

  /** @throws GymnasiumError `invalid-options` if there is no environment or their spaces differ */
  constructor(envFns: readonly (() => Env)[], options: SyncVectorEnvOptions = {}) {
    const numEnvs = requireNumEnvs(envFns.length, "SyncVectorEnv");
    const envs = envFns.map((make) => make());
    const { observationSpace, actionSpace, spec: ownSpec, unwrapped } = envs[0] as Env;
    const spec = options.spec ?? ownSpec;
    const id = spec?.id ?? unwrapped.constructor.name;
    for (const env of envs) {
      requireSameSpace(id, observationSpace, env.observationSpace);
      requireSameSpace(id, actionSpace, env.actionSpace);
    }
    const layout = layoutOf(observationSpace);
    const masked = maskedEnvs(envs);
    const numMaskedActions = masked === null ? 0 : Number(actionSpace.describe()["n"]);
    const allocate = (rows: number) => layout.allocate(rows);
    const { autoresetMode } = options;
    super({ id, numEnvs, observationSpace, actionSpace, autoresetMode, spec, numMaskedActions, allocate });
    this.envs = envs;
    this.layout = layout;
    this.masked = masked;
    this.latestInfos = new Array<Info | null>(numEnvs).fill(null);
    this.seeded = new Array<boolean>(numEnvs).fill(false);
  }

  reset(options: VectorResetOptions = {}): VectorReset {
    const { seeds, chosen } = this.resetPlan(options);
    const before = this.slot.observations;
    const slot = this.turn(null);
    this.envs.forEach((env, i) => {
      if (!chosen[i]) {
        this.latestInfos[i] = null;
        this.copyRow(before, slot.observations, i);
        return;
      }
      const seed = seeds[i] ?? (this.seeded[i] ? null : i);
      const result = env.reset({
        ...(seed === null ? {} : { seed }),
        ...(options.options === undefined ? {} : { options: options.options }),
      });
      this.seeded[i] = true;
      this.ended[i] = 0;
      this.write(slot.observations, i, result.observation);
      this.latestInfos[i] = result.info;
    });
    this.started = true;
    this.writeActionMasks(slot);
    return { observations: slot.observations, infos: gatherInfos(this.latestInfos) };
  }

  /**
   * @throws GymnasiumError `reset-needed` before a reset and, in `disabled` mode, where an episode has ended;
   * `invalid-action` for an action outside the space (then nothing has happened); `invalid-reward` for a reward that
   * is not a finite number; and whatever a sub-environment throws
   */
  step(actions: Batch): VectorStep {
    this.takeActions(actions);
    const slot = this.turn(this.gatherLatest);
    for (let i = 0; i < this.numEnvs; i++) {
      if (this.ended[i] !== 0) this.restart(i, slot);
      else this.stepOne(i, slot);
    }
    this.writeActionMasks(slot);
    return slot;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const env of this.envs) env.close();
  }

  /** @throws whatever a sub-environment throws that cannot be saved */
  snapshot(): SyncVectorSnapshot {
    return {
      envs: this.envs.map((env) => env.snapshot()),
      autoresetMode: this.autoresetMode,
      ended: this.ended.slice(),
      observations: this.started ? clonePlain(this.slot.observations, `${this.id}: observations`) : null,
    };
  }

  /** @throws GymnasiumError `invalid-snapshot` if it is not one of as many environments and the same autoreset mode */
  restore(snapshot: EnvSnapshot): void {
    this.requireOpen();
    const { envs, autoresetMode, ended, observations } = (snapshot ?? {}) as Partial<SyncVectorSnapshot>;
    if (envs?.length !== this.numEnvs || ended === undefined || autoresetMode !== this.autoresetMode) {
      throw new GymnasiumError(
        "invalid-snapshot",
        `${this.id}: this snapshot is of ${envs?.length ?? "no"} sub-environments (${autoresetMode ?? "no autoreset mode"}), expected ${this.numEnvs} (${this.autoresetMode}).`,
      );
    }
    this.envs.forEach((env, i) => {
      env.restore(envs[i]);
    });
    this.ended.set(ended);
    this.started = observations != null;
    this.seeded.fill(this.started);
    if (observations == null) return;
    const slot = this.turn(null);
    for (let i = 0; i < this.numEnvs; i++) this.copyRow(observations, slot.observations, i);
    this.writeActionMasks(slot);
  }

  private stepOne(i: number, slot: StepSlot<Batch>): void {
    const env = this.envs[i] as Env;
    const result = env.step(this.actionOf(i));
    const { reward, terminated, truncated, info } = result;
    if (!Number.isFinite(reward)) throw invalidReward(`${this.id}, sub-environment ${i}`, reward);
    slot.rewards[i] = reward;
    slot.terminations[i] = terminated ? 1 : 0;
    slot.truncations[i] = truncated ? 1 : 0;
    this.latestInfos[i] = info;
    if ((terminated || truncated) && slot.finalObservations !== null) {
      this.write(slot.finalObservations, i, result.observation);
      slot.setFinalInfo(i, info);
      const begun = env.reset();
      this.write(slot.observations, i, begun.observation);
      this.latestInfos[i] = begun.info;
      return;
    }
    this.write(slot.observations, i, result.observation);
    this.ended[i] = terminated || truncated ? 1 : 0;
  }

  /** `next-step`: the reset that takes the place of the step after an episode's end. */
  private restart(i: number, slot: StepSlot<Batch>): void {
    const { observation, info } = (this.envs[i] as Env).reset();
    this.write(slot.observations, i, observation);
    this.latestInfos[i] = info;
    slot.rewards[i] = 0;
    slot.terminations[i] = 0;
    slot.truncations[i] = 0;
    this.ended[i] = 0;
  }

  /** An environment may keep its action, so arrays are its own. */
  private actionOf(i: number): unknown {
    const { discrete, elements } = this.actions;
    return discrete === null ? clonePlain(elements[i], "action") : discrete[i];
  }

  private write(batch: Batch, i: number, observation: unknown): void {
    const { layout } = this;
    if (layout.kind === "columns") layout.writeElement(observation as unknown[], batch as unknown[], i);
    else if (layout.kind === "row") {
      // One of another length would leave old numbers in its row, or write into the next.
      if ((observation as Float64Array | null)?.length !== layout.size)
        this.refuseObservation(i, observation);
      (batch as Float64Array).set(observation as Float64Array, i * layout.size);
    } else
      batch[i] = layout.kind === "scalar" ? (observation as number) : clonePlain(observation, "observation");
  }

  private refuseObservation(i: number, observation: unknown): never {
    const { id, singleObservationSpace: space } = this;
    throw new GymnasiumError(
      "invalid-observation",
      `${id}, sub-environment ${i}: the observation ${describeValue(observation)} is outside its space ${describeSpace(space)}: ${whyOutside(space, observation)}.`,
    );
  }

  private copyRow(from: Batch, to: Batch, i: number): void {
    const { layout } = this;
    const { size } = layout;
    if (layout.kind === "columns") layout.copyRow(from as unknown[], i, { to: to as unknown[], at: i });
    else for (let j = i * size; j < (i + 1) * size; j++) to[j] = from[j] as number;
  }

  private writeActionMasks(slot: StepSlot<Batch>): void {
    const { actionMasks } = slot;
    if (actionMasks === null) return;
    this.masked?.forEach((env, i) => {
      env.writeActionMask(actionMasks, i * this.numMaskedActions);
    });
  }
}

function requireSameSpace(id: string, expected: Space<unknown>, space: Space<unknown>): void {
  if (spacesEqual(space, expected)) return;
  throw new GymnasiumError(
    "invalid-options",
    `${id}: sub-environments must have equal spaces, but ${describeSpace(space)} is not ${describeSpace(expected)}.`,
  );
}

/** The rules inside, if all say which actions are legal and none of the wrappers translates actions. */
function maskedEnvs(envs: readonly Env[]): readonly RulesEnv[] | null {
  const inner: RulesEnv[] = [];
  for (const env of envs) {
    const { unwrapped } = env;
    if (
      !(unwrapped instanceof RulesEnv) ||
      !unwrapped.hasActionMask ||
      unwrapped.actionSpace !== env.actionSpace
    )
      return null;
    inner.push(unwrapped);
  }
  return inner;
}
