import { Generator } from "gymnasium-js";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildModel, layers, type Model, sequential } from "../../../src/nets/index.js";
import { batchesOf, type Dataset, type FitConfig, fitConfigSchema } from "../../../src/supervised/index.js";
import {
  allBut,
  fitToEnd,
  halvesOf,
  rowsPerClass,
  type SweptTask,
  takeClasses,
  testFigure,
  transferLayers,
  transferSweep,
} from "../../../src/supervised/protocols/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { firstRows, smallDigits, smallNet } from "./digits.js";

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

const digits = smallDigits(1200, 1);
const fresh = smallDigits(600, 2);

function configOf(epochs: number, trainable: string | null = null): FitConfig {
  return fitConfigSchema.parse({
    objective: { heads: { output: { loss: { name: "crossEntropy" }, metrics: ["accuracy"] } } },
    epochs,
    trainable,
    optimizer: { name: "adam", learningRate: 0.003 },
  });
}

function dataOf(train: Dataset, test: Dataset) {
  return {
    train: batchesOf(train, { batchSize: 32, seed: 1 }),
    test: batchesOf(test, { batchSize: 200, shuffle: false, seed: 1 }),
  };
}

/** Values of all variables whose names begin so. */
function valuesOf(model: Model, ...nodes: string[]): Record<string, number[]> {
  const saved = Object.entries(model.save());
  const own = saved.filter(([name]) => nodes.some((node) => name.startsWith(`${node}.`)));
  return Object.fromEntries(own.map(([name, { data }]) => [name, Array.from(data)]));
}

describe("layers that are taken over", () => {
  test("are equal afterwards, buffers too, and nothing else has changed", async () => {
    const source = buildModel(smallNet(10), new Generator(1));
    await fitToEnd(source, dataOf(firstRows(digits, 64), fresh), configOf(1));
    const target = buildModel(smallNet(4), new Generator(2));
    const before = valuesOf(target, "hidden", "features", "classifier");
    transferLayers(source, target, ["conv", "norm"]);
    expect(valuesOf(target, "conv", "norm")).toEqual(valuesOf(source, "conv", "norm"));
    expect(Object.keys(valuesOf(target, "norm")).length).toBe(4);
    expect(valuesOf(target, "hidden", "features", "classifier")).toEqual(before);
    // A copy of its own: what the one learns is not the other's.
    await fitToEnd(target, dataOf(takeClasses(digits, [0, 1, 2, 3]), fresh4()), configOf(1));
    expect(valuesOf(target, "conv")).not.toEqual(valuesOf(source, "conv"));
    source.dispose();
    target.dispose();
  });

  test("have to be there, and of the same shapes, or nothing changes", () => {
    const source = buildModel(smallNet(10), new Generator(1));
    const target = buildModel(smallNet(4), new Generator(2));
    const before = valuesOf(target, "conv", "classifier");
    expect(() => transferLayers(source, target, ["conv", "clasifier"])).toThrow(
      'The model has no layer "clasifier" to transfer; it has conv, norm,',
    );
    expect(() => transferLayers(source, target, ["conv", "classifier"])).toThrow(
      expect.objectContaining({ code: "weights-mismatch" }),
    );
    expect(valuesOf(target, "conv", "classifier")).toEqual(before);
    source.dispose();
    target.dispose();
  });

  test("of a group are those whose names begin with its name and a dot", () => {
    const spec = () =>
      sequential(
        [3],
        [
          layers.dense({ units: 3, name: "block1.a" }),
          layers.dense({ units: 3, name: "block1.b" }),
          layers.dense({ units: 3, name: "block10" }),
        ],
      );
    const [source, target] = [1, 2].map((seed) => buildModel(spec(), new Generator(seed))) as [Model, Model];
    const above = valuesOf(target, "block10");
    transferLayers(source, target, ["block1"]);
    expect(valuesOf(target, "block1.a", "block1.b")).toEqual(valuesOf(source, "block1.a", "block1.b"));
    expect(valuesOf(target, "block10")).toEqual(above);
    const pattern = new RegExp(allBut(["block1"])!, "u");
    expect([...target.parameters.keys()].filter((name) => pattern.test(name))).toEqual([
      "block10.weights",
      "block10.bias",
    ]);
    source.dispose();
    target.dispose();
  });

  test("stay to the bit when they are frozen, while the others learn", async () => {
    const model = buildModel(smallNet(10), new Generator(3));
    const frozen = ["conv", "hidden"];
    const before = valuesOf(model, ...frozen);
    const others = valuesOf(model, "features", "classifier");
    await fitToEnd(model, dataOf(firstRows(digits, 64), fresh), configOf(2, allBut(frozen)));
    expect(valuesOf(model, ...frozen)).toEqual(before);
    for (const [name, values] of Object.entries(valuesOf(model, "features", "classifier"))) {
      expect(values, name).not.toEqual(others[name]);
    }
    model.dispose();
  });
});

function fresh4(): Dataset {
  return takeClasses(fresh, [0, 1, 2, 3]);
}

