const bars = "▁▂▃▄▅▆▇█";

/** A row of bars, from the smallest value to the largest; of more than `width` values, means of neighbours. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.length <= width ? values : means(values, width);
  const low = Math.min(...shown);
  const span = Math.max(...shown) - low;
  return shown
    .map((value) => bars[span === 0 ? 0 : Math.round(((value - low) / span) * (bars.length - 1))])
    .join("");
}

function means(values: readonly number[], groups: number): number[] {
  return Array.from({ length: groups }, (_, i) => {
    const from = Math.floor((i * values.length) / groups);
    const to = Math.floor(((i + 1) * values.length) / groups);
    return values.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
  });
}

/** Seconds as people read them: `42s`, `3m07s`, `1h05m`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (minutes < 60) return `${minutes}m${String(rest).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}m`;
}
