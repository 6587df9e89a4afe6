import { input, layers, modelSpec } from "../models/builder.js";
import type { ModelSpec } from "../models/spec.js";

export interface GcnOptions {
  /** Of a node; default 1433, Cora's. */
  features?: number;
  /** Default 16. */
  hidden?: number;
  /** Default 7. */
  classes?: number;
  /** Of inputs and hidden units; default 0.5. */
  dropout?: number;
}

/**
 * Two graph convolutions. Inputs: `nodes` `[nodes, features]`, `edges` and `edgeWeights`, as `normalizedEdges` makes them. Outputs:
 * `classes`.
 *
 * Source: Kipf & Welling 2017, equation 9, https://arxiv.org/abs/1609.02907
 */
export function gcn({
  features = 1433,
  hidden = 16,
  classes = 7,
  dropout = 0.5,
}: GcnOptions = {}): ModelSpec {
  const edges = input("edges", [2], "int32");
  const weights = input("edgeWeights", []);
  const drop = () => layers.dropout({ rate: dropout });
  const first = layers.graphConv({ units: hidden, activation: "relu", bias: false });
  const second = layers.graphConv({ units: classes, bias: false });
  const seen = first(drop()(input("nodes", [features])), edges, weights);
  return modelSpec({ classes: second(drop()(seen), edges, weights) }, { initializer: "glorot-uniform" });
}
