/** Order of strings by their code points, as Python sorts; JavaScript's own is by UTF-16 units, which puts emoji too early. */
export function byCodePoints(a: string, b: string): number {
  const [left, right] = [pointsOf(a), pointsOf(b)];
  const at = left.findIndex((point, i) => point !== right[i]);
  return at < 0 ? left.length - right.length : left[at]! - (right[at] ?? -1);
}

function pointsOf(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) as number);
}
