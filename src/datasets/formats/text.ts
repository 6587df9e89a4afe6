import { DataError } from "../../supervised/data/index.js";
import { ungzipped } from "./gzip.js";

/**
 * UTF-8 text, gzipped or not, without a byte order mark.
 * @throws {DataError} `corrupt-file` for bytes that are not UTF-8
 */
export function parseText(packed: Uint8Array, file: string): string {
  const bytes = ungzipped(packed, file);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new DataError("corrupt-file", `${file} is not UTF-8 text; convert it, or get it anew.`, {
      cause: error,
    });
  }
}

/**
 * Lines of a text file without their ends; the end of the last line is optional.
 * @throws {DataError} `corrupt-file` if it is no text or has no line
 */
export function parseLines(packed: Uint8Array, file: string): string[] {
  const lines = parseText(packed, file).split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  if (lines.length === 0)
    throw new DataError("corrupt-file", `${file} is empty; it needs at least one line.`);
  return lines;
}

/** Sentences and their translations, row by row. */
export interface ParallelText {
  source: string[];
  target: string[];
}

/**
 * Sentence pairs with tabs between the columns; further columns are left aside.
 * @throws {DataError} `corrupt-file` for a line with one column or an empty sentence
 */
export function parseTabbedPairs(packed: Uint8Array, file: string): ParallelText {
  const text: ParallelText = { source: [], target: [] };
  parseLines(packed, file).forEach((line, i) => {
    const [source = "", target = ""] = line.split("\t");
    if (source === "" || target === "") {
      throw new DataError(
        "corrupt-file",
        `${file}, line ${i + 1}: expected a sentence, a tab and its translation, but found ${JSON.stringify(line.slice(0, 40))}.`,
      );
    }
    text.source.push(source);
    text.target.push(target);
  });
  return text;
}

/**
 * Sentence pairs of two files whose lines belong together.
 * @throws {DataError} `corrupt-file` if they differ in their number of lines
 */
export function pairLines(
  source: { name: string; lines: string[] },
  target: { name: string; lines: string[] },
): ParallelText {
  if (source.lines.length === target.lines.length) return { source: source.lines, target: target.lines };
  throw new DataError(
    "corrupt-file",
    `${source.name} has ${source.lines.length} lines, but ${target.name} has ${target.lines.length}; line by line they must be translations.`,
  );
}
