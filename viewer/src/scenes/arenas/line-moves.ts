/** What happened on a board on which stones are placed: plain counting, without anything that draws. */

/** `[height, width]`: 0 where free, else 1 + the agent whose stone lies there. */
type Cells = ArrayLike<number>;

/** Cells that have got a stone, in the order in which they did: whoever is held comes before the other. Null where stones were taken away. */
export function newStones(from: Cells, to: Cells, seat: number): number[] | null {
  const placed: number[] = [];
  for (let cell = 0; cell < to.length; cell++) {
    if (from[cell] === to[cell]) continue;
    if (from[cell] !== 0) return null;
    placed.push(cell);
  }
  return placed.sort((a, b) => Number(to[a] !== 1 + seat) - Number(to[b] !== 1 + seat));
}

/** Cells of a line of so many stones of one agent; null where there is none. */
export function winningLine(cells: Cells, columns: number, line: number): number[] | null {
  const rows = cells.length / columns;
  const steps = [
    [0, 1],
    [1, 0],
    [1, 1],
    [1, -1],
  ] as const;
  for (let cell = 0; cell < cells.length; cell++) {
    if (cells[cell] === 0) continue;
    const [row, column] = [Math.floor(cell / columns), cell % columns];
    for (const [down, right] of steps) {
      const [lastRow, lastColumn] = [row + (line - 1) * down, column + (line - 1) * right];
      if (lastRow >= rows || lastColumn < 0 || lastColumn >= columns) continue;
      const found = Array.from({ length: line }, (_, i) => cell + i * (down * columns + right));
      if (found.every((each) => cells[each] === cells[cell])) return found;
    }
  }
  return null;
}

/** Share of a fall after so much of its time: faster and faster, and a small bounce at the end. */
export function fallen(time: number): number {
  const landing = 0.75;
  if (time < landing) return (time / landing) ** 2;
  const bounce = (time - landing) / (1 - landing);
  return 1 - 0.16 * bounce * (1 - bounce);
}

/** How far the i-th of so many things is that move one after the other. */
export function inTurn(share: number, i: number, count: number): number {
  return Math.min(1, Math.max(0, share * count - i));
}
