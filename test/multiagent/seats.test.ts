import {
  type Batch,
  Generator,
  make,
  makeVec,
  NativeVectorEnv,
  RulesEnv,
  sameData,
  type TypedArray,
} from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  AgentRows,
  arenaRules,
  centralRules,
  createPlayer,
  fillSeats,
  findArena,
  ParallelRulesArena,
  type Player,
  randomPlayer,
  registeredArenas,
  type SimultaneousRules,
  SimultaneousVector,
  seatingOf,
  soloRules,
  teamLayoutOf,
  teamRules,
  twoStep,
} from "../../src/multiagent/index.js";
import { testEnv, testParallelArena, testVectorEnv } from "../../src/testing/index.js";
import { crumblingIsland } from "./crumbling-island.js";

const arenas = registeredArenas();
const simultaneous = arenas.filter((arena) => arenaRules(arena).kind === "simultaneous");

/** Does nothing but the first thing. */
const first: Player = { name: "first", act: () => 0 };

describe.each(arenas.map(({ id }) => id))("%s for one", (id) => {
  testEnv(() => make(id), { test, steps: 60 });
  testVectorEnv((numEnvs, autoresetMode) => makeVec(id, { numEnvs, autoresetMode }), {
    test,
    steps: 40,
    makeEnv: () => make(id),
  });

  test("every seat can be held", () => {
    const rules = arenaRules(findArena(id)!);
    for (const seat of rules.agents.slice(0, 4)) {
      const env = make(id, { seat });
      expect(env.reset({ seed: 1 }).info["seat"]).toBe(seat);
    }
  });
});

describe("a seat", () => {
  test("is held against players who do what they would do by hand", () => {
    const rules = arenaRules(findArena("ConnectFour-v0")!);
    const env = new RulesEnv(soloRules(rules, { seat: 0, seating: seatingOf(first) }));
    env.reset({ seed: 3 });
    // The other always drops into the first column; four of one's own in the second win.
    for (let stone = 0; stone < 3; stone++) {
      expect(env.step(1)).toMatchObject({ reward: 0, terminated: false });
    }
    expect(env.step(1)).toMatchObject({ reward: 1, terminated: true });
  });

  test("of the second lets the first begin, and loses where the other wins meanwhile", () => {
    const rules = arenaRules(findArena("ConnectFour-v0")!);
    const env = new RulesEnv(soloRules(rules, { seat: 1, seating: seatingOf(first) }));
    const { observation } = env.reset({ seed: 3 });
    expect((observation as Uint8Array).reduce((sum, stone) => sum + stone, 0)).toBe(1);
    env.step(1);
    env.step(2);
    expect(env.step(1)).toMatchObject({ reward: -1, terminated: true });
  });

  test("is lost by an illegal move", () => {
    const env = make("TicTacToe-v0");
    env.reset({ seed: 0 });
    env.step(4);
    expect(env.step(4)).toMatchObject({ reward: -1, terminated: true });
  });

  test("is drawn anew for each episode where it is nobody's in particular", () => {
    const env = make("ConnectFour-v0", { seat: "random" });
    const seats = new Set<unknown>();
    env.reset({ seed: 0 });
    for (let episode = 0; episode < 20; episode++) seats.add(env.reset().info["seat"]);
    expect([...seats].sort()).toEqual(arenaRules(findArena("ConnectFour-v0")!).agents.toSorted());
  });

  test("cannot be drawn where agents differ", () => {
    expect(() => soloRules(crumblingIsland(3), { seat: null, seating: seatingOf(first) })).toThrow(
      "say whose: islander_0, islander_1, islander_2",
    );
  });

  test("ends one's episode when one is out, though others go on", () => {
    const rules = crumblingIsland(5);
    const env = new RulesEnv(soloRules(rules, { seat: 2, seating: seatingOf(randomPlayer(rules)) }));
    for (let seed = 0; seed < 20; seed++) {
      env.reset({ seed });
      for (let step = 0; ; step++) {
        const { reward, terminated, truncated } = env.step(0);
        expect(reward).toBe(terminated ? -1 : 0.5);
        if (terminated || truncated) break;
        expect(step).toBeLessThan(30);
      }
    }
  });
});

test("a matrix game of one round ends, one of more is cut off", () => {
  const end = (rounds: number) => {
    const env = make("StagHunt-v0", { rounds });
    env.reset({ seed: 1 });
    for (let round = 1; round < rounds; round++) env.step(0);
    const { terminated, truncated } = env.step(0);
    return { terminated, truncated };
  };
  expect(end(1)).toMatchObject({ terminated: true });
  expect(end(3)).toEqual({ terminated: false, truncated: true });
});

