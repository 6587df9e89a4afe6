import { type BackendWasm, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { backend, env, getBackend, setBackend } from "@tensorflow/tfjs-core";
import { EngineMissingError } from "../errors.js";
import { registerWasmKernels } from "../kernels/register.js";
import { startSimd } from "../simd/instance.js";

let loading: Promise<void> | null = null;

/**
 * Starts tfjs's wasm backend once and gives it the kernels that it lacks. In Node the binary is read from
 * node_modules; a browser loads it from beside the script, or from `folder`.
 */
export function loadWasm(folder?: string): Promise<void> {
  loading ??= startWasm(folder).catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function startWasm(folder: string | undefined): Promise<void> {
  if (folder !== undefined) setWasmPaths(folder);
  // The binary with threads has shared memory, which our kernels do not import, and sums in another order.
  env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  const restoreListeners = rememberListeners();
  const before = getBackend() as string | undefined;
  const started = await setBackend("wasm");
  restoreListeners();
  if (!started) {
    if (before) await setBackend(before);
    throw new EngineMissingError(
      "The wasm engine does not start: WebAssembly or the tfjs-backend-wasm binary is missing; use --engine cpu.",
    );
  }
  await startSimd(backend() as BackendWasm).catch(async (cause: unknown) => {
    if (before) await setBackend(before);
    throw new EngineMissingError(
      "The wasm engine needs WebAssembly SIMD, which is missing here; use --engine cpu.",
      {
        cause,
      },
    );
  });
  registerWasmKernels();
}

/**
 * Emscripten's start-up code hooks Node's uncaughtException and unhandledRejection, which would change exit codes
 * and stack traces of the whole process. Returns a function that removes the hooks added since.
 */
function rememberListeners(): () => void {
  if (typeof process === "undefined" || typeof process.listeners !== "function") return () => {};
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = events.map((event) => new Set<unknown>(process.listeners(event as "uncaughtException")));
  return () => {
    events.forEach((event, index) => {
      for (const listener of process.listeners(event as "uncaughtException")) {
        if (!before[index]!.has(listener)) process.removeListener(event, listener);
      }
    });
  };
}
