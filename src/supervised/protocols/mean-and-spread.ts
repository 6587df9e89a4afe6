/** Mean and standard deviation of a sample; the spread of one value is 0. */
export function meanAndSpread(values: readonly number[]): { mean: number; spread: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, spread: 0 };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, spread: Math.sqrt(squares / (values.length - 1)) };
}

/** What a chart of such means says of them. */
export function seedsNote(seeds: number): string {
  return seeds === 1 ? "one seed" : `mean of ${seeds} seeds, band: one standard deviation`;
}
