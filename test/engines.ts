import { type EngineName, engineReport } from "../src/tensors/index.js";

const reports = await engineReport();

/** The engines that compute on this machine's processor; the conformance suite prints why one is missing. */
export const localEngines: EngineName[] = (["cpu", "wasm", "native"] as const).filter(
  (name) => reports.find((report) => report.name === name)!.available,
);