describe("settings", () => {
  test.each([
    [{ predatrs: 3 }, 'has no setting "predatrs"'],
    [{ predators: "3" }, "has to be like 8"],
    [{ seat: "predator_9" }, 'has no seat "predator_9"'],
    [{ others: "rondom" }, 'did you mean "random"'],
  ])("%j is refused", (settings, message) => {
    expect(() => make("Pursuit-v0", settings)).toThrow(message);
  });

  test("reach the rules", () => {
    expect(make("Pursuit-v0", { sight: 1 }).observationSpace.shape).toEqual([3, 3, 3]);
  });

  test("what an arena lists as its defaults are the defaults of its rules", () => {
    for (const arena of arenas) {
      const play = (settings: Record<string, unknown>): unknown => {
        const rules = arenaRules(arena, settings);
        const state = rules.init(new Generator(5), undefined);
        return { state, agents: rules.agents, maxCycles: rules.maxCycles };
      };
      expect(sameData(play({}), play(arena.settings)), arena.id).toBe(true);
    }
  });

  test("minimax plays games of two who take turns only", () => {
    const arena = findArena("Pursuit-v0")!;
    expect(() => createPlayer("minimax", arena, { rules: arenaRules(arena) })).toThrow(
      'has no player "minimax"',
    );
  });
});

describe("filled seats", () => {
  const island = () => fillSeats(crumblingIsland(5), new Map([[1, randomPlayer(crumblingIsland(5))]]));
  testParallelArena(() => new ParallelRulesArena(island()), { test });

  test("leave the others as they would be", () => {
    const rules = arenaRules(findArena("Pursuit-v0")!) as SimultaneousRules<unknown>;
    const players = new Map([2, 5].map((agent) => [agent, first]));
    const filled = new SimultaneousVector(fillSeats(rules, players), { numArenas: 1 });
    const whole = new SimultaneousVector(rules, { numArenas: 1 });
    filled.reset({ seed: 4 });
    whole.reset({ seed: 4 });
    for (let step = 0; step < 50; step++) {
      filled.step(Int32Array.of(1, 2, 3, 4, 0, 1));
      whole.step(Int32Array.of(1, 2, 0, 3, 4, 0, 0, 1));
      const kept = [0, 1, 3, 4, 6, 7];
      expect([...filled.rewards]).toEqual(kept.map((agent) => whole.rewards[agent]));
    }
  });

  test("cannot be all there are", () => {
    expect(() => fillSeats(twoStep(), new Map([0, 1].map((agent) => [agent, first])))).toThrow(
      "nobody is left",
    );
  });
});

describe.each(simultaneous.map(({ id }) => id))("%s in rows", (id) => {
  const rules = arenaRules(findArena(id)!) as SimultaneousRules<unknown>;

  test("is the arena side by side, agent by agent", () => {
    const numArenas = 3;
    const rows = new AgentRows(rules, { numArenas, agentIds: false, maxCycles: 20 });
    const arenasBeside = new SimultaneousVector(rules, { numArenas, maxCycles: 20 });
    rows.reset({ seed: 9 });
    arenasBeside.reset({ seed: 9 });
    const rng = new Generator(1);
    const mostActions = (rows.singleActionSpace.describe() as { n: number }).n;
    for (let step = 0; step < 60; step++) {
      const actions = Int32Array.from({ length: rows.numEnvs }, (_, row) =>
        legalAction(rows.actionMasks, { row, n: mostActions, rng }),
      );
      const { rewards, truncations, terminations } = rows.step(actions);
      arenasBeside.step(actions);
      expect([...rewards]).toEqual([...arenasBeside.rewards]);
      expect([...truncations]).toEqual([...arenasBeside.truncations]);
      expect([...terminations]).toEqual([...arenasBeside.terminations]);
      if (arenasBeside.groups.length > 1) continue;
      const { observations } = arenasBeside.groups[0]!;
      expect(sameData(Array.from(rows.observations as TypedArray), Array.from(observations))).toBe(true);
    }
  });
});

function legalAction(
  masks: Uint8Array | null,
  { row, n, rng }: { row: number; n: number; rng: Generator },
): number {
  for (;;) {
    const action = rng.integers(0, n);
    if (masks === null || masks[row * n + action] === 1) return action;
  }
}

