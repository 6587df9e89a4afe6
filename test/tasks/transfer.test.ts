import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pretraining } from "../../src/tasks/pretraining.js";
import { regimes } from "../../src/tasks/regimes.js";
import { transfer } from "../../src/tasks/transfer.js";
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

/** Whether a text is XML all of whose elements are closed. */
function isClosed(svg: string): boolean {
  const open: string[] = [];
  for (const [, closing, name, end] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (closing !== "") {
      if (open.pop() !== name) return false;
    } else if (end === "") open.push(name!);
  }
  return open.length === 0;
}

describe("studies of protocols", () => {
  needsData();

  test("transfer: from many digits to few, with a table and a plot", async () => {
    const settings = {
      ...{ seeds: 1, sourceRows: 60, targetRows: 8, testRows: 60, filters: 4 },
      ...{ sourceUpdates: 60, targetUpdates: 30 },
    };
    const { report, records } = await runStudy(transfer, { folder: folder!, settings });
    expect(records).toHaveLength(3 + 4 * 4);
    expect(report.figures["frozenFirst"]).toBeGreaterThan(report.figures["frozenAll"]!);
    const [table] = report.tables!;
    expect(table!.rows.map(([layer]) => layer)).toEqual([
      ...["none", "to conv1", "to conv2", "to dense1", "to dense2"],
    ]);
    // All treatments begin with the net that takes nothing over.
    expect(new Set(table!.rows[0]!.slice(1)).size).toBe(1);
    const plot = report.plots!["transfer"]!;
    expect(isClosed(plot)).toBe(true);
    expect(plot.match(/<circle/g)).toHaveLength(4 * 5);
  });

  test("transfer ends where it is told to", async () => {
    let breaths = 0;
    const ended = runStudy(transfer, {
      folder: folder!,
      settings: {
        sourceRows: 20,
        targetRows: 5,
        testRows: 10,
        sourceUpdates: 2,
        targetUpdates: 2,
        filters: 2,
      },
      breathe: async () => {
        breaths++;
        if (breaths === 3) throw new Error("enough");
      },
    });
    await expect(ended).rejects.toThrow("enough");
    expect(breaths).toBe(3);
  });

  test("pretraining: what digits without labels are worth", async () => {
    const settings = {
      ...{ data: "optdigits", unlabelled: 1000, labelsPerClass: [5], seeds: 1, hidden: [48, 48, 48] },
      ...{ updates: 120, learningRate: 0.003 },
      pretrain: { loss: "binaryCrossEntropy", epochs: 15, optimizer: { name: "adam", learningRate: 0.005 } },
    };
    const { report, records } = await runStudy(pretraining, { folder: folder!, settings });
    expect(report.figures["fineTuned.5"]).toBeGreaterThan(report.figures["scratch.5"]! + 0.03);
    for (const method of ["svmOfCodes", "svmOfPixels", "linearOfCodes", "linearOfPixels"]) {
      expect(report.figures[`${method}.5`], method).toBeGreaterThan(0.6);
    }
    expect(records.slice(0, 3).map(({ layer }) => layer)).toEqual(["hidden1", "hidden2", "hidden3"]);
    expect(records).toHaveLength(3 + 6);
    expect(isClosed(report.plots!["pretraining"]!)).toBe(true);
  });

  test("regimes: curves of nets of three sizes, and of the largest with regularisation", async () => {
    const settings = { rows: 800, epochs: 2, filters: [1, 2, 4] };
    const { report, records } = await runStudy(regimes, { folder: folder!, settings });
    const nets = ["too small", "in between", "too large", "dropout", "weight decay", "augmentation"];
    expect(report.tables![0]!.rows.map(([net]) => net)).toEqual([...nets, "all three"]);
    expect(records).toHaveLength(7 * 2);
    const sizes = report.tables![0]!.rows.map(([, parameters]) => parameters as number);
    expect(sizes[0]).toBeLessThan(sizes[1]!);
    expect(sizes[1]).toBeLessThan(sizes[2]!);
    expect(new Set(sizes.slice(2)).size).toBe(1);
    // Each regularisation changes what is learnt.
    const learnt = records.filter(({ epoch }) => epoch === 2).map(({ trainLoss }) => trainLoss);
    expect(new Set(learnt).size).toBe(7);
    for (const plot of Object.values(report.plots!)) expect(isClosed(plot)).toBe(true);
    expect(Object.keys(report.plots!)).toEqual(["regimes-size", "regimes-regularisation"]);
  });
});
