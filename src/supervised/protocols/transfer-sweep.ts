import { Generator } from "gymnasium-js";
import { buildModel, type Model, type ModelSpec } from "../../nets/index.js";
import type { FitConfig, FitData } from "../fit/index.js";
import { fitToEnd, testFigure } from "./fit-to-end.js";
import { allBut, transferLayers } from "./transfer-layers.js";

/**
 * What is done to a net for the target task B, by the names of Yosinski et al.: layers of a net for the source task A, or of another
 * for B itself, which stay as they are, or (+) are trained on with the rest.
 */
export const treatments = ["BnB", "BnB+", "AnB", "AnB+"] as const;

export type Treatment = (typeof treatments)[number];

/** A task to learn, and how. Its data have a test split. */
export interface SweptTask {
  spec: ModelSpec;
  data: FitData;
  config: FitConfig;
}

export interface TransferSweepOptions {
  /** Both tasks; what they draw comes from the seed. */
  tasks(seed: number): { source: SweptTask; target: SweptTask };
  /** Names of nodes from the input on, the same in both nets; step n of the sweep takes the first n over. */
  layers: readonly string[];
  seeds: readonly number[];
  /** Default all four. */
  treatments?: readonly Treatment[];
  /** Figure of the test split; default accuracy. */
  figure?: string;
  /** Told after each net; if it throws, the sweep ends. */
  onResult?(result: TransferResult, progress: { done: number; total: number }): Promise<void> | void;
}

/** What one net has come to. */
export interface TransferResult {
  /** `A` and `B` are the nets that layers are taken from; `scratch` learns B without any. */
  treatment: Treatment | "A" | "B" | "scratch";
  /** Layers taken over. */
  layers: number;
  seed: number;
  /** The figure on the test split of its task. */
  value: number;
}

/**
 * How transferable each layer is: nets for a target task B whose first n layers come from a net for a source task A, or from one for B,
 * frozen or fine-tuned, for each n. Where frozen layers of A fall behind those of B, they are specific to A; where frozen ones of B fall
 * behind the net that they are from, layers had adapted to each other. What is not taken over begins with the same weights for all n.
 *
 * Source: Yosinski et al. 2014, https://arxiv.org/abs/1411.1792
 *
 * @returns in the order in which they came
 * @throws {NetError} as `transferLayers`; {FitError} as `fit`
 */
export async function transferSweep(options: TransferSweepOptions): Promise<TransferResult[]> {
  const { tasks, layers, seeds, treatments: chosen = treatments, figure = "accuracy", onResult } = options;
  const total = seeds.length * (3 + layers.length * chosen.length);
  const results: TransferResult[] = [];
  for (const seed of seeds) {
    for await (const result of resultsOf({ ...tasks(seed), layers, chosen, figure, seed })) {
      results.push(result);
      await onResult?.(result, { done: results.length, total });
    }
  }
  return results;
}

interface Round {
  source: SweptTask;
  target: SweptTask;
  layers: readonly string[];
  chosen: readonly Treatment[];
  figure: string;
  seed: number;
}

/** The nets of one seed, one after the other. */
async function* resultsOf({
  source,
  target,
  layers,
  chosen,
  figure,
  seed,
}: Round): AsyncGenerator<TransferResult> {
  const begin = ({ spec }: SweptTask, part: number) => buildModel(spec, new Generator([seed, part]));
  const [a, b] = [begin(source, 0), begin(target, 1)];
  try {
    yield { treatment: "A", layers: 0, seed, value: await learn(a, source, figure) };
    yield { treatment: "B", layers: 0, seed, value: await learn(b, target, figure) };
    for (let n = 0; n <= layers.length; n++) {
      for (const treatment of n === 0 ? (["scratch"] as const) : chosen) {
        const model = begin(target, 2);
        const taken = layers.slice(0, n);
        const frozen = treatment === "AnB" || treatment === "BnB" ? taken : [];
        try {
          transferLayers(treatment.startsWith("A") ? a : b, model, taken);
          yield { treatment, layers: n, seed, value: await learn(model, frozenIn(target, frozen), figure) };
        } finally {
          model.dispose();
        }
      }
    }
  } finally {
    a.dispose();
    b.dispose();
  }
}

function frozenIn(task: SweptTask, layers: readonly string[]): SweptTask {
  const trainable = allBut(layers) ?? task.config.trainable;
  return { ...task, config: { ...task.config, trainable } };
}

async function learn(model: Model, { data, config }: SweptTask, figure: string): Promise<number> {
  return testFigure(await fitToEnd(model, data, config), figure);
}
