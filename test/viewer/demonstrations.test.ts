// Episodes that a person plays: which are kept, and that a replay gets from them what it would have got from the play itself.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultRng, make, RulesEnv, type TypedArray } from "gymnasium-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import "../../src/envs/index.js";
import {
  DemonstrationFolder,
  findDemonstrations,
  readDemonstrations,
} from "../../src/cli/viewing/demonstration-folder.js";
import { bestRunOf } from "../../src/cli/viewing/game.js";
import { GameShow } from "../../src/cli/viewing/game-show.js";
import { randomMind } from "../../src/cli/viewing/minds.js";
import { Rival } from "../../src/cli/viewing/rival.js";
import { openStage } from "../../src/cli/viewing/stage.js";
import {
  addDemonstrations,
  createReplay,
  type Demonstration,
  elementSpec,
  type Replay,
  type ReplayConfig,
  type TransitionBatch,
} from "../../src/replay/index.js";
import { NaiveReplay, type Row, rowsOf } from "../../src/testing/naive-replay.js";
import { demonstrationsDigest, openRun, type RunConfig, resume, train } from "../../src/training/index.js";
import type { Episode } from "../../src/viewer/episode.js";
import type { Mind } from "../../src/viewer/mind.js";
import { parseEpisode } from "../../src/viewer/parse-episode.js";
import { PlaySession } from "../../src/viewer/play-session.js";
import { PlayShow } from "../../src/viewer/play-show.js";
import type { Command, Status } from "../../src/viewer/protocol.js";
import { inTurn } from "../replay/script.js";
import { bytesOf, inFolder, tinyConfig } from "../training/tiny-runs.js";

interface Played {
  demonstration: Demonstration;
  transitions: TransitionBatch[];
}

/** An episode under chance, by the environment itself: what a file would keep of it, and its transitions. */
function played(
  env: string,
  seed: number,
  { limit, most = Infinity }: { limit: number; most?: number },
): Played {
  const one = make(env, { maxEpisodeSteps: limit });
  one.actionSpace.seed(seed);
  const demonstration = {
    ...{ env, envOptions: {}, maxEpisodeSteps: limit, seed },
    ...{
      actions: [] as (number | number[])[],
      rewards: [] as number[],
      ended: null as Demonstration["ended"],
    },
  };
  const transitions: TransitionBatch[] = [];
  let observation = numbers(one.reset({ seed }).observation);
  while (demonstration.ended === null && transitions.length < most) {
    const action = one.actionSpace.sample() as number | TypedArray;
    const { observation: next, reward, terminated, truncated } = one.step(action);
    demonstration.actions.push(typeof action === "number" ? action : Array.from(action, Number));
    demonstration.rewards.push(reward);
    if (terminated || truncated) demonstration.ended = terminated ? "terminated" : "truncated";
    const cut = !terminated && (truncated || transitions.length + 1 === most);
    const masks = maskOf(one.unwrapped);
    transitions.push({
      observations: observation,
      actions: numbers(action),
      next: {
        ...{ observations: numbers(next), rewards: [reward], finalObservations: numbers(next) },
        ...{ terminations: [Number(terminated)], truncations: [Number(cut)] },
      },
      ...{ nextActionMasks: masks, finalActionMasks: masks },
    });
    observation = numbers(next);
  }
  one.close();
  return { demonstration, transitions };
}

function numbers(value: unknown): number[] {
  return typeof value === "number" ? [value] : Array.from(value as ArrayLike<number>, Number);
}

function maskOf(env: unknown): Uint8Array | null {
  if (!(env instanceof RulesEnv) || !env.hasActionMask) return null;
  const mask = new Uint8Array(Number(env.actionSpace.describe()["n"]));
  env.writeActionMask(mask, 0);
  return mask;
}

function configFor(env: string, changes: Partial<ReplayConfig> = {}): ReplayConfig {
  const { observationSpace, actionSpace, unwrapped } = make(env);
  const actionMask = unwrapped instanceof RulesEnv && unwrapped.hasActionMask;
  const element = elementSpec(observationSpace, actionSpace, { actionMask });
  // With powers of a half sums are the same in any order.
  return { element, numEnvs: 1, capacity: 3000, nStep: 3, gamma: 0.5, stack: 3, ...changes };
}

