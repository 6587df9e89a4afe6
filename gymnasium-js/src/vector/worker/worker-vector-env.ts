import type { EnvSnapshot, Info, ResetOptions } from "../../env.js";
import type { EnvSpec } from "../../env-spec.js";
import { GymnasiumError } from "../../errors.js";
import { type Layout, layoutOf } from "../../layout.js";
import { SeedSequence } from "../../seeding/generator.js";
import { spaceFromJson } from "../../spaces/json.js";
import type { Space, TypedArray } from "../../spaces/space.js";
import { requireNumEnvs } from "../checks.js";
import { gatherInfos } from "../infos.js";
import type { StepSlot } from "../step-slot.js";
import type { SyncVectorSnapshot } from "../sync-vector-env.js";
import { VectorBase, type VectorResetOptions } from "../vector-base.js";
import type { AutoresetMode, Batch, VectorReset, VectorStep } from "../vector-env.js";
import type { EnvWorker, HostDescription, HostReply, HostRequest, HostRows, SentError } from "./messages.js";
import { answered } from "./messages.js";
import { copyRow, joinRows, sliceRows } from "./rows.js";
import { SharedBatch } from "./shared-batch.js";
import { requireNumWorkers, sharesOf, type WorkerShare } from "./shares.js";

/** What became of a worker. */
export interface WorkerCrash extends WorkerShare {
  /** One sentence. */
  readonly message: string;
  /** How often this worker was started anew before. */
  readonly restarts: number;
}

export interface WorkerVectorEnvOptions {
  /** For messages. */
  id: string;
  numEnvs: number;
  /** At most `numEnvs`; sub-environments are dealt out in order, as evenly as can be. */
  numWorkers: number;
  /** Starts a worker with an `EnvHost` for these rows. */
  spawn(share: WorkerShare): EnvWorker;
  /** `next-step` by default, as in Gymnasium. */
  autoresetMode?: AutoresetMode;
  spec?: EnvSpec | null;
  /**
   * `throw` (the default): a failing worker closes the vector environment, and the step throws `worker-failed`.
   * `restart`: its sub-environments are made anew. Their episodes end there as truncated, with reward 0 and the last
   * observation seen, and the next ones begin from seeds that follow from the last seed given and the number of
   * restarts.
   */
  onCrash?: "throw" | "restart";
  /** Hears of each restart. */
  report?(crash: WorkerCrash): void;
  /** Restarts of one worker, after which the next crash throws; 10 by default. */
  maxRestarts?: number;
}

interface Part extends WorkerShare {
  worker: EnvWorker;
  readonly shared: SharedBatch;
  restarts: number;
  /** Its episodes were cut by a crash, and the first observations of the next ones have not been given yet. */
  freshlyBegun: HostRows | null;
}

/**
 * Any registered environment, its sub-environments shared out among workers that step at the same time: for
 * environments whose step takes longer than waking a thread (some 10 microseconds). Numbers are those of
 * `SyncVectorEnv` for the same seeds, whatever the number of workers, and snapshots are interchangeable with its own.
 */
export class WorkerVectorEnv extends VectorBase<Batch> {
  private readonly parts: Part[];
  private readonly options: WorkerVectorEnvOptions;
  /** The last seed given to each sub-environment; null before. */
  private readonly seedsGiven: (number | null)[];
  private readonly layout: Layout;

  /** @throws GymnasiumError `worker-failed` if a worker does not start */
  constructor(options: WorkerVectorEnvOptions) {
    const { id, autoresetMode, spec = null } = options;
    const numEnvs = requireNumEnvs(options.numEnvs, id);
    const shares = sharesOf(numEnvs, requireNumWorkers(options.numWorkers, id));
    const workers: EnvWorker[] = [];
    try {
      for (const share of shares) workers.push(spawned(options, share));
      for (const worker of workers) worker.begin({ type: "describe" });
      const descriptions = workers.map((worker) => answered(worker.finish(), id) as HostDescription);
      const { numMaskedActions, ...spaces } = descriptions[0] as HostDescription;
      const observationSpace = spaceFromJson(spaces.observationSpace);
      const actionSpace = spaceFromJson(spaces.actionSpace);
      const layout = layoutOf(observationSpace);
      const allocate = (rows: number) => layout.allocate(rows);
      super({ id, numEnvs, observationSpace, actionSpace, autoresetMode, spec, numMaskedActions, allocate });
      this.options = options;
      this.layout = layout;
      this.parts = shares.map((share, i) => this.part(share, workers[i] as EnvWorker, actionSpace));
      this.seedsGiven = new Array<number | null>(numEnvs).fill(null);
    } catch (error) {
      for (const worker of workers) worker.close();
      throw error;
    }
  }

