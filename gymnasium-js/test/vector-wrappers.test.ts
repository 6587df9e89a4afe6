import { describe, expect, it } from "vitest";
import {
  type AutoresetMode,
  BaseEnv,
  discrete,
  NormalizeObservation,
  NormalizeReward,
  RecordEpisodeStatistics,
  RunningStatistics,
  SyncVectorEnv,
  text,
  type VectorEnv,
  VectorNormalizeObservation,
  VectorNormalizeReward,
  VectorRecordEpisodeStatistics,
  type VectorStep,
  VectorWrapper,
} from "../src/index.js";
import { problemOf } from "./problem.js";
import { cart, walk } from "./walk.js";

const modes: AutoresetMode[] = ["next-step", "same-step", "disabled"];

class Nothing extends VectorWrapper {}

const wrappers: Record<string, (envs: VectorEnv) => VectorEnv> = {
  VectorWrapper: (envs) => new Nothing(envs),
  VectorRecordEpisodeStatistics: (envs) => new VectorRecordEpisodeStatistics(envs, { bufferLength: 5 }),
  VectorNormalizeObservation: (envs) => new VectorNormalizeObservation(envs),
  VectorNormalizeReward: (envs) => new VectorNormalizeReward(envs, { gamma: 0.9 }),
  "all of them": (envs) =>
    new VectorNormalizeReward(new VectorNormalizeObservation(new VectorRecordEpisodeStatistics(envs))),
};

const native = (mode: AutoresetMode, numEnvs = 4) => walk.makeVec(numEnvs, {}, { autoresetMode: mode });
const sync = (autoresetMode: AutoresetMode, numEnvs = 4) =>
  new SyncVectorEnv(
    new Array(numEnvs).fill(() => walk.make()),
    { autoresetMode },
  );

/** Mostly to the right, so that episodes of the walk end both ways. */
function actionsOf(t: number, numEnvs: number): Int32Array {
  return Int32Array.from({ length: numEnvs }, (_, i) => ((t * 7 + i * 3) % 5 === 0 ? 0 : 1));
}

const endedIn = ({ terminations, truncations }: VectorStep) =>
  [...terminations].map((flag, i) => flag === 1 || truncations[i] === 1);

/** The step's facts, copied; rows of final observations only where episodes ended. */
function record(step: VectorStep, envs: VectorEnv) {
  const { rewards, terminations, truncations, finalObservations, finalInfos, infos } = step;
  const size = step.observations.length / envs.numEnvs;
  return structuredClone({
    observations: [...step.observations] as number[],
    current: [...envs.observations],
    masks: [...(envs.actionMasks ?? [])],
    rewards: [...rewards],
    terminations: [...terminations],
    truncations: [...truncations],
    finals: endedIn(step).map((one, i) =>
      one && finalObservations !== null
        ? ([...finalObservations.slice(i * size, (i + 1) * size)] as number[])
        : null,
    ),
    finalInfos,
    infos,
  });
}

type Recorded = ReturnType<typeof record>;

/** Steps; where nothing resets by itself, resets by mask what has ended, between the steps. */
function play(envs: VectorEnv, steps: number): Recorded[] {
  return Array.from({ length: steps }, (_, t) => {
    const step = envs.step(actionsOf(t, envs.numEnvs));
    const recorded = record(step, envs);
    const mask = endedIn(step);
    if (envs.autoresetMode === "disabled" && mask.includes(true)) {
      const { observations } = envs.reset({ mask });
      expect(envs.observations).toBe(observations);
    }
    return recorded;
  });
}

