import { Generator } from "gymnasium-js";
import { lastValueFrom, take, tap } from "rxjs";
import { beforeAll, expect, test } from "vitest";
import { buildModel, layers, type Model, sequential } from "../../../src/nets/index.js";
import {
  type BatchSource,
  batchesOf,
  createAugmentation,
  type Dataset,
  dataset,
  type FitConfig,
  type FitConfigInput,
  type FitState,
  fit,
  prefetch,
} from "../../../src/supervised/index.js";
import { useEngine } from "../../../src/tensors/index.js";
import fc from "../../properties.js";
import { configOf, eventsOf } from "./points.js";

beforeAll(async () => {
  await useEngine("auto");
});

const side = 4;
const classes = ["dark", "mixed", "bright"];

/** Pictures of three grey levels, with noise. */
function pictures(size: number, seed: number): Dataset {
  const rng = new Generator(seed);
  const targets = Int32Array.from({ length: size }, () => rng.integers(0, 3));
  const inputs = Float32Array.from({ length: size * side * side }, (_, i) => {
    return targets[Math.floor(i / side ** 2)]! / 2 + rng.normal(0, 0.5);
  });
  return dataset(
    { inputs: { data: inputs, shape: [side, side, 1] }, targets: { data: targets, shape: [] } },
    classes,
  );
}

function netOf(seed: number): Model {
  const spec = sequential(
    [side, side, 1],
    [
      layers.conv2d({ filters: 3, size: 3, padding: "same", activation: "relu" }),
      layers.batchNorm(),
      layers.flatten(),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: classes.length, spectralNorm: true }),
    ],
  );
  return buildModel(spec, new Generator(seed));
}

const validation = batchesOf(pictures(24, 2), { batchSize: 10, shuffle: false, seed: 0 });

interface Case {
  rows: number;
  batchSize: number;
  dropLast: boolean;
  augment: boolean;
  ahead: number | null;
  classWeights: number[] | null;
  settings: Partial<FitConfigInput>;
  /** Where in the fit it is interrupted, and again: shares of what is left. */
  stops: number[];
}

const schedules = fc.constantFrom<FitConfigInput["schedule"]>(
  { name: "constant", warmupEpochs: 1.5 },
  { name: "step", every: 1, factor: 0.5 },
  { name: "cosine" },
  { name: "oneCycle" },
  { name: "inverseSquareRoot", warmupSteps: 3 },
);

const optimizers = fc.constantFrom<FitConfigInput["optimizer"]>(
  { name: "adam", learningRate: 0.02, clipNorm: 1 },
  { name: "sgd", learningRate: 0.1, momentum: 0.9 },
  { name: "rmsprop", learningRate: 0.01 },
);

const cases: fc.Arbitrary<Case> = fc.record({
  rows: fc.integer({ min: 8, max: 40 }),
  batchSize: fc.integer({ min: 4, max: 48 }),
  dropLast: fc.boolean(),
  augment: fc.boolean(),
  ahead: fc.option(fc.integer({ min: 0, max: 3 })),
  classWeights: fc.option(fc.constant([1, 0.5, 2])),
  settings: fc.record({
    epochs: fc.constant(4),
    accumulate: fc.integer({ min: 1, max: 4 }),
    schedule: schedules,
    optimizer: optimizers,
    plateau: fc.option(fc.constant({ name: "plateau" as const, patience: 0, factor: 0.5, cooldown: 1 })),
    penalty: fc.option(fc.constant({ l1: 1e-3, l2: 1e-2 })),
    maxNorm: fc.option(fc.constant(1)),
    evaluateEvery: fc.integer({ min: 1, max: 3 }),
    earlyStopping: fc.record({
      metric: fc.constantFrom("loss", "accuracy"),
      patience: fc.option(fc.integer({ min: 1, max: 2 })),
      restoreBest: fc.boolean(),
    }),
  }),
  stops: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 2 }),
});

function trainOf({ rows, batchSize, dropLast, augment, ahead }: Case): BatchSource {
  const steps = [
    { type: "crop", padding: 1, mode: "zero" },
    { type: "flip", probability: 0.5 },
    { type: "noise", deviation: 0.1 },
  ] as const;
  const of = () =>
    batchesOf(pictures(rows, 1), {
      ...{ batchSize, dropLast: dropLast && rows >= batchSize, seed: 7 },
      ...(augment ? { augment: createAugmentation([...steps]) } : {}),
    });
  const source = of();
  if (ahead === null) return source;
  const { size, batches } = source;
  // Batches of arrays of their own, which come in time.
  return prefetch(
    { size, batchSize, batches, batch: async (epoch, index) => of().batch(epoch, index) },
    ahead,
  );
}

/** The state after so many events. */
async function stateAfter(
  count: number,
  { train, config, resume }: { train: BatchSource; config: FitConfig; resume: FitState | null },
): Promise<FitState> {
  const model = netOf(resume === null ? 1 : 5);
  let state: FitState | null = null;
  const events = fit(model, { train, validation }, config, resume === null ? {} : { resume });
  await lastValueFrom(
    events.pipe(
      take(count),
      tap((event) => {
        state = event.save();
      }),
    ),
  );
  model.dispose();
  return structuredClone(state!);
}

test("a fit of any settings that is stopped anywhere, and again, comes to the same as one that was not", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (settings) => {
      const train = trainOf(settings);
      fc.pre(train.batches * 4 >= settings.settings.accumulate!);
      const config = configOf(settings.settings, { classWeights: settings.classWeights });
      const model = netOf(1);
      const whole = await eventsOf(model, { train, validation, test: validation }, config);
      const weights = model.save();
      model.dispose();
      let resume: FitState | null = null;
      let left = whole.length - 1;
      for (const share of settings.stops) {
        if (left === 0) break;
        const count = Math.max(1, Math.ceil(share * left));
        resume = await stateAfter(count, { train, config, resume });
        left -= count;
      }
      const again = netOf(9);
      const rest = await eventsOf(again, { train, validation, test: validation }, config, {
        resume: resume!,
      });
      expect(rest).toEqual(whole.slice(whole.length - 1 - left));
      expect(again.save()).toEqual(weights);
      again.dispose();
    }),
    { numRuns: 12 },
  );
});
