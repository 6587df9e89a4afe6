import { nearestSpelling } from "gymnasium-js";
import { DataError } from "../../supervised/data/index.js";
import type { CatalogueEntry } from "./entry.js";
import { cora } from "./graphs.js";
import { cifar10, cifar10Subset, fashionMnist, mnist } from "./images.js";
import { californiaHousing, iris, optdigits, wdbc } from "./tables.js";
import { multi30k, rtPolarity, tatoeba, tinyshakespeare } from "./texts.js";

/** The data sets that Ludus knows. */
export const catalogue = {
  mnist,
  "fashion-mnist": fashionMnist,
  cifar10,
  "cifar10-subset": cifar10Subset,
  cora,
  optdigits,
  iris,
  wdbc,
  "california-housing": californiaHousing,
  tinyshakespeare,
  "rt-polarity": rtPolarity,
  "tatoeba-en-sv": tatoeba,
  multi30k,
} as const satisfies Record<string, CatalogueEntry>;

export type DatasetName = keyof typeof catalogue;

/** @throws {DataError} `unknown-dataset`; the message has the nearest name, or all */
export function findDataset(name: string): CatalogueEntry {
  if (Object.hasOwn(catalogue, name)) return catalogue[name as DatasetName];
  const names = Object.keys(catalogue);
  const nearest = nearestSpelling(name, names);
  const hint = nearest === null ? `there are ${names.join(", ")}` : `did you mean ${nearest}?`;
  throw new DataError("unknown-dataset", `There is no data set ${JSON.stringify(name)}; ${hint}`);
}

export type {
  CatalogueEntry,
  LabelledSentences,
  LoadedData,
  LoadedGraph,
  LoadedPairs,
  LoadedRows,
  LoadedSentences,
  LoadedText,
  LoadOptions,
} from "./entry.js";
export { cifar10OfArchive } from "./images.js";
export { type Multi30kOptions, multi30kLanguages } from "./texts.js";