describe.each(Object.entries(wrappers))("%s", (_, wrap) => {
  it.each(modes)("gives the same over native and sync (%s)", (mode) => {
    const [one, other] = [native(mode), sync(mode)].map((inner) => {
      const envs = wrap(inner);
      const { observations, infos } = envs.reset({ seed: 11 });
      expect(envs.observations).toBe(observations);
      return [[...observations], structuredClone(infos), ...play(envs, 60)];
    });
    expect(one).toEqual(other);
    expect(JSON.stringify(one)).toMatch(/"terminations":\[[01,]*1.*"truncations":\[[01,]*1/);
  });

  it.each(modes)("restore gives the same future (%s)", (mode) => {
    const envs = wrap(native(mode));
    envs.reset({ seed: 3 });
    play(envs, 30);
    const taken = structuredClone(envs.snapshot());
    const acted = [...envs.observations];
    const future = play(envs, 40);
    for (const again of [envs, wrap(native(mode))]) {
      again.restore(taken);
      expect([...again.observations]).toEqual(acted);
      expect(play(again, 40)).toEqual(future);
    }
  });

  it("keeps what it gave whole during the next call", () => {
    const envs = wrap(native("same-step"));
    envs.reset({ seed: 1 });
    let kept: unknown[] = [envs.observations];
    let copy = structuredClone(kept);
    for (let t = 0; t < 30; t++) {
      const { observations, rewards, terminations, finalObservations } = envs.step(actionsOf(t, 4));
      expect(kept).toEqual(copy);
      kept = [observations, rewards, terminations, finalObservations];
      copy = structuredClone(kept);
    }
    const reset = envs.reset();
    expect(kept).toEqual(copy);
    expect(envs.observations).toBe(reset.observations);
  });

  it("shows what the vector environment inside is, and passes refusals on", () => {
    const inner = native("disabled", 2);
    const envs = wrap(inner);
    expect(envs).toMatchObject({ numEnvs: 2, autoresetMode: "disabled", spec: inner.spec });
    expect(envs.actionSpace).toBe(inner.actionSpace);
    expect(envs.singleActionSpace).toBe(inner.singleActionSpace);
    for (const call of [() => envs.step([0, 0]), () => envs.observations, () => envs.actionMasks]) {
      expect(problemOf(call).code).toBe("reset-needed");
    }
    envs.reset({ seed: [4, null], options: { start: 0 } });
    expect(envs.observationSpace.contains(envs.observations)).toBe(true);
    expect(envs.singleObservationSpace.shape).toEqual([]);
    expect(envs.actionMasks).toEqual(Uint8Array.of(0, 1, 0, 1));
    expect(problemOf(() => envs.step([0, 2])).code).toBe("invalid-action");
    const problem = problemOf(() => envs.restore(inner.snapshot()));
    expect(problem.code).toBe("invalid-snapshot");
    expect(problem.message).toContain(envs.constructor.name);
    envs.close();
    expect(problemOf(() => inner.step([0, 0])).code).toBe("closed");
    expect(problemOf(() => envs.observations).code).toBe("closed");
  });
});

describe("VectorRecordEpisodeStatistics", () => {
  /** What the wrapper of single environments says of each. */
  const single = (autoresetMode: AutoresetMode) =>
    new SyncVectorEnv(
      new Array(4).fill(() => new RecordEpisodeStatistics(walk.make())),
      { autoresetMode },
    );

  it.each(modes)("tells what the wrapper of single environments tells (%s)", (mode) => {
    const [envs, singles] = [new VectorRecordEpisodeStatistics(native(mode)), single(mode)];
    const [ours, theirs] = [envs, singles].map((one) => {
      one.reset({ seed: 2 });
      return play(one, 80);
    });
    const returns: number[] = [];
    ours!.forEach(({ infos }, t) => {
      const { infos: others, finalInfos } = theirs![t] as Recorded;
      const expected =
        mode === "same-step"
          ? finalInfos!.map((info) => info?.["episode"] ?? null)
          : (others["episode"]?.values ?? [null, null, null, null]);
      const found = infos["episode"]?.values ?? [null, null, null, null];
      expect(found).toEqual(expected);
      expect(infos["episode"]?.mask ?? [false, false, false, false]).toEqual(
        found.map((one) => one !== null),
      );
      for (const one of found) if (one !== null) returns.push((one as { r: number }).r);
    });
    expect(returns.length).toBeGreaterThan(10);
    expect(envs.episodeCount).toBe(returns.length);
    expect(envs.returnQueue).toEqual(returns);
    expect(envs.lengthQueue.length).toBe(returns.length);
  });

  it("starts episodes anew at a reset, remembers the last ones, and keeps the other infos", () => {
    const envs = new VectorRecordEpisodeStatistics(native("same-step", 2), {
      bufferLength: 1,
      statsKey: "e",
    });
    envs.reset({ options: { start: 7 } });
    envs.step([0, 0]);
    envs.reset({ options: { start: 7 } });
    for (let t = 0; envs.episodeCount === 0; t++) {
      const { infos, terminations } = envs.step([1, 0]);
      expect(Object.keys(infos)).toEqual(["draw", "episodes", ...(terminations.includes(1) ? ["e"] : [])]);
      if (terminations[0] === 1) expect(infos["e"]?.values[0]).toEqual({ r: 1 - 0.125 * t, l: t + 1 });
    }
    play(envs, 60);
    expect([envs.returnQueue.length, envs.lengthQueue.length]).toEqual([1, 1]);
  });

  it("refuses a key that is taken, a queue of no length, and infos read too late", () => {
    const taken = new VectorRecordEpisodeStatistics(native("next-step", 2), { statsKey: "draw" });
    taken.reset({ options: { start: 7 } });
    const problem = problemOf(() => {
      for (let t = 0; t < 20; t++) taken.step([1, 1]).infos;
    });
    expect(problem).toMatchObject({
      code: "invalid-options",
      message: expect.stringContaining('already has the key "draw"'),
    });
    expect(problemOf(() => new VectorRecordEpisodeStatistics(taken, { bufferLength: 0 })).message).toBe(
      "VectorRecordEpisodeStatistics: bufferLength is 0, expected a positive integer number of episodes.",
    );
    const envs = new VectorRecordEpisodeStatistics(native("next-step", 2));
    envs.reset();
    const step = envs.step([1, 1]);
    envs.step([1, 1]);
    expect(problemOf(() => step.infos).code).toBe("stale-infos");
  });
});

/** Mean and variance of all values at once, starting from 1e-4 values of mean 0 and variance 1. */
function moments(values: readonly number[]): { mean: number; variance: number } {
  const count = values.length + 1e-4;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: (squares + 1e-4 * (1 + mean ** 2)) / count };
}

describe("VectorNormalizeObservation", () => {
  it.each(modes)("counts all observations there are, and shows by what it has counted (%s)", (mode) => {
    const [envs, plain] = [new VectorNormalizeObservation(native(mode)), native(mode)];
    const seen: number[] = [...(plain.reset({ seed: 5 }).observations as Int32Array)];
    envs.reset({ seed: 5 });
    const normalize = (x: number) => {
      const { mean, variance } = moments(seen);
      return (x - mean) / Math.sqrt(variance + 1e-8);
    };
    for (let t = 0; t < 50; t++) {
      const [step, raw] = [envs, plain].map((one) => record(one.step(actionsOf(t, 4)), one)) as [
        Recorded,
        Recorded,
      ];
      seen.push(...raw.observations, ...raw.finals.flatMap((one) => one ?? []));
      raw.observations.forEach((x, i) => {
        expect(step.observations[i]).toBeCloseTo(normalize(x), 4);
      });
      raw.finals.forEach((one, i) => {
        if (one !== null) expect(step.finals[i]![0]).toBeCloseTo(normalize(one[0]!), 4);
      });
      expect([step.rewards, step.infos, step.finalInfos]).toEqual([raw.rewards, raw.infos, raw.finalInfos]);
      const mask = raw.terminations.map((flag, i) => flag === 1 || raw.truncations[i] === 1);
      if (mode !== "disabled" || !mask.includes(true)) continue;
      const begun = [...(plain.reset({ mask }).observations as Int32Array)];
      const shown = envs.reset({ mask }).observations;
      seen.push(...begun.filter((_, i) => mask[i]));
      for (const [i, x] of begun.entries()) expect(shown[i]).toBeCloseTo(normalize(x), 4);
    }
    expect(envs.statistics.count).toBeCloseTo(seen.length, 3);
  });

  it("of one sub-environment shows what the wrapper of a single environment shows", () => {
    const envs = new VectorNormalizeObservation(cart.makeVec(1), { epsilon: 0.01 });
    const env = new NormalizeObservation(cart.make(), { epsilon: 0.01 });
    expect(envs.reset({ seed: 8 }).observations).toEqual(env.reset({ seed: 8 }).observation);
    for (let t = 0; t < 12; t++) {
      if (t === 6) [envs.updateStatistics, env.updateStatistics] = [false, false];
      const action = Float32Array.of(Math.sin(t) / 4);
      expect(envs.step(action).observations).toEqual(env.step(action).observation);
    }
    expect(envs.statistics).toEqual(env.statistics);
    expect(envs.statistics.count).toBeCloseTo(7);
  });

  it("can be put around an environment that already runs", () => {
    const inner = native("next-step", 2);
    inner.reset({ options: { start: 3 } });
    const envs = new VectorNormalizeObservation(inner, { epsilon: 3 });
    expect(envs.observations).toEqual(Float32Array.of(1.5, 1.5));
    expect(envs.observations).toBe(envs.observations);
  });

  it("refuses observations that are no numbers, and an epsilon of 0", () => {
    class Words extends BaseEnv<string, number> {
      readonly observationSpace = text({ maxLength: 4 });
      readonly actionSpace = discrete(3);
      reset() {
        return { observation: "new", info: {} };
      }
      step() {
        return { observation: "old", reward: 0, terminated: false, truncated: false, info: {} };
      }
    }
    const words = new SyncVectorEnv([() => new Words()]);
    for (const make of [
      () => new VectorNormalizeObservation(words),
      () => new VectorNormalizeObservation(native("next-step"), { epsilon: 0 }),
    ]) {
      expect(problemOf(make)).toMatchObject({
        code: "invalid-options",
        message: expect.stringContaining("VectorNormalizeObservation: epsilon is"),
      });
    }
  });
});

describe("VectorNormalizeReward", () => {
  it("counts batches of three as Gymnasium does with NumPy 2: its figures", () => {
    const statistics = new RunningStatistics();
    statistics.updateBatch(Float32Array.of(0.1, 0.7, 0.3), 3);
    expect(statistics).toMatchObject({ mean: 0.36665445279885933, variance: 0.06225796188736684 });
    statistics.updateBatch(Float32Array.of(1.3, -0.4, 0.9), 3);
    expect(statistics).toMatchObject({ mean: 0.48332526400451614, variance: 0.30807100321262465 });
  });

  it.each(modes)("divides by the deviation of the running returns (%s)", (mode) => {
    const gamma = 0.9;
    const [envs, plain] = [new VectorNormalizeReward(native(mode), { gamma }), native(mode)];
    for (const one of [envs, plain]) one.reset({ seed: 6 });
    const returns = [0, 0, 0, 0];
    const due = [false, false, false, false];
    const seen: number[] = [];
    const ours = play(envs, 60);
    const raw = play(plain, 60);
    for (const [t, step] of raw.entries()) {
      step.rewards.forEach((reward, i) => {
        if (due[i]) {
          due[i] = false;
          return;
        }
        returns[i] = returns[i]! * gamma * (step.terminations[i] === 1 ? 0 : 1) + reward;
        seen.push(returns[i]!);
        if (step.terminations[i] !== 1 && step.truncations[i] !== 1) return;
        if (mode === "next-step") due[i] = true;
        else returns[i] = 0;
      });
      const { variance } = moments(seen);
      step.rewards.forEach((reward, i) => {
        expect(ours[t]!.rewards[i]).toBeCloseTo(reward / Math.sqrt(variance + 1e-8), 4);
      });
    }
    if (mode === "next-step") expect(seen.length).toBeLessThan(240);
    else expect(seen.length).toBe(240);
    expect(envs.statistics.count).toBeCloseTo(seen.length, 3);
  });

  it("of one sub-environment gives what the wrapper of a single environment gives, but for float32 returns", () => {
    const envs = new VectorNormalizeReward(native("same-step", 1));
    const env = new NormalizeReward(walk.make());
    envs.reset({ seed: 8 });
    env.reset({ seed: 8 });
    for (let t = 0; t < 8; t++) {
      if (t === 5) [envs.updateStatistics, env.updateStatistics] = [false, false];
      expect(envs.step([0]).rewards[0]).toBeCloseTo(env.step(0).reward, 5);
    }
    expect(envs.statistics.count).toBe(env.statistics.count);
    expect(envs.discountedReturns[0]).toBeCloseTo(env.discountedReturn, 5);
  });

  it("refuses gamma and epsilon out of range", () => {
    for (const options of [{ gamma: 1.1 }, { gamma: Number.NaN }, { epsilon: 0 }]) {
      expect(problemOf(() => new VectorNormalizeReward(native("next-step"), options)).message).toContain(
        "VectorNormalizeReward: gamma is",
      );
    }
  });
});
