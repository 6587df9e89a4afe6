import { Generator } from "gymnasium-js";
import { lastValueFrom, take, tap, toArray } from "rxjs";
import { beforeAll, describe, expect, test } from "vitest";
import { buildModel, layers, type Model, sequential } from "../../../src/nets/index.js";
import {
  batchesOf,
  type FitConfig,
  type FitConfigInput,
  type FitData,
  type FitEvent,
  type FitState,
  fit,
  fitConfigSchema,
} from "../../../src/supervised/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { configOf, plain, points } from "./points.js";

beforeAll(async () => {
  await useEngine("auto");
});

function dataOf(size = 96): FitData {
  const train = points(size, 1);
  return {
    train: batchesOf(train, { batchSize: 16, seed: 5 }),
    trainSample: batchesOf(train, { batchSize: 50, shuffle: false, seed: 5 }),
    validation: batchesOf(points(64, 2), { batchSize: 50, shuffle: false, seed: 5 }),
    test: batchesOf(points(64, 3), { batchSize: 50, shuffle: false, seed: 5 }),
  };
}

/** With everything that draws or remembers: noise, masks, moving averages. */
function netOf(seed = 1): Model {
  const spec = sequential(
    [2],
    [
      layers.dense({ units: 12, activation: "tanh" }),
      layers.batchNorm(),
      layers.dropout({ rate: 0.2 }),
      layers.noisyDense({ units: 6, activation: "relu" }),
      layers.dense({ units: 2 }),
    ],
  );
  return buildModel(spec, new Generator(seed));
}

/** Figures and weights of a fit, without what can be called. */
async function run(
  config: FitConfig,
  options: { resume?: FitState; eager?: boolean; model?: Model } = {},
): Promise<{ events: unknown[]; weights: ReturnType<Model["save"]> }> {
  const model = options.model ?? netOf();
  const events = await lastValueFrom(fit(model, dataOf(), config, options).pipe(toArray()));
  const weights = model.save();
  model.dispose();
  return { events: events.map(plain), weights };
}

/** The state after so many batches, and the events up to then. */
async function interrupted(config: FitConfig, batches: number): Promise<FitState> {
  const model = netOf();
  let state: FitState | null = null;
  await lastValueFrom(
    fit(model, dataOf(), config).pipe(
      take(batches),
      tap((event) => {
        state = event.save();
      }),
    ),
  );
  model.dispose();
  return state!;
}

