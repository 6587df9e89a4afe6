import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rootFolder } from "../root-folder.js";
import { DataError } from "../supervised/data/index.js";
import { checksumText, isPublished } from "./checksum.js";
import type { DataFile, DataFiles } from "./data-file.js";
import { plainBytes, ungzipped } from "./formats/gzip.js";
import { shellWord } from "./shell-word.js";

/**
 * The folder of all data sets: `LUDUS_DATA`, or `ludus/data` in the cache folder of the XDG specification
 * (`XDG_CACHE_HOME`, by default `~/.cache`).
 */
export function defaultDataFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { LUDUS_DATA, XDG_CACHE_HOME } = environment;
  if (LUDUS_DATA) return resolve(LUDUS_DATA);
  return join(XDG_CACHE_HOME || join(homedir(), ".cache"), "ludus", "data");
}

/** Beside a checkout of Ludus there may be a folder of shared data; beside an installed package there is none. */
const shared = fileURLToPath(new URL("../shared", rootFolder));

/**
 * Where a file of a data set lies: in the data folder, or in `data` of the shared folder (`LUDUS_SHARED`, by default the one
 * beside a checkout, none where it is empty); as it is, or gzipped with `.gz` after its name. Null if it is nowhere.
 */
export function findDataFile(dataset: string, file: string, folder = defaultDataFolder()): string | null {
  const beside = process.env["LUDUS_SHARED"] ?? shared;
  const folders = [folder, ...(beside === "" ? [] : [join(beside, "data")])];
  const paths = folders.flatMap((each) => [join(each, dataset, file), join(each, dataset, `${file}.gz`)]);
  return paths.find((path) => existsSync(path)) ?? null;
}

/**
 * The bytes of a file, as they were published.
 * @throws {DataError} `missing-file`, or `wrong-checksum` if it is not the published one
 */
export function readDataFile(dataset: DataFiles, file: DataFile, folder = defaultDataFolder()): Uint8Array {
  const { name, checksum } = file;
  const path = findDataFile(dataset.name, name, folder);
  if (path === null) {
    throw new DataError(
      "missing-file",
      `${dataset.name} is not in ${folder}: ${name} is missing; ${howToGet(dataset, folder)}`,
    );
  }
  const stored = readFileSync(path);
  const bytes = path.endsWith(name) ? stored : ungzipped(stored, path);
  if (isPublished(bytes, file)) return plainBytes(bytes);
  throw new DataError(
    "wrong-checksum",
    `${path} is not the published file (its ${checksumText(checksum)} does not fit); delete it, and ${howToGet(dataset, folder)}`,
  );
}

function howToGet(dataset: DataFiles, folder: string): string {
  const where = folder === defaultDataFolder() ? "" : ` --data ${shellWord(folder)}`;
  const command = `ludus data get ${dataset.name}${where}`;
  if (!lacksAddress(dataset)) return `get it with: ${command}`;
  return `${putByHand(dataset, folder)}, or name a server that has it all: ${command} --mirror <url>`;
}

/** Whether a data set cannot be downloaded but from a mirror. */
export function lacksAddress({ files }: DataFiles): boolean {
  return files.some(({ url }) => url === null);
}

/** What there is to do about a data set that lacks an address. */
export function putByHand({ name, files, origin }: DataFiles, folder: string): string {
  const names = files.filter(({ url }) => url === null).map((file) => file.name);
  const being = origin === undefined ? "" : `, being ${origin}`;
  const have = names.length === 1 ? "it has" : "they have";
  return `put ${names.join(" and ")} into ${join(folder, name)} (${have} no address${being})`;
}
