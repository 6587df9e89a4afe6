import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rootFolder } from "../root-folder.js";
import { DataError } from "../supervised/data/index.js";
import { checksumFits, checksumText } from "./checksum.js";
import type { DataFile, DataFiles } from "./data-file.js";
import { ungzipped } from "./formats/gzip.js";

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
export function readDataFile(
  { name: dataset }: DataFiles,
  file: DataFile,
  folder = defaultDataFolder(),
): Uint8Array {
  const { name, checksum } = file;
  const path = findDataFile(dataset, name, folder);
  if (path === null) {
    throw new DataError(
      "missing-file",
      `${dataset} is not in ${folder}: ${name} is missing; ${howToGet(dataset, file, folder)}`,
    );
  }
  const stored = readFileSync(path);
  const bytes = path.endsWith(name) ? stored : ungzipped(stored, path);
  // Not a Buffer, which makes others of its kind where a typed array is copied.
  if (checksumFits(bytes, checksum)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  throw new DataError(
    "wrong-checksum",
    `${path} is not the published file (its ${checksumText(checksum)} does not fit); delete it, and ${howToGet(dataset, file, folder)}`,
  );
}

function howToGet(dataset: string, { name, url }: DataFile, folder: string): string {
  if (url === null) return `copy it to ${join(folder, dataset, name)}, as it is published nowhere`;
  const where = folder === defaultDataFolder() ? "" : ` --data ${folder}`;
  return `get it with: ludus data get ${dataset}${where}`;
}
