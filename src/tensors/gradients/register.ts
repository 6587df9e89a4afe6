import { defineBatchNormTrainingGradient } from "../ops/batch-norm.js";
import { defineLayerNormGradient } from "../ops/layer-norm.js";
import { defineResponseNormGradient } from "../ops/local-response-norm.js";
import { defineLstmCellGradient } from "../ops/lstm-cell.js";
import { defineElementwiseGradients } from "./elementwise.js";
import { defineFusedGradients } from "./fused.js";
import { defineNetGradients } from "./nets.js";
import { defineReductionGradients } from "./reductions.js";
import { defineStructuralGradients } from "./structural.js";

/**
 * Registers the gradients of the kernels that networks use, for all engines. tfjs-core 4.22 has gradients, but its
 * package for Node leaves them out, and in a browser they would come only with a deep import.
 */
export function registerGradients(): void {
  defineElementwiseGradients();
  defineStructuralGradients();
  defineReductionGradients();
  defineNetGradients();
  defineFusedGradients();
  defineLayerNormGradient();
  defineBatchNormTrainingGradient();
  defineResponseNormGradient();
  defineLstmCellGradient();
}
