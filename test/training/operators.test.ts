import { Generator, makeVec, type VectorEnv } from "gymnasium-js";
import { from, lastValueFrom } from "rxjs";
import { expect, test } from "vitest";
import "./class-env.js";
import type { Agent } from "../../src/agents/index.js";
import type { Replay } from "../../src/replay/index.js";
import type { RolloutStep } from "../../src/streams/index.js";
import { createActor } from "../../src/training/actor.js";
import { pointedStep } from "../../src/training/checkpoint.js";
import { listRuns, openRun, train } from "../../src/training/index.js";
import { type LearnSchedule, ReplayLearner } from "../../src/training/kinds/dqn.js";
import { learnWith, refuseBadSteps } from "../../src/training/operators.js";
import { inFolder, tinyConfig } from "./tiny-runs.js";

const pair = (): VectorEnv => makeVec("Test/Line-v0", { numEnvs: 2, autoresetMode: "same-step" });

function stepOf(changes: Partial<RolloutStep["next"]>): RolloutStep {
  return {
    index: 0,
    observations: new Float32Array(4),
    actionMasks: null,
    actions: Int32Array.of(0, 0),
    next: {
      observations: new Float32Array(4),
      rewards: Float64Array.of(0, 0),
      terminations: Uint8Array.of(0, 0),
      truncations: Uint8Array.of(0, 0),
      finalObservations: new Float32Array(4),
      infos: {},
      finalInfos: null,
      ...changes,
    },
    nextActionMasks: null,
  };
}

function refuse(changes: Partial<RolloutStep["next"]>): Promise<RolloutStep> {
  return lastValueFrom(from([stepOf(changes)]).pipe(refuseBadSteps(pair())));
}

test("a good step passes", async () => {
  const step = stepOf({});
  expect(await lastValueFrom(from([step]).pipe(refuseBadSteps(pair())))).toBe(step);
});

test.each([Number.NaN, Infinity, -Infinity])("a reward of %s is refused", async (reward) => {
  await expect(refuse({ rewards: Float64Array.of(0, reward) })).rejects.toThrow(
    `Environment 1 gave the reward ${reward}; a reward has to be a finite number.`,
  );
});

test.each([2, -0.5, Number.NaN])("an observation with %s in it is refused", async (value) => {
  await expect(refuse({ observations: Float32Array.of(0, 0, 0, value) })).rejects.toThrow(
    `Environment 1 gave an observation outside its space: value ${value} at index 1, expected 0 to 1.`,
  );
});

test("the last observation of an episode counts, that of one that goes on does not", async () => {
  const finalObservations = Float32Array.of(0, 9, 0, 0);
  await expect(refuse({ finalObservations, terminations: Uint8Array.of(1, 0) })).rejects.toThrow(
    /Environment 0 ended an episode with an observation outside its space/,
  );
  await expect(refuse({ finalObservations, truncations: Uint8Array.of(0, 1) })).resolves.toBeDefined();
});

test.each([
  ["reward", /a reward has to be a finite number|reward.*NaN/],
  ["observation", /observation outside its space/],
  ["last-observation", /observation outside its space/],
])(
  "a run whose environment breaks its word (%s) ends with a sentence and keeps its checkpoint",
  (fault, sentence) =>
    inFolder(async (runs) => {
      const settings = { env: "Test/BrokenLine-v0", envOptions: { fault }, checkpoint: { every: 100 } };
      await expect(train({ config: tinyConfig(settings), runs })).rejects.toThrow(sentence);
      const [run] = listRuns(runs);
      expect(pointedStep(openRun(run!.path).path, "last")).toBeGreaterThan(0);
    }),
);

function learner(schedule: LearnSchedule) {
  const batches: number[] = [];
  const agent = {
    updates: 0,
    learn(batch: { size: number }) {
      agent.updates++;
      batches.push(batch.size);
      return { loss: 0, meanQ: 0, gradientNorm: 0, tdErrors: new Float32Array(0) };
    },
  };
  const parts = new ReplayLearner({
    rng: new Generator(0),
    schedule,
    memory: {
      size: 10,
      sample: (_: Generator, size: number) => ({ size }),
      updatePriorities: () => {},
    } as unknown as Replay,
    agent: agent as unknown as Agent,
  });
  return { parts, batches };
}

test.each([
  [{ startAt: 100, every: 4, batchSize: 8 }, 99, 0],
  [{ startAt: 100, every: 4, batchSize: 8 }, 103, 0],
  [{ startAt: 100, every: 4, batchSize: 8 }, 104, 1],
  [{ startAt: 100, every: 4, batchSize: 8 }, 120, 5],
  [{ startAt: 0, every: 0.5, batchSize: 8 }, 3, 6],
  [{ startAt: 0, every: 8, batchSize: 8 }, 7, 0],
])("with %j, at step %i, %i updates are due", async (schedule, steps, due) => {
  const { parts, batches } = learner(schedule);
  let told = 0;
  await lastValueFrom(from([stepOf({}), stepOf({})]).pipe(learnWith(parts, { steps }, () => told++)));
  expect(batches).toEqual(new Array(due).fill(8));
  expect(told).toBe(due);
});

test("an actor shows its policy stacks that begin anew with each episode", () => {
  const seen: number[][] = [];
  const envs = pair();
  const actor = createActor(
    (observations) => {
      seen.push(Array.from(observations as Float32Array));
      return Int32Array.of(0, 0);
    },
    envs,
    2,
  );
  actor.policy(Float32Array.of(0.1, 0, 0.5, 0), null);
  actor.saw(stepOf({}));
  actor.policy(Float32Array.of(0.2, 0, 0.6, 0), null);
  actor.saw(stepOf({ terminations: Uint8Array.of(0, 1) }));
  actor.policy(Float32Array.of(0.3, 0, 0.7, 0), null);
  const rounded = seen.map((row) => row.map((value) => Math.round(value * 10) / 10));
  // Per environment: the older frame, then the newer; an episode's first frame stands twice.
  expect(rounded[1]).toEqual([0.1, 0, 0.2, 0, 0.5, 0, 0.6, 0]);
  expect(rounded[2]!.slice(0, 4)).toEqual([0.2, 0, 0.3, 0]);
  expect(rounded[2]!.slice(4)).toEqual([0.7, 0, 0.7, 0]);
});

test("an actor of single frames is the policy itself", () => {
  const policy = () => Int32Array.of(0, 0);
  expect(createActor(policy, pair(), 1)).toMatchObject({ policy, stacker: null });
});