describe("fit", () => {
  test("learns, and tells batches, epochs and the end", async () => {
    const { events } = await run(configOf({ epochs: 60, optimizer: { name: "adam", learningRate: 0.01 } }));
    const kinds = (events as FitEvent[]).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "batch")).toHaveLength(60 * 6);
    expect(kinds.filter((kind) => kind === "epoch")).toHaveLength(60);
    const done = events.at(-1) as Extract<FitEvent, { kind: "done" }>;
    expect(done.test!["accuracy"]).toBeGreaterThan(0.9);
  });

  test("comes to the same bits each time, and to others from other weights", async () => {
    const config = configOf();
    const [once, again] = [await run(config), await run(config)];
    expect(again).toEqual(once);
    const other = await run(config, { model: netOf(2) });
    expect(other.weights).not.toEqual(once.weights);
  });

  test("captured steps have the bits of operations one by one", async () => {
    const config = configOf({ maxNorm: 1, penalty: { l1: 1e-3, l2: 1e-2 } });
    expect(await run(config, { eager: true })).toEqual(await run(config));
  });

  test.each([
    ["plain", {}],
    ["with sums of gradients that wait", { accumulate: 4 }],
    [
      "with a plateau and patience",
      { plateau: { name: "plateau", patience: 0 }, earlyStopping: { patience: 2 } },
    ],
    ["with a schedule and a constraint", { schedule: { name: "cosine" }, maxNorm: 1.5 }],
  ] as const)(
    "a fit that is interrupted anywhere and resumed equals one that was not: %s",
    async (_, settings) => {
      const config = configOf({ ...settings, epochs: 6 } as Partial<FitConfigInput>);
      const whole = await run(config);
      for (const batches of [3, 8, 21]) {
        const resume = structuredClone(await interrupted(config, batches));
        const rest = await run(config, { resume, model: netOf(9) });
        expect(rest.weights).toEqual(whole.weights);
        expect(whole.events.slice(-rest.events.length)).toEqual(rest.events);
      }
    },
  );

  test("sums of gradients over batches are the gradient of one large batch", async () => {
    const spec = sequential([2], [layers.dense({ units: 2 })]);
    const train = points(64, 1);
    const after = async (batchSize: number, accumulate: number) => {
      const model = buildModel(spec, new Generator(1));
      const data = { train: batchesOf(train, { batchSize, shuffle: false, seed: 0 }) };
      const config = configOf({ accumulate, epochs: 3, optimizer: { name: "sgd", learningRate: 0.5 } });
      await lastValueFrom(fit(model, data, config));
      const weights = [...model.parameters.values()].flatMap((variable) => [...variable.dataSync()]);
      model.dispose();
      return weights;
    };
    const [large, summed] = [await after(64, 1), await after(16, 4)];
    for (const [i, weight] of summed.entries()) expect(weight).toBeCloseTo(large[i]!, 5);
  });

  test("trains the named parameters only", async () => {
    const before = netOf();
    const first = before.save();
    before.dispose();
    const { weights } = await run(configOf({ trainable: "^dense2\\." }));
    expect(weights["dense1.weights"]).toEqual(first["dense1.weights"]);
    expect(weights["dense2.weights"]).not.toEqual(first["dense2.weights"]);
  });

  test("gives the weights of the best validation back", async () => {
    const config = configOf({ epochs: 12, optimizer: { name: "adam", learningRate: 0.3 } });
    const { events } = await run(config);
    const epochs = (events as FitEvent[]).filter((event) => event.kind === "epoch");
    const best = Math.min(...epochs.map(({ validation }) => validation!["loss"]!));
    const model = netOf();
    const data = dataOf();
    const done = await lastValueFrom(fit(model, { ...data, test: data.validation! }, config));
    expect(done).toMatchObject({ kind: "done", bestValue: best, test: { loss: best } });
    model.dispose();
  });

  test("ends when the validation has got no better for a while", async () => {
    const config = configOf({
      epochs: 500,
      optimizer: { name: "adam", learningRate: 0.1 },
      earlyStopping: { patience: 3 },
    });
    const { events } = await run(config);
    const done = events.at(-1) as Extract<FitEvent, { kind: "done" }>;
    expect(done.ended).toBe("patience");
    expect(done.epochs).toBe(done.bestEpoch! + 3);
  });

  test("weighs classes in training", async () => {
    const share = async (classWeights: number[]) => {
      const objective = { heads: { output: { loss: { name: "crossEntropy" as const }, classWeights } } };
      const model = buildModel(sequential([2], [layers.dense({ units: 2 })]), new Generator(1));
      const optimizer = { name: "adam" as const, learningRate: 0.05 };
      await lastValueFrom(fit(model, dataOf(), configOf({ objective, optimizer, epochs: 40 })));
      const bias = model.parameters.get("dense1.bias")!.dataSync();
      model.dispose();
      return bias[1]! - bias[0]!;
    };
    expect(await share([1, 10])).toBeGreaterThan((await share([1, 1])) + 0.5);
  });

  test("a loss that is not finite ends it with a sentence, and the weights stay", async () => {
    const train = points(32, 1);
    (train.fields["inputs"]!.data as Float32Array)[3] = Number.NaN;
    const model = netOf();
    const before = [...model.parameters].map(([, variable]) => [...variable.dataSync()]);
    const source = batchesOf(train, { batchSize: 32, seed: 0 });
    await expect(lastValueFrom(fit(model, { train: source }, configOf()))).rejects.toThrow(
      /diverged after 0 updates: the loss is NaN/,
    );
    expect([...model.parameters].map(([, variable]) => [...variable.dataSync()])).toEqual(before);
    model.dispose();
  });

  test.each([
    [{ heads: { nothing: { loss: { name: "mse" } } } }, /no output "nothing"; it has output/],
    [{ heads: {} }, /has no heads/],
    [{ heads: { output: { target: "labels", loss: { name: "crossEntropy" } } } }, /no field "labels"/],
    [
      { inputs: { image: "inputs" }, heads: { output: { loss: { name: "crossEntropy" } } } },
      /no input "image"; it has input/,
    ],
  ] as const)("says what does not fit: %j", async (objective, sentence) => {
    const model = netOf();
    const config = configOf({ objective: objective as FitConfigInput["objective"] });
    await expect(lastValueFrom(fit(model, dataOf(), config))).rejects.toThrow(sentence);
    model.dispose();
  });

  test("a figure to stop by that there will not be is refused", () => {
    const { error } = fitConfigSchema.safeParse({
      ...configOf(),
      earlyStopping: { metric: "acuracy" },
    });
    expect(error?.issues).toMatchObject([
      {
        path: ["earlyStopping", "metric"],
        message: "Validations have no such figure, but loss, accuracy",
      },
    ]);
    const head = { loss: { name: "mse" }, metrics: ["mae"] };
    const heads = { left: head, right: head };
    const of = (metric: string) =>
      fitConfigSchema.safeParse({ objective: { heads }, earlyStopping: { metric } });
    expect(of("right.mae").success).toBe(true);
    expect(of("mae").success).toBe(false);
  });

  test("a pattern of what is trained that is no regular expression is refused", () => {
    const { error } = fitConfigSchema.safeParse({ ...configOf(), trainable: "(" });
    expect(error?.issues).toMatchObject([
      { path: ["trainable"], message: expect.stringMatching(/not a regular expression/) },
    ]);
  });

  test("leaves no tensor behind, finished or stopped", async () => {
    const once = async (batches: number) => {
      const model = netOf();
      await lastValueFrom(fit(model, dataOf(), configOf({ accumulate: 2, maxNorm: 1 })).pipe(take(batches)));
      await new Promise((resolve) => setImmediate(resolve));
      model.dispose();
      return tf.memory().numTensors;
    };
    const before = await once(1000);
    expect(await once(1000)).toBe(before);
    expect(await once(5)).toBe(before);
  });
});
