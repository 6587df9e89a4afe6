import { fileURLToPath } from "node:url";
import { type AutoresetMode, make, makeVec, type WorkerCrash, type WorkerVectorEnv } from "gymnasium-js";
import { testVectorEnv } from "ludus/testing";
import { afterEach, describe, expect, test } from "vitest";
import "../../../src/envs/index.js";
import { type MakeWorkerVecOptions, makeWorkerVec } from "../../../src/training/workers/make-worker-vec.js";
import "./envs/faulty.mjs";

const faulty = fileURLToPath(new URL("./envs/faulty.mjs", import.meta.url));
const opened: WorkerVectorEnv[] = [];

/** Every test's threads end with it. */
function open(id: string, options: MakeWorkerVecOptions): WorkerVectorEnv {
  const envs = makeWorkerVec(id, { modules: [faulty], timeoutSeconds: 60, ...options });
  opened.push(envs);
  return envs;
}

afterEach(() => {
  for (const envs of opened.splice(0)) envs.close();
});

describe.each(["Taxi-v4", "Blackjack-v1", "Pendulum-v1"])("%s", (id) => {
  testVectorEnv((numEnvs, autoresetMode) => open(id, { numEnvs, numWorkers: 2, autoresetMode }), {
    test,
    makeEnv: () => make(id),
    name: "in threads",
    steps: 30,
    seeds: [3],
  });
});

test("observations and actions that are no rows of numbers travel as messages", () => {
  const options = { numEnvs: 3, autoresetMode: "same-step" } as const;
  const vectors = [makeVec("Nested-v0", options), open("Nested-v0", { ...options, numWorkers: 2 })];
  const [expected, found] = vectors.map((envs) => {
    const begun = structuredClone(envs.reset({ seed: 8 }));
    const steps = Array.from({ length: 40 }, (_, t) => {
      const actions = Array.from({ length: 3 }, (_, i) => ({
        push: (t + i) % 2,
        force: Float32Array.of(0.5),
      }));
      const { observations, rewards, truncations, finalInfos, infos } = envs.step(actions);
      return structuredClone({ observations, rewards, truncations, finalInfos, infos });
    });
    return { begun, steps, snapshot: envs.snapshot() };
  });
  expect(expected!.steps.some(({ finalInfos }) => finalInfos?.some((info) => info !== null))).toBe(true);
  expect(found).toEqual(expected);
});

describe("the number of workers", () => {
  test("changes no number, and snapshots are those of a sync vector", () => {
    const id = "MinAtar/Asterix-v1";
    const vectors = [
      makeVec(id, { numEnvs: 5, vectorizationMode: "sync" }),
      open(id, { numEnvs: 5, numWorkers: 1 }),
      open(id, { numEnvs: 5, numWorkers: 3 }),
      open(id, { numEnvs: 5, numWorkers: 9 }),
    ];
    const play = (count: number) =>
      vectors.map((envs) =>
        Array.from({ length: count }, (_, t) => {
          const { observations, rewards, terminations } = envs.step(
            Int32Array.from({ length: 5 }, (_, i) => (t + i) % 5),
          );
          return structuredClone([observations, rewards, terminations]);
        }),
      );
    for (const envs of vectors) envs.reset({ seed: 5 });
    const [expected, ...others] = play(200);
    for (const other of others) expect(other).toEqual(expected);
    const snapshot = structuredClone(vectors[2]!.snapshot());
    expect(snapshot).toEqual(vectors[0]!.snapshot());
    const [on] = play(50);
    for (const envs of vectors) envs.restore(snapshot);
    for (const again of play(50)) expect(again).toEqual(on);
  });
});

/** What row 2 of 4 (worker 1 of 2) says while its second step is answered by `fault`, and after. */
function crash(fault: number, options: MakeWorkerVecOptions & { autoresetMode: AutoresetMode }) {
  const reports: WorkerCrash[] = [];
  const envs = open("Faulty-v0", {
    numEnvs: 4,
    numWorkers: 2,
    ...options,
    report: (report) => reports.push(report),
  });
  envs.reset({ seed: 1 });
  envs.step([0, 0, 0, 0]);
  const before = structuredClone(envs.observations) as Float32Array;
  const { rewards, truncations, finalObservations } = envs.step([0, 0, fault, 0]);
  return {
    envs,
    reports,
    before,
    ...structuredClone({ rewards, truncations, finalObservations }),
    observations: structuredClone(envs.observations) as Float32Array,
  };
}

