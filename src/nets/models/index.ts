export {
  chain,
  input,
  type LayerFunction,
  layers,
  type ModelSettings,
  modelSpec,
  type Node,
  sequential,
} from "./builder.js";
export { type NormalizedEdges, normalizedEdges } from "./graph-edges.js";
export type { Shape } from "./layer.js";
export type { LayerType } from "./layers/index.js";
export { type ApplyOptions, buildModel, type Model } from "./model.js";
export { parseModelSpec } from "./parse-spec.js";
export { type ModelSpec, type ModelSpecInput, modelSpecSchema } from "./spec.js";
export { type LayerSummary, type ModelSummary, summarizeModel } from "./summary.js";
