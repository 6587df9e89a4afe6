import { testReplay } from "ludus/testing";
import { describe, test } from "vitest";
import { createReplay, type FieldSpec, type ReplayConfig } from "../../src/replay/index.js";

const frames = (shape: number[], dtype: FieldSpec["dtype"]): ReplayConfig["element"] => ({
  observation: { shape, dtype },
  action: { shape: [], dtype: "int32" },
  actionMask: 0,
});

const configs: Record<string, Partial<ReplayConfig>> = {
  "with single steps of one environment": { numEnvs: 1, nStep: 1, stack: 1, capacity: 10 },
  "with five steps, stacks of four, and more of both than an environment holds": {
    numEnvs: 3,
    nStep: 5,
    stack: 4,
    capacity: 11,
  },
  "with frames of 71 bytes": { element: frames([71], "uint8"), gamma: 0.99 },
  "with numbers, masks and vectors of actions": {
    element: {
      observation: { shape: [], dtype: "int32" },
      action: { shape: [2], dtype: "float32" },
      actionMask: 3,
    },
    gamma: 1,
  },
  "by priorities, with masks and five steps": {
    element: { ...frames([3], "uint8"), actionMask: 3 },
    nStep: 5,
    sampling: {
      type: "prioritised",
      alpha: 0.6,
      betaStart: 0.4,
      betaEnd: 1,
      betaUpdates: 10,
      epsilon: 1e-6,
    },
  },
  "with floats that are never discounted away": { element: frames([2], "float32"), nStep: 2, gamma: 0.9 },
};

describe.each(Object.entries(configs))("a replay %s", (_, config) => {
  testReplay(createReplay, { test, config });
});
