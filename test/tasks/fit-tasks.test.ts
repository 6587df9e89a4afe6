import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { modelSpecSchema, summarizeModel } from "../../src/nets/index.js";
import { fitConfigSchema } from "../../src/supervised/index.js";
import { tasks } from "../../src/tasks/index.js";
import { tf, useEngine } from "../../src/tensors/index.js";
import { needsData, sharedData } from "../datasets/shared-data.js";
import { loaderFrom, runTask } from "./run-task.js";

const folder = sharedData();

beforeAll(async () => {
  await useEngine("auto");
});

let tensors = 0;
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors);
});

describe("what is drawn", () => {
  test("spirals: a net of two layers parts them, the perceptron cannot", async () => {
    tensors = tf.memory().numTensors;
    const config = { epochs: 120 };
    const deep = await runTask("spiral-mlp", { folder: "", config });
    const perceptron = await runTask("spiral-mlp", { folder: "", config, settings: { hidden: [] } });
    deep.model.dispose();
    perceptron.model.dispose();
    expect(deep.test["accuracy"]).toBeGreaterThanOrEqual(0.99);
    expect(perceptron.test["accuracy"]).toBeLessThan(0.7);
  });

  test("three heads learn from drawn digits together", async () => {
    tensors = tf.memory().numTensors;
    const settings = { data: "glyphs", rows: 600, filters: 8 };
    const { model, test: figures } = await runTask("multitask-digits", { folder: "", settings });
    model.dispose();
    expect(figures["digit.accuracy"]).toBeGreaterThan(0.9);
    expect(figures["odd.auc"]).toBeGreaterThan(0.95);
    expect(figures["ink.r2"]).toBeGreaterThan(0.5);
  });

  test("captions: words follow each other as they should, and name what is there", async () => {
    tensors = tf.memory().numTensors;
    const settings = { pictures: 300, testPictures: 50, cells: 3, filters: 16, units: 64, batchSize: 32 };
    const { model, test: figures, report, losses } = await runTask("caption", { folder: "", settings });
    model.dispose();
    expect(losses.at(-1)).toBeLessThan(0.6 * losses[0]!);
    expect(figures["perplexity"]).toBeLessThan(4);
    expect(report.figures!["bleu"]).toBeGreaterThan(20);
    expect(report.text).toMatch(/^.+\n {2}\(.+; .+; .+\)/);
  });
});

describe("real data", () => {
  needsData();

  test("every task's model is JSON, and its preset a config", async () => {
    tensors = tf.memory().numTensors;
    for (const task of Object.values(tasks)) {
      if (task.kind !== "fit") continue;
      const settings = task.settings.parse({});
      fitConfigSchema.parse(task.config(settings));
      const { spec, data } = await task.prepare({ settings, seed: 1, load: loaderFrom(folder!, 1) });
      expect(modelSpecSchema.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
      expect(summarizeModel(spec).parameters).toBeGreaterThan(0);
      expect(data.train.batches).toBeGreaterThan(0);
    }
  });

  test("LeNet-5 on some of the digits", async () => {
    tensors = tf.memory().numTensors;
    const { model, losses } = await runTask("mnist-lenet", { folder: folder!, config: { epochs: 1 } });
    model.dispose();
    expect(losses[0]).toBeLessThan(0.5);
  });

  test("Cora: the graph tells what the words alone do not", async () => {
    tensors = tf.memory().numTensors;
    const { model, test: figures } = await runTask("cora-gcn", { folder: folder!, config: { epochs: 60 } });
    model.dispose();
    // Words alone come to 55 % (Kipf & Welling 2017, table 3: MLP).
    expect(figures["accuracy"]).toBeGreaterThan(0.78);
  });
});
