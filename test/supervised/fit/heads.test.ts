import { Generator } from "gymnasium-js";
import { lastValueFrom } from "rxjs";
import { beforeAll, describe, expect, test } from "vitest";
import {
  buildModel,
  chain,
  input,
  layers,
  type Model,
  modelSpec,
  sequential,
} from "../../../src/nets/index.js";
import {
  type BatchSource,
  batchesOf,
  dataset,
  type Field,
  type Figures,
  type FitConfig,
  type FitConfigInput,
  type FitDoneEvent,
  fit,
  fitConfigSchema,
  paddedBatches,
} from "../../../src/supervised/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { configOf, eventsOf, points } from "./points.js";

beforeAll(async () => {
  await useEngine("auto");
});

const rows = 48;
const { inputs, targets } = points(rows, 1).fields as { inputs: Field; targets: Field };

function sourceOf(fields: Record<string, Field>): BatchSource {
  return batchesOf(dataset({ inputs, ...fields }), { batchSize: 16, shuffle: false, seed: 1 });
}

function netOf(units = 2): Model {
  return buildModel(sequential([2], [layers.dense({ units })]), new Generator(1));
}

/** Trains for an epoch by plain gradients, and tells where the bias has gone. */
async function learntBias(model: Model, train: BatchSource, config: Partial<FitConfig>): Promise<number[]> {
  const optimizer = { name: "sgd" as const, learningRate: 0.5 };
  const settings = fitConfigSchema.parse({ ...config, optimizer, epochs: 1 });
  await lastValueFrom(fit(model, { train }, settings));
  const bias = [...model.parameters].find(([name]) => name.endsWith(".bias"))![1];
  return [...bias.dataSync()];
}

