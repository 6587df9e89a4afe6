import type { Generator } from "gymnasium-js";
import { drawNoise, type Net } from "../../nets/index.js";
import type { HostArray } from "../../tensors/index.js";

/** Noise of a net's noisy layers as inputs of captured steps, which may not draw themselves. */
export class NoiseInputs<Name extends string> {
  readonly inputs: Record<Name, HostArray>;
  private readonly values: Float32Array[];

  /** @param names of the inputs, each with noise of its own, in the order in which it is drawn */
  constructor(
    { noiseSize }: Net,
    private readonly rng: Generator,
    names: readonly Name[],
  ) {
    this.values = names.map(() => new Float32Array(noiseSize));
    const entries = names.map((name, i) => [name, { data: this.values[i]!, shape: [noiseSize] }] as const);
    this.inputs = Object.fromEntries(entries) as unknown as Record<Name, HostArray>;
  }

  draw(): Record<Name, HostArray> {
    for (const values of this.values) drawNoise(this.rng, values);
    return this.inputs;
  }
}
