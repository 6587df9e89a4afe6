import { statSync } from "node:fs";
import { Command, Option } from "commander";
import type { CatalogueEntry, DataFile, DownloadProgress } from "../../datasets/index.js";
import { clip, columnsOf } from "../ansi.js";
import { sharedOptions } from "../options.js";
import { duration } from "../sparkline.js";
import { printRows } from "../table.js";

/** The formats that it reads make it slow to load. */
const datasets = () => import("../../datasets/index.js");

/** Of a data set that is not here, and has to be put here by hand. */
const notHereByHand = "no, by hand";

const redrawMs = 100;
const plainMs = 5000;

export function dataCommand(): Command {
  return new Command("data")
    .description("List the data sets that Ludus knows, and download them.")
    .addCommand(listCommand())
    .addCommand(getCommand());
}

function dataOption(): Option {
  return new Option("--data <dir>", "folder of all data sets; by default in the user's cache").env(
    "LUDUS_DATA",
  );
}

interface ListFlags {
  data?: string;
  json?: boolean;
}

function listCommand(): Command {
  return new Command("list")
    .description(
      "List the data sets: what they are, how large, under which licence, and whether they are here.",
    )
    .addOption(dataOption())
    .addOption(sharedOptions.json())
    .addHelpText("after", "\nExample:\n  $ ludus data list")
    .action(async ({ data, json = false }: ListFlags) => {
      const { catalogue, defaultDataFolder, findDataFile, lacksAddress } = await datasets();
      const folder = data || defaultDataFolder();
      const rows = Object.values<CatalogueEntry>(catalogue).map((entry) => {
        const here = entry.files.every((file) => findDataFile(entry.name, file.name, folder) !== null);
        return rowOf(entry, { here, byHand: lacksAddress(entry), json });
      });
      printRows(json, "dataset", rows, ["name", "MB", "here", "title"]);
      const byHand = rows.filter(({ here }) => here === notHereByHand).map(({ name }) => name);
      if (byHand.length > 0) {
        const get = "`ludus data get <name>` says what their files are, and where they belong";
        process.stderr.write(`There is no address to get ${byHand.join(" or ")} from; ${get}.\n`);
      }
    });
}

function rowOf(
  entry: CatalogueEntry,
  { here, byHand, json }: { here: boolean; byHand: boolean; json: boolean },
): Record<string, unknown> {
  const { name, title, split, licence, citation, files, origin = null } = entry;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (json) return { name, title, split, licence, citation, files, origin, bytes, here };
  return { name, MB: (bytes / 1e6).toFixed(2), here: here ? "yes" : byHand ? notHereByHand : "no", title };
}

interface GetFlags {
  data?: string;
  mirror?: string;
  json?: boolean;
}

function getCommand(): Command {
  return new Command("get")
    .description("Download a data set and check it; what came of an earlier try is not fetched again.")
    .argument("<name>", "one of `ludus data list`")
    .addOption(dataOption())
    .addOption(
      new Option(
        "--mirror <url>",
        "server that has the files as <url>/<data set>/<file>, to take in place of the published addresses",
      ).env("LUDUS_DATA_MIRROR"),
    )
    .addOption(sharedOptions.json())
    .addHelpText("after", "\nExample:\n  $ ludus data get mnist")
    .action(async (name: string, { data, mirror, json = false }: GetFlags) => {
      const { defaultDataFolder, findDataset, getDataset } = await datasets();
      const entry = findDataset(name);
      const line = new DownloadLine(entry.files);
      try {
        const files = await getDataset(entry, {
          folder: data || defaultDataFolder(),
          ...(mirror === undefined ? {} : { mirror }),
          onProgress: (progress) => line.progress(progress),
        });
        line.close();
        process.stderr.write(`Licence: ${entry.licence}. Please cite ${entry.citation}.\n`);
        for (const { path, downloaded } of files) {
          const bytes = statSync(path).size;
          if (json) process.stdout.write(`${JSON.stringify({ event: "file", path, bytes, downloaded })}\n`);
          else process.stdout.write(`${path}${downloaded ? "" : " (was there)"}\n`);
        }
        if (json) process.stdout.write(`${JSON.stringify({ event: "done", name, files: files.length })}\n`);
      } finally {
        line.close();
      }
    });
}

/** Tells people on stderr how a download goes: in a terminal one line that is drawn again, elsewhere now and then one. */
export class DownloadLine {
  private file: string | null = null;
  private first = 0;
  private startedAt = 0;
  private drawnAt = Number.NEGATIVE_INFINITY;
  private drawn = false;

  constructor(
    private readonly files: readonly DataFile[],
    private readonly out: NodeJS.WriteStream = process.stderr,
  ) {}

  progress({ file, received, total }: DownloadProgress): void {
    const now = performance.now();
    if (file !== this.file) {
      this.file = file;
      this.first = received;
      this.startedAt = now;
    }
    if (now - this.drawnAt < (this.out.isTTY ? redrawMs : plainMs)) return;
    this.drawnAt = now;
    const bytesPerSecond = (received - this.first) / ((now - this.startedAt) / 1000);
    const size = total ?? this.files.find(({ name }) => name === file)?.bytes ?? received;
    const text = progressText({ file, received, size, bytesPerSecond });
    const { isTTY } = this.out;
    this.out.write(isTTY ? `\r${clip(text, columnsOf(this.out) - 1)}\x1b[K` : `${text}\n`);
    this.drawn = isTTY;
  }

  /** Leaves the terminal with the cursor on a fresh line. */
  close(): void {
    if (this.drawn) this.out.write("\r\x1b[K");
    this.drawn = false;
  }
}

interface DownloadShown {
  file: string;
  /** Bytes. */
  received: number;
  size: number;
  bytesPerSecond: number;
}

/** ` 45%  4.5 of 9.9 MB  1.2 MB/s  ETA 5s  train-images-idx3-ubyte.gz` */
export function progressText({ file, received, size, bytesPerSecond }: DownloadShown): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  const knownSpeed = Number.isFinite(bytesPerSecond) && bytesPerSecond > 0;
  return [
    `${String(Math.floor((100 * received) / size)).padStart(3)}%`,
    `${megabytes(received)} of ${megabytes(size)} MB`,
    `${knownSpeed ? megabytes(bytesPerSecond) : "?"} MB/s`,
    `ETA ${knownSpeed ? duration((size - received) / bytesPerSecond) : "?"}`,
    file,
  ].join("  ");
}
