import type { Dataset } from "../../supervised/data/index.js";
import type { DataFiles } from "../data-file.js";
import { readDataFile } from "../data-folder.js";
import type { LabelledGraph, NodeSplits } from "../formats/cora.js";
import type { ParallelText } from "../formats/text.js";

export interface LoadOptions {
  /** The folder of all data sets; by default `LUDUS_DATA`, or the cache folder. */
  folder?: string;
  /** Of the split, where none is official; default 0. */
  seed?: number;
}

/** Rows of numbers: images or tables. */
export interface LoadedRows {
  kind: "rows";
  splits: { train: Dataset; test: Dataset };
}

/** One graph, whose nodes are split. */
export interface LoadedGraph {
  kind: "graph";
  graph: LabelledGraph;
  splits: NodeSplits;
}

/** Running text. */
export interface LoadedText {
  kind: "text";
  splits: { train: string; validation: string };
}

export interface LabelledSentences {
  sentences: readonly string[];
  /** Class index of each sentence. */
  labels: Int32Array;
}

/** Sentences, each of a class. */
export interface LoadedSentences {
  kind: "sentences";
  classes: readonly string[];
  splits: { train: LabelledSentences; test: LabelledSentences };
}

/** Sentences and their translations. */
export interface LoadedPairs {
  kind: "pairs";
  splits: { train: ParallelText; validation: ParallelText; test: ParallelText };
}

export type LoadedData = LoadedRows | LoadedGraph | LoadedText | LoadedSentences | LoadedPairs;

/** A data set that Ludus knows: where it comes from, and how it is read and split. */
export interface CatalogueEntry<Loaded extends LoadedData = LoadedData> extends DataFiles {
  /** What it is, in a few words. */
  title: string;
  /** How `load` splits it, and whether that is official. */
  split: string;
  licence: string;
  citation: string;
  /**
   * Reads it from the data folder.
   * @throws {DataError} `missing-file`, `wrong-checksum`, `corrupt-file`
   */
  load(options?: LoadOptions): Loaded;
}

/** Reads files of a data set by name. */
export function reader(dataset: DataFiles, folder: string | undefined): (name: string) => Uint8Array {
  return (name) => {
    const file = dataset.files.find((each) => each.name === name);
    if (file === undefined) throw new Error(`${dataset.name} has no file ${name} in its catalogue entry.`);
    return readDataFile(dataset, file, folder);
  };
}
