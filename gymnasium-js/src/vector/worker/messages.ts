import type { EnvSnapshot, Info, ResetOptions } from "../../env.js";
import type { EnvKwargs } from "../../env-spec.js";
import { GymnasiumError } from "../../errors.js";
import type { AutoresetMode, Batch } from "../vector-env.js";

/** Which sub-environments a worker has, and how it makes them. Plain data, so that it can be sent to a thread. */
export interface HostOptions {
  /** Registered where the worker is. */
  id: string;
  kwargs: EnvKwargs;
  maxEpisodeSteps: number | null | undefined;
  disableEnvChecker: boolean | undefined;
  autoresetMode: AutoresetMode;
  /** Index of the worker's first sub-environment in the whole vector. */
  first: number;
  count: number;
}

/** What is asked of a worker. Rows count from its own first sub-environment. */
export type HostRequest =
  | { type: "describe" }
  /** Memory for what a step takes and gives, as laid out by `SharedBatch`. */
  | { type: "share"; buffer: SharedArrayBuffer }
  | {
      type: "reset";
      seeds: readonly (number | null)[];
      chosen: readonly boolean[];
      options: ResetOptions | undefined;
    }
  /** `actions` only where they do not lie in the shared memory. */
  | { type: "step"; actions: readonly unknown[] | null }
  | { type: "infos" }
  | { type: "snapshot" }
  | { type: "restore"; snapshot: EnvSnapshot };

/** Answer to `describe`. */
export interface HostDescription {
  /** As `Space.describe` writes them. */
  observationSpace: Record<string, unknown>;
  actionSpace: Record<string, unknown>;
  /** Actions per mask; 0 without masks. */
  numMaskedActions: number;
}

/** Answer to `reset` and `step`: what does not lie in the shared memory. Null in place of it if that is nothing. */
export interface HostRows {
  observations: Batch | null;
  finalObservations: Batch | null;
  /** After a reset: per row; null for rows that were not reset or say nothing. */
  infos: (Info | null)[] | null;
  finalInfos: (Info | null)[] | null;
}

/** An error on its way between threads. */
export interface SentError {
  message: string;
  /** Of a `GymnasiumError`. */
  code: string | null;
  stack: string | null;
}

export type HostReply = { ok: true; value: unknown } | { ok: false; error: SentError };

/** A worker with some sub-environments, wherever it runs. Requests are answered one at a time. */
export interface EnvWorker {
  /** Sends a request and comes back at once. */
  begin(request: HostRequest): void;
  /**
   * Waits for the answer to the request that was begun.
   * @throws Error if there will be none: the worker has died, or takes too long
   */
  finish(): HostReply;
  /** Ends the worker, also in the middle of a request. */
  close(): void;
}

/** @throws GymnasiumError with the worker's own code, else `worker-failed` */
export function answered(reply: HostReply, id: string): unknown {
  if (reply.ok) return reply.value;
  const { message, code } = reply.error;
  if (code !== null) throw new GymnasiumError(code as GymnasiumError["code"], message);
  throw new GymnasiumError("worker-failed", `${id}: a worker failed: ${message}`);
}