/** All that can be sampled, in an order of its own, as text. */
function sorted(rows: readonly Row[]): string[] {
  return rows.map((row) => JSON.stringify({ ...row, reward: Math.fround(row.reward) })).sort();
}

function held(replay: Replay): string[] {
  return sorted(rowsOf(replay.sample(inTurn(), replay.size)));
}

describe("a replay that demonstrations are added to", () => {
  test.each([
    { env: "CartPole-v1", limit: 15 },
    { env: "MinAtar/Breakout-v1", limit: 60 },
    { env: "FrozenLake-v1", limit: 8 },
    { env: "Taxi-v4", limit: 12 },
    { env: "Pendulum-v1", limit: 10 },
  ])("holds the transitions of the plays themselves: $env", ({ env, limit }) => {
    const plays = [1, 2, 3, 4].map((seed) => played(env, seed, { limit, most: seed === 3 ? 4 : Infinity }));
    const config = configFor(env);
    const replay = createReplay(config);
    addDemonstrations(
      replay,
      plays.map(({ demonstration }) => demonstration),
    );
    const naive = new NaiveReplay(config);
    for (const { transitions } of plays) for (const transition of transitions) naive.add(transition);
    expect(replay.size).toBe(plays.reduce((sum, { transitions }) => sum + transitions.length, 0));
    expect(held(replay)).toEqual(sorted(naive.rows()));
  });

  test.each([2, 3, 5])("of %i environments holds each of them, and nothing else", (numEnvs) => {
    const plays = [1, 2, 3].map((seed) => played("MinAtar/Breakout-v1", seed, { limit: 40 }));
    // A repetition that is cut in its midst bootstraps earlier; with one step per return that shows nowhere.
    const config = configFor("MinAtar/Breakout-v1", { nStep: 1 });
    const replay = createReplay({ ...config, numEnvs });
    addDemonstrations(
      replay,
      plays.map(({ demonstration }) => demonstration),
    );
    const naive = new NaiveReplay(config);
    for (const { transitions } of plays) for (const transition of transitions) naive.add(transition);
    expect([...new Set(held(replay))]).toEqual([...new Set(sorted(naive.rows()))]);
  });

  test("goes on with what comes after, as another episode", () => {
    const [first, second] = [
      played("CartPole-v1", 1, { limit: 20, most: 3 }),
      played("CartPole-v1", 1, { limit: 5 }),
    ];
    const config = configFor("CartPole-v1");
    const replay = createReplay(config);
    addDemonstrations(replay, [first.demonstration]);
    for (const transition of second.transitions) replay.add(transition);
    const naive = new NaiveReplay(config);
    for (const transition of [...first.transitions, ...second.transitions]) naive.add(transition);
    expect(held(replay)).toEqual(sorted(naive.rows()));
  });

  const good = played("FrozenLake-v1", 1, { limit: 50 }).demonstration;
  const other = played("CartPole-v1", 1, { limit: 50 }).demonstration;
  const { actions, rewards } = good;
  test.each<[string, Demonstration[], RegExp]>([
    [
      "another reward",
      [{ ...good, rewards: [5, ...rewards.slice(1)] }],
      /seed 1 .* at step 1: reward 0, expected 5;/,
    ],
    [
      "another end",
      [{ ...good, ended: "truncated" }],
      /at step \d+: reward 0, terminated, expected 0, truncated;/,
    ],
    [
      "steps after its end",
      [{ ...good, actions: [...actions, 0], rewards: [...rewards, 0] }],
      /comes out otherwise at step \d+: reward 0, terminated, expected 0;/,
    ],
    ["another seed", [{ ...other, seed: 2 }], /seed 2 comes out otherwise/],
    ["no step", [{ ...good, actions: [], rewards: [] }], /seed 1 has 0 actions and 0 rewards/],
    ["a reward too few", [{ ...good, rewards: rewards.slice(1) }], /expected as many of both/],
    [
      "an action that there is not",
      [{ ...good, actions: [9, ...actions.slice(1)] }],
      /cannot be played again: .*9/,
    ],
    ["two environments", [good, other], /of different environments, .*FrozenLake-v1.* and .*CartPole-v1/],
    ["an environment that is not the replay's", [other], /observations has 4 values, expected 1/],
  ])("refuses %s in one sentence, and stays as it was", (_, episodes, sentence) => {
    const replay = createReplay(configFor("FrozenLake-v1"));
    expect(() => addDemonstrations(replay, episodes)).toThrow(sentence);
    expect(() => addDemonstrations(replay, episodes)).toThrow(/^[^\n]*\.$/);
    expect(replay.size).toBe(0);
  });
});

