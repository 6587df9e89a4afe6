import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  beginStudy,
  bestLayer,
  LudusError,
  listRuns,
  openRun,
  openStudy,
  resolveConfig,
  runStudy,
  type TrialEvent,
  type TuneOptions,
  type TuneResult,
} from "../../../src/training/index.js";
import { lockRun } from "../../../src/training/lock.js";
import type { TrainJobs } from "../../../src/training/processes/train-processes.js";
import { readConfig } from "../../../src/training/run-folder.js";
import "../class-env.js";
import { bytesOf, inFolder, tinyConfig, tinyPqnConfig } from "../tiny-runs.js";
import { type InTurnOptions, inTurn } from "./in-turn.js";

const asked: TuneOptions = {
  config: tinyConfig({ steps: 1800, numEnvs: 4, seed: 5, evaluation: { episodes: 2, maxSteps: 50 } }),
  engine: "wasm",
  space: ["dqn.optimizer.learningRate=log(1e-4,1e-2)", "dqn.nStep=int(1,3)"],
  trials: 4,
  eta: 2,
  rungs: 3,
  seeds: 2,
};

async function study(out: string, options: Partial<TuneOptions> = {}, trainer: InTurnOptions = {}) {
  const begun = await beginStudy({ ...asked, ...options, out });
  const { train, started } = inTurn(trainer);
  const events: TrialEvent[] = [];
  const result = await runStudy(begun, { train, onTrial: (event) => events.push(event) });
  return { study: begun, result, started, events };
}

/** What a result says, but for where it lies. */
function said({ ranking, interrupted }: TuneResult): unknown {
  return { ranking, interrupted };
}

