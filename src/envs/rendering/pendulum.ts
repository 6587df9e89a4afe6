import type { RgbFrame } from "gymnasium-js";
import { Canvas } from "./canvas.js";
import type { Colour } from "./colour.js";
import { LetterGrid, signed } from "./letter-grid.js";

/** What of a pendulum is drawn: rad from upright, counter-clockwise, rad/s, and the last torque, -2 to 2 N m. */
export interface PendulumView {
  theta: number;
  thetaDot: number;
  torque: number;
}

const backgroundColour: Colour = [255, 255, 255];
const rodColour: Colour = [204, 77, 77];
const axleColour: Colour = [40, 40, 40];
const torqueColour: Colour = [60, 110, 190];
/** Half of the width of what is shown, m; the rod is 1 m long. */
const reach = 1.3;
/** m */
const arcRadius = 0.5;
/** rad per N m */
const arcPerTorque = 1.2;

/** The rod from its axle `O`, then the three numbers; an arrow tells which way the torque turns. */
export function pendulumText({ theta, thetaDot, torque }: PendulumView): string {
  const grid = new LetterGrid(27, 13);
  const [x, y] = [(grid.width - 1) / 2, (grid.height - 1) / 2];
  // A letter is about twice as high as wide.
  grid.line([x, y], [x - Math.sin(theta) * 12, y - Math.cos(theta) * 6], "#");
  grid.put(x, y, "O");
  const arrow = torque === 0 ? "" : torque > 0 ? " (counter-clockwise)" : " (clockwise)";
  return `${grid}\nangle ${signed(theta)} rad, ${signed(thetaDot)} rad/s; torque ${signed(torque)} N m${arrow}`;
}

/** 120 x 120 pixels: the rod, and an arrow around the axle, the longer the greater the torque. */
export function pendulumPicture({ theta, torque }: PendulumView): RgbFrame {
  const canvas = new Canvas(120, 120, backgroundColour);
  const scale = canvas.width / (2 * reach);
  /** `radius` m from the axle, at an angle from upright. */
  const pixel = (angle: number, radius: number) =>
    [
      canvas.width / 2 - Math.sin(angle) * radius * scale,
      canvas.height / 2 - Math.cos(angle) * radius * scale,
    ] as const;
  canvas.strokeLine(pixel(0, 0), pixel(theta, 1), 10, rodColour);
  if (torque !== 0) drawArrow(canvas, pixel, torque);
  canvas.strokeLine(pixel(0, 0), pixel(0, 0), 5, axleColour);
  return canvas;
}

type PixelAt = (angle: number, radius: number) => readonly [number, number];

/** An arc around the top, with a head at the end that it turns to. */
function drawArrow(canvas: Canvas, pixel: PixelAt, torque: number): void {
  const extent = torque * arcPerTorque;
  const segments = Math.max(1, Math.ceil(Math.abs(extent) * 6));
  for (let i = 0; i < segments; i++) {
    const [from, to] = [i / segments, (i + 1) / segments].map((share) => (share - 0.5) * extent);
    canvas.strokeLine(pixel(from!, arcRadius), pixel(to!, arcRadius), 3, torqueColour);
  }
  const tip = extent / 2 + Math.sign(extent) * 0.12;
  for (const radius of [arcRadius - 0.14, arcRadius + 0.14]) {
    canvas.strokeLine(
      pixel(tip, arcRadius),
      pixel(extent / 2 - Math.sign(extent) * 0.16, radius),
      3,
      torqueColour,
    );
  }
}
