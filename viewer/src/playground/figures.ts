/** From here on digits say nothing, and would not fit. */
const longest = 10_000;

/** A figure as people read it. @param digits after the point; numbers from 10,000 on are short, such as 2.57e29 */
export function figureOf(value: number, digits: number): string {
  if (Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  return `${value < 0 ? "−" : ""}${size === Infinity ? "∞" : size < longest ? size.toFixed(digits) : shortOf(size, 2)}`;
}

/** A mark of an axis: as it is, or short. */
export function markOf(value: number): string {
  return value < longest ? value.toLocaleString("en") : shortOf(Number(value.toPrecision(3)));
}

function shortOf(size: number, digits?: number): string {
  return size.toExponential(digits).replace("+", "");
}
