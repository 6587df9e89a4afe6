/** The candidate that takes the fewest edits (insert, delete, replace a letter) to become `word`. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  return [...candidates].sort((a, b) => edits(word, a) - edits(word, b))[0];
}

function edits(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      row.push(Math.min(row[j]! + 1, previous[j + 1]! + 1, previous[j]! + (letter === b[j] ? 0 : 1)));
    }
    previous = row;
  }
  return previous[b.length]!;
}
