import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Checksum } from "./data-file.js";

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