describe("agents in rows", () => {
  const makeRows = () => new AgentRows(crumblingIsland(5), { numArenas: 2, agentIds: true });

  test("those that are out wait, unrewarded, until the arena begins again", () => {
    const rows = makeRows();
    rows.reset({ seed: 2 });
    const waiting = new Set<number>();
    let waits = 0;
    for (let step = 0; step < 200; step++) {
      const actions = Int32Array.from({ length: 10 }, (_, row) =>
        rows.actionMasks!.subarray(row * 4).indexOf(1),
      );
      const { rewards, terminations, truncations, absent } = rows.step(actions);
      for (let arena = 0; arena < 2; arena++) {
        const own = Array.from({ length: 5 }, (_, agent) => arena * 5 + agent);
        for (const row of own) {
          expect(absent[row]).toBe(waiting.has(row) ? 1 : 0);
          if (absent[row] === 1) expect(rewards[row]).toBe(0);
          if (terminations[row] === 1 || truncations[row] === 1) waiting.add(row);
          waits += absent[row]!;
        }
        if (own.every((row) => waiting.has(row))) for (const row of own) waiting.delete(row);
      }
      const size = (rows.observations as TypedArray).length / 10;
      for (const row of waiting) {
        const seen = (rows.observations as TypedArray).subarray(row * size, (row + 1) * size);
        expect(seen.every((value) => value === 0)).toBe(true);
      }
    }
    expect(waits).toBeGreaterThan(50);
  });

  test("a view is as long as the longest, and says whose it is", () => {
    const rows = makeRows();
    expect(rows.singleObservationSpace.shape).toEqual([2 + 5]);
    const { observations } = rows.reset({ seed: 1 });
    for (let row = 0; row < 10; row++) {
      const id = (observations as Float32Array).subarray(row * 7 + 2, row * 7 + 7);
      expect(id.indexOf(1)).toBe(row % 5);
      expect(id.reduce((sum, value) => sum + value, 0)).toBe(1);
    }
  });

  test("have masks where some can do less than others, which have to be kept", () => {
    const rows = makeRows();
    rows.reset({ seed: 1 });
    expect([...rows.actionMasks!.subarray(0, 12)]).toEqual([1, 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1]);
    expect(() => rows.step(new Int32Array(10).fill(3))).toThrow("islander_0 in arena 0 may not do 3");
  });

  test("go on from a snapshot", () => {
    const [rows, other] = [makeRows(), makeRows()];
    const play = (of: AgentRows<unknown>): unknown[] =>
      Array.from({ length: 40 }, () => {
        const { rewards, terminations, absent } = of.step(new Int32Array(10));
        return [[...rewards], [...terminations], [...absent], Array.from(of.observations as TypedArray)];
      });
    rows.reset({ seed: 5 });
    play(rows);
    other.reset({ seed: 77 });
    other.restore(rows.snapshot());
    expect(play(other)).toEqual(play(rows));
  });

  test("images get a channel per agent", () => {
    const rules = arenaRules(findArena("Pursuit-v0")!, { predators: 2 }) as SimultaneousRules<unknown>;
    const [plain, marked] = [false, true].map(
      (agentIds) => new AgentRows(rules, { numArenas: 1, agentIds }),
    ) as [AgentRows<unknown>, AgentRows<unknown>];
    const bytes = plain.reset({ seed: 1 }).observations as Uint8Array;
    const withIds = marked.reset({ seed: 1 }).observations as Uint8Array;
    expect(marked.singleObservationSpace.shape).toEqual([7, 7, 5]);
    for (let row = 0, from = 0, to = 0; row < 2; row++) {
      for (let cell = 0; cell < 49; cell++) {
        const expected = [...bytes.subarray(from, from + 3), row === 0 ? 1 : 0, row === 1 ? 1 : 0];
        expect([...withIds.subarray(to, to + 5)]).toEqual(expected);
        from += 3;
        to += 5;
      }
    }
  });
});

describe("a team", () => {
  test("sees what each sees, then the state, and earns the mean", () => {
    const envs = new NativeVectorEnv(teamRules(twoStep()), { numEnvs: 1, autoresetMode: "same-step" });
    expect(teamLayoutOf(envs)).toEqual({ agents: 2, observationShape: [3], stateSize: 3, actions: 2 });
    expect(rowOf(envs.reset({ seed: 0 }).observations)).toEqual([1, 0, 0, 1, 0, 0, 1, 0, 0]);
    const second = envs.step(Int32Array.of(1, 0));
    expect(rowOf(second.observations)).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 1]);
    const end = envs.step(Int32Array.of(1, 1));
    expect([end.rewards[0], end.terminations[0]]).toEqual([8, 1]);
  });

  test("is none where its members differ, or the environment has one agent", () => {
    expect(() => teamRules(crumblingIsland(3))).toThrow("see and do the same things");
    expect(() => teamLayoutOf(makeVec("ConnectFour-v0"))).toThrow("whose agents act at once");
  });

  test("can have one who acts for all", () => {
    const rules = centralRules(twoStep());
    const env = new RulesEnv(rules);
    const earned = Array.from({ length: 4 }, (_, joint) => {
      env.reset({ seed: 0 });
      expect(env.step(2).observation).toBe(2);
      return env.step(joint).reward;
    });
    expect(earned).toEqual([0, 1, 1, 8]);
  });
});

function rowOf(batch: Batch): number[] {
  return Array.from(batch as TypedArray);
}
