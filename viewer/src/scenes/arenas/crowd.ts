/** Where things stand that share a cell: plain geometry, without anything that draws. */
export interface Standing {
  /** From the middle of the cell, in cells. */
  x: number;
  y: number;
  /** As a share of what has a cell for itself. */
  scale: number;
}

const alone: Standing = { x: 0, y: 0, scale: 1 };

/** Of each, by the cell that it is in: in the middle, or in a ring with all others that are there. */
export function standings(cells: ArrayLike<number>): Standing[] {
  const crowds = new Map<number, number[]>();
  for (let who = 0; who < cells.length; who++) {
    const cell = cells[who]!;
    crowds.set(cell, [...(crowds.get(cell) ?? []), who]);
  }
  const all: Standing[] = new Array(cells.length).fill(alone);
  for (const crowd of crowds.values()) {
    if (crowd.length === 1) continue;
    crowd.forEach((who, i) => {
      const angle = (2 * Math.PI * i) / crowd.length - Math.PI / 4;
      all[who] = { x: 0.2 * Math.cos(angle), y: 0.2 * Math.sin(angle), scale: 0.62 };
    });
  }
  return all;
}