describe("a fit to its end", () => {
  test("stops where its listener throws", async () => {
    const model = buildModel(smallNet(10), new Generator(1));
    const epochs: number[] = [];
    const fitting = fitToEnd(model, dataOf(firstRows(digits, 64), fresh), configOf(5), ({ epoch }) => {
      epochs.push(epoch);
      if (epoch === 2) throw new Error("enough");
    });
    await expect(fitting).rejects.toThrow("enough");
    expect(epochs).toEqual([1, 2]);
    // What the fit held is freed once the batch that is under way is over.
    await new Promise((resolve) => setImmediate(resolve));
    model.dispose();
  });

  test("has the figures that it has", () => {
    expect(() => testFigure({ test: { loss: 1, accuracy: 0.5 }, curve: [] }, "acuracy")).toThrow(
      'The fit has no test figure "acuracy"; it has loss, accuracy.',
    );
    expect(() => testFigure({ test: null, curve: [] }, "loss")).toThrow("its data have no test split");
  });
});

describe("classes as tasks", () => {
  test("have rows of their own classes only, numbered anew", () => {
    const part = takeClasses(digits, [7, 2]);
    expect(part.size).toBe(240);
    expect(part.classes).toEqual([digits.classes![7], digits.classes![2]]);
    const first = Array.from(part.fields["targets"]!.data.slice(0, 4));
    // Digits come by turns, so 2 is before 7.
    expect(first).toEqual([1, 0, 1, 0]);
    expect(part.fields["inputs"]!.data.slice(0, 49)).toEqual(
      digits.fields["inputs"]!.data.slice(2 * 49, 3 * 49),
    );
    expect(() => takeClasses(digits, [3, 11])).toThrow("There is no class 11; the 10 classes");
  });

  test("are two halves, which the seed draws", () => {
    const [a, b] = halvesOf(7, new Generator(1));
    expect([...a, ...b].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(a).toHaveLength(4);
    expect(halvesOf(7, new Generator(1))).toEqual([a, b]);
    const others = Array.from({ length: 5 }, (_, seed) => halvesOf(7, new Generator(seed + 2)));
    expect(others).not.toContainEqual([a, b]);
  });

  test("have as many rows each as are asked for", () => {
    const rows = rowsPerClass(digits, 13, new Generator(1));
    const labels = Array.from(rows, (row) => digits.fields["targets"]!.data[row]!);
    expect(new Set(rows).size).toBe(130);
    for (let digit = 0; digit < 10; digit++) {
      expect(labels.filter((label) => label === digit)).toHaveLength(13);
    }
    expect(rows).not.toEqual(rowsPerClass(digits, 13, new Generator(2)));
    expect(() => rowsPerClass(digits, 121, new Generator(1))).toThrow(
      expect.objectContaining({ code: "invalid-options" }),
    );
  });
});

describe("the sweep", () => {
  const swept = ["conv", "hidden", "features"];

  /** Digits 0 to 4, of which there are many, and 5 to 9, of which there are six each. */
  function tasks(seed: number): { source: SweptTask; target: SweptTask } {
    const task = (classes: number[], perClass: number, epochs: number): SweptTask => {
      const own = takeClasses(digits, classes);
      const train = firstRows(own, perClass * classes.length);
      const learnt = batchesOf(train, { batchSize: 16, seed });
      const judged = batchesOf(takeClasses(fresh, classes), { batchSize: 150, shuffle: false, seed });
      return {
        spec: sequential(
          [7, 7, 1],
          [
            layers.conv2d({ filters: 6, size: 3, activation: "relu", name: "conv" }),
            layers.flatten(),
            layers.dense({ units: 32, activation: "relu", name: "hidden" }),
            layers.dense({ units: 16, activation: "relu", name: "features" }),
            layers.dense({ units: classes.length, name: "classifier" }),
          ],
          { initializer: "he-normal" },
        ),
        data: { train: learnt, test: judged },
        config: configOf(epochs),
      };
    };
    return { source: task([0, 1, 2, 3, 4], 120, 8), target: task([5, 6, 7, 8, 9], 6, 50) };
  }

  test("freezing few layers beats freezing all, and fine-tuning is not worse than learning from scratch", async () => {
    const results = await transferSweep({ tasks, layers: swept, seeds: [1, 2, 3] });
    const mean = (treatment: string, count: number) => {
      const own = results.filter((result) => result.treatment === treatment && result.layers === count);
      expect(own).toHaveLength(3);
      return own.reduce((sum, { value }) => sum + value, 0) / own.length;
    };
    expect(results).toHaveLength(3 * (3 + 3 * 4));
    expect(mean("A", 0)).toBeGreaterThan(0.95);
    expect(mean("AnB", 1)).toBeGreaterThan(mean("AnB", 3) + 0.15);
    expect(mean("BnB", 3)).toBeGreaterThan(mean("AnB", 3));
    const fineTuned = [1, 2, 3].map((count) => mean("AnB+", count));
    expect(fineTuned.reduce((sum, value) => sum + value, 0) / 3).toBeGreaterThan(mean("scratch", 0) - 0.02);
  });

  test("comes to the same each time, tells each net, and may be ended", async () => {
    const options = {
      ...{ tasks, layers: ["conv"], treatments: ["AnB", "AnB+"] as const },
    };
    const told: string[] = [];
    const once = await transferSweep({
      ...options,
      seeds: [5],
      onResult: ({ treatment, layers: count }, { done, total }) => {
        told.push(`${treatment} ${count} ${done}/${total}`);
      },
    });
    expect(told).toEqual(["A 0 1/5", "B 0 2/5", "scratch 0 3/5", "AnB 1 4/5", "AnB+ 1 5/5"]);
    expect(await transferSweep({ ...options, seeds: [5] })).toEqual(once);
    const ended = transferSweep({
      ...options,
      seeds: [5],
      onResult: (_, { done }) => {
        if (done === 2) throw new Error("enough");
      },
    });
    await expect(ended).rejects.toThrow("enough");
  });
});
