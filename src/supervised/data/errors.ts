/** What can be wrong with data. Stable names. */
export type DataErrorCode =
  /** Values, sizes or shapes that are no data set. */
  | "invalid-data"
  /** A setting that makes no sense for these data. */
  | "invalid-options"
  /** Fewer than two classes where they are to be told apart. */
  | "one-class"
  /** A split, or a whole data set, without a row. */
  | "empty-split"
  /** Images of another size than the rest. */
  | "wrong-size"
  /** A file whose bytes are not what its format says. */
  | "corrupt-file"
  /** A file that is not there. */
  | "missing-file"
  /** A file whose bytes are not those that were published. */
  | "wrong-checksum"
  /** A name that the catalogue lacks. */
  | "unknown-dataset"
  /** A server that does not answer, or not with the file. */
  | "download-failed"
  | "disk-full"
  | "write-failed";

/** Data that cannot be used as they are: one sentence that names the value, the expectation and the fix. */
export class DataError extends Error {
  override readonly name = "DataError";
  constructor(
    readonly code: DataErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
