import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { writeError } from "./durable.js";
import { LudusError } from "./errors.js";

interface Holder {
  pid: number;
  host: string;
}

/** Locks that this process holds. A file with its number that is not among them is from one that is gone. */
const held = new Set<string>();

/**
 * One writer per run folder: a file with the process's number, made exclusively. The lock of a process that is
 * gone (killed, machine restarted) is taken over; one from another machine is not ours to judge.
 * @param what the folder is, for the refusal
 * @returns a function that gives the lock back
 * @throws {LudusError} `run-in-use`
 */
export function lockRun(path: string, what = "run"): () => void {
  while (!take(path)) {
    const text = readText(path);
    if (text === null) continue;
    const holder = parseHolder(text);
    if (holder !== null && isHeld(path, holder)) {
      throw new LudusError(
        "run-in-use",
        `The ${what} ${dirname(path)} is in use by process ${holder.pid} on ${holder.host}; wait for it, stop it, or (if it is gone) delete ${path}.`,
      );
    }
    takeAway(path, text);
  }
  held.add(path);
  return () => {
    held.delete(path);
    rmSync(path, { force: true });
  };
}

/** Whether somebody holds the lock; one that a process of this machine left behind counts for nothing. */
export function isLocked(path: string): boolean {
  const text = readText(path);
  const holder = text === null ? null : parseHolder(text);
  return holder !== null && isHeld(path, holder);
}

/** Linking puts the file there with its content, or not at all: nobody ever reads half a lock of a living process. */
function take(path: string): boolean {
  const beside = `${path}.${process.pid}`;
  try {
    writeFileSync(beside, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder));
    linkSync(beside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw writeError(path, error, "nothing else was changed.");
  } finally {
    rmSync(beside, { force: true });
  }
}

/**
 * Takes away a lock that holds no more. It is moved aside first: of two processes that find it at the same time, one may have taken
 * it over when the other moves, and what that one has moved then is a lock that holds, and goes back.
 */
function takeAway(path: string, text: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readText(aside) !== text) linkSync(aside, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EEXIST") throw writeError(path, error, "nothing else was changed.");
  } finally {
    rmSync(aside, { force: true });
  }
}

function isHeld(path: string, { pid, host }: Holder): boolean {
  if (host !== hostname()) return true;
  return pid === process.pid ? held.has(path) : isAlive(pid);
}

/** Null for a lock that is not there (any more); nothing is in one that cannot be read. */
function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? null : "";
  }
}

/** Null for a lock that a power cut left half written: whoever wrote it is gone. */
function parseHolder(text: string): Holder | null {
  try {
    const holder = JSON.parse(text) as Partial<Holder>;
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
