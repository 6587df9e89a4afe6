/** How lines of runs look, by slot: a colour, which is the CSS variable `--run-N`, and dashes (pixels drawn and left out). */
const dashes: readonly (readonly number[])[] = [
  [],
  [8, 4],
  [2, 3],
  [12, 3, 2, 3],
  [5, 2],
  [16, 5],
  [8, 3, 2, 3, 2, 3],
  [4, 7],
];

/** Runs that can be laid over each other. */
export const slotCount = dashes.length;

/** The CSS variable of a slot's colour. */
export function colourOf(slot: number): string {
  return `--run-${slot + 1}`;
}

export function dashOf(slot: number): readonly number[] {
  return dashes[slot] ?? [];
}

export function firstFreeSlot(taken: readonly number[]): number | null {
  const free = dashes.findIndex((_, slot) => !taken.includes(slot));
  return free < 0 ? null : free;
}
