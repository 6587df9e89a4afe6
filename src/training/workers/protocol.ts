import type { MessagePort, ResourceLimits } from "node:worker_threads";
import type { HostOptions } from "gymnasium-js";

/** What an environment thread is started with. */
export interface HostThreadData {
  host: HostOptions;
  /** Modules that register environments, as absolute paths. */
  modules: readonly string[];
  /** URL of a module whose `loadEnvModule(path)` loads them; null where they are imported as they are. */
  moduleLoader: string | null;
  /** Memory of an `Int32Array` of `controlWords`; the indices are below. */
  control: SharedArrayBuffer;
  /** Requests that are no plain step come here, and answers that are not empty go back. */
  port: MessagePort;
}

/** What the supervising thread is started with. */
export interface SupervisorData {
  data: HostThreadData;
  /** Told why the environment thread ended, before `dead` is set. */
  lastWords: MessagePort;
  resourceLimits: ResourceLimits;
}

/** Number of requests begun; the thread waits for it to grow. */
export const requests = 0;
/** Number of requests answered; the asker waits for it to grow. */
export const answers = 1;
/** Of the last request: 1 if it is a message, 0 for a step whose actions lie in shared memory. */
export const asksByMessage = 2;
/** Of the last answer: 1 if it is a message, 0 if there is nothing to say. */
export const answersByMessage = 3;
/** 1 once the thread has ended. */
export const dead = 4;
/** 1 once the supervising thread is there to set `dead`. */
export const supervised = 5;
export const controlWords = 6;
