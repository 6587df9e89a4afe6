import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { DataError } from "../supervised/data/index.js";
import type { Checksum, DataFile } from "./data-file.js";
import { ungzipped } from "./formats/gzip.js";

/** Whether the bytes have that fingerprint. */
export function checksumFits(bytes: Uint8Array, checksum: Checksum): boolean {
  return hashFor(checksum).update(bytes).digest("hex") === hexOf(checksum);
}

/** The same of a file, which need not fit into memory. */
export async function fileChecksumFits(path: string, checksum: Checksum): Promise<boolean> {
  const hash = hashFor(checksum);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex") === hexOf(checksum);
}

/** Whether the bytes are the file as it was published, or another gzip of the same. */
export function isPublished(bytes: Uint8Array, { name, checksum, unpacked }: DataFile): boolean {
  if (checksumFits(bytes, checksum)) return true;
  if (unpacked === undefined) return false;
  try {
    return checksumFits(ungzipped(bytes, name), unpacked);
  } catch (error) {
    if (error instanceof DataError) return false;
    throw error;
  }
}

/** The same of a file on disk. */
export async function isPublishedAt(path: string, file: DataFile): Promise<boolean> {
  if (file.unpacked === undefined) return fileChecksumFits(path, file.checksum);
  return isPublished(await readFile(path), file);
}

/** `sha256 8d42...` */
export function checksumText(checksum: Checksum): string {
  return `${kindOf(checksum)} ${hexOf(checksum)}`;
}

function kindOf(checksum: Checksum): "sha256" | "md5" {
  return "sha256" in checksum ? "sha256" : "md5";
}

function hexOf(checksum: Checksum): string {
  return "sha256" in checksum ? checksum.sha256 : checksum.md5;
}

function hashFor(checksum: Checksum): Hash {
  return createHash(kindOf(checksum));
}