describe("class weights", () => {
  test("of a yes or no are those of its two classes, whatever the loss and the shape", async () => {
    const weights = { classWeights: [1, 3] };
    const yes = Float32Array.from(targets.data);
    const asMask = Float32Array.from(targets.data, (target) => (target === 1 ? 3 : 1));
    const runs = [
      { loss: "binaryCrossEntropy", field: { data: yes, shape: [] } },
      { loss: "binaryCrossEntropy", field: { data: yes, shape: [1] } },
      { loss: "logistic", field: { data: targets.data, shape: [1] } },
    ] as const;
    for (const { loss, field } of runs) {
      const own = { loss: { name: loss } };
      const train = sourceOf({ targets: field, asMask: { data: asMask, shape: [] } });
      const [weighted, masked] = [netOf(1), netOf(1)];
      const [bias] = await learntBias(weighted, train, configOf({}, { ...own, ...weights }));
      const [expected] = await learntBias(masked, train, configOf({}, { ...own, mask: "asMask" }));
      expect(bias).toBeCloseTo(expected!, 5);
      weighted.dispose();
      masked.dispose();
    }
  });

  test.each(["targetsMask", "ofRows"])("go with the mask %s, of what is of no class too", async (mask) => {
    const sequences = [Int32Array.of(0, 1, 2, 2), Int32Array.of(1, 0), Int32Array.of(2, 1, 0)];
    const padded = paddedBatches({ inputs: sequences, targets: sequences }, { batchSize: 3, seed: 0 });
    const { fields, size } = padded.batch(0, 0);
    const ofRows = { data: Float32Array.of(1, 0, 1), shape: [3] };
    const { data, shape } = fields["targets"]!;
    const counts = (i: number) =>
      (mask === "ofRows" ? ofRows.data[Math.floor(i / shape[1]!)] : fields[mask]!.data[i]) !== 0;
    const targets = { data: (data as Int32Array).map((id, i) => (counts(i) ? id : -1)), shape };
    const train = {
      size,
      batchSize: size,
      batches: 1,
      batch: () => ({ size, fields: { ...fields, targets, ofRows } }),
    };
    const words = input("inputs", [null], "int32");
    const spec = modelSpec({
      output: chain(layers.embedding({ count: 3, size: 4 }), layers.dense({ units: 3 }))(words),
    });
    const biasBy = async (classWeights: number[] | null) => {
      const model = buildModel(spec, new Generator(1));
      const bias = await learntBias(model, train, configOf({}, { mask, classWeights }));
      model.dispose();
      return bias;
    };
    const unweighted = await biasBy(null);
    for (const [i, bias] of (await biasBy([2, 2, 2])).entries()) expect(bias).toBeCloseTo(unweighted[i]!, 6);
    expect((await biasBy([0, 5, 5]))[0]).toBeLessThan(unweighted[0]! - 0.01);
  });

  test.each([
    ["crossEntropy", [1], /There are 1 classWeights, but 2 classes; give 2/],
    ["crossEntropy", [1, 2, 3], /There are 3 classWeights, but 2 classes; give 2/],
    ["mse", [1, 2], /classWeights are for losses of classes, but the loss is mse/],
  ] as const)("that do not fit are refused: %s with %j", async (name, classWeights, sentence) => {
    const isNumber = name === "mse";
    const model = netOf(isNumber ? 1 : 2);
    const numbers = { data: Float32Array.from(targets.data), shape: [1] };
    const train = sourceOf({ targets: isNumber ? numbers : targets });
    const config = configOf({}, { loss: { name }, classWeights: [...classWeights], metrics: [] });
    const before = tf.memory().numTensors;
    await expect(lastValueFrom(fit(model, { train }, config))).rejects.toThrow(sentence);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

describe("targets that are no class", () => {
  const of = (data: Int32Array | Float32Array) => sourceOf({ targets: { data, shape: [] } });

  test.each([
    ["crossEntropy", 2, Int32Array.from(targets.data, (id) => id + 1), "2 of row 2"],
    ["hinge", 1, Int32Array.from(targets.data, (id) => 2 * id - 1), "-1 of row 0"],
    ["binaryCrossEntropy", 1, Float32Array.from(targets.data, (id) => 5 * id), "5 of row 2"],
  ] as const)("of %s are told in one sentence", async (name, units, ids, which) => {
    const model = netOf(units);
    const config = configOf({}, { loss: { name } });
    const sentence = `The target ${which} of a batch is no class of the output "output", whose classes are 0 to 1;`;
    await expect(lastValueFrom(fit(model, { train: of(ids) }, config))).rejects.toThrow(sentence);
    model.dispose();
  });

  test("may be there where the mask leaves them out", async () => {
    const model = netOf();
    const ids = Int32Array.from(targets.data, (id, row) => (row % 3 === 0 ? -1 : id));
    const mask = { data: Float32Array.from(ids, (id) => (id < 0 ? 0 : 1)), shape: [] };
    const train = sourceOf({ targets: { data: ids, shape: [] }, mask });
    const done = await lastValueFrom(fit(model, { train, test: train }, configOf({}, { mask: "mask" })));
    expect(done).toMatchObject({ kind: "done", test: { loss: expect.any(Number) } });
    model.dispose();
  });
});

describe("heads of which not all rows are known", () => {
  function twoHeads(): Model {
    const trunk = chain(layers.dense({ units: 4, activation: "tanh" }))(input("inputs", [2]));
    const heads = {
      kind: layers.dense({ units: 2, name: "kind" })(trunk),
      sum: layers.dense({ units: 1, name: "sum" })(trunk),
    };
    return buildModel(modelSpec(heads), new Generator(1));
  }
  const sums = Float32Array.from(
    { length: rows },
    (_, row) => inputs.data[2 * row]! + inputs.data[2 * row + 1]!,
  );
  const config = (settings: Partial<FitConfigInput> = {}) =>
    fitConfigSchema.parse({
      objective: {
        heads: {
          kind: { loss: { name: "crossEntropy" }, metrics: ["accuracy"] },
          sum: { target: "sums", mask: "known", loss: { name: "mse" }, metrics: ["r2"] },
        },
      },
      epochs: 3,
      ...settings,
    });
  const known = (isKnown: (row: number) => boolean) =>
    sourceOf({
      targets,
      sums: { data: sums, shape: [1] },
      known: { data: Float32Array.from(sums, (_, row) => (isKnown(row) ? 1 : 0)), shape: [] },
    });

  test("add nothing to the loss where none is, and the best weights are found all the same", async () => {
    const model = twoHeads();
    const none = known(() => false);
    const events = await eventsOf(model, { train: none, validation: none, test: none }, config());
    const epochs = events.filter(({ kind }) => kind === "epoch") as unknown as {
      train: Figures;
      validation: Figures;
    }[];
    for (const { train, validation } of epochs) {
      expect(validation["loss"]).toBe(validation["kind.loss"]);
      expect([validation["sum.loss"], validation["sum.r2"], train["sum.loss"]]).toEqual([
        Number.NaN,
        Number.NaN,
        Number.NaN,
      ]);
    }
    const best = Math.min(...epochs.map(({ validation }) => validation["loss"]!));
    expect(events.at(-1)).toMatchObject({ bestValue: best, test: { loss: best } });
    model.dispose();
  });

  test("tell in training the mean loss of the batches that have some", async () => {
    const [some, all] = [twoHeads(), twoHeads()];
    const settings = config({ epochs: 1, optimizer: { name: "sgd", learningRate: 1e-6 } });
    const lossOf = async (model: Model, train: BatchSource) => {
      const [epoch] = (await eventsOf(model, { train }, settings)).filter(({ kind }) => kind === "epoch");
      return (epoch as unknown as { train: Figures }).train["sum.loss"]!;
    };
    // Of the three batches the second is known.
    const partly = await lossOf(
      some,
      known((row) => row >= 16 && row < 32),
    );
    const second = takeBatch(
      known(() => true),
      1,
    );
    expect(partly).toBeCloseTo(await lossOf(all, second), 4);
    some.dispose();
    all.dispose();
  });

  function takeBatch(source: BatchSource, index: number): BatchSource {
    return { size: 16, batchSize: 16, batches: 1, batch: (epoch) => source.batch(epoch, index) };
  }
});

describe("validations whose figure is not defined", () => {
  test("are never the best, and do not hide what comes after", async () => {
    const model = netOf();
    let judged = 0;
    const ids = (epoch: number) => (epoch < 2 ? new Int32Array(rows) : (targets.data as Int32Array));
    // There is no area under the curve where all rows are of one class, as in the first two validations.
    const validation: BatchSource = {
      ...{ size: rows, batchSize: rows, batches: 1 },
      batch: () => ({
        size: rows,
        fields: { inputs: { ...inputs, shape: [rows, 2] }, targets: { data: ids(judged++), shape: [rows] } },
      }),
    };
    const config = configOf({ earlyStopping: { metric: "auc" } }, { metrics: ["auc"] });
    const events = await eventsOf(model, { train: sourceOf({ targets }), validation }, config);
    const best = events.flatMap((event) => ("best" in event ? [event.best] : []));
    expect(best.slice(0, 3)).toEqual([false, false, true]);
    expect((events.at(-1) as FitDoneEvent).bestEpoch).toBeGreaterThan(2);
    model.dispose();
  });
});

describe("the perplexity", () => {
  test.each([
    [{ name: "crossEntropy" }, 2],
    [{ name: "crossEntropy", labelSmoothing: 0.3 }, 2],
    [{ name: "focal" }, 2],
    [{ name: "hinge" }, 1],
  ] as const)("is of the likelihood, whatever is learnt by: %j with %d outputs", async (loss, units) => {
    const model = netOf(units);
    const judged = sourceOf({ targets });
    const config = configOf({}, { loss, metrics: ["perplexity", "logLoss"] });
    const done = await lastValueFrom(fit(model, { train: judged, test: judged }, config));
    const { perplexity, logLoss } = (done as { test: Figures }).test;
    expect(perplexity).toBeCloseTo(Math.exp(logLoss!), 5);
    model.dispose();
  });
});