describe("a failing worker", () => {
  test.each([
    [1, /Faulty-v0: worker 1, with sub-environments 2 to 3, failed: the motor is on fire/],
    [2, /worker 1, with sub-environments 2 to 3, failed: its thread ended with code 7/],
    [4, /worker 1, with sub-environments 2 to 3, failed: .*memory/],
  ])("ends the vector by default (fault %i), with one sentence", (fault, sentence) => {
    const envs = open("Faulty-v0", { numEnvs: 4, numWorkers: 2, heapMegabytes: 64 });
    envs.reset({ seed: 1 });
    expect(() => envs.step([0, 0, fault, 0])).toThrow(
      expect.objectContaining({ code: "worker-failed", message: expect.stringMatching(sentence) }),
    );
    expect(() => envs.step([0, 0, 0, 0])).toThrow(expect.objectContaining({ code: "closed" }));
  });

  test("that does not answer in time counts as failed", () => {
    const envs = open("Faulty-v0", { numEnvs: 2, numWorkers: 2 });
    envs.reset({ seed: 1 });
    // Only now: on a busy machine the start alone takes as long.
    type Part = { worker: { options: { timeoutSeconds: number } } };
    for (const { worker } of (envs as unknown as { parts: Part[] }).parts) worker.options.timeoutSeconds = 2;
    expect(() => envs.step([3, 0])).toThrow(
      /worker 0, with sub-environment 0, failed: it has not answered for 2 s/,
    );
  });

  test("is started anew on demand: its episodes are cut, the others go on", () => {
    const { envs, reports, before, observations, rewards, truncations, finalObservations } = crash(1, {
      autoresetMode: "same-step",
      onCrash: "restart",
    });
    expect(reports).toEqual([
      { index: 1, first: 2, count: 2, restarts: 0, message: expect.stringContaining("the motor is on fire") },
    ]);
    expect(envs.restarts).toBe(1);
    expect([...rewards]).toEqual([1, 1, 0, 0]);
    expect([...truncations]).toEqual([0, 0, 1, 1]);
    expect([...(finalObservations as Float32Array).slice(4)]).toEqual([...before.slice(4)]);
    // Steps, then the mark drawn at the start of the episode.
    expect([...observations.slice(0, 4)]).toEqual([2, before[1], 2, before[3]]);
    expect([observations[4], observations[6]]).toEqual([0, 0]);
    expect(observations[5]).not.toBe(before[5]);
    expect([...envs.step([0, 0, 0, 0]).rewards]).toEqual([1, 1, 1, 1]);
  });

  test("is started anew with the same numbers each time", () => {
    const [one, other] = [1, 2].map((fault) =>
      crash(fault, { autoresetMode: "same-step", onCrash: "restart" }),
    );
    expect(one!.observations).toEqual(other!.observations);
  });

  test("ends episodes in next-step mode as a limit does", () => {
    const { envs, before, observations, truncations } = crash(2, {
      autoresetMode: "next-step",
      onCrash: "restart",
    });
    expect([...truncations]).toEqual([0, 0, 1, 1]);
    expect([...observations.slice(4)]).toEqual([...before.slice(4)]);
    const next = envs.step([0, 0, 0, 0]);
    expect([...next.rewards]).toEqual([1, 1, 0, 0]);
    expect([...next.truncations]).toEqual([0, 0, 0, 0]);
    expect((next.observations as Float32Array)[4]).toBe(0);
    expect([...envs.step([0, 0, 0, 0]).rewards]).toEqual([1, 1, 1, 1]);
    expect((envs.observations as Float32Array)[4]).toBe(1);
  });

  test("is not started anew for ever", () => {
    const envs = open("Faulty-v0", { numEnvs: 1, onCrash: "restart", maxRestarts: 2 });
    envs.reset({ seed: 0 });
    envs.step([1]);
    envs.step([0]);
    envs.step([1]);
    envs.step([0]);
    expect(() => envs.step([1])).toThrow(/the motor is on fire. It was started anew 2 times before/);
  });
});

test("a thread whose module or environment is not there says so", () => {
  expect(() => open("Faulty-v0", { modules: ["/nowhere/env.mjs"] })).toThrow(/nowhere/);
  expect(() => open("Nothing-v0", {})).toThrow(/There is no environment "Nothing-v0"/);
  expect(() => open("Faulty-v0", { numWorkers: 0 })).toThrow(/numWorkers is 0/);
});

test("an error of an environment at reset is told as it is", () => {
  const envs = open("CartPole-v1", { numEnvs: 2, numWorkers: 2 });
  expect(() => envs.reset({ options: { low: 2, high: 1 } })).toThrow(
    expect.objectContaining({ code: "invalid-options" }),
  );
  expect(envs.reset({ seed: 1 }).observations).toHaveLength(8);
});
