import { layers, type ModelSpec, sequential } from "../../../src/nets/models/index.js";
import { isRegression } from "../../../src/supervised/data/index.js";
import { type FitConfig, fitConfigSchema } from "../../../src/supervised/fit/index.js";
import type { Settings } from "./settings.js";

/** What the model's last node is called, which gives one number for each point. */
export const outputNode = "score";

/** What a hidden layer's node is called. @param index from 0 */
export function hiddenNode(index: number): string {
  return `hidden${index + 1}`;
}

/** The nodes that have neurons, from the first hidden layer to the output. */
export function nodesOf({ layers }: Pick<Settings, "layers">): string[] {
  return [...layers.map((_, index) => hiddenNode(index)), outputNode];
}

/** The net that settings describe: dense layers, each with dropout if there is any, and one number at the end. */
export function modelOf(settings: Settings): ModelSpec {
  const { activation, dropout } = settings;
  const hidden = settings.layers.flatMap((units, index) => {
    const dense = layers.dense({ units, activation, name: hiddenNode(index) });
    return dropout === 0 ? [dense] : [dense, layers.dropout({ rate: dropout / 100 })];
  });
  return sequential([settings.features.length], [...hidden, layers.dense({ units: 1, name: outputNode })], {
    initializer: "glorot-uniform",
  });
}

/** How it is trained. */
export function fitConfigOf(settings: Settings): FitConfig {
  const { data, loss, optimizer, learningRate, penalty, penaltyRate } = settings;
  const metrics = [isRegression(data) ? "r2" : "accuracy"];
  return fitConfigSchema.parse({
    objective: { heads: { output: { loss: { name: loss }, metrics } } },
    optimizer: { name: optimizer, learningRate },
    penalty: penalty === "none" ? null : { [penalty]: penaltyRate },
  });
}
