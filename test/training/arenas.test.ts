import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultRng, Generator, make } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  type ArenaRules,
  arenaRules,
  findArena,
  randomPlayer,
  registerArenas,
} from "../../src/multiagent/index.js";
import { tf, useEngine } from "../../src/tensors/index.js";
import {
  evaluateStored,
  League,
  openActing,
  openPolicy,
  openRun,
  openRunPlayer,
  type PartialConfig,
  readConfig,
  reportPolicy,
  resolveConfig,
  resume,
  rulesOfRun,
  train,
} from "../../src/training/index.js";
import { crumblingIsland } from "../multiagent/crumbling-island.js";
import { bytesOf, inFolder } from "./tiny-runs.js";

registerArenas({
  id: "CrumblingIsland5-v0",
  summary: "agents that see and do different things, and are out at different moments",
  settings: {},
  rules: () => crumblingIsland(5) as never,
});

/** Every part of a run in an arena, small. */
function tiny(env: string, ...overrides: readonly PartialConfig[]) {
  const common = {
    ...{ env, seed: 3, steps: 1200, numEnvs: 3 },
    evaluation: { every: 600, episodes: 3, finalEpisodes: 4, maxSteps: 12 },
    checkpoint: { every: 500 },
    metrics: { every: 100 },
  };
  return resolveConfig(common, ...overrides);
}

const dqn = {
  agent: "dqn",
  learn: { startAt: 100, every: 8, batchSize: 16 },
  replay: { capacity: 900 },
  dqn: { net: { type: "mlp", hidden: [16] } },
};
const ppo = { agent: "ppo", rollout: { length: 16 }, ppo: { net: { type: "mlp", hidden: [16] } } };
const small = { envOptions: { predators: 3, prey: 4, height: 6, width: 6, sight: 1 } };
const league = { arena: { league: { every: 200, size: 4 } } };

const variants: Record<string, ReturnType<typeof tiny>> = {
  "one policy for all": tiny("Pursuit-v0", dqn, small),
  "one policy for all by PPO": tiny("Pursuit-v0", ppo, small),
  "one policy for agents that differ and leave": tiny("CrumblingIsland5-v0", dqn),
  "a policy each": tiny("Pursuit-v0", dqn, small, { arena: { learn: "independent" } }),
  "a policy each by PPO, for agents that differ and leave": tiny("CrumblingIsland5-v0", ppo, {
    arena: { learn: "independent" },
  }),
  "a policy for each role": tiny("CrumblingIsland5-v0", dqn, { arena: { learn: "roles" } }),
  "a policy each, with a memory": tiny(
    "Pursuit-v0",
    { agent: "drqn", learn: { startAt: 200, every: 16 }, drqn: { net: { type: "mlp", hidden: [8] } } },
    small,
    { arena: { learn: "independent" } },
  ),
  "a table for all": tiny("PrisonersDilemma-v0", { agent: "tabular" }),
  "some who are frozen": tiny("Pursuit-v0", dqn, small, { arena: { frozen: { predator_1: "random" } } }),
  "one who acts for all": tiny("TwoStep-v0", dqn, { arena: { learn: "central" } }),
  "one seat": tiny("ConnectFour-v0", dqn, { arena: { learn: "seat", others: "random" } }),
  "self-play": tiny("ConnectFour-v0", dqn, league),
  "self-play by PPO": tiny("TicTacToe-v0", ppo, league, { arena: { league: { sampling: "uniform" } } }),
};

test.each(Object.entries(variants))("%s: the same bytes in one go and in legs", (_, config) =>
  inFolder(async (runs) => {
    const whole = await train({ config, runs });
    let leg = await train({ config, runs, stopAfter: 1 });
    for (const stopAfter of [417, 850]) leg = await resume(openRun(leg.run), { stopAfter });
    expect(leg.interrupted).toBe(true);
    const resumed = await resume(openRun(leg.run));
    expect(resumed.updates).toBe(whole.updates);
    expect(whole.updates).toBeGreaterThan(0);
    expect(bytesOf(resumed.run)).toEqual(bytesOf(whole.run));
  }),
);

