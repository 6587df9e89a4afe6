/** How often each gram of one length occurs: grams as numbers in base `symbols`, ascending. */
export interface GramTable {
  /** Symbols of a gram. */
  length: number;
  codes: Float64Array;
  counts: Int32Array;
}

/** Counts the grams of so many symbols that the sequences hold. */
export function gramTable(sequences: readonly Int32Array[], symbols: number, length: number): GramTable {
  const total = sequences.reduce((sum, sequence) => sum + Math.max(0, sequence.length - length + 1), 0);
  const all = new Float64Array(total);
  const modulus = symbols ** (length - 1);
  let at = 0;
  for (const sequence of sequences) {
    let code = 0;
    for (let t = 0; t < sequence.length; t++) {
      code = (code % modulus) * symbols + sequence[t]!;
      if (t >= length - 1) all[at++] = code;
    }
  }
  all.sort();
  return runs(all, length);
}

/**
 * Of each gram, with how many different symbols before it it occurs, counted from the grams one symbol longer: Kneser &
 * Ney's continuation counts. A gram that only begins sequences is not there.
 */
export function continuationTable(longer: GramTable, symbols: number): GramTable {
  const length = longer.length - 1;
  const modulus = symbols ** length;
  return runs(longer.codes.map((code) => code % modulus).sort(), length);
}

/** The places `[from, to)` of the grams that begin with all symbols of `context` and have one more. */
export function followers(
  { codes }: GramTable,
  context: number,
  symbols: number,
): { from: number; to: number } {
  const from = firstNotBelow(codes, context * symbols, 0);
  // At most one gram for each symbol.
  const to = firstNotBelow(codes, (context + 1) * symbols, from, Math.min(from + symbols, codes.length));
  return { from, to };
}

/** How often a gram was counted, looked for between these places. */
export function countOf(
  { codes, counts }: GramTable,
  code: number,
  { from, to }: { from: number; to: number },
): number {
  const place = firstNotBelow(codes, code, from, to);
  return place < to && codes[place] === code ? counts[place]! : 0;
}

function firstNotBelow(codes: Float64Array, code: number, low: number, high = codes.length): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (codes[middle]! < code) from = middle + 1;
    else to = middle;
  }
  return from;
}

function runs(sorted: Float64Array, length: number): GramTable {
  const codes = new Float64Array(sorted.length);
  const counts = new Int32Array(sorted.length);
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) codes[distinct++] = sorted[i]!;
    counts[distinct - 1]!++;
  }
  return { length, codes: codes.slice(0, distinct), counts: counts.slice(0, distinct) };
}
