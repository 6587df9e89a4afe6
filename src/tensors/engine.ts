import * as tf from "@tensorflow/tfjs-core";
import { EngineMissingError } from "./errors.js";
import { registerGradients } from "./gradients/register.js";
import type { NativeReport } from "./native/report.js";

/** Every engine that can be asked for, in the order in which reports list them. */
export const engineNames = ["native", "wasm", "cpu", "webgpu", "node", "node-gpu"] as const;

export type EngineName = (typeof engineNames)[number];

/** The engine that computes from now on. */
export interface Engine {
  name: EngineName;
  /** One line for people: what it is. */
  description: string;
}

export interface EngineOptions {
  /** Folder or URL prefix (with its closing slash) of tfjs-backend-wasm's `.wasm` files. A browser may need it. */
  wasmFolder?: string;
}

/** What `ludus doctor` prints of one engine. */
export interface EngineReport {
  name: EngineName;
  description: string;
  available: boolean;
  /** Why it is not available and how to get it, in one sentence; null if it is available. */
  missing: string | null;
}

interface EngineEntry {
  description: string;
  /** Name under which tfjs knows the backend. */
  backend: string;
  /** Makes the backend known to tfjs, with every kernel that it lacks. May throw EngineMissingError. */
  load(options: EngineOptions): Promise<void>;
}

const entries: Record<EngineName, EngineEntry> = {
  native: {
    description: "C++ kernels with the processor's vector instructions",
    backend: "native",
    load: async () => {
      // In a browser there is nothing to load an addon with.
      if (typeof process === "undefined" || !process.versions?.node) {
        throw new EngineMissingError("The native engine runs in Node only; use --engine wasm.");
      }
      (await import("./native/register.js")).registerNative();
    },
  },
  wasm: {
    description: "WebAssembly with 128-bit SIMD, one thread",
    backend: "wasm",
    load: async (options) => (await import("./engines/wasm.js")).loadWasm(options.wasmFolder),
  },
  cpu: {
    description: "plain JavaScript, slow, the reference for all others",
    backend: "cpu",
    load: async () => {
      await import("@tensorflow/tfjs-backend-cpu");
    },
  },
  webgpu: {
    description: "WebGPU (a browser, or Node with Dawn)",
    backend: "webgpu",
    load: async () => (await import("./engines/optional.js")).loadWebgpu(),
  },
  node: {
    description: "TensorFlow's C library through tfjs-node",
    backend: "tensorflow",
    load: async () => (await import("./engines/optional.js")).loadTfjsNode("@tensorflow/tfjs-node"),
  },
  "node-gpu": {
    description: "TensorFlow's C library with CUDA through tfjs-node-gpu",
    backend: "tensorflow",
    load: async () => (await import("./engines/optional.js")).loadTfjsNode("@tensorflow/tfjs-node-gpu"),
  },
};

/** Engines that `auto` tries, best first; GPU engines are slower than a CPU on small nets and go by name only. */
const automatic = ["native", "wasm", "cpu"] as const satisfies readonly EngineName[];

/**
 * Makes an engine the one that computes. Tensors made on another engine move over when they are next used.
 *
 * @param name an engine, or `auto` for the first of native, wasm and cpu that works here
 * @throws {EngineMissingError} if the engine is not installed, not built or does not start here
 *
 * @example
 * const engine = await useEngine("wasm");
 */
export async function useEngine(name: EngineName | "auto", options: EngineOptions = {}): Promise<Engine> {
  if (name !== "auto") return start(name, options);
  const reasons: string[] = [];
  for (const candidate of automatic) {
    try {
      return await start(candidate, options);
    } catch (error) {
      if (!(error instanceof EngineMissingError)) throw error;
      reasons.push(error.message);
    }
  }
  throw new EngineMissingError(`No engine works here: ${reasons.join(" ")}`);
}

/** Tries every engine and says which are there; the engine in use stays the one in use. */
export async function engineReport(options: EngineOptions = {}): Promise<EngineReport[]> {
  const before = tf.getBackend() as string | undefined;
  const reports: EngineReport[] = [];
  for (const name of engineNames) {
    const { description } = entries[name];
    try {
      await start(name, options);
      reports.push({ name, description, available: true, missing: null });
    } catch (error) {
      if (!(error instanceof EngineMissingError)) throw error;
      reports.push({ name, description, available: false, missing: error.message });
    }
  }
  if (before) await tf.setBackend(before);
  return reports;
}

/** Instruction set, threads, measured peak and memory of the native engine; null where it is missing. */
export async function nativeReport(): Promise<NativeReport | null> {
  const native = (await engineReport()).find(({ name }) => name === "native");
  return native?.available ? (await import("./native/report.js")).reportNative() : null;
}

async function start(name: EngineName, options: EngineOptions): Promise<Engine> {
  const entry = entries[name];
  if (!entry) {
    throw new EngineMissingError(
      `There is no engine "${name}"; there are ${engineNames.join(", ")}, or auto.`,
    );
  }
  // Keeps tfjs's advertisement of tfjs-node and its other banners off the console.
  tf.enableProdMode();
  registerGradients();
  await entry.load(options);
  if (!(await tf.setBackend(entry.backend))) {
    throw new EngineMissingError(
      `The engine ${name} is installed but does not start here; use --engine wasm.`,
    );
  }
  return { name, description: entry.description };
}
