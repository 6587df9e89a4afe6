import { isRegression } from "../../../src/supervised/data/index.js";
import type { Toning } from "./colouring.js";
import { type FeatureName, featureNames, features, featuresOf, gridPoints } from "./features.js";
import { inputColumn } from "./layout.js";
import { outputNode } from "./network.js";
import type { Settings } from "./settings.js";
import type { Chosen } from "./state.js";

const featureMaps: Readonly<Record<string, Float32Array>> = Object.fromEntries(
  featureNames.map((name) => [name, featuresOf(gridPoints, [name])]),
);

/** What a neuron or a feature is called. */
export function nameOf({ node, unit }: Chosen): string {
  if (node === outputNode) return "Output";
  if (node === inputColumn) return `Feature ${features[featureNames[unit]!].label}`;
  return `Layer ${node.replace(/\D/g, "")}, neuron ${unit + 1}`;
}

/** What it says all over the grid; null while that is not known. */
export function valuesOf(
  { node, unit }: Chosen,
  maps: ReadonlyMap<string, readonly Float32Array[]>,
): Float32Array | null {
  if (node === inputColumn) return featureMaps[featureNames[unit]!]!;
  return maps.get(node)?.[unit] ?? null;
}

/** How its numbers become colours. */
export function toningOf({ node }: Chosen, { data, activation }: Settings): Toning {
  if (node === outputNode) return isRegression(data) ? "unit" : "logit";
  return node !== inputColumn && activation === "tanh" ? "unit" : "spread";
}

/** What the weights of a node are of, in their order. */
export function inputNamesOf(node: string, { features: chosen, layers }: Settings): string[] {
  const layer = node === outputNode ? layers.length : Number(node.replace(/\D/g, "")) - 1;
  if (layer === 0) return chosen.map((name: FeatureName) => features[name].label);
  return Array.from({ length: layers[layer - 1]! }, (_, unit) => `neuron ${unit + 1}`);
}