test.each(["a policy each", "self-play", "self-play by PPO"])(
  "%s leaves no tensor behind, played or trained",
  (name) =>
    inFolder(async (runs) => {
      const config = variants[name]!;
      await useEngine("auto");
      const { numTensors } = tf.memory();
      const done = await train({ config, runs });
      expect(tf.memory().numTensors).toBe(numTensors);
      const run = openRun(done.run);
      for (const checkpoint of config.arena?.learn === "self-play"
        ? (["best", "league"] as const)
        : ["best" as const]) {
        const { player, dispose } = await openRunPlayer(run, { checkpoint });
        const rules = rulesOfRun(config);
        const state = rules.init(new Generator(1), undefined);
        for (let seed = 0; seed < 5; seed++) player.act(state, 0, new Generator(seed));
        dispose();
      }
      expect(tf.memory().numTensors).toBe(numTensors);
    }),
);

test("one policy each means one policy each", () =>
  inFolder(async (runs) => {
    const config = variants["a policy each"]!;
    const done = await train({ config, runs });
    const stored = await openPolicy(openRun(done.run), { checkpoint: "last" });
    const { weights } = stored.agent.save();
    stored.dispose();
    const names = new Set(Object.keys(weights).map((name) => name.split("/")[0]));
    expect([...names]).toEqual(["predator_0", "predator_1", "predator_2"]);
    const [own] = Object.keys(weights).map((name) => name.split("/")[1]!);
    expect(weights[`predator_0/${own}`]!.data).not.toEqual(weights[`predator_1/${own}`]!.data);
  }));

test("what was learnt is evaluated as in the run, and plays seats", () =>
  inFolder(async (runs) => {
    const config = variants["self-play"]!;
    const done = await train({ config, runs });
    const run = openRun(done.run);
    const stored = await openPolicy(run, { checkpoint: "best" });
    const evaluation = await evaluateStored(stored, { episodes: 4, seed: 3 + 2_000_000_000 });
    stored.dispose();
    expect(evaluation.returnMean).toBe(done.evalReturnMean);
    const player = await openRunPlayer(run, { checkpoint: "best" });
    const env = make("ConnectFour-v0", { others: player.name, seat: "player_1" });
    try {
      const rng = defaultRng(0);
      env.reset({ seed: 0 });
      for (let ended = false; !ended; ) {
        const { terminated, reward } = env.step(rng.integers(0, 7));
        ended = terminated;
        expect(Math.abs(reward)).toBeLessThanOrEqual(1);
      }
    } finally {
      player.dispose();
    }
    expect(() => make("ConnectFour-v0", { others: player.name })).toThrow("has no player");
  }));

test.each([
  ["shared", "dqn", ["A", "B"]],
  ["independent", "dqn", ["A", "B"]],
  ["central", "dqn", ["A + A", "A + B", "B + A", "B + B"]],
  ["team", "vdn", ["A", "B"]],
  ["seat", "dqn", ["A", "B"]],
] as const)("the report on %s names what is done", (learn, agent, names) =>
  inFolder(async (runs) => {
    const done = await train({ config: tiny("TwoStep-v0", { agent, steps: 300, arena: { learn } }), runs });
    const stored = await openPolicy(openRun(done.run), { checkpoint: "last" });
    const report = await reportPolicy(stored, { episodes: 5, seed: 1 });
    stored.dispose();
    expect(report.actions!.map(({ name }) => name)).toEqual(names);
    expect(report.actions!.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 10);
    expect(report.episodes).toBe(5);
  }),
);

test("runs sit on other seats, by the names of their checkpoints, and again when the training goes on", () =>
  inFolder(async (runs) => {
    const before = await train({ config: variants["self-play"]!, runs });
    const { id } = openRun(before.run).manifest;
    const config = tiny("ConnectFour-v0", dqn, { arena: { learn: "seat", others: `${id.slice(-6)}@best` } });
    const whole = await train({ config, runs });
    const [, step] = /step-(\d+)/.exec(readFileSync(join(before.run, "best"), "utf8"))!;
    expect(readConfig(openRun(whole.run)).arena?.others).toBe(`${id}@${step}`);
    const leg = await train({ config, runs, stopAfter: 500 });
    const resumed = await resume(openRun(leg.run));
    expect(bytesOf(resumed.run)).toEqual(bytesOf(whole.run));
    const stored = await openPolicy(openRun(whole.run), { checkpoint: "last" });
    expect((await evaluateStored(stored, { episodes: 4, seed: 1 })).episodes).toBe(4);
    stored.dispose();
    expect(() => make("ConnectFour-v0", { others: `${id}@${step}` })).toThrow("has no player");
  }));

