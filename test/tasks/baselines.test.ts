import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { catalogue } from "../../src/datasets/index.js";
import { takeRows } from "../../src/supervised/index.js";
import { baselines, mnistForest, mnistKnn, mnistSvm } from "../../src/tasks/baselines.js";
import { shakespeareHmm, shakespeareMarkov } from "../../src/tasks/baselines-text.js";
import type { StudyContext, StudyTask } from "../../src/tasks/task.js";
import { tf, useEngine } from "../../src/tensors/index.js";
import { needsData, sharedData } from "../datasets/shared-data.js";
import { runStudy } from "./run-study.js";

const folder = sharedData();

beforeAll(async () => {
  await useEngine("auto");
});

let tensors = 0;
beforeEach(() => {
  tensors = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors);
});

describe("the table of baselines", () => {
  needsData();

  test("has all methods on the same digits, and is the same each time", async () => {
    const settings = { data: "optdigits", rows: 600, updates: 250 };
    const { report, records, progress } = await runStudy(baselines, { folder: folder!, settings });
    const [table] = report.tables!;
    const names = ["svm-rbf", "svm-linear", "random-forest", "knn", "softmax", "mlp", "lenet5"];
    expect(table!.rows.map(([method]) => method)).toEqual(names);
    expect(records.map(({ method }) => method)).toEqual(names);
    for (const name of names) expect(report.figures[`${name}.accuracy`], name).toBeGreaterThan(0.75);
    expect(report.figures["svm-rbf.accuracy"]).toBeGreaterThan(report.figures["svm-linear.accuracy"]!);
    expect(progress[1]).toMatch(/^svm-rbf: accuracy 0\.9\d\d\d after \d+\.\d s$/);
    const again = await runStudy(baselines, {
      folder: folder!,
      settings: { ...settings, methods: ["random-forest", "lenet5"] },
    });
    for (const figure of ["random-forest.accuracy", "lenet5.macroF1"]) {
      expect(again.report.figures[figure]).toBe(report.figures[figure]);
    }
  });

  test.each(["iris", "wdbc"])("of %s leaves convolutions out, or says why it has none", async (data) => {
    const { report } = await runStudy(baselines, { folder: folder!, settings: { data, updates: 400 } });
    expect(report.tables![0]!.rows).toHaveLength(6);
    for (const name of ["svm-rbf", "random-forest", "knn", "mlp"]) {
      expect(report.figures[`${name}.accuracy`], name).toBeGreaterThanOrEqual(0.8);
    }
    const asked = runStudy(baselines, { folder: folder!, settings: { data, methods: ["lenet5"] } });
    await expect(asked).rejects.toThrow(
      "lenet5 needs pictures [height, width, channels], but the rows are [",
    );
  });
});

describe("one method on few digits of MNIST", () => {
  needsData();

  const load = (async () => few) as unknown as StudyContext<unknown>["load"];
  let few: ReturnType<typeof catalogue.mnist.load>;
  beforeAll(() => {
    if (folder === null) return;
    const { splits, ...rest } = catalogue.mnist.load({ folder });
    const first = (count: number) => Int32Array.from({ length: count }, (_, row) => row);
    few = {
      ...rest,
      splits: { train: takeRows(splits.train, first(700)), test: takeRows(splits.test, first(1000)) },
    };
  });

  test.each([
    [mnistSvm, 0.85],
    [mnistForest, 0.8],
    [mnistKnn, 0.75],
  ] as [StudyTask, number][])("learns", async (task, least) => {
    const { report } = await runStudy(task, { folder: folder!, load, settings: { rows: 500 } });
    expect(Object.keys(report.figures)).toEqual(["accuracy", "macroF1"]);
    expect(report.figures["accuracy"]).toBeGreaterThan(least);
    expect(report.tables![0]!.title).toBe("500 rows to learn from, 1000 to test");
  });

  test("takes its own settings", async () => {
    const run = (k: number) =>
      runStudy(mnistKnn, { folder: folder!, load, settings: { rows: 100, config: { k } } });
    const [one, many] = [await run(1), await run(60)];
    expect(one.report.figures["accuracy"]).toBeGreaterThan(many.report.figures["accuracy"]! + 0.1);
  });
});

describe("methods of sequences on Shakespeare", () => {
  needsData();

  test("the chain is surer of the next character than the states that nobody sees", async () => {
    const chain = await runStudy(shakespeareMarkov, { folder: folder!, settings: { sample: 50 } });
    const hidden = await runStudy(shakespeareHmm, {
      folder: folder!,
      settings: { characters: 10_000, config: { states: 6, maxIterations: 10 }, sample: 0 },
    });
    // log2(65) bits are 4.17 nats.
    expect(hidden.report.figures["loss"]).toBeLessThan(3.5);
    expect(chain.report.figures["loss"]).toBeLessThan(1.8);
    expect(chain.report.figures["perplexity"]).toBeCloseTo(Math.exp(chain.report.figures["loss"]!), 10);
    expect(chain.report.text).toHaveLength(50);
    expect(hidden.report.text).toBeUndefined();
    expect(hidden.progress[0]).toBe("step 1 of 10");
  });
});