function linesOf(folder: string): Record<string, unknown>[] {
  const lines = readFileSync(join(folder, "trials.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

let folder = "";
let cleanUp = (): void => {};
let whole: Awaited<ReturnType<typeof study>>;

// One study that was never interrupted, with which others are compared.
beforeAll(async () => {
  await new Promise<void>((ready) => {
    void inFolder(async (path) => {
      folder = path;
      ready();
      await new Promise<void>((resolve) => {
        cleanUp = resolve;
      });
    });
  });
  whole = await study(join(folder, "whole"));
});

afterAll(() => cleanUp());

describe("a study", () => {
  test("trains the best ones on, rung by rung", () => {
    const { result, events, started } = whole;
    expect(result.interrupted).toBe(false);
    expect(events.map(({ rung }) => rung)).toEqual([0, 0, 0, 0, 1, 1, 2]);
    expect(started.map(({ resumed }) => resumed)).toEqual([...Array(8).fill(false), ...Array(6).fill(true)]);
    expect(result.ranking.map(({ steps }) => steps)).toEqual([1800, 900, 450, 450]);
    const [winner] = result.ranking;
    const last = events.at(-1)!;
    expect(last).toEqual({ event: "trial", ...winner });
    expect(winner!.score).toBe((winner!.returnMeans[0]! + winner!.returnMeans[1]!) / 2);
  });

  test("leaves a line for each run and rung, each with its run", () => {
    const lines = linesOf(whole.study.path);
    expect(lines).toHaveLength(14);
    expect(new Set(lines.map(({ rung, trial, seed }) => `${rung}/${trial}/${seed}`)).size).toBe(14);
    // The first vector step of 4 environments at which 450 steps are made.
    expect(lines[0]).toMatchObject({ trial: 0, rung: 0, seed: 5, step: 452 });
    for (const { folder: run, seed, values } of lines) {
      const config = readConfig(openRun(join(whole.study.path, String(run))));
      expect(config.seed).toBe(seed);
      expect(config).toMatchObject({ dqn: { nStep: (values as Record<string, unknown>)["dqn.nStep"] } });
    }
  });

  test("a run that went from rung to rung equals one that never stopped, byte for byte", async () => {
    const [{ trial }] = whole.result.ranking as [TuneResult["ranking"][0]];
    const [run] = listRuns(join(whole.study.path, "runs", `trial-${trial}`, "seed-6"));
    const config = readConfig(run!);
    expect(config.steps).toBe(1800);
    const { train } = await import("../../../src/training/index.js");
    const alone = await train({ config, engine: "wasm", runs: join(folder, "alone") });
    expect(bytesOf(run!.path)).toEqual(bytesOf(alone.run));
  });

  test("best.json is the winner's config, as a layer", () => {
    const layer = JSON.parse(readFileSync(join(whole.study.path, "best.json"), "utf8"));
    const [best] = whole.result.ranking;
    expect(layer).toEqual(JSON.parse(JSON.stringify(bestLayer(whole.study.record, best!))));
    const config = resolveConfig({ env: "CartPole-v1", seed: 1 }, layer);
    expect(config).toMatchObject({
      steps: 1800,
      dqn: {
        nStep: best!.values["dqn.nStep"],
        optimizer: { learningRate: best!.values["dqn.optimizer.learningRate"] },
      },
      evaluation: asked.config.evaluation,
    });
  });

  test("run again it trains nothing and says the same", async () => {
    const { train, started } = inTurn();
    const result = await runStudy(openStudy(whole.study.path), { train });
    expect(started).toEqual([]);
    expect(said(result)).toEqual(said(whole.result));
  });

  test.each([
    { most: 3, cutAt: 200 },
    { most: 8, cutAt: undefined },
    { most: 10, cutAt: 700 },
    { most: 14, cutAt: 1500 },
  ])("stopped in its training $most at step $cutAt, it goes on to the same end", async (cut) => {
    const out = join(folder, `cut-${cut.most}`);
    const first = await study(out, {}, cut);
    expect(first.result.interrupted).toBe(true);
    expect(existsSync(join(out, "best.json"))).toBe(false);
    const before = linesOf(out).length;
    expect(before).toBe(cut.cutAt === undefined ? cut.most : cut.most - 1);
    const { train, started } = inTurn();
    const result = await runStudy(openStudy(out), { train });
    expect(said(result)).toEqual(said(whole.result));
    expect(started).toHaveLength(14 - before);
    if (cut.cutAt !== undefined) expect(started[0]!.resumed).toBe(true);
    expect(readFileSync(join(out, "best.json"))).toEqual(readFileSync(join(whole.study.path, "best.json")));
    expect(linesOf(out).map(withoutFolder)).toEqual(linesOf(whole.study.path).map(withoutFolder));
  });

  test("a line that a kill left half written is found out again", async () => {
    const out = join(folder, "half");
    cpSync(whole.study.path, out, { recursive: true });
    const text = readFileSync(join(out, "trials.jsonl"), "utf8");
    writeFileSync(join(out, "trials.jsonl"), text.slice(0, -20));
    const { train, started } = inTurn();
    const result = await runStudy(openStudy(out), { train });
    expect(started).toHaveLength(1);
    expect(said(result)).toEqual(said(whole.result));
    expect(linesOf(out).map(withoutFolder)).toEqual(linesOf(whole.study.path).map(withoutFolder));
  });

  test("runs that the processes of a killed study still have are waited for", async () => {
    const { result, started } = await study(join(folder, "in-use"), {}, { inUse: 2 });
    expect(started.slice(-8, -6).map(({ key }) => key)).toEqual(["trial-0/seed-5", "trial-0/seed-6"]);
    expect(said(result)).toEqual(said(whole.result));
  });

  test("a process that dies of Ctrl+C is interrupted, and one that just dies ends the study", async () => {
    const begun = await beginStudy({ ...asked, out: join(folder, "died") });
    const dies = (interruption?: AbortController): TrainJobs =>
      async function* ([job]) {
        interruption?.abort();
        yield { job: job!, failed: new LudusError("process-died", "It died.") };
      };
    const interruption = new AbortController();
    const { signal } = interruption;
    const result = await runStudy(begun, { signal, train: dies(interruption) });
    expect(result).toEqual({ study: begun.path, ranking: [], interrupted: true });
    await expect(runStudy(begun, { train: dies() })).rejects.toThrow("It died.");
  });

  test("a trial that diverges is the worst and is named", async () => {
    const winner = whole.result.ranking[0]!.trial;
    const key = `trial-${winner}/seed-6`;
    const out = join(folder, "diverged");
    const { result } = await study(out, {}, { diverges: (job) => job.key === key });
    expect(result.ranking.at(-1)).toMatchObject({ trial: winner, score: null, failure: `${key} diverged.` });
    expect(result.ranking[0]!.trial).not.toBe(winner);
    expect(linesOf(out).find(({ failure }) => failure !== undefined)).toMatchObject({
      trial: winner,
      returnMean: null,
    });
  });

  test("a failure that is not the trial's own ends the study", async () => {
    const config = tinyConfig({
      env: "Test/BrokenLine-v0",
      envOptions: { fault: "reward" },
      steps: 1800,
      numEnvs: 4,
    });
    await expect(study(join(folder, "broken"), { config })).rejects.toThrow(/NaN/);
  });

  test("where all diverge, the study fails in one sentence, also when run again", async () => {
    const out = join(folder, "all-diverged");
    await expect(study(out, {}, { diverges: () => true })).rejects.toThrow(
      /^All 4 trials failed; trial 0: trial-0\/seed-5 diverged\.$/,
    );
    await expect(runStudy(openStudy(out), { train: inTurn().train })).rejects.toThrow(/All 4 trials failed/);
  });
});

function withoutFolder({ folder: _, ...line }: Record<string, unknown>): unknown {
  return line;
}

test("one process at a time works on a study", async () => {
  const { study: busy } = whole;
  const unlock = lockRun(join(busy.path, "lock"));
  try {
    await expect(runStudy(busy, { train: inTurn().train })).rejects.toThrow(
      /^The study .*whole is in use by process/,
    );
  } finally {
    unlock();
  }
});

test("random search trains every trial to the end", async () => {
  const { result, started } = await study(join(folder, "random"), {
    method: "random",
    trials: 2,
    rungs: undefined,
  });
  expect(result.ranking.map(({ steps }) => steps)).toEqual([1800, 1800]);
  expect(started.every(({ resumed }) => !resumed)).toBe(true);
  const scores = result.ranking.map(({ score }) => score!);
  expect(scores[0]).toBeGreaterThanOrEqual(scores[1]!);
});

describe("is refused before anything is trained:", () => {
  async function refusal(options: Partial<TuneOptions>, prepare = (_: string): void => {}): Promise<string> {
    return inFolder(async (path) => {
      const out = join(path, "study");
      prepare(out);
      const error = await beginStudy({ ...asked, ...options, out }).then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(existsSync(join(out, "trials.jsonl"))).toBe(false);
      expect(error).toBeInstanceOf(Error);
      return (error as Error).message;
    });
  }

  test("a key that there is not", async () => {
    expect(await refusal({ space: ["dqn.gama=uniform(0.9,1)"] })).toContain("did you mean 'dqn.gamma'?");
  });

  test("a key that is set as well", async () => {
    expect(await refusal({ set: ["dqn.nStep"] })).toMatch(/'dqn\.nStep' is set.*--set and --space/);
  });

  test("values that the parts of a run do not take", async () => {
    expect(await refusal({ space: ["replay.capacity=choice(2)"] })).toMatch(/capacity is 2/);
  });

  test("more rungs than there are trials for", async () => {
    expect(await refusal({ trials: 3 })).toMatch(/3 rungs.*at least 4 trials, and these are 3/);
  });

  test("a first rung in which nothing is learnt", async () => {
    const learn = { startAt: 450 };
    expect(await refusal({ config: tinyConfig({ steps: 1800, numEnvs: 4, learn }) })).toMatch(
      /first rung ends at step 450, and nothing is learnt before step 458; give more --steps/,
    );
    const config = tinyPqnConfig({ steps: 160 });
    expect(await refusal({ config, space: ["pqn.gamma=uniform(0.9,1)"] })).toMatch(
      /first rung ends at step 40, and nothing is learnt before step 44/,
    );
  });

  test("halving where runs cannot be resumed; random search takes them", async () => {
    const config = tinyConfig({ env: "Test/UnsavableLine-v0", steps: 1800 });
    expect(await refusal({ config })).toMatch(/no snapshot\(\).*--method random/);
    const random = { config, method: "random", rungs: undefined, trials: 1, seeds: 1 } as const;
    const cut = await study(join(folder, "unsavable"), random, { most: 1, cutAt: 900 });
    expect(cut.result.interrupted).toBe(true);
    const { train, started } = inTurn();
    const result = await runStudy(openStudy(cut.study.path), { train });
    expect(started).toEqual([{ key: "trial-0/seed-3", resumed: false }]);
    expect(result.ranking[0]!.score).not.toBe(null);
  });

  test("a folder that holds a study, or anything else", async () => {
    const occupied = (name: string) => (out: string) => {
      mkdirSync(out, { recursive: true });
      writeFileSync(join(out, name), "{}");
    };
    expect(await refusal({}, occupied("study.json"))).toMatch(/holds a study already.*--resume/);
    expect(await refusal({}, occupied("notes.txt"))).toMatch(/is not empty/);
  });

  test("nothing to search", async () => {
    expect(await refusal({ space: [] })).toContain("There is nothing to search");
  });
});

test("keys that are set are left out of the space by default", async () => {
  const out = join(folder, "default-space");
  const { space: _, ...rest } = asked;
  const { record } = await beginStudy({ ...rest, set: ["dqn.gamma", "learn.batchSize"], out });
  expect(Object.keys(record.space)).toContain("dqn.optimizer.learningRate");
  expect(Object.keys(record.space)).not.toContain("dqn.gamma");
  expect(Object.keys(record.space)).not.toContain("learn.batchSize");
});

test("what is no study is refused in a sentence", async () => {
  expect(() => openStudy(join(folder, "nowhere"))).toThrow(/There is no study in .*nowhere/);
  const copy = join(folder, "newer");
  cpSync(whole.study.path, copy, { recursive: true });
  writeFileSync(join(copy, "study.json"), JSON.stringify({ ...whole.study.record, format: 99 }));
  expect(() => openStudy(copy)).toThrow(/study format 99.*update Ludus/);
  writeFileSync(join(copy, "study.json"), "{");
  expect(() => openStudy(copy)).toThrow(/cannot be read as what a study is asked/);
  rmSync(join(copy, "study.json"));
  cpSync(join(whole.study.path, "study.json"), join(copy, "study.json"));
  appendFileSync(join(copy, "trials.jsonl"), "no JSON\n");
  await expect(runStudy(openStudy(copy))).rejects.toThrow(LudusError);
});
