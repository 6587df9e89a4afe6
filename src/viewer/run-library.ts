import type { RunCurves, Runs } from "./protocol.js";

/** The folder of runs, for pages that pick some of them to lay over each other. */
export interface RunLibrary {
  /** Those that can be read, newest first; damaged ones are left out. */
  list(): Promise<Runs>;
  /**
   * Records of its metrics have `stepsPerSecond` beside what the run wrote: environment steps over the seconds since the
   * record before, evaluations included; null where no clock was kept.
   * @param id of one of the list; nothing else is ever opened
   * @throws Error with one sentence if the folder has no such run, or one that cannot be read
   */
  read(id: string): Promise<RunCurves>;
}
