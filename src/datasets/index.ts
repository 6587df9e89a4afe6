export {
  type CatalogueEntry,
  catalogue,
  type DatasetName,
  findDataset,
  type LabelledSentences,
  type LoadedData,
  type LoadedGraph,
  type LoadedPairs,
  type LoadedRows,
  type LoadedSentences,
  type LoadedText,
  type LoadOptions,
  type Multi30kOptions,
  multi30kLanguages,
} from "./catalogue/index.js";
export type { Checksum, DataFile, DataFiles } from "./data-file.js";
export { defaultDataFolder, findDataFile, lacksAddress } from "./data-folder.js";
export type { DownloadProgress } from "./download.js";
export { parseCifar10 } from "./formats/cifar.js";
export {
  featureMatrix,
  type LabelledGraph,
  type NodeSplits,
  parseGraph,
  parseNodeSplits,
} from "./formats/cora.js";
export { type CsvOptions, type CsvTable, classColumn, parseCsv, textColumn } from "./formats/csv.js";
export { parseIdx } from "./formats/idx.js";
export { decodeImage, type RgbImage } from "./formats/image.js";
export {
  fillMedians,
  type MissingPolicy,
  type NumericColumns,
  type NumericTable,
  numericTable,
} from "./formats/numeric-table.js";
export { cropImage, resizeImage, type Size } from "./formats/resize.js";
export { type ParallelText, pairLines, parseLines, parseTabbedPairs, parseText } from "./formats/text.js";
export { type FileGot, type GetOptions, getDataset } from "./get-dataset.js";
export { type ImageBatchesOptions, type ImageFolder, imageBatches, listImageFolder } from "./image-folder.js";
