import { EngineMissingError } from "../errors.js";

/**
 * Imports a package that is not among the dependencies. The specifier comes in a variable, so that bundlers and
 * dependency checkers do not take it for a hard dependency.
 */
async function importOptional(specifier: string, howToGet: string): Promise<Record<string, unknown>> {
  try {
    return (await import(/* @vite-ignore */ specifier)) as Record<string, unknown>;
  } catch (cause) {
    const absent = (cause as { code?: string }).code === "ERR_MODULE_NOT_FOUND";
    const what = absent
      ? `The package ${specifier} is not installed`
      : `The package ${specifier} does not load`;
    throw new EngineMissingError(`${what}; ${howToGet}.`, { cause });
  }
}

/** Loads WebGPU; in Node through Dawn (package `webgpu`), in a browser through `navigator.gpu`. */
export async function loadWebgpu(): Promise<void> {
  const howToGet = "get it with: npm install webgpu @tensorflow/tfjs-backend-webgpu@4.22";
  const scope = globalThis as { navigator?: { gpu?: { requestAdapter(): Promise<unknown> } } };
  if (!scope.navigator?.gpu) {
    const dawn = await importOptional("webgpu", howToGet);
    Object.assign(globalThis, dawn["globals"]);
    const gpu = (dawn["create"] as (options: string[]) => unknown)([]);
    const navigator = scope.navigator ?? {};
    Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  }
  // The adapter may be null although the API is there.
  if (!(await scope.navigator?.gpu?.requestAdapter())) {
    throw new EngineMissingError("WebGPU finds no graphics adapter here; use --engine wasm.");
  }
  await importOptional("@tensorflow/tfjs-backend-webgpu", howToGet);
}

/** Loads tfjs-node or tfjs-node-gpu, which register the backend `tensorflow`. */
export async function loadTfjsNode(specifier: string): Promise<void> {
  // tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 removed.
  const nodeUtil = (await importOptional("node:util", "tfjs-node runs in Node only"))["default"] as {
    isNullOrUndefined?: (value: unknown) => boolean;
  };
  nodeUtil.isNullOrUndefined ??= (value) => value === null || value === undefined;
  await importOptional(specifier, `get it with: npm install ${specifier}@4.22`);
}
