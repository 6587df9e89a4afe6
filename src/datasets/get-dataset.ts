import { existsSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../supervised/data/index.js";
import { isPublishedAt } from "./checksum.js";
import type { DataFile, DataFiles } from "./data-file.js";
import { defaultDataFolder, putByHand } from "./data-folder.js";
import { type DownloadProgress, downloadFile } from "./download.js";

export interface GetOptions {
  /** The folder of all data sets. */
  folder?: string;
  /** A server that has the files as `<mirror>/<data set>/<file>`, to take in place of the published addresses. */
  mirror?: string;
  onProgress?: (progress: DownloadProgress) => void;
}

/** A file that is now there. */
export interface FileGot {
  path: string;
  /** Whether it had to be downloaded. */
  downloaded: boolean;
}

/**
 * Downloads what is missing of a data set into its folder. A file that is there and fits its checksum stays; one that
 * does not is replaced.
 *
 * @throws {DataError} as `downloadFile`, and `missing-file` for a file that has no address
 */
export async function getDataset(dataset: DataFiles, options: GetOptions = {}): Promise<FileGot[]> {
  const { folder = defaultDataFolder(), mirror, onProgress } = options;
  const got: FileGot[] = [];
  for (const file of dataset.files) {
    const path = join(folder, dataset.name, file.name);
    const there = existsSync(path) && (await isPublishedAt(path, file));
    if (!there) {
      const source = sourceOf(dataset, file, { mirror, folder });
      await downloadFile(source.file, { url: source.url, to: path, ...(onProgress && { onProgress }) });
    }
    got.push({ path, downloaded: !there });
  }
  return got;
}

function sourceOf(
  dataset: DataFiles,
  file: DataFile,
  { mirror, folder }: { mirror: string | undefined; folder: string },
): { file: DataFile; url: string } {
  if (mirror !== undefined) {
    const { member: _, ...whole } = file;
    return { file: whole, url: `${mirror.replace(/\/+$/, "")}/${dataset.name}/${file.name}` };
  }
  if (file.url !== null) return { file, url: file.url };
  throw new DataError(
    "missing-file",
    `${file.name} of ${dataset.name} cannot be downloaded; ${putByHand(dataset, folder)}, or name a server that has it all with --mirror <url>.`,
  );
}
