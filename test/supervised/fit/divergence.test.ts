import { Generator } from "gymnasium-js";
import { lastValueFrom, toArray } from "rxjs";
import { beforeAll, describe, expect, test } from "vitest";
import { buildModel, layers, type Model, sequential } from "../../../src/nets/index.js";
import {
  type Batch,
  type BatchSource,
  batchesOf,
  type FitConfig,
  type FitData,
  FitError,
  type FitEvent,
  fit,
  Trainer,
} from "../../../src/supervised/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";
import { configOf, points } from "./points.js";

/** Every batch is the same rows, but those that are said to be others. */
function sourceOf(batches: readonly Batch[]): BatchSource {
  const { size } = batches[0]!;
  return {
    size: size * batches.length,
    batchSize: size,
    batches: batches.length,
    batch: (_, index) => batches[index]!,
  };
}

function batchOf(inputs: number[], targets: number[]): Batch {
  const size = targets.length;
  return {
    size,
    fields: {
      inputs: { data: Float32Array.from(inputs), shape: [size, inputs.length / size] },
      targets: { data: Float32Array.from(targets), shape: [size, 1] },
    },
  };
}

/** With moving statistics. */
function netOf(): Model {
  const spec = sequential([2], [layers.batchNorm(), layers.dense({ units: 1 })]);
  return buildModel(spec, new Generator(1));
}

const good = batchOf([1, 2, 3, 4, -1, 0, 0.5, 1], [1, 0, -1, 0.5]);
const withNaN = batchOf([1, 2, 3, Number.NaN, -1, 0, 0.5, 1], [1, 0, -1, 0.5]);
const withInfinity = batchOf([1, 2, 3, 4, -1, 0, 0.5, 1], [1, Number.POSITIVE_INFINITY, -1, 0.5]);

/** By weights of 0 the squared error is within float32, and its gradient is not. */
const steep = batchOf([1e21, 1, 1e21, -1], [1e18, 1e18]);

function linear(): Model {
  return buildModel(sequential([2], [layers.dense({ units: 1 })]), new Generator(1));
}

function setToZero(model: Model): void {
  for (const variable of model.parameters.values()) tf.tidy(() => variable.assign(tf.zerosLike(variable)));
}

const optimizers = [
  { name: "sgd", learningRate: 0.1, momentum: 0.9 },
  { name: "rmsprop", learningRate: 0.1 },
  { name: "adam", learningRate: 0.1, clipNorm: 1 },
  { name: "radam", learningRate: 0.1 },
] as const;

function regression(settings: Parameters<typeof configOf>[0] = {}): FitConfig {
  return configOf(settings, { loss: { name: "mse" }, metrics: [] });
}

function thrown(f: () => unknown): FitError {
  try {
    f();
  } catch (error) {
    if (error instanceof FitError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}

describe.each(localEngines)("on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  describe.each([false, true])("eager: %s", (eager) => {
    test.each(optimizers)("$name: a gradient that is not finite changes nothing", (optimizer) => {
      const model = linear();
      const before = tf.memory().numTensors;
      const trainer = new Trainer(model, regression({ optimizer }), { eager });
      trainer.step(batchOf([1, 1, 2, 1], [1, 2]), 0.1);
      setToZero(model);
      const state = trainer.save();
      const error = thrown(() => trainer.step(steep, 0.1));
      expect(error.code).toBe("diverged");
      expect(error.message).toMatch(
        /^The training has diverged after 1 updates: the gradient's norm is Infinity; use a smaller learning rate/,
      );
      expect(trainer.save()).toEqual(state);
      expect(trainer.updates).toBe(1);
      trainer.dispose();
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
    });

    test.each([
      ["NaN in the inputs", withNaN, /the loss is NaN; the batch has NaN in row 1 of "inputs"/],
      [
        "an infinite target",
        withInfinity,
        /the loss is Infinity; the batch has Infinity in row 1 of "targets"/,
      ],
    ] as const)("%s: a loss that is not finite changes no weight, moment or statistic", (_, batch, what) => {
      const model = netOf();
      const before = tf.memory().numTensors;
      const trainer = new Trainer(model, regression(), { eager });
      trainer.step(good, 0.1);
      const state = trainer.save();
      expect(thrown(() => trainer.step(batch, 0.1)).message).toMatch(what);
      expect(trainer.save()).toEqual(state);
      const next = trainer.step(good, 0.1).loss;
      trainer.restore(state);
      expect(trainer.step(good, 0.1).loss).toBe(next);
      trainer.dispose();
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
    });

    test("a loss that is not finite changes no weight where batches share an update", () => {
      const model = netOf();
      const trainer = new Trainer(model, regression({ accumulate: 2 }), { eager });
      trainer.step(good, 0.1);
      const weights = model.save();
      expect(thrown(() => trainer.step(withNaN, 0.1)).message).toMatch(/after 0 updates: the loss is NaN/);
      expect(model.save()).toEqual(weights);
      trainer.dispose();
      model.dispose();
    });
  });

  test("gradients that wait for an update are not saved where they are not finite", () => {
    const model = linear();
    setToZero(model);
    const trainer = new Trainer(model, regression({ accumulate: 2 }));
    trainer.step(steep, 0.1);
    const error = thrown(() => trainer.save());
    expect(error.code).toBe("diverged");
    expect(error.message).toMatch(/the gradient of "dense1.weights" holds -?Infinity; use a smaller/);
    expect(thrown(() => trainer.step(steep, 0.1)).message).toMatch(/after 0 updates: the gradient's norm is/);
    expect([...model.parameters.values()].flatMap((variable) => [...variable.dataSync()])).toEqual([0, 0, 0]);
    trainer.dispose();
    model.dispose();
  });
});

