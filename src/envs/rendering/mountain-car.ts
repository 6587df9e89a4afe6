import type { RgbFrame } from "gymnasium-js";
import { Canvas } from "./canvas.js";
import type { Colour } from "./colour.js";
import { LetterGrid, signed } from "./letter-grid.js";

/** What of a car in a valley is drawn: m, m per step. */
export interface MountainCarView {
  position: number;
  velocity: number;
}

/** The ground that is shown, m; of the same extent as the positions that the car can have. */
const [left, right] = [-1.2, 0.6];

const skyColour: Colour = [222, 239, 250];
const groundColour: Colour = [120, 158, 96];
const grassColour: Colour = [70, 112, 58];
const carColour: Colour = [196, 62, 54];
const wheelColour: Colour = [45, 45, 50];
const poleColour: Colour = [90, 90, 95];
const flagColour: Colour = [245, 190, 30];

/** Height of the ground, m: from 0.1 to 1. */
function height(position: number): number {
  return Math.sin(3 * position) * 0.45 + 0.55;
}

/** The valley with car `o` and flag `P`, then the two numbers. */
export function mountainCarText(view: MountainCarView, goalPosition: number): string {
  const grid = new LetterGrid(61, 12);
  const column = (position: number) => ((position - left) / (right - left)) * (grid.width - 1);
  const row = (position: number) => grid.height - 1 - height(position) * 9;
  for (let i = 0; i < grid.width; i++) {
    const position = left + (i / (grid.width - 1)) * (right - left);
    // The slope of the ground, in rows per column; a letter is about twice as high as wide.
    const slope = Math.cos(3 * position);
    grid.put(i, row(position), slope > 0.5 ? "/" : slope < -0.5 ? "\\" : "_");
  }
  grid.put(column(goalPosition), row(goalPosition) - 1, "P");
  grid.put(column(view.position), row(view.position) - 1, "o");
  return `${grid}\nposition ${signed(view.position)} m, velocity ${signed(view.velocity, 5)} m/step`;
}

/** 160 x 116 pixels: hill, car, and a flag at the goal. */
export function mountainCarPicture(view: MountainCarView, goalPosition: number): RgbFrame {
  const canvas = new Canvas(160, 116, skyColour);
  const scale = canvas.width / (right - left);
  const ground = (position: number) => canvas.height - height(position) * scale;
  for (let column = 0; column < canvas.width; column++) {
    const top = ground(left + (column + 0.5) / scale);
    canvas.fillRect(column, top, 1, canvas.height - top, groundColour);
    canvas.fillRect(column, top, 1, 2, grassColour);
  }
  drawFlag(canvas, (goalPosition - left) * scale, ground(goalPosition));
  drawCar(canvas, (view.position - left) * scale, ground(view.position), Math.cos(3 * view.position) * 1.35);
  return canvas;
}

function drawFlag(canvas: Canvas, x: number, y: number): void {
  canvas.fillRect(x, y - 20, 1, 20, poleColour);
  // A pennant: shorter to its lower and upper edge.
  for (let row = 0; row < 9; row++)
    canvas.fillRect(x + 1, y - 20 + row, 10 - Math.abs(row - 4) * 2.2, 1, flagColour);
}

/** @param slope of the ground */
function drawCar(canvas: Canvas, x: number, y: number, slope: number): void {
  const length = Math.hypot(1, slope);
  const [alongX, alongY] = [1 / length, -slope / length];
  /** A point so far along the ground and above it, in pixels. */
  const at = (along: number, above: number) =>
    [x + along * alongX + above * alongY, y + along * alongY - above * alongX] as const;
  canvas.strokeLine(at(-6, 5), at(6, 5), 5, carColour);
  canvas.strokeLine(at(-2.5, 8), at(2.5, 8), 5, carColour);
  for (const along of [-4.5, 4.5]) canvas.strokeLine(at(along, 2.5), at(along, 2.5), 5, wheelColour);
}
