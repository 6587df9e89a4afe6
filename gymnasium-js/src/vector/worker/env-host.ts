import type { Info } from "../../env.js";
import { GymnasiumError } from "../../errors.js";
import { makeVec } from "../../make.js";
import { scatterInfos } from "../infos.js";
import type { SyncVectorEnv, SyncVectorSnapshot } from "../sync-vector-env.js";
import type { Batch, VectorInfos, VectorStep } from "../vector-env.js";
import type {
  HostDescription,
  HostOptions,
  HostReply,
  HostRequest,
  HostRows,
  SentError,
} from "./messages.js";
import { SharedBatch } from "./shared-batch.js";

/** The worker's side of a `WorkerVectorEnv`: it has some sub-environments and answers requests, one at a time. */
export class EnvHost {
  private readonly envs: SyncVectorEnv;
  private batch: SharedBatch | null = null;
  private latest: { infos: VectorInfos } | null = null;

  /** @throws whatever making the environments throws */
  constructor(private readonly options: HostOptions) {
    const { id, count, kwargs, maxEpisodeSteps, disableEnvChecker, autoresetMode } = options;
    this.envs = makeVec(id, {
      numEnvs: count,
      kwargs,
      autoresetMode,
      vectorizationMode: "sync",
      ...(maxEpisodeSteps === undefined ? {} : { maxEpisodeSteps }),
      ...(disableEnvChecker === undefined ? {} : { disableEnvChecker }),
    }) as SyncVectorEnv;
  }

  /** Never throws: what goes wrong is the answer. */
  handle(request: HostRequest): HostReply {
    try {
      return { ok: true, value: this.answer(request) };
    } catch (error) {
      return { ok: false, error: sentError(error) };
    }
  }

  private answer(request: HostRequest): unknown {
    switch (request.type) {
      case "describe":
        return this.describe();
      case "share":
        this.batch = new SharedBatch({ ...this.sharedParts(), buffer: request.buffer });
        return null;
      case "reset":
        return this.reset(request);
      case "step":
        return this.step(request.actions);
      case "infos":
        return scatterInfos(this.latest?.infos ?? {}, this.options.count);
      case "snapshot":
        return this.envs.snapshot();
      case "restore":
        this.envs.restore(request.snapshot);
        this.latest = null;
        this.writeMasks((request.snapshot as SyncVectorSnapshot).observations !== null);
        return null;
      default:
        return request satisfies never;
    }
  }

  private describe(): HostDescription {
    const { singleObservationSpace, singleActionSpace, numMaskedActions } = this.envs;
    return {
      observationSpace: singleObservationSpace.describe(),
      actionSpace: singleActionSpace.describe(),
      numMaskedActions,
    };
  }

  private reset({ seeds, chosen, options }: Extract<HostRequest, { type: "reset" }>): HostRows {
    const begun = this.envs.reset({
      seed: seeds,
      mask: chosen,
      ...(options === undefined ? {} : { options }),
    });
    this.latest = begun;
    const { observations } = this.write(begun.observations, null);
    const infos = scatterInfos(begun.infos, this.options.count);
    return { observations, finalObservations: null, infos, finalInfos: null };
  }

  private step(actions: readonly unknown[] | null): HostRows | null {
    const batch = this.sharedBatch();
    const step: VectorStep = this.envs.step(actions === null ? (batch.actions as Batch) : [...actions]);
    this.latest = step;
    batch.rewards.set(step.rewards);
    batch.terminations.set(step.terminations);
    batch.truncations.set(step.truncations);
    const { observations, finalObservations } = this.write(step.observations, step.finalObservations);
    const finalInfos = saying(step.finalInfos);
    if (observations === null && finalInfos === null) return null;
    return { observations, finalObservations, infos: null, finalInfos };
  }

  /** Puts rows into the shared memory; gives back those that cannot lie there. */
  private write(observations: Batch, finalObservations: Batch | null) {
    const batch = this.sharedBatch();
    this.writeMasks(true);
    if (batch.observations === null) return { observations, finalObservations };
    batch.observations.set(observations as ArrayLike<number>);
    if (finalObservations !== null) batch.finalObservations?.set(finalObservations as ArrayLike<number>);
    return { observations: null, finalObservations: null };
  }

  private writeMasks(started: boolean): void {
    if (!started || this.envs.actionMasks === null) return;
    this.sharedBatch().actionMasks.set(this.envs.actionMasks);
  }

  private sharedBatch(): SharedBatch {
    this.batch ??= new SharedBatch(this.sharedParts());
    return this.batch;
  }

  private sharedParts() {
    const { singleObservationSpace, singleActionSpace, numMaskedActions, numEnvs } = this.envs;
    return {
      observationSpace: singleObservationSpace,
      actionSpace: singleActionSpace,
      rows: numEnvs,
      numMaskedActions,
    };
  }
}

/** Final infos, or null where none has anything in it. */
function saying(infos: readonly (Info | null)[] | null): (Info | null)[] | null {
  return infos?.some((info) => info !== null && Object.keys(info).length > 0) ? [...infos] : null;
}

export function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { message: String(error), code: null, stack: null };
  const code = error instanceof GymnasiumError ? error.code : null;
  return { message: error.message, code, stack: error.stack ?? null };
}
