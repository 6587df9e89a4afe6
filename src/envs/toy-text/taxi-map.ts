/** Walls are `|`, open borders `:`; the letters are the four stops. */
export const taxiMap = [
  "+---------+",
  "|R: | : :G|",
  "| : | : : |",
  "| : : : : |",
  "| | : | : |",
  "|Y| : |B: |",
  "+---------+",
] as const;

/** Cells of the stops R, G, Y and B. */
export const taxiStops: readonly number[] = [0, 4, 20, 23];
