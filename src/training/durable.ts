import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { LudusError } from "./errors.js";

/** Turns what the file system says into one sentence; `after` says what was not lost. */
export function writeError(path: string, error: unknown, after: string): LudusError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new LudusError("disk-full", `The disk is full: ${path} could not be written; ${after}`, {
      cause: error,
    });
  }
  return new LudusError("write-failed", `${path} could not be written (${message}); ${after}`, {
    cause: error,
  });
}

function syncFolder(path: string): void {
  // Windows cannot open a folder; there a rename is as durable as it gets.
  if (process.platform === "win32") return;
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function writeSynced(path: string, content: Uint8Array | string): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const handle = openSync(path, "w");
  try {
    for (let written = 0; written < bytes.byteLength; ) {
      written += writeSync(handle, bytes, written, bytes.byteLength - written);
    }
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Replaces a file as a whole: a kill at any instant leaves the old content or the new. */
export function replaceFile(path: string, content: Uint8Array | string): void {
  const beside = `${path}.partial`;
  writeSynced(beside, content);
  renameSync(beside, path);
  syncFolder(dirname(path));
}

/**
 * Makes a folder of files, named by their path in it, as a whole: a kill at any instant leaves the old one or the new one, both complete
 * (`restoreFolder` mends the one instant in which the old one has stepped aside).
 */
export function createFolder(path: string, files: Readonly<Record<string, Uint8Array | string>>): void {
  const beside = `${path}.partial`;
  try {
    rmSync(beside, { recursive: true, force: true });
    mkdirSync(beside, { recursive: true });
    const folders = new Set([beside]);
    for (const [name, content] of Object.entries(files)) {
      const file = join(beside, name);
      mkdirSync(dirname(file), { recursive: true });
      writeSynced(file, content);
      folders.add(dirname(file));
    }
    for (const folder of folders) syncFolder(folder);
    if (existsSync(path)) renameSync(path, `${path}.old`);
    renameSync(beside, path);
    syncFolder(dirname(path));
    rmSync(`${path}.old`, { recursive: true, force: true });
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    throw error;
  }
}

/** Puts back what `createFolder` had moved aside when it was killed. */
export function restoreFolder(path: string): void {
  if (!existsSync(path) && existsSync(`${path}.old`)) renameSync(`${path}.old`, path);
}

/** A file that only grows, a line at a time. */
export class LineFile {
  private readonly handle: number;
  private size: number;

  /**
   * @param size bytes to keep of what is there already, all whole lines by default: a resumed run drops what came
   * after its checkpoint
   * @throws {LudusError} `corrupt-run` if there are fewer
   */
  constructor(
    readonly path: string,
    size?: number,
  ) {
    if (!existsSync(path)) writeFileSync(path, "");
    const there = readFileSync(path);
    this.size = size ?? there.lastIndexOf("\n") + 1;
    if (there.length < this.size) {
      throw new LudusError(
        "corrupt-run",
        `${path} has ${there.length} bytes, and had ${this.size} when the checkpoint was made; \`ludus eval\` can still judge what was learnt.`,
      );
    }
    this.handle = openSync(path, "r+");
    ftruncateSync(this.handle, this.size);
  }

  /** Bytes written and kept. */
  get bytes(): number {
    return this.size;
  }

  append(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.handle, bytes, written, bytes.length - written, this.size + written);
    }
    this.size += bytes.length;
  }

  sync(): void {
    fsyncSync(this.handle);
  }

  close(): void {
    closeSync(this.handle);
  }
}
