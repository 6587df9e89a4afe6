import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { LudusError } from "./errors.js";

interface Holder {
  pid: number;
  host: string;
}

/**
 * One writer per run folder: a file with the process's number, made exclusively. The lock of a process that is
 * gone (killed, machine restarted) is taken over; one from another machine is not ours to judge.
 * @returns a function that gives the lock back
 */
export function lockRun(path: string): () => void {
  mkdirSync(dirname(path), { recursive: true });
  for (;;) {
    try {
      const handle = openSync(path, "wx");
      writeSync(handle, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder));
      closeSync(handle);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const holder = readHolder(path);
      if (holder !== null && (holder.host !== hostname() || isAlive(holder.pid))) {
        throw new LudusError(
          "run-in-use",
          `The run ${dirname(path)} is in use by process ${holder.pid} on ${holder.host}; wait for it, stop it, or (if it is gone) delete ${path}.`,
        );
      }
      rmSync(path, { force: true });
    }
  }
}

/** Null for a lock that a kill left half written: whoever wrote it is gone. */
function readHolder(path: string): Holder | null {
  try {
    const holder = JSON.parse(readFileSync(path, "utf8")) as Partial<Holder>;
    return typeof holder.pid === "number" && typeof holder.host === "string" ? (holder as Holder) : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