test("a frozen agent can be a run; of another arena it cannot", () =>
  inFolder(async (runs) => {
    const before = await train({ config: variants["one policy for all"]!, runs });
    const { id } = openRun(before.run).manifest;
    const frozen = { arena: { frozen: { predator_1: `${id}@last` } } };
    const done = await train({ config: tiny("Pursuit-v0", dqn, small, frozen), runs });
    expect(done.steps).toBeGreaterThanOrEqual(1200);
    await expect(
      train({
        config: tiny("CrumblingIsland5-v0", dqn, { arena: { frozen: { islander_0: `${id}@last` } } }),
        runs,
      }),
    ).rejects.toThrow("cannot sit in CrumblingIsland5-v0");
  }));

test("who was frozen in a training plays on as there, where its run is played against", () =>
  inFolder(async (runs) => {
    const config = variants["some who are frozen"]!;
    const done = await train({ config, runs });
    const { player, dispose } = await openRunPlayer(openRun(done.run), { checkpoint: "last" });
    const rules = rulesOfRun(config);
    const state = rules.init(new Generator(1), undefined);
    const random = randomPlayer(rules);
    for (let seed = 0; seed < 20; seed++) {
      const [own, theirs] = [player, random].map((one) => one.act(state, 1, new Generator(seed)));
      expect(own).toBe(theirs);
      expect(player.act(state, 0, new Generator(seed))).toBe(player.act(state, 0, new Generator(0)));
    }
    dispose();
  }));

test("a policy on a seat does only what is legal", () =>
  inFolder(async (runs) => {
    const done = await train({ config: variants["self-play"]!, runs });
    const acting = await openActing(openRun(done.run), "last");
    const observation = new Uint8Array(6 * 7 * 2);
    const free = acting.choose(observation).action as number;
    const mask = new Uint8Array(7).fill(1);
    mask[free] = 0;
    const other = acting.choose(observation, mask);
    expect(other.action).not.toBe(free);
    expect(other.values).toHaveLength(7);
    acting.dispose();
  }));

test.each([
  ["shared", "ConnectFour-v0", "dqn", "agents that take turns learn by self-play"],
  ["team", "ConnectFour-v0", "qmix", "agents that take turns learn by self-play"],
  ["self-play", "CrumblingIsland5-v0", "dqn", "cannot be drawn"],
  ["team", "CrumblingIsland5-v0", "vdn", "see and do the same things"],
  ["self-play", "TicTacToe-v0", "drqn", "a player keeps nothing between turns"],
  ["shared", "Pursuit-v0", "evolution", "is an arena; take dqn"],
] as const)("%s in %s is refused in a sentence", (learn, env, agent, message) =>
  inFolder(async (runs) => {
    const alone = agent === "evolution" ? { numEnvs: 1 } : {};
    await expect(train({ config: tiny(env, { agent, arena: { learn } }, alone), runs })).rejects.toThrow(
      message,
    );
  }),
);

test("arenas are stepped in one thread", async () => {
  const config = tiny("Pursuit-v0", dqn, { workers: { count: 2 } });
  await expect(train({ config })).rejects.toThrow("the learner's own thread");
});

