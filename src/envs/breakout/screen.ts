import type { Colour } from "../rendering/colour.js";

/** The picture of the arcade console: 210 rows of 160 pixels. All distances below are in pixels, y down. */
export const screenWidth = 160;
export const screenHeight = 210;

/** The frame around the court: a bar above, from `barTop` to `courtTop`, and a wall of 8 on either side. */
export const barTop = 17;
export const courtTop = 32;
export const courtLeft = 8;
export const courtRight = 152;
/** First row below the side walls; a ball that gets there is lost. */
export const courtBottom = 196;

export const brickRows = 6;
export const brickColumns = 18;
export const brickWidth = 8;
export const brickHeight = 6;
export const bricksTop = 57;
export const bricksBottom = bricksTop + brickRows * brickHeight;

export const paddleTop = 189;
export const paddleHeight = 4;
export const wideWidth = 16;
export const narrowWidth = 8;

export const ballWidth = 2;
export const ballHeight = 4;

export const black: Colour = [0, 0, 0];
export const grey: Colour = [142, 142, 142];
/** Of ball and paddle, and of the end of the right wall. */
export const red: Colour = [200, 72, 72];
/** Of the end of the left wall. */
export const teal: Colour = [66, 158, 130];
/** From the top row down. */
export const brickColours: readonly Colour[] = [
  red,
  [198, 108, 58],
  [180, 122, 48],
  [162, 162, 42],
  [72, 160, 72],
  [66, 72, 200],
];
/** Points of a brick, from the top row down: 432 in a wall. */
export const brickPoints: readonly number[] = [7, 7, 4, 4, 1, 1];
