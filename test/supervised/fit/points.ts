import { Generator } from "gymnasium-js";
import { lastValueFrom, toArray } from "rxjs";
import type { Model } from "../../../src/nets/index.js";
import {
  type Dataset,
  dataset,
  type FitConfig,
  type FitConfigInput,
  type FitData,
  type FitEvent,
  type FitOptions,
  fit,
  fitConfigSchema,
} from "../../../src/supervised/index.js";

/** Points in the plane, of class 1 inside of a circle. */
export function points(size: number, seed: number): Dataset {
  const rng = new Generator(seed);
  const inputs = Float32Array.from({ length: 2 * size }, () => rng.uniform(-1, 1));
  const targets = Int32Array.from({ length: size }, (_, row) =>
    Math.hypot(inputs[2 * row]!, inputs[2 * row + 1]!) < 0.7 ? 1 : 0,
  );
  return dataset({ inputs: { data: inputs, shape: [2] }, targets: { data: targets, shape: [] } }, [
    "out",
    "in",
  ]);
}

type HeadInput = FitConfigInput["objective"]["heads"][string];

/** Of one head that tells classes apart, unless it is told otherwise. */
export function configOf(settings: Partial<FitConfigInput> = {}, head: Partial<HeadInput> = {}): FitConfig {
  const output = { loss: { name: "crossEntropy" }, metrics: ["accuracy"], ...head } as HeadInput;
  return fitConfigSchema.parse({ objective: { heads: { output } }, epochs: 4, ...settings });
}

/** All events, without what can be called. */
export async function eventsOf(
  model: Model,
  data: FitData,
  config: FitConfig,
  options: FitOptions = {},
): Promise<Omit<FitEvent, "save">[]> {
  return (await lastValueFrom(fit(model, data, config, options).pipe(toArray()))).map(plain);
}

export function plain({ save: _, ...event }: FitEvent): Omit<FitEvent, "save"> {
  return event;
}
