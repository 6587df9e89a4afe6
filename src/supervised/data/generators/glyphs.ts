/** A line through points of the unit square, x to the right and y down. */
export type Stroke = readonly (readonly [x: number, y: number])[];

/** A part of an ellipse as a line; angles in degrees, clockwise from the right. */
function arc(
  [x, y]: readonly [number, number],
  [radiusX, radiusY]: readonly [number, number],
  [from, to]: readonly [number, number],
): Stroke {
  const steps = Math.ceil(Math.abs(to - from) / 20);
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 180;
    return [x + radiusX * Math.cos(angle), y + radiusY * Math.sin(angle)] as const;
  });
}

/** The digits 0 to 9 as strokes of a pen. */
export const digitStrokes: readonly (readonly Stroke[])[] = [
  [arc([0.5, 0.5], [0.45, 0.5], [0, 360])],
  [
    [
      [0.25, 0.2],
      [0.55, 0],
      [0.55, 1],
    ],
  ],
  [[...arc([0.5, 0.28], [0.42, 0.28], [-170, 30]), [0.05, 1], [0.98, 1]]],
  [[...arc([0.45, 0.25], [0.4, 0.25], [-150, 90]), ...arc([0.45, 0.74], [0.48, 0.26], [-90, 150])]],
  [
    [
      [0.72, 1],
      [0.72, 0],
      [0.02, 0.68],
      [1, 0.68],
    ],
  ],
  [[[0.9, 0], [0.2, 0], [0.12, 0.45], ...arc([0.48, 0.68], [0.46, 0.32], [-120, 150])]],
  [[[0.75, 0], [0.3, 0.3], ...arc([0.5, 0.69], [0.42, 0.31], [190, 550])]],
  [
    [
      [0.02, 0],
      [0.95, 0],
      [0.4, 1],
    ],
  ],
  [arc([0.5, 0.25], [0.36, 0.25], [90, 450]), arc([0.5, 0.75], [0.44, 0.25], [-90, 270])],
  [[...arc([0.48, 0.3], [0.42, 0.3], [10, 370]), [0.85, 0.6], [0.65, 1]]],
];
