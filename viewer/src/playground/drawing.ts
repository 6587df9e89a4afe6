import type { Dataset } from "../../../src/supervised/data/index.js";
import {
  discretized,
  enlarge,
  negativeColour,
  paintContour,
  paintTones,
  positiveColour,
  type Toning,
  tonesOf,
} from "./colouring.js";
import { gridSide, reach } from "./features.js";
import { pixelRatio } from "./pixel-ratio.js";

const ground = "#0a0c12";

/** A canvas as sharp as the screen, cleared. */
export interface Square {
  context: CanvasRenderingContext2D;
  /** In CSS pixels. */
  side: number;
}

export function openSquare(canvas: HTMLCanvasElement): Square {
  const side = canvas.clientWidth;
  const pixels = Math.round(side * pixelRatio.value);
  if (canvas.width !== pixels) {
    canvas.width = pixels;
    canvas.height = pixels;
  }
  const context = canvas.getContext("2d")!;
  context.setTransform(pixels / side, 0, 0, pixels / side, 0, 0);
  context.clearRect(0, 0, side, side);
  return { context, side };
}

/** Points as discs in the colour of their class or value; hollow ones are rings. */
export function drawPoints(
  { context, side }: Square,
  { size, fields }: Dataset,
  { radius, hollow = false }: { radius: number; hollow?: boolean },
): void {
  const [inputs, targets] = [fields["inputs"]!.data, fields["targets"]!.data];
  const isClass = targets instanceof Int32Array;
  const place = (along: number): number => ((along + reach) / (2 * reach)) * side;
  for (let i = 0; i < size; i++) {
    const target = isClass ? targets[i]! * 2 - 1 : targets[i]!;
    const colour = isClass ? (target > 0 ? positiveColour : negativeColour) : pointColour(target);
    context.beginPath();
    context.arc(place(inputs[2 * i]!), side - place(inputs[2 * i + 1]!), radius, 0, 2 * Math.PI);
    if (radius > 2) {
      context.lineWidth = hollow ? 4 : 2;
      context.strokeStyle = ground;
      context.stroke();
    }
    context.fillStyle = hollow ? ground : colour;
    context.fill();
    if (!hollow) continue;
    context.lineWidth = 1.75;
    context.strokeStyle = colour;
    context.stroke();
  }
}

/** Between the two colours, through grey. @param value -1 to 1 */
function pointColour(value: number): string {
  const share = Math.round(100 * Math.min(1, Math.abs(value)));
  return `color-mix(in oklab, ${value < 0 ? negativeColour : positiveColour} ${share}%, #6b7488)`;
}

/** A map of the grid, a pixel for each of its points; the canvas is shown larger. */
export function drawMap(canvas: HTMLCanvasElement, values: Float32Array, toning: Toning): void {
  if (canvas.width !== gridSide) {
    canvas.width = gridSide;
    canvas.height = gridSide;
  }
  putTones(canvas, tonesOf(values, toning));
}

export interface LargeMapOptions {
  toning: Toning;
  /** Whether a line shows where it goes through 0. */
  contour: boolean;
  discrete: boolean;
}

const largeSide = 400;

/** A map of the grid, smooth. */
export function drawLargeMap(
  canvas: HTMLCanvasElement,
  values: Float32Array,
  { toning, contour, discrete }: LargeMapOptions,
): void {
  if (canvas.width !== largeSide) {
    canvas.width = largeSide;
    canvas.height = largeSide;
  }
  const tones = enlarge(tonesOf(values, toning), gridSide, largeSide);
  putTones(canvas, discrete ? discretized(tones) : tones, contour ? tones : null);
}

function putTones(canvas: HTMLCanvasElement, tones: Float32Array, lined: Float32Array | null = null): void {
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(canvas.width, canvas.height);
  paintTones(tones, image.data);
  if (lined !== null) paintContour(lined, canvas.width, image.data);
  context.putImageData(image, 0, 0);
}