  /** How often workers were started anew. */
  get restarts(): number {
    return this.parts.reduce((sum, { restarts }) => sum + restarts, 0);
  }

  reset(options: VectorResetOptions = {}): VectorReset {
    const { seeds, chosen } = this.resetPlan(options);
    const before = this.slot.observations;
    const slot = this.turn(null);
    const asked = this.parts.filter(({ first, count }) => chosen.slice(first, first + count).includes(true));
    for (const part of asked)
      part.worker.begin(this.resetRequest(part, { seeds, chosen, options: options.options }));
    const replies = new Map(asked.map((part) => [part, this.finish(part)]));
    const infos = new Array<Info | null>(this.numEnvs).fill(null);
    for (const part of this.parts) {
      const reply = replies.get(part);
      const rows = reply === undefined ? null : (this.valueOrClose(part, reply) as HostRows);
      for (let j = 0; j < part.count; j++) {
        const i = part.first + j;
        if (rows === null || !chosen[i]) {
          this.copyRow(before, i, { to: slot.observations, at: i });
          continue;
        }
        this.copyRow(rows.observations ?? (part.shared.observations as Batch), j, {
          to: slot.observations,
          at: i,
        });
        this.ended[i] = 0;
        infos[i] = rows.infos?.[j] ?? null;
      }
      if (rows !== null) part.freshlyBegun = null;
    }
    this.started = true;
    this.copyMasks(slot);
    return { observations: slot.observations, infos: gatherInfos(infos) };
  }