describe("a game", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "ludus-game-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function gameOf(env: string, { rival = null as Rival | null } = {}) {
    const { openEnv, stage } = openStage(env, {}, 200);
    const mind = randomMind(openEnv, 1);
    const session = new PlaySession({ openEnv, stage, mind, seed: 5, openMind: null, controller: "human" });
    const about = { mode: "play" as const, stage, player: mind.name, checkpoints: [], run: null };
    const folder = new DemonstrationFolder(root, env);
    const game = new GameShow({ session, show: new PlayShow(session, about), stage, rival, folder });
    const does = async (...commands: Command[]) => {
      for (const command of commands) await game.handle(command);
    };
    return { session, game, does, stage, folder };
  }

  function files(env = "CartPole-v1"): string[] {
    return readdirSync(root).includes(env) ? readdirSync(join(root, env)).sort() : [];
  }

  const left: Command = { type: "act", action: 0 };

  test("is kept when it is over, and a replay takes the file", async () => {
    const { session, does, game } = gameOf("CartPole-v1");
    while (session.branch.ended === null) await does(left);
    expect(files()).toEqual(["5-1.json"]);
    const episode = parseEpisode(readFileSync(join(root, "CartPole-v1", "5-1.json"), "utf8"));
    expect(episode).toMatchObject({ env: "CartPole-v1", seed: 5, ended: "terminated", run: null });
    const replay = createReplay(configFor("CartPole-v1"));
    addDemonstrations(replay, [episode]);
    expect(replay.size).toBe(session.branch.length);
    // The same again is another file; looking back at either makes none.
    await does({ type: "restart", seed: 5 });
    while (session.branch.ended === null) await does(left);
    await does({ type: "branch", branch: 0 }, { type: "seek", step: 2 }, { type: "play" });
    while (session.advance());
    game.close();
    expect(files()).toEqual(["5-1.json", "5-2.json"]);
  });

  test("that is left with a step is kept at the close; one without a step, or given up for the next, is not", async () => {
    const first = gameOf("CartPole-v1");
    await first.does(left, { type: "restart", seed: 6 });
    first.game.close();
    expect(files()).toEqual([]);
    const second = gameOf("CartPole-v1");
    await second.does(left, left);
    second.game.close();
    const [file] = files();
    expect(parseEpisode(readFileSync(join(root, "CartPole-v1", file!), "utf8"))).toMatchObject({
      ...{ ended: null, actions: [0, 0], seed: 5 },
    });
  });

  test.each<[string, Command[], number]>([
    ["the policy ends", [left, { type: "fork", controller: "policy" }, { type: "play" }], 0],
    [
      "the policy began",
      [{ type: "fork", controller: "policy" }, { type: "step" }, { type: "fork", controller: "human" }],
      0,
    ],
    [
      "left the policy before it did a step",
      [left, { type: "fork", controller: "policy" }, { type: "fork", controller: "human" }],
      1,
    ],
    [
      "forks where a person had played",
      [
        left,
        left,
        { type: "fork", controller: "policy" },
        { type: "step" },
        { type: "seek", step: 1 },
        { type: "fork", controller: "human" },
      ],
      1,
    ],
    [
      "forks where the policy had played",
      [
        left,
        { type: "fork", controller: "policy" },
        { type: "step" },
        { type: "step" },
        { type: "seek", step: 2 },
        { type: "fork", controller: "human" },
      ],
      0,
    ],
  ])("that %s", async (_, commands, kept) => {
    const { session, does } = gameOf("CartPole-v1");
    await does(...commands);
    while (session.branch.ended === null) {
      if (session.actor === "human") await does(left);
      else session.advance();
    }
    expect(files()).toHaveLength(kept);
  });

  test("goes on by itself with nothing done, whatever was done before it was paused or step by step", async () => {
    const { session, does } = gameOf("MinAtar/Freeway-v1");
    const up: Command = { type: "act", action: 1 };
    await does(up, { type: "play" });
    session.advance();
    await does(up);
    session.advance();
    session.advance();
    await does({ type: "pause" }, { type: "step" }, { type: "play" });
    session.advance();
    expect(session.branch.actions).toEqual([1, 0, 1, 1, 1, 0]);
  });

  test("goes on where nothing can be written, and says so", async () => {
    writeFileSync(join(root, "CartPole-v1"), "no folder");
    const { session, does, game } = gameOf("CartPole-v1");
    while (session.branch.ended === null) await does(left);
    const { saved } = game.next({}) as Status;
    expect(saved).toMatchObject({ episodes: 0 });
    expect(saved!.trouble).toMatch(
      /5-1\.json could not be written \(.*\); the episode is not kept, and the play goes on\.$/,
    );
    await does({ type: "restart", seed: 6 }, left);
    expect(session.branch.length).toBe(1);
    rmSync(join(root, "CartPole-v1"));
    while (session.branch.ended === null) await does(left);
    expect(game.next({})).toMatchObject({ saved: { episodes: 1, trouble: null } });
  });

  test("is played by the rival, too, from the same seeds, while timers go on", async () => {
    const { openEnv } = openStage("CartPole-v1", {}, null);
    const rng = defaultRng(3);
    const balancing = (): Mind => ({
      ...{ name: "the rival", checkpoint: null, remembers: false, restart: () => {}, dispose: () => {} },
      inside: () => ({ net: null, table: null }),
      choose: (observation) => {
        // Slower than a net, so that it takes many slices of time.
        for (let i = 0; i < 3000; i++) rng.random();
        const [, , angle, speed] = numbers(observation) as [number, number, number, number];
        return { action: angle + speed > 0 ? 1 : 0, thought: null };
      },
    });
    const rival = new Rival({
      ...{ env: openEnv(), mind: balancing(), evaluation: { returnMean: 480, episodes: 20 } },
    });
    const { does, game } = gameOf("CartPole-v1", { rival });
    const standing = () => (game.next({}) as Status).rival!;
    expect(standing()).toEqual({
      ...{ player: "the rival", return: 0, length: 0, ended: null },
      evaluation: { returnMean: 480, episodes: 20 },
    });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await expect.poll(() => standing().ended, { timeout: 60_000 }).not.toBeNull();
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(2);
    expect(standing()).toMatchObject(direct("CartPole-v1", 5, balancing()));
    await does({ type: "restart", seed: 9 });
    await expect.poll(() => standing().ended, { timeout: 60_000 }).not.toBeNull();
    expect(standing()).toMatchObject(direct("CartPole-v1", 9, balancing()));
    // What it has played it knows.
    await does({ type: "branch", branch: 0 });
    expect(standing()).toMatchObject(direct("CartPole-v1", 5, balancing()));
    game.close();
  });

  function direct(id: string, seed: number, mind: Mind) {
    const env = make(id);
    let observation = env.reset({ seed }).observation;
    for (let length = 1, sum = 0; ; length++) {
      const step = env.step(mind.choose(observation, { seat: 0, legal: null }).action);
      observation = step.observation;
      sum += step.reward;
      if (step.terminated || step.truncated)
        return { return: sum, length, ended: step.terminated ? "terminated" : "truncated" };
    }
  }
});

