import { constants, existsSync, statSync } from "node:fs";
import { type FileHandle, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { unzipSync } from "fflate";
import { DataError } from "../supervised/data/index.js";
import { checksumFits, checksumText, fileChecksumFits } from "./checksum.js";
import type { DataFile } from "./data-file.js";

export interface DownloadProgress {
  file: string;
  /** Bytes there, those of an earlier try among them. */
  received: number;
  /** Bytes that it will have, or null if the server does not say. */
  total: number | null;
}

export interface DownloadOptions {
  url: string;
  /** Path of the finished file. */
  to: string;
  onProgress?: (progress: DownloadProgress) => void;
  /** Milliseconds without a byte after which the server is given up; default 30,000. */
  idleMs?: number;
}

/**
 * Downloads a file. What has come is kept in `<to>.partial`, and the next try goes on from there (HTTP Range); only when
 * its checksum fits does the file get its name. Processes that download the same file at a time do not disturb each other: they
 * write the same bytes to the same places.
 *
 * @throws {DataError} `download-failed` if the server cannot be reached, says no, or breaks off; `wrong-checksum`, after
 * which the bytes are thrown away; `disk-full` or `write-failed`
 */
export async function downloadFile(file: DataFile, options: DownloadOptions): Promise<void> {
  const { to } = options;
  const partial = `${to}.partial`;
  try {
    await fetchInto(partial, file, options);
    if (file.member !== undefined) await keepMember(file, file.member, { partial, to });
    else await keepWhole(file, { partial, to, url: options.url });
  } catch (error) {
    // Another process has come first, and has moved the file to its place.
    if (isGone(error) && existsSync(to) && (await fileChecksumFits(to, file.checksum))) return;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  const { code, cause } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || (cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}

async function keepWhole(
  file: DataFile,
  { partial, to, url }: { partial: string; to: string; url: string },
): Promise<void> {
  if (!(await fileChecksumFits(partial, file.checksum))) {
    await rm(partial, { force: true });
    throw wrongChecksum(file, url);
  }
  await onDisk(to, () => rename(partial, to));
}

/** The rest of the file, at the end of what is there. */
async function fetchInto(partial: string, file: DataFile, options: DownloadOptions): Promise<void> {
  const { url, onProgress, idleMs = 30_000 } = options;
  const patience = new AbortController();
  let timer = setTimeout(() => patience.abort(), idleMs);
  const had = existsSync(partial) ? statSync(partial).size : 0;
  const response = await answerOf(url, had, patience.signal).finally(() => clearTimeout(timer));
  // The server has no bytes beyond those that are there: all have come.
  if (response.status === 416 && had > 0) return;
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new DataError(
      "download-failed",
      `${url} answered ${response.status} ${response.statusText}; check the address, or try again later.`,
    );
  }
  const goesOn = response.status === 206;
  let received = goesOn ? had : 0;
  const announced = response.headers.get("content-length");
  const total = announced === null ? null : received + Number(announced);
  // What is gone on with is not made anew: another process may have moved it to its place meanwhile.
  const create = goesOn ? 0 : constants.O_CREAT;
  const handle = await onDisk(partial, async () => {
    await mkdir(dirname(partial), { recursive: true });
    return open(partial, constants.O_RDWR | create);
  }).catch(async (error: unknown) => {
    await response.body?.cancel();
    throw error;
  });
  const body = response.body.getReader();
  try {
    for (;;) {
      timer = setTimeout(() => patience.abort(), idleMs);
      const { done, value } = await body.read().finally(() => clearTimeout(timer));
      if (done) break;
      await onDisk(partial, () => writeAll(handle, value, received));
      received += value.length;
      onProgress?.({ file: file.name, received, total });
      // Else a server that never ends would fill the disk.
      if (file.member === undefined && received > file.bytes) {
        await rm(partial, { force: true });
        throw wrongChecksum(file, url);
      }
    }
    await onDisk(partial, async () => {
      await handle.truncate(received);
      await handle.sync();
    });
  } catch (error) {
    await body.cancel().catch(() => {});
    if (error instanceof DataError) throw error;
    throw new DataError(
      "download-failed",
      `${url} broke off after ${received}${total === null ? "" : ` of ${total}`} bytes (${reasonOf(error)}); run the command again to go on from there.`,
      { cause: error },
    );
  } finally {
    await handle.close();
  }
}

async function answerOf(url: string, had: number, signal: AbortSignal): Promise<Response> {
  const headers = { "accept-encoding": "identity", ...(had > 0 ? { range: `bytes=${had}-` } : {}) };
  try {
    return await fetch(url, { headers, signal });
  } catch (error) {
    throw new DataError(
      "download-failed",
      `${url} could not be reached (${reasonOf(error)}); check the network, and run the command again.`,
      { cause: error },
    );
  }
}

/** @param at place in the file */
async function writeAll(handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await handle.write(bytes, written, bytes.length - written, at + written)).bytesWritten;
  }
}

/** Takes the file out of its archive. */
async function keepMember(
  file: DataFile,
  member: string,
  { partial, to }: { partial: string; to: string },
): Promise<void> {
  const bytes = memberOf(await readFile(partial), member);
  if (bytes === undefined || !checksumFits(bytes, file.checksum)) {
    await rm(partial, { force: true });
    throw wrongChecksum(file, file.url!);
  }
  const own = `${to}.${process.pid}.partial`;
  await onDisk(own, async () => {
    const handle = await open(own, "w");
    try {
      await writeAll(handle, bytes, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(own, to);
  });
  await rm(partial, { force: true });
}

function memberOf(archive: Uint8Array, member: string): Uint8Array | undefined {
  try {
    return unzipSync(archive, { filter: ({ name }) => name === member })[member];
  } catch {
    return undefined;
  }
}

function wrongChecksum({ name, checksum, bytes }: DataFile, url: string): DataError {
  return new DataError(
    "wrong-checksum",
    `${url} did not give ${name} as it was published (${bytes} bytes, ${checksumText(checksum)}); nothing was kept, try again or take another mirror.`,
  );
}

/** Turns what the file system says into one sentence. */
async function onDisk<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC" || code === "EDQUOT") {
      throw new DataError(
        "disk-full",
        `The disk is full: ${path} could not be written; make room, and run the command again.`,
        { cause: error },
      );
    }
    throw new DataError("write-failed", `${path} could not be written (${message}).`, { cause: error });
  }
}

/** What a failed fetch was about, which Node puts into its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "AbortError") return "no answer for too long";
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
