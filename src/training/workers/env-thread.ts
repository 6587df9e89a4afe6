import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from "node:worker_threads";
import type { EnvWorker, HostOptions, HostReply, HostRequest } from "gymnasium-js";
import {
  answers,
  answersByMessage,
  asksByMessage,
  controlWords,
  dead,
  requests,
  type SupervisorData,
  supervised,
} from "./protocol.js";
import { startThread } from "./thread-entry.js";

export interface EnvThreadOptions {
  host: HostOptions;
  /** Modules that register environments, as absolute paths. */
  modules: readonly string[];
  /** URL of a module whose `loadEnvModule(path)` loads them; null where they are imported as they are. */
  moduleLoader: string | null;
  /** How long an answer may take, in seconds. */
  timeoutSeconds: number;
  /** Most memory of the thread's JavaScript heap; by default V8's own limit. */
  heapMegabytes: number | undefined;
}

/** Seconds in which a thread has to come to life; making environments is not part of it. */
const startSeconds = 60;
/** Waits are cut into slices, ms, so that a missed wake-up costs no more than one. */
const slice = 1000;
/** Looks at the answer before going to sleep: waking up takes longer than many a step. */
const spins = 2000;

/** An `EnvHost` in a thread of its own, asked through shared memory; the asker blocks until the answer is there. */
export class EnvThread implements EnvWorker {
  private readonly control = new Int32Array(new SharedArrayBuffer(controlWords * 4));
  private readonly port: MessagePort;
  private readonly supervisor: Worker;
  private readonly lastWords: MessagePort;
  private readonly startedBy = performance.now() + startSeconds * 1000;
  private begun = 0;
  /** Why it counts as dead; an answer that comes after all would be taken for that of the next request. */
  private failure: Error | null = null;

  /** @throws Error where the system gives no thread */
  constructor(private readonly options: EnvThreadOptions) {
    const { port1, port2 } = new MessageChannel();
    const { host, modules, moduleLoader, heapMegabytes } = options;
    this.port = port1;
    const words = new MessageChannel();
    this.lastWords = words.port1;
    const workerData: SupervisorData = {
      data: { host, modules, moduleLoader, control: this.control.buffer as SharedArrayBuffer, port: port2 },
      lastWords: words.port2,
      resourceLimits: heapMegabytes === undefined ? {} : { maxOldGenerationSizeMb: heapMegabytes },
    };
    this.supervisor = startThread("supervisor-thread", {
      workerData,
      execArgv: inherited(process.execArgv),
      transferList: [port2, words.port2],
    });
    // Whoever waits for an answer learns that there is none; nobody else is to be ended by it.
    this.supervisor.on("error", () => {});
    // A vector environment that nobody closed keeps no process alive.
    this.supervisor.unref();
    this.port.unref();
    this.lastWords.unref();
  }

  begin(request: HostRequest): void {
    const { control } = this;
    const plain = request.type === "step" && request.actions === null;
    if (!plain) this.port.postMessage(request);
    control[asksByMessage] = plain ? 0 : 1;
    this.begun++;
    Atomics.store(control, requests, this.begun);
    Atomics.notify(control, requests);
  }

  finish(): HostReply {
    this.failure ??= this.awaitAnswer();
    if (this.failure !== null) throw this.failure;
    if (this.control[answersByMessage] === 0) return { ok: true, value: null };
    return receiveMessageOnPort(this.port)?.message as HostReply;
  }

  close(): void {
    this.supervisor.postMessage("stop");
    this.port.close();
    this.lastWords.close();
  }

  /** @returns why there will be no answer; null once it is there */
  private awaitAnswer(): Error | null {
    const { control, begun } = this;
    for (let spin = 0; spin < spins && Atomics.load(control, answers) !== begun; spin++);
    const latest = performance.now() + this.options.timeoutSeconds * 1000;
    while (Atomics.load(control, answers) !== begun) {
      if (Atomics.load(control, dead) === 1) return new Error(this.whyItEnded());
      if (performance.now() > this.startedBy && Atomics.load(control, supervised) === 0) {
        return new Error(`its thread did not start within ${startSeconds} s`);
      }
      if (performance.now() > latest) {
        return new Error(`it has not answered for ${this.options.timeoutSeconds} s`);
      }
      Atomics.wait(control, answers, begun - 1, slice);
    }
    return null;
  }

  private whyItEnded(): string {
    return String(receiveMessageOnPort(this.lastWords)?.message ?? "its thread has ended");
  }
}

/** Options of Node that threads take over: loaders and the like, but not those of a program given as text (`node -e`). */
export function inherited(options: readonly string[]): string[] {
  const ofText = ["-e", "--eval", "-p", "--print", "-pe", "--input-type"];
  return options.filter((option, i) => {
    const isText = i > 0 && ofText.slice(0, -1).includes(options[i - 1] as string);
    return !isText && !ofText.includes(option.split("=")[0] as string);
  });
}
