import { type ModelSpec, summarizeModel } from "../../src/nets/index.js";
import { layersOf, netSpecSchema } from "../../src/nets/spec.js";

/** A net that a bench measures: its type, and what it looks at. */
export interface Subject {
  readonly net: "minatar" | "nature";
  /** Of one frame. */
  readonly shape: readonly number[];
  readonly stack: number;
}

/** Floating-point operations of one row, 2 for a multiply-add; biases, activations and the optimiser are left out. */
export interface Flops {
  forward: number;
  /** Target net forward, online net forward, gradients of all filters, and of all inputs but the observations. */
  update: number;
}

export function flopsOf({ net, shape, stack }: Subject, actions: number): Flops {
  const layers = layerFlops(net, [shape[0]!, shape[1]!, stack * (shape[2] ?? 1)], actions);
  const forward = layers.reduce((sum, flops) => sum + flops, 0);
  return { forward, update: 3 * forward + (forward - layers[0]!) };
}

/**
 * Floating-point operations of one row in a training step, 2 for a multiply-add: forward, gradients of all parameters, and
 * of all inputs of layers but the model's own.
 */
export function trainingFlops(spec: ModelSpec): number {
  const { layers, multiplyAdds } = summarizeModel(spec);
  const first = layers.filter(({ inputs }) => inputs.some((name) => name in spec.inputs));
  return 2 * (3 * multiplyAdds - first.reduce((sum, layer) => sum + layer.multiplyAdds, 0));
}

/** From the input on: `[height, width, channels]`, then a vector. */
function layerFlops(net: Subject["net"], input: readonly number[], actions: number): number[] {
  const flops: number[] = [];
  let shape = input;
  for (const layer of [...layersOf(netSpecSchema.parse({ type: net })), { type: "q" } as const]) {
    if (layer.type === "flatten") continue;
    if (layer.type === "conv2d") {
      const [size, stride] = [layer.size as number, layer.stride as number];
      const [height, width] = shape.slice(0, 2).map((pixels) => Math.floor((pixels - size) / stride) + 1);
      flops.push(2 * height! * width! * layer.filters * size * size * shape[2]!);
      shape = [height!, width!, layer.filters];
    } else if (layer.type === "dense" || layer.type === "q") {
      const units = layer.type === "dense" ? layer.units : actions;
      flops.push(2 * shape.reduce((product, dimension) => product * dimension) * units);
      shape = [units];
    } else throw new Error(`Nobody has counted the operations of a layer ${layer.type}.`);
  }
  return flops;
}
