import type { RgbFrame } from "gymnasium-js";
import { Canvas } from "./canvas.js";
import type { Colour } from "./colour.js";

/** What of a cart with a pole is drawn: m, m/s, rad, rad/s. */
export interface CartPoleView {
  x: number;
  xDot: number;
  theta: number;
  thetaDot: number;
}

const trackColour: Colour = [120, 120, 120];
const cartColour: Colour = [40, 40, 40];
const poleColour: Colour = [202, 152, 101];
const axleColour: Colour = [129, 132, 203];

/** Columns of the track; odd, so that there is a middle. */
const textWidth = 49;
const poleRows = 5;

/** Pole and cart above a track that spans the allowed positions, then the four numbers. */
export function cartPoleText(view: CartPoleView, xThreshold: number): string {
  const half = (textWidth - 1) / 2;
  const cart = Math.round(half + (view.x / xThreshold) * half);
  const grid = Array.from({ length: poleRows + 1 }, () => new Array<string>(textWidth).fill(" "));
  const put = (row: number, column: number, letter: string) => {
    const letters = grid[row];
    if (letters !== undefined && column >= 0 && column < textWidth) letters[column] = letter;
  };
  for (let height = 1; height <= poleRows; height++) {
    // Letters are about twice as high as wide, so a slope of 1 moves two columns per row.
    const column = Math.round(cart + 2 * height * Math.tan(view.theta));
    put(poleRows - height, column, Math.abs(view.theta) < 0.05 ? "|" : view.theta > 0 ? "/" : "\\");
  }
  [..."[_o_]"].forEach((letter, index) => {
    put(poleRows, cart - 2 + index, letter);
  });
  const number = (value: number) => `${value < 0 ? "" : "+"}${value.toFixed(3)}`;
  const figures = `x ${number(view.x)} m, ${number(view.xDot)} m/s; pole ${number(view.theta)} rad, ${number(view.thetaDot)} rad/s`;
  return [...grid.map((letters) => letters.join("").trimEnd()), "=".repeat(textWidth), figures].join("\n");
}

/** 150 x 100 pixels, the world as wide as the allowed positions, as in Gymnasium's drawing. */
export function cartPolePicture(view: CartPoleView, xThreshold: number): RgbFrame {
  const canvas = new Canvas(150, 100, [255, 255, 255]);
  const scale = canvas.width / (2 * xThreshold);
  const [trackY, cartWidth, cartHeight, poleLength] = [75, 13, 8, scale];
  const x = view.x * scale + canvas.width / 2;
  const axle = [x, trackY - cartHeight / 4] as const;
  const tip = [x + Math.sin(view.theta) * poleLength, axle[1] - Math.cos(view.theta) * poleLength] as const;
  canvas.fillRect(0, trackY, canvas.width, 1, trackColour);
  canvas.fillRect(x - cartWidth / 2, trackY - cartHeight / 2, cartWidth, cartHeight, cartColour);
  canvas.strokeLine(axle, tip, 3, poleColour);
  canvas.strokeLine(axle, axle, 3, axleColour);
  return canvas;
}