  /**
   * @throws GymnasiumError `reset-needed` before a reset and, in `disabled` mode, where an episode has ended;
   * `invalid-action` for an action outside the space (then nothing has happened); `worker-failed` if a sub-environment
   * throws or its worker dies, unless it is started anew: then the vector environment is closed
   */
  step(actions: Batch): VectorStep {
    this.takeActions(actions);
    const before = this.slot.observations;
    const slot = this.turn(() => gatherInfos(this.gatherFromWorkers()));
    const waiting = this.parts.map((part) => {
      if (part.freshlyBegun !== null) return false;
      part.worker.begin({ type: "step", actions: this.giveActions(part) });
      return true;
    });
    const replies = this.parts.map((part, p) => (waiting[p] === true ? this.finish(part) : null));
    for (const [p, part] of this.parts.entries()) {
      const reply = replies[p] ?? null;
      if (reply === null) this.takeFresh(part, slot);
      else if (reply.ok) this.takeRows(part, slot, reply.value as HostRows | null);
      else this.recover(part, { slot, before, error: reply.error });
    }
    this.copyMasks(slot);
    return slot;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const { worker } of this.parts) worker.close();
  }

  /** As `SyncVectorEnv.snapshot`. Where a worker was just started anew, its sub-environments are at their new start. */
  snapshot(): SyncVectorSnapshot {
    this.requireOpen();
    for (const { worker } of this.parts) worker.begin({ type: "snapshot" });
    const replies = this.parts.map((part) => this.finish(part));
    const snapshots = replies.map((reply) => answered(reply, this.id) as SyncVectorSnapshot);
    const ended = this.ended.slice();
    // A fresh start that has not been given yet is given now, by the snapshot.
    for (const { freshlyBegun, first, count } of this.parts)
      if (freshlyBegun) ended.fill(0, first, first + count);
    return {
      envs: snapshots.flatMap(({ envs }) => envs),
      autoresetMode: this.autoresetMode,
      ended,
      observations: this.started
        ? joinRows(
            this.layout,
            snapshots.map(({ observations }) => observations as Batch),
          )
        : null,
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
    const rows = observations ?? null;
    for (const { worker, first, count } of this.parts) {
      const part = {
        envs: envs.slice(first, first + count),
        autoresetMode,
        ended: ended.slice(first, first + count),
        observations: rows && sliceRows(this.layout, rows, first, count),
      };
      worker.begin({ type: "restore", snapshot: part });
    }
    const replies = this.parts.map((part) => this.finish(part));
    for (const reply of replies) answered(reply, this.id);
    for (const part of this.parts) part.freshlyBegun = null;
    this.ended.set(ended);
    this.started = rows !== null;
    this.seedsGiven.fill(this.started ? 0 : null);
    if (rows === null) return;
    const slot = this.turn(null);
    for (let i = 0; i < this.numEnvs; i++) this.copyRow(rows, i, { to: slot.observations, at: i });
    this.copyMasks(slot);
  }

  private part(share: WorkerShare, worker: EnvWorker, actionSpace: Space<unknown>): Part {
    const shared = new SharedBatch({
      observationSpace: this.singleObservationSpace,
      actionSpace,
      rows: share.count,
      numMaskedActions: this.numMaskedActions,
    });
    worker.begin({ type: "share", buffer: shared.buffer });
    answered(worker.finish(), this.id);
    return { ...share, worker, shared, restarts: 0, freshlyBegun: null };
  }

  /** Sub-environments that no seed was ever given are seeded with their index, as in the other vectors. */
  private resetRequest(
    { first, count }: WorkerShare,
    plan: {
      seeds: readonly (number | null)[];
      chosen: readonly boolean[];
      options: ResetOptions | undefined;
    },
  ): HostRequest {
    const seeds = Array.from({ length: count }, (_, j) => {
      const i = first + j;
      if (!plan.chosen[i]) return null;
      const seed = plan.seeds[i] ?? (this.seedsGiven[i] === null ? i : null);
      if (seed !== null) this.seedsGiven[i] = seed;
      return seed;
    });
    return { type: "reset", seeds, chosen: plan.chosen.slice(first, first + count), options: plan.options };
  }

  /** Into the shared memory; what does not fit there is the result. */
  private giveActions({ first, count, shared }: Part): readonly unknown[] | null {
    const { discrete, elements } = this.actions;
    if (shared.actions === null) return elements.slice(first, first + count);
    if (discrete !== null) shared.actions.set(discrete.subarray(first, first + count));
    else {
      const size = shared.actions.length / count;
      for (let j = 0; j < count; j++) shared.actions.set(elements[first + j] as TypedArray, j * size);
    }
    return null;
  }

  private takeRows(part: Part, slot: StepSlot<Batch>, rows: HostRows | null): void {
    const { first, count, shared } = part;
    slot.rewards.set(shared.rewards, first);
    slot.terminations.set(shared.terminations, first);
    slot.truncations.set(shared.truncations, first);
    const observations = rows?.observations ?? (shared.observations as Batch);
    const finals = rows?.finalObservations ?? shared.finalObservations;
    for (let j = 0; j < count; j++) {
      const i = first + j;
      this.copyRow(observations, j, { to: slot.observations, at: i });
      const isOver = shared.terminations[j] === 1 || shared.truncations[j] === 1;
      if (slot.finalObservations === null) this.ended[i] = isOver ? 1 : 0;
      else if (isOver) {
        this.copyRow(finals as Batch, j, { to: slot.finalObservations, at: i });
        slot.setFinalInfo(i, rows?.finalInfos?.[j] ?? {});
      }
    }
  }

  /** The step after a crash, in `next-step` mode: the new episodes begin. */
  private takeFresh(part: Part, slot: StepSlot<Batch>): void {
    const { first, count, shared, freshlyBegun } = part;
    for (let j = 0; j < count; j++) {
      const i = first + j;
      this.copyRow(freshlyBegun?.observations ?? (shared.observations as Batch), j, {
        to: slot.observations,
        at: i,
      });
      slot.rewards[i] = 0;
      slot.terminations[i] = 0;
      slot.truncations[i] = 0;
      this.ended[i] = 0;
    }
    part.freshlyBegun = null;
  }

  /** Starts a failed worker anew, and ends its episodes as truncated; or closes everything and throws. */
  private recover(
    part: Part,
    { slot, before, error }: { slot: StepSlot<Batch>; before: Batch; error: SentError },
  ): void {
    const { first, count } = part;
    const rows = this.restart(part, error);
    for (let j = 0; j < count; j++) {
      const i = first + j;
      slot.rewards[i] = 0;
      slot.terminations[i] = 0;
      slot.truncations[i] = 1;
      if (slot.finalObservations === null) {
        this.copyRow(before, i, { to: slot.observations, at: i });
        this.ended[i] = 1;
        continue;
      }
      this.copyRow(before, i, { to: slot.finalObservations, at: i });
      slot.setFinalInfo(i, {});
      this.copyRow(rows.observations ?? (part.shared.observations as Batch), j, {
        to: slot.observations,
        at: i,
      });
    }
    if (this.autoresetMode === "next-step") part.freshlyBegun = rows;
  }

  private restart(part: Part, error: SentError): HostRows {
    const { index, first, count } = part;
    const { onCrash = "throw", maxRestarts = 10, report, spawn } = this.options;
    const message = this.crashSentence(part, error);
    if (onCrash === "throw" || part.restarts >= maxRestarts) {
      this.close();
      const note = onCrash === "throw" ? "" : ` It was started anew ${part.restarts} times before.`;
      throw new GymnasiumError("worker-failed", `${message}${note}`);
    }
    report?.({ index, first, count, message, restarts: part.restarts });
    part.restarts++;
    part.worker.close();
    try {
      part.worker = spawn({ index, first, count });
      part.worker.begin({ type: "share", buffer: part.shared.buffer });
      answered(part.worker.finish(), this.id);
      const seeds = Array.from({ length: count }, (_, j) => this.seedAfterCrash(part, first + j));
      const chosen = new Array<boolean>(count).fill(true);
      part.worker.begin({ type: "reset", seeds, chosen, options: undefined });
      return answered(part.worker.finish(), this.id) as HostRows;
    } catch (again) {
      return this.restart(part, { message: (again as Error).message, code: null, stack: null });
    }
  }

  private seedAfterCrash({ restarts }: Part, i: number): number {
    const [seed] = new SeedSequence([this.seedsGiven[i] ?? i, i, restarts]).generateState(1, "uint32");
    return Number(seed);
  }

  /** An answer, or what kept it from coming. */
  private finish(part: Part): HostReply {
    try {
      return part.worker.finish();
    } catch (error) {
      return { ok: false, error: { message: (error as Error).message, code: null, stack: null } };
    }
  }

  /** @throws the worker's error with its code; if it is no answer of the environment, everything is closed first */
  private valueOrClose(part: Part, reply: HostReply): unknown {
    if (reply.ok) return reply.value;
    if (reply.error.code !== null) return answered(reply, this.id);
    this.close();
    throw new GymnasiumError("worker-failed", this.crashSentence(part, reply.error));
  }

  private crashSentence({ index, first, count }: WorkerShare, error: SentError): string {
    const which =
      count === 1 ? `sub-environment ${first}` : `sub-environments ${first} to ${first + count - 1}`;
    return `${this.id}: worker ${index}, with ${which}, failed: ${error.message.replace(/[.\s]*$/, ".")}`;
  }

  private gatherFromWorkers(): (Info | null)[] {
    for (const { worker } of this.parts) worker.begin({ type: "infos" });
    const replies = this.parts.map((part) => this.finish(part));
    return replies.flatMap((reply) => answered(reply, this.id) as (Info | null)[]);
  }

  private copyMasks({ actionMasks }: StepSlot<Batch>): void {
    if (actionMasks === null) return;
    for (const { first, shared } of this.parts)
      actionMasks.set(shared.actionMasks, first * this.numMaskedActions);
  }

  private copyRow(from: Batch, row: number, target: { to: Batch; at: number }): void {
    copyRow(this.layout, from, row, target);
  }
}

/** @throws GymnasiumError `worker-failed` */
function spawned({ id, spawn }: WorkerVectorEnvOptions, share: WorkerShare): EnvWorker {
  try {
    return spawn(share);
  } catch (error) {
    throw new GymnasiumError(
      "worker-failed",
      `${id}: worker ${share.index} did not start: ${(error as Error).message}.`,
    );
  }
}
