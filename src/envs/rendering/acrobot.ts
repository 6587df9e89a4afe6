import type { RgbFrame } from "gymnasium-js";
import { Canvas } from "./canvas.js";
import type { Colour } from "./colour.js";
import { LetterGrid, signed } from "./letter-grid.js";

/** What of a chain of two links is drawn: rad, rad/s. */
export interface AcrobotView {
  theta1: number;
  theta2: number;
  theta1Dot: number;
  theta2Dot: number;
}

type Point = readonly [x: number, y: number];

const backgroundColour: Colour = [255, 255, 255];
const targetColour: Colour = [60, 60, 60];
const linkColours: readonly [Colour, Colour] = [
  [0, 150, 160],
  [40, 190, 195],
];
const jointColour: Colour = [225, 180, 20];

/** Half of the width of what is shown, m: both links of 1 m, and a margin. */
const reach = 2.2;

/** Elbow and end of the chain, m from the fixed joint, y up. */
function pointsOf({ theta1, theta2 }: AcrobotView): { elbow: Point; end: Point } {
  const [x, y] = [Math.sin(theta1), -Math.cos(theta1)];
  return { elbow: [x, y], end: [x + Math.sin(theta1 + theta2), y - Math.cos(theta1 + theta2)] };
}

/** The chain from its fixed joint `O`, the line to reach, then the four numbers. */
export function acrobotText(view: AcrobotView, targetHeight: number): string {
  const grid = new LetterGrid(45, 23);
  const cell = ([x, y]: Point): Point => [
    ((x + reach) / (2 * reach)) * (grid.width - 1),
    ((reach - y) / (2 * reach)) * (grid.height - 1),
  ];
  const { elbow, end } = pointsOf(view);
  grid.line(cell([-reach, targetHeight]), cell([reach, targetHeight]), "-");
  grid.line(cell([0, 0]), cell(elbow), "#");
  grid.line(cell(elbow), cell(end), "+");
  grid.put(...cell([0, 0]), "O");
  grid.put(...cell(elbow), "o");
  return `${grid}\nlink 1 ${signed(view.theta1)} rad, ${signed(view.theta1Dot)} rad/s; link 2 ${signed(view.theta2)} rad, ${signed(view.theta2Dot)} rad/s`;
}

/** 140 x 140 pixels: two links with their joints, and the line that the end has to pass. */
export function acrobotPicture(view: AcrobotView, targetHeight: number): RgbFrame {
  const canvas = new Canvas(140, 140, backgroundColour);
  const scale = canvas.width / (2 * reach);
  const pixel = ([x, y]: Point): Point => [(x + reach) * scale, (reach - y) * scale];
  const { elbow, end } = pointsOf(view);
  canvas.fillRect(0, pixel([0, targetHeight])[1], canvas.width, 1, targetColour);
  canvas.strokeLine(pixel([0, 0]), pixel(elbow), 7, linkColours[0]);
  canvas.strokeLine(pixel(elbow), pixel(end), 7, linkColours[1]);
  for (const joint of [[0, 0] as const, elbow]) canvas.strokeLine(pixel(joint), pixel(joint), 6, jointColour);
  return canvas;
}
