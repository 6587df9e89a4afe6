import { Generator } from "gymnasium-js";
import { expect, test } from "vitest";
import { generateTMaze, gridworldTasks } from "../../src/envs/index.js";
import { findPreset, type PartialConfig, resolveConfig, train } from "../../src/training/index.js";
import { inFolder } from "../training/tiny-runs.js";
import { bestMemorylessReturn } from "./memoryless.js";

const task = gridworldTasks.find(({ id }) => id === "Ludus/TMaze-v0")!;

/**
 * Only what was seen at the start tells the goal from the decoy, and at the crossing one observation stands for both
 * mazes. So the best that a policy without memory can do is to go to the side that is right more often when it sees that
 * sign, and to stay where it is for all 50 steps when it sees the other: 0.93 of one share of the episodes, -0.5 of the
 * rest. Drawing actions at random does no better: let d be by how much likelier the exits at the crossing lead to the
 * left than to the right, which is the same in both mazes, and X and Y how often it comes to an exit in either. An exit
 * takes 7 steps at least, so that it gets at most
 *
 *   left (d X - 0.5 + 0.43 X) + right (-d Y - 0.5 + 0.43 Y)
 *
 * which is linear in d, X and Y, and so greatest where d is 1 or -1 and X and Y are 0 or 1.
 */
function bestAtRandom(left: number): number {
  const right = 1 - left;
  let best = -Infinity;
  for (const d of [-1, 1])
    for (const X of [0, 1])
      for (const Y of [0, 1])
        best = Math.max(best, left * (d * X - 0.5 + 0.43 * X) + right * (-d * Y - 0.5 + 0.43 * Y));
  return best;
}

const numMaps = 200;

test("no policy without memory gets far in the T-maze", () => {
  const best = bestMemorylessReturn(task, numMaps);
  expect(best).toBeLessThan(0.3);
  const left = leftShare();
  expect(left).toBeGreaterThan(0.4);
  expect(left).toBeLessThan(0.6);
  expect(best).toBeCloseTo(bestAtRandom(left), 9);
  // Of a single maze all is known.
  expect(bestMemorylessReturn(task, 1)).toBeCloseTo(task.optimalReturn, 9);
});

function leftShare(): number {
  let left = 0;
  for (let mapSeed = 0; mapSeed < numMaps; mapSeed++) {
    const [, top = ""] = generateTMaze(new Generator(mapSeed));
    if (top.indexOf("G") < top.indexOf("X")) left++;
  }
  return left / numMaps;
}

/** Trains on the task; the mean return of the best checkpoint over 100 episodes. */
async function lesson(...layers: readonly PartialConfig[]): Promise<number> {
  return inFolder(async (runs) => {
    const done = await train({ config: resolveConfig({ env: task.id }, ...layers), runs });
    console.log(`${done.agent} in ${done.env}, seed ${done.seed}: ${done.evalReturnMean}`);
    return done.evalReturnMean!;
  });
}

test("DRQN remembers the sign", async () => {
  const preset = findPreset(task.id)!;
  expect(preset).toMatchObject({ name: "drqn", agent: "drqn" });
  const found = await lesson(preset.config, preset.forSteps!(36_000), {
    seed: 1,
    evaluation: { episodes: 10 },
  });
  expect(found).toBeGreaterThan(0.95 * task.optimalReturn);
  expect(found).toBeGreaterThan(bestMemorylessReturn(task, numMaps) + 0.5);
});

test("DQN, which has no memory, does not get past what can be had without", async () => {
  const found = await lesson({
    agent: "dqn",
    ...{ seed: 1, steps: 20_000, numEnvs: 16 },
    learn: { startAt: 1000, every: 8, batchSize: 32 },
    dqn: { net: { type: "mlp", hidden: [64] }, optimizer: { learningRate: 1e-3 } },
    evaluation: { every: 4000, episodes: 50 },
  });
  // The bound is of a mean; among 100 episodes one of the signs may come some more times.
  expect(found).toBeLessThan(bestMemorylessReturn(task, numMaps) + 0.2);
});
