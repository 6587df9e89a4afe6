import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json",
};

export interface PageFile {
  type: string;
  bytes: Buffer;
  gzipped: Buffer;
  /** Files with a digest in their name never change. */
  immutable: boolean;
}

/** All files of the built page by their path in an address. What is not in it cannot be asked for. */
export function readPage(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const address = `/${relative(folder, path).split(sep).join("/")}`;
    const type = types[extname(entry.name)];
    if (type === undefined) continue;
    const bytes = readFileSync(path);
    files.set(address, { type, bytes, gzipped: gzipSync(bytes), immutable: address.startsWith("/assets/") });
  }
  return files;
}