test("without a name the best run on the environment plays against a person", () =>
  inFolder(async (runs) => {
    expect(await bestRunOf("CartPole-v1", runs)).toBeNull();
    const short = { steps: 300, evaluation: { every: 100, episodes: 2, finalEpisodes: 1 } };
    const elsewhere = { ...short, env: "FrozenLake-v1" };
    await train({ config: tinyConfig(elsewhere), runs, engine: "cpu" });
    expect(await bestRunOf("CartPole-v1", runs)).toBeNull();
    // A reward of -1 at the end, and of 1 for every step.
    const worse = { ...short, envOptions: { suttonBartoReward: true } };
    const done = [];
    for (const changes of [worse, short, worse])
      done.push(await train({ config: tinyConfig(changes), runs, engine: "cpu" }));
    expect((await bestRunOf("CartPole-v1", runs))!.path).toBe(done[1]!.run);
  }));

describe("a run that begins with demonstrations", () => {
  const plays = [1, 2, 3].map((seed) => played("CartPole-v1", seed, { limit: 200 }).demonstration);
  const named = (episodes: readonly Demonstration[]) => ({
    demonstrations: { folder: "demos", sha256: demonstrationsDigest(episodes) },
  });
  const short = { steps: 600, evaluation: { every: 300, episodes: 2 }, learn: { startAt: 0 } };

  test("learns from them from its first step on, and goes on from a checkpoint bit for bit without them", () =>
    inFolder(async (runs) => {
      const config = tinyConfig(short, named(plays));
      const whole = await train({ config, runs, engine: "cpu", demonstrations: plays });
      const stopped = await train({ config, runs, engine: "cpu", demonstrations: plays, stopAfter: 200 });
      const resumed = await resume(openRun(stopped.run));
      expect(bytesOf(resumed.run)).toEqual(bytesOf(whole.run));
      const alone = await train({ config: tinyConfig(short), runs, engine: "cpu" });
      expect(bytesOf(alone.run)["metrics.jsonl"]).not.toBe(bytesOf(whole.run)["metrics.jsonl"]);
    }));

  test.each<[string, RunConfig, readonly Demonstration[], RegExp]>([
    [
      "others",
      tinyConfig(named(plays)),
      plays.slice(1),
      /demonstrations of demos are not those .*changed since/,
    ],
    ["none", tinyConfig(named(plays)), [], /is to begin with the demonstrations of demos, and is given none/],
    ["some that it does not name", tinyConfig(), plays, /given 3 demonstrations, and its config names none/],
    [
      "those of other options",
      tinyConfig({ envOptions: { suttonBartoReward: true } }, named(plays)),
      plays,
      /played in CartPole-v1, and the run is on CartPole-v1 with {"suttonBartoReward":true}\.$/,
    ],
    [
      "those of another environment",
      tinyConfig({ env: "Acrobot-v1" }, named(plays)),
      plays,
      /demos were played in CartPole-v1, and the run is on Acrobot-v1\.$/,
    ],
  ])("refuses %s in one sentence, and starts no run", (_, config, demonstrations, sentence) =>
    inFolder(async (runs) => {
      await expect(train({ config, runs, engine: "cpu", demonstrations })).rejects.toThrow(sentence);
      expect(readdirSync(runs)).toEqual([]);
    }),
  );

  test("reads a folder in the order of its files, the one of its environment in that of several", () =>
    inFolder((root) => {
      const folder = new DemonstrationFolder(root, "MinAtar/Breakout-v1");
      const { demonstration } = played("MinAtar/Breakout-v1", 2, { limit: 20 });
      const episode = {
        ...{ format: "ludus-episode", version: 1, ...demonstration },
        ...{ thoughts: demonstration.actions.map(() => null), player: "you", run: null, checkpoint: null },
      } as unknown as Episode;
      for (const seed of [12, 3, 12]) folder.save({ ...episode, seed });
      const found = findDemonstrations(root, "MinAtar/Breakout-v1");
      expect(found).toBe(folder.path);
      expect(findDemonstrations(found, "MinAtar/Breakout-v1")).toBe(found);
      expect(readDemonstrations(found).map(({ seed }) => seed)).toEqual([12, 12, 3]);
      writeFileSync(join(found, "broken.json"), "{");
      expect(() => readDemonstrations(found)).toThrow(/broken\.json .*not JSON/);
      expect(() => readDemonstrations(join(root, "nowhere"))).toThrow(
        /no demonstrations in .*nowhere; `ludus play/,
      );
    }));
});
