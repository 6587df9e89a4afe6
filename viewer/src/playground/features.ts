import type { Dataset } from "../../../src/supervised/data/index.js";

interface Feature {
  /** As people read it. */
  label: string;
  of(x1: number, x2: number): number;
}

/** What a net may be told of a point of the plane. */
export const features = {
  x1: { label: "x₁", of: (x1) => x1 },
  x2: { label: "x₂", of: (_, x2) => x2 },
  "x1-squared": { label: "x₁²", of: (x1) => x1 * x1 },
  "x2-squared": { label: "x₂²", of: (_, x2) => x2 * x2 },
  "x1-x2": { label: "x₁x₂", of: (x1, x2) => x1 * x2 },
  "sin-x1": { label: "sin x₁", of: (x1) => Math.sin(x1) },
  "sin-x2": { label: "sin x₂", of: (_, x2) => Math.sin(x2) },
} as const satisfies Record<string, Feature>;

export type FeatureName = keyof typeof features;

export const featureNames = Object.keys(features) as FeatureName[];

/** Features of points. @param points x1 and x2 of one after the other @returns float32 `[points, names]` in C order */
export function featuresOf(points: ArrayLike<number>, names: readonly FeatureName[]): Float32Array {
  const count = points.length / 2;
  const columns: readonly Feature[] = names.map((name) => features[name]);
  const values = new Float32Array(count * columns.length);
  for (let i = 0; i < count; i++) {
    columns.forEach(({ of }, column) => {
      values[i * columns.length + column] = of(points[2 * i]!, points[2 * i + 1]!);
    });
  }
  return values;
}

/** The same data, with `inputs` of features instead of points. */
export function withFeatures(data: Dataset, names: readonly FeatureName[]): Dataset {
  const inputs = { data: featuresOf(data.fields["inputs"]!.data, names), shape: [names.length] };
  return { ...data, fields: { ...data.fields, inputs } };
}

/** The plane is shown from -reach to reach along both axes. */
export const reach = 6;

/** Points a side of the grid that maps are drawn from. */
export const gridSide = 44;

/** The middles of a grid's cells, row by row from the top left: x1 and x2 of one after the other. */
export const gridPoints: Float32Array = Float32Array.from({ length: 2 * gridSide * gridSide }, (_, i) => {
  const cell = i >> 1;
  const [row, column] = [Math.floor(cell / gridSide), cell % gridSide];
  const along = (at: number): number => ((at + 0.5) / gridSide) * 2 * reach - reach;
  return i % 2 === 0 ? along(column) : -along(row);
});
