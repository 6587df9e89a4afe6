import type { RgbFrame } from "gymnasium-js";
import { taxiMap, taxiStops } from "../toy-text/taxi-map.js";
import { Canvas } from "./canvas.js";
import { type Colour, coloured } from "./colour.js";

/** What is to be seen: cells row after row; a passenger without a stop is in the taxi. */
export interface TaxiScene {
  taxi: number;
  passenger: number;
  destination: number;
}

const side = 5;
const stopNames = "RGYB";
const stopColours: readonly Colour[] = [
  [229, 57, 53],
  [67, 160, 71],
  [255, 202, 40],
  [30, 136, 229],
];
const taxiColour: Colour = [255, 235, 59];
/** The taxi with its passenger. */
const fullTaxiColour: Colour = [102, 187, 106];
const passengerColour: Colour = [126, 87, 194];
const destinationColour: Colour = [216, 27, 96];
const groundColour: Colour = [224, 224, 224];
const laneColour: Colour = [200, 200, 200];
const wallColour: Colour = [55, 71, 79];
const windowColour: Colour = [38, 50, 56];
/** Pixels per cell; walls are drawn between cells. */
const cellSize = 30;
const wallSize = 4;

/**
 * Gymnasium's map: the taxi yellow, or green with the passenger in it; the passenger's stop violet, the destination
 * pink; then the last action, and the situation in words.
 */
export function taxiText(
  { taxi, passenger, destination }: TaxiScene,
  lastAction: string | undefined,
): string {
  const isAboard = taxiStops[passenger] === undefined;
  const backgroundOf = (cell: number): Colour | null => {
    if (cell === taxi) return isAboard ? fullTaxiColour : taxiColour;
    if (cell === taxiStops[passenger]) return passengerColour;
    return cell === taxiStops[destination] ? destinationColour : null;
  };
  const rows = taxiMap.map((line, y) =>
    [...line]
      .map((letter, x) => {
        const isCell = y >= 1 && y <= side && x % 2 === 1;
        const background = isCell ? backgroundOf((y - 1) * side + (x - 1) / 2) : null;
        // The underscore is for terminals without colour.
        return background === null ? letter : coloured(letter === " " ? "_" : letter, background);
      })
      .join(""),
  );
  const where = isAboard ? "in the taxi" : `at ${stopNames[passenger]}`;
  return [
    lastAction === undefined ? "" : `  (${lastAction})`,
    ...rows,
    `Passenger ${where}, to ${stopNames[destination]}`,
  ].join("\n");
}

/** Cells of 30 x 30 pixels: stops as frames, the destination filled, the passenger as a violet figure or behind a window. */
export function taxiPicture({ taxi, passenger, destination }: TaxiScene): RgbFrame {
  const size = side * cellSize + 2 * wallSize;
  const canvas = new Canvas(size, size, wallColour);
  for (let cell = 0; cell < side * side; cell++) {
    const [x, y] = cornerOf(cell);
    canvas.fillRect(x, y, cellSize, cellSize, laneColour);
    canvas.fillRect(x + 1, y + 1, cellSize - 2, cellSize - 2, groundColour);
  }
  taxiStops.forEach((cell, stop) => {
    const [x, y] = cornerOf(cell);
    canvas.fillRect(x + 3, y + 3, cellSize - 6, cellSize - 6, stopColours[stop]!);
    if (stop === destination) return;
    canvas.fillRect(x + 6, y + 6, cellSize - 12, cellSize - 12, groundColour);
  });
  drawWalls(canvas);
  const stop = taxiStops[passenger];
  drawTaxi(canvas, cornerOf(taxi), stop === undefined);
  if (stop !== undefined) drawPassenger(canvas, cornerOf(stop));
  return canvas;
}

function drawWalls(canvas: Canvas): void {
  for (let row = 0; row < side; row++) {
    for (let column = 1; column < side; column++) {
      if (taxiMap[row + 1]![2 * column] !== "|") continue;
      const [x, y] = cornerOf(row * side + column);
      canvas.fillRect(x - wallSize / 2, y, wallSize, cellSize, wallColour);
    }
  }
}

function drawTaxi(canvas: Canvas, [x, y]: readonly [number, number], isAboard: boolean): void {
  const body = isAboard ? fullTaxiColour : taxiColour;
  for (const wheel of [8, 21]) {
    canvas.strokeLine([x + wheel + 0.5, y + 22], [x + wheel + 0.5, y + 22], 8, windowColour);
  }
  canvas.fillRect(x + 3, y + 13, 24, 8, windowColour);
  canvas.fillRect(x + 4, y + 14, 22, 6, body);
  canvas.fillRect(x + 7, y + 6, 16, 8, windowColour);
  canvas.fillRect(x + 8, y + 7, 14, 7, body);
  canvas.fillRect(x + 10, y + 9, 4, 5, isAboard ? passengerColour : groundColour);
  canvas.fillRect(x + 16, y + 9, 4, 5, groundColour);
  canvas.fillRect(x + 13, y + 3, 4, 3, windowColour);
}

/** In the corner of the stop, so that a taxi there does not hide it. */
function drawPassenger(canvas: Canvas, [x, y]: readonly [number, number]): void {
  for (const [colour, rim] of [
    [windowColour, 2],
    [passengerColour, 0],
  ] as const) {
    canvas.strokeLine([x + 22, y + 20], [x + 22, y + 26], 9 + rim, colour);
    canvas.strokeLine([x + 22, y + 12], [x + 22, y + 12], 8 + rim, colour);
  }
}

function cornerOf(cell: number): [x: number, y: number] {
  return [(cell % side) * cellSize + wallSize, Math.floor(cell / side) * cellSize + wallSize];
}
