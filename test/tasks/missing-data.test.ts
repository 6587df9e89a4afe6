import { readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { tasks } from "../../src/tasks/index.js";
import { runTask } from "../../src/training/index.js";
import { needsData, sharedData } from "../datasets/shared-data.js";
import { inFolder } from "../training/tiny-runs.js";

beforeEach(() => {
  vi.stubEnv("LUDUS_SHARED", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const hungry = Object.values(tasks).filter(({ data }) => data.length > 0);

test.each(hungry)("$name without its data says how to get them, and leaves nothing", (task) =>
  inFolder((data) =>
    inFolder(async (runs) => {
      const onEvent = vi.fn();
      await expect(runTask({ task, runs, data, onEvent })).rejects.toMatchObject({
        code: "missing-file",
        message: expect.stringMatching(
          new RegExp(`^${task.data[0]} is not in .*ludus data get ${task.data[0]} --data \\S+`),
        ),
      });
      expect(onEvent).not.toHaveBeenCalled();
      expect(readdirSync(runs)).toEqual([]);
    }),
  ),
);

describe("what data do not allow", () => {
  needsData();

  test.each([
    ["baselines", { data: "iris", methods: ["knn", "lenet5"] }, /lenet5 needs pictures/],
    ["pretraining", { data: "optdigits", labelsPerClass: [5, 1000] }, /less than the 1000 that are asked/],
  ])("%s of %j is refused before there is a run", (name, settings, sentence) =>
    inFolder(async (runs) => {
      const asked = runTask({ task: tasks[name]!, config: { settings }, runs, data: sharedData()! });
      await expect(asked).rejects.toThrow(sentence);
      expect(readdirSync(runs)).toEqual([]);
    }),
  );
});
