/** A digit is 3 by 5 blocks of 4 by 2 pixels, ten rows in all. */
export const digitWidth = 12;
export const digitHeight = 10;
export const digitTop = 5;
/** Left edges of hundreds, tens, ones of the score, of the lives, and of the player's number. */
export const scoreColumns = [36, 52, 68] as const;
export const livesColumn = 100;
export const playerColumn = 132;

const blockWidth = 4;
const blockHeight = 2;

/** Blocks of 0 to 9, row by row. */
const blocks = [
  ["###", "# #", "# #", "# #", "###"],
  ["  #", "  #", "  #", "  #", "  #"],
  ["###", "  #", "###", "#  ", "###"],
  ["###", "  #", "###", "  #", "###"],
  ["# #", "# #", "###", "  #", "  #"],
  ["###", "#  ", "###", "  #", "###"],
  ["###", "#  ", "###", "# #", "###"],
  ["###", "  #", "  #", "  #", "  #"],
  ["###", "# #", "###", "# #", "###"],
  ["###", "# #", "###", "  #", "###"],
];

/** Whether a pixel of a digit is lit. */
export function isLit(digit: number, x: number, y: number): boolean {
  return blocks[digit]![Math.floor(y / blockHeight)]![Math.floor(x / blockWidth)] === "#";
}
