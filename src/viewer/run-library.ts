import type { RunCurves, Runs } from "./protocol.js";

/** The folder of runs, for pages that pick some of them to lay over each other. */
export interface RunLibrary {
  list(): Promise<Runs>;
  /** @throws Error with one sentence if the folder has no such run, or one that cannot be read */
  read(id: string): Promise<RunCurves>;
}