describe("weights that overflow", () => {
  beforeAll(async () => {
    await useEngine("auto");
  });

  const optimizer = { name: "adam", learningRate: 1e300 } as const;

  async function untilItDiverges(
    data: FitData,
    config: FitConfig,
  ): Promise<{ events: FitEvent[]; model: Model }> {
    const model = buildModel(sequential([2], [layers.dense({ units: 2 })]), new Generator(1));
    const before = tf.memory().numTensors;
    const events: FitEvent[] = [];
    const done = new Promise<void>((resolve, reject) => {
      fit(model, data, config).subscribe({
        next: (event) => events.push(event),
        error: reject,
        complete: resolve,
      });
    });
    await expect(done).rejects.toMatchObject({
      code: "diverged",
      message: expect.stringMatching(/^The training has diverged after 1 updates: "dense1.weights" holds /),
    });
    expect(tf.memory().numTensors).toBe(before);
    return { events, model };
  }

  test("by the last update end the fit, and no epoch of them is told", async () => {
    const train = batchesOf(points(16, 1), { batchSize: 16, seed: 1 });
    const { events, model } = await untilItDiverges({ train }, configOf({ epochs: 1, optimizer }));
    expect(events.map(({ kind }) => kind)).toEqual(["batch"]);
    expect(() => events[0]!.save()).toThrow(/"dense1.weights" holds/);
    model.dispose();
  });

  test("do not become the best, however few rows they get wrong", async () => {
    const train = batchesOf(points(16, 1), { batchSize: 16, seed: 1 });
    const config = configOf({ epochs: 3, optimizer, earlyStopping: { metric: "accuracy" } });
    const { events, model } = await untilItDiverges({ train, validation: train }, config);
    expect(events.map(({ kind }) => kind)).toEqual(["batch"]);
    model.dispose();
  });
});

describe("a batch from a source that nobody has checked", () => {
  beforeAll(async () => {
    await useEngine("auto");
  });

  const inputs = { data: new Float32Array(8), shape: [4, 2] };
  const targets = { data: new Int32Array(4), shape: [4] };

  test.each([
    [
      "without rows",
      {
        inputs: { data: new Float32Array(0), shape: [0, 2] },
        targets: { data: new Int32Array(0), shape: [0] },
      },
      'A batch has no rows (its field "targets" is empty); a batch needs at least one.',
    ],
    [
      "of fewer values than its shape says",
      { inputs: { data: new Float32Array(3), shape: [4, 2] }, targets },
      'The field "inputs" of a batch has 3 values, but its shape [4, 2] says 8; make them agree.',
    ],
    [
      "of another kind of array",
      { inputs: { data: new Float64Array(8) as unknown as Float32Array, shape: [4, 2] }, targets },
      'The field "inputs" of a batch has to be a Float32Array, an Int32Array or a Uint8Array, not [object Float64Array].',
    ],
    ...[-1, Number.NaN, Number.POSITIVE_INFINITY].map(
      (weight) =>
        [
          `with the weight ${weight}`,
          { inputs, targets, counts: { data: Float32Array.of(1, 1, weight, 1), shape: [4] } },
          `The mask "counts" has ${weight} in row 2 of a batch; weights are finite numbers of at least 0.`,
        ] as const,
    ),
  ] as const)("%s is refused, in training and in an evaluation", async (_, fields, message) => {
    const config = configOf({}, "counts" in fields ? { mask: "counts" } : {});
    const counts = { data: Float32Array.of(1, 1, 1, 1), shape: [4] };
    const wrong = sourceOf([{ size: 4, fields }]);
    const right = sourceOf([{ size: 4, fields: { inputs, targets, counts } }]);
    const model = buildModel(sequential([2], [layers.dense({ units: 2 })]), new Generator(1));
    const before = tf.memory().numTensors;
    for (const data of [{ train: wrong }, { train: right, validation: wrong }]) {
      await expect(lastValueFrom(fit(model, data, config).pipe(toArray()))).rejects.toMatchObject({
        code: "invalid-fit",
        message,
      });
      expect(tf.memory().numTensors).toBe(before);
    }
    model.dispose();
  });
});