describe("a league", () => {
  type Learner = Parameters<League["open"]>[0];

  /** An agent whose only weight says who it is, and which prefers the action of that number. */
  function fakeAgent(weight: number): Learner & { weight: number } {
    const own = {
      weight,
      save: () => ({ weights: { w: { shape: [1], dtype: "float32", data: Float32Array.of(own.weight) } } }),
      restoreWeights(weights: { w: { data: Float32Array } }) {
        own.weight = weights.w.data[0]!;
      },
      qValues: () => Float32Array.from({ length: 9 }, (_, action) => (action === own.weight ? 1 : 0)),
      dispose: () => {},
    };
    return own as unknown as Learner & { weight: number };
  }

  function opened(arena: PartialConfig = {}) {
    const config = tiny(
      "TicTacToe-v0",
      dqn,
      { numEnvs: 1 },
      { arena: { league: { every: 10, epsilon: 0, ...arena } } },
    );
    const league = new League(config as ConstructorParameters<typeof League>[0]);
    const learner = fakeAgent(0);
    league.open(learner, () => fakeAgent(8));
    return { league, learner };
  }

  /** An episode of one step, that ended so. */
  function episode(opponent: number, reward: number) {
    return {
      next: {
        rewards: Float64Array.of(reward),
        terminations: Uint8Array.of(1),
        truncations: Uint8Array.of(0),
        finalInfos: [{ opponent }],
      },
    } as unknown as Parameters<League["saw"]>[0];
  }

  const rules = arenaRules(findArena("TicTacToe-v0")!) as ArenaRules;
  const start = rules.init(new Generator(0), undefined);

  test("keeps selves as they were when they joined", () => {
    const { league, learner } = opened();
    for (let step = 1; step <= 35; step++) {
      learner.weight = Math.floor(step / 10) + 1;
      league.saw(episode(-1, 0), step);
    }
    expect(league.all.map(({ step }) => step)).toEqual([0, 10, 20, 30]);
    const plays = [0, 1, 2, 3, -1].map((member) =>
      league.player(member, 0, 1).act(start, 0, new Generator(0)),
    );
    expect(plays).toEqual([0, 2, 3, 4, 4]);
    league.dispose();
  });

  test("rates by Elo: who wins rises by what the other falls", () => {
    const { league } = opened();
    league.saw(episode(0, 1), 1);
    const [first] = league.all;
    expect(league.ratingNow).toBe(1208);
    expect(first).toMatchObject({ rating: 1192, games: 1 });
    league.saw(episode(0, -1), 2);
    const expected = 1 / (1 + 10 ** (-16 / 400));
    expect(league.ratingNow).toBeCloseTo(1208 - 16 * expected, 10);
    league.saw(episode(-1, 1), 3);
    expect(league.all[0]!.games).toBe(2);
    league.dispose();
  });

  test("meets those more often that are hard to beat; or all as often", () => {
    const drawn = (sampling: string): number[] => {
      const { league } = opened({ sampling, latest: 0.25, every: 1000 });
      league.saw(episode(-1, 0), 1000);
      // The first self is beaten for sure by now, the second is not.
      for (let game = 0; game < 400; game++) {
        league.saw(episode(0, 1), 1001);
        league.saw(episode(1, -1), 1001);
      }
      const counts = [0, 0, 0];
      const rng = new Generator(7);
      for (let i = 0; i < 4000; i++) {
        // Now and then others are met.
        league.saw(episode(-1, 0), 1100);
        counts[league.draw(rng) + 1]!++;
      }
      league.dispose();
      return counts.map((count) => count / 4000);
    };
    const uniform = drawn("uniform");
    expect(uniform[0]).toBeCloseTo(0.25, 1);
    expect(uniform[1]).toBeCloseTo(uniform[2]!, 1);
    const [, easy, hard] = drawn("skill");
    expect(hard! / Math.max(easy!, 1e-9)).toBeGreaterThan(20);
  });

  test("is no larger than it may be, and keeps its oldest and newest", () => {
    const { league } = opened({ size: 4 });
    for (let step = 1; step <= 200; step++) league.saw(episode(-1, 0), step);
    const steps = league.all.map(({ step }) => step);
    expect(steps).toHaveLength(4);
    expect([steps[0], steps[3]]).toEqual([0, 200]);
    // Somebody who has gone is played by whoever is nearest in age.
    expect(league.player(7, 0, 1).act(start, 0, new Generator(0))).toBeGreaterThanOrEqual(0);
    league.dispose();
  });

  test("goes on as it was from what it saved", () => {
    const { league, learner } = opened();
    for (let step = 1; step <= 25; step++) {
      learner.weight = step % 5;
      league.saw(episode(step % 2, step % 3 === 0 ? -1 : 1), step);
    }
    const { state, weights } = league.save();
    const other = opened().league;
    other.restore(state, weights);
    expect(other.save()).toEqual({ state, weights });
    const both = [league, other].map((each) => {
      const rng = new Generator(4);
      return Array.from({ length: 50 }, () => each.draw(rng));
    });
    expect(both[1]).toEqual(both[0]);
    league.dispose();
    other.dispose();
  });

  test("before it is opened, anybody plays", () => {
    const config = tiny("TicTacToe-v0", dqn);
    const league = new League(config as ConstructorParameters<typeof League>[0]);
    const rng = (): Generator => new Generator(5);
    expect(league.player(-1, 0, 1).act(start, 0, rng())).toBe(randomPlayer(rules).act(start, 0, rng()));
  });
});
