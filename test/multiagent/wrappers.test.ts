import { defaultRng, discrete, type RenderMode } from "gymnasium-js";
import { testAecArena, testParallelArena } from "ludus/testing";
import { describe, expect, test } from "vitest";
import {
  type AecArena,
  AecRulesArena,
  type Arena,
  agentIndicator,
  assertOutOfBounds,
  blackDeath,
  clipOutOfBounds,
  frameStack,
  orderEnforcing,
  type ParallelArena,
  ParallelRulesArena,
  type ParallelStep,
  padActions,
  padObservations,
  parallelToAec,
  recordStatistics,
  type TurnRules,
  terminateIllegal,
  ticTacToe,
  timeLimit,
  turnsToParallel,
} from "../../src/multiagent/index.js";
import { failuresOf, run, withMembers } from "../testing/results.js";
import { crumblingIsland } from "./crumbling-island.js";

/** What wraps both interfaces, by name. */
const both: Record<string, <Inner extends Arena>(arena: Inner) => Arena> = {
  orderEnforcing,
  assertOutOfBounds,
  timeLimit: (arena) => timeLimit(arena, 9),
  "frameStack of 3": (arena) => frameStack(arena, 3),
  "frameStack of 1": (arena) => frameStack(arena, 1),
  recordStatistics,
  padObservations,
  padActions,
  "agentIndicator around padding": (arena) => agentIndicator(padObservations(arena)),
  "all of them": (arena) =>
    recordStatistics(frameStack(agentIndicator(padObservations(padActions(timeLimit(arena, 9)))), 2)),
};

const few = { test, seeds: [0, 1] };

interface Rendered {
  renderMode: RenderMode | null;
}

const makeIsland = (how: Rendered): ParallelArena => new ParallelRulesArena(crumblingIsland(4), how);
const makeGame = (how: Rendered): AecArena => new AecRulesArena(ticTacToe(), how);

describe.each(Object.entries(both))("%s keeps the contract", (name, wrap) => {
  const maxCycles = name === "timeLimit" ? 9 : undefined;
  describe("of a parallel arena", () => {
    testParallelArena((how) => wrap(makeIsland(how)) as ParallelArena, { ...few, steps: 40, maxCycles });
  });
  describe("of an arena of turns", () => {
    testAecArena((how) => wrap(parallelToAec(makeIsland(how))) as AecArena, { ...few, steps: 60, maxCycles });
  });
  describe("of a board game", () => {
    const options = { ...few, steps: 40, renderModes: ["ansi"] as const };
    testAecArena((how) => wrap(makeGame(how)) as AecArena, options);
  });
});

describe("in stacks, and the other interface, they keep it, too", () => {
  const wrap = both["all of them"]!;
  const options = { ...few, steps: 40, renderModes: ["ansi"] as const };
  testParallelArena((how) => turnsToParallel(wrap(makeGame(how)) as AecArena), options);
});

describe("those of one interface keep the contract", () => {
  describe("terminateIllegal", () => {
    const options = { ...few, steps: 60, renderModes: ["ansi"] as const };
    testAecArena((how) => terminateIllegal(makeGame(how), -1), options);
    describe("in a stack", () => {
      testAecArena((how) => recordStatistics(timeLimit(terminateIllegal(makeGame(how), -1), 7)), options);
    });
  });
  describe("blackDeath", () => {
    testParallelArena((how) => blackDeath(makeIsland(how)), { ...few, steps: 60 });
    describe("in a stack", () => {
      testParallelArena(
        (how) => recordStatistics(frameStack(blackDeath(padObservations(padActions(makeIsland(how)))), 2)),
        { ...few, steps: 60 },
      );
    });
  });
  describe("clipOutOfBounds", () => {
    const skip = { refusals: "it takes the nearest action" };
    testParallelArena((how) => clipOutOfBounds(makeIsland(how)), { ...few, steps: 40, skip });
    testAecArena((how) => clipOutOfBounds(makeGame(how)), { ...few, steps: 40, skip });
  });
});

/** Everything that happens to random players until nobody is left. */
function playParallel(arena: ParallelArena, seed: number): ParallelStep[] {
  const rng = defaultRng(seed);
  arena.reset({ seed });
  const steps: ParallelStep[] = [];
  while (arena.agents.length > 0) {
    const actions = arena.agents.map((agent) => {
      const { start } = arena.actionSpace(agent).describe() as { start: number };
      return [agent, start + rng.integers(0, 2)] as const;
    });
    steps.push(arena.step(Object.fromEntries(actions)));
  }
  return steps;
}

function playTurns(arena: AecArena, seed: number): unknown[] {
  const rng = defaultRng(seed);
  const turns: unknown[] = [];
  arena.reset({ seed });
  for (const agent of arena.agentIter()) {
    const turn = arena.last();
    const mask = turn.info["action_mask"] as Uint8Array;
    const legal = [...mask.keys()].filter((action) => mask[action] === 1);
    const action = turn.terminated || turn.truncated ? null : legal[rng.integers(0, legal.length)];
    turns.push({ agent, turn, rewards: arena.rewards, agents: arena.agents });
    arena.step(action);
  }
  return turns;
}

describe("timeLimit cuts as the maxCycles of rules do", () => {
  test.each([1, 2, 5, 12, 40])("after %d steps", (maxCycles) => {
    for (let seed = 0; seed < 5; seed++) {
      const rules = { ...crumblingIsland(4), maxCycles: undefined } as never;
      const limited = playParallel(timeLimit(new ParallelRulesArena(rules), maxCycles), seed);
      expect(limited).toEqual(playParallel(new ParallelRulesArena(rules, { maxCycles }), seed));
      expect(limited.length).toBeLessThanOrEqual(maxCycles);
      const turns = playTurns(timeLimit(new AecRulesArena(ticTacToe()), maxCycles), seed);
      expect(turns).toEqual(playTurns(new AecRulesArena(ticTacToe(), { maxCycles }), seed));
    }
  });

  test("refuses limits that are none", () => {
    expect(() => timeLimit(makeIsland({ renderMode: null }), 0)).toThrow(/expected a positive integer/);
  });
});

describe("frameStack", () => {
  test("shows the last observations, oldest first, and repeats the first one at the start", () => {
    const arena = frameStack(new ParallelRulesArena(crumblingIsland(2)), 3);
    const first = arena.reset({ seed: 3 }).observations;
    const [tide] = [...(first["islander_0"] as Float32Array)];
    expect(first["islander_0"]).toEqual(Float32Array.of(tide!, tide!, tide!));
    expect(arena.observationSpace("islander_1").shape).toEqual([3, 2]);
    const steps = playParallel(arena, 3);
    const seen = steps.map(({ observations }) => observations["islander_0"] as Float32Array | undefined);
    seen.slice(0, 3).forEach((stack, i) => {
      expect(stack).toEqual(Float32Array.from([i - 1, i, i + 1], (steps) => tide! + Math.max(0, steps)));
    });
  });

  test("where turns are taken, it shows what the agent saw in its own turns, and sees now", () => {
    const [plain, arena] = [makeGame({ renderMode: null }), frameStack(makeGame({ renderMode: null }), 2)];
    const seen: Record<string, Uint8Array[]> = { player_1: [], player_2: [] };
    for (const each of [plain, arena]) each.reset();
    for (const action of [0, 3, 1, 4]) {
      for (const agent of plain.agents) {
        const now = plain.observe(agent) as Uint8Array;
        const before = seen[agent]!.at(-1) ?? now;
        expect(arena.observe(agent)).toEqual(Uint8Array.from([...before, ...now]));
      }
      const agent = plain.agentSelection!;
      expect(arena.last().observation).toEqual(arena.observe(agent));
      seen[agent]!.push(plain.observe(agent) as Uint8Array);
      for (const each of [plain, arena]) each.step(action);
    }
  });
});

describe("recordStatistics", () => {
  test("tells each agent that is out what it earned, and how long it took", () => {
    const arena = recordStatistics(new ParallelRulesArena(crumblingIsland(4)));
    for (let seed = 0; seed < 5; seed++) {
      const steps = playParallel(arena, seed);
      for (const agent of arena.possibleAgents) {
        const own = steps.filter(({ rewards }) => agent in rewards);
        const infos = own.map((step) => step.infos[agent]!["episode"]);
        const r = own.reduce((sum, { rewards }) => sum + rewards[agent]!, 0);
        expect(infos).toEqual([...new Array(own.length - 1).fill(undefined), { r, l: own.length }]);
      }
    }
  });

  test("counts the actions of each where turns are taken", () => {
    const arena = recordStatistics(makeGame({ renderMode: null }));
    arena.reset();
    // The first wins with its third stone.
    for (const action of [0, 3, 1, 4, 2]) {
      expect(arena.last().info).not.toHaveProperty("episode");
      arena.step(action);
    }
    const { player_1, player_2 } = arena.infos;
    expect([player_1!["episode"], player_2!["episode"]]).toEqual([
      { r: 1, l: 3 },
      { r: -1, l: 2 },
    ]);
    expect(arena.last().info).toEqual(player_2);
    arena.step(null);
    expect(player_2!["episode"]).toEqual({ r: -1, l: 2 });
  });

  test("refuses a key that is taken", () => {
    const options = { statsKey: "action_mask" };
    const arena = recordStatistics(makeGame({ renderMode: null }), options);
    arena.reset();
    for (const action of [0, 3, 1, 4, 2]) arena.step(action);
    expect(() => arena.last()).toThrow(/already have the key "action_mask"/);
  });
});

test("blackDeath changes nothing for those who are in, and tells at the end how each ended", () => {
  const rules = { ...crumblingIsland(4), maxCycles: 6 };
  for (let seed = 0; seed < 8; seed++) {
    const plain = new ParallelRulesArena(rules);
    const arena = blackDeath(new ParallelRulesArena(rules));
    const ends: Record<string, [boolean, boolean]> = {};
    plain.reset({ seed });
    arena.reset({ seed });
    while (plain.agents.length > 0) {
      expect(arena.agents).toEqual(arena.possibleAgents);
      const actions = Object.fromEntries(arena.agents.map((agent) => [agent, 1]));
      const own = plain.step(Object.fromEntries(plain.agents.map((agent) => [agent, 1])));
      const step = arena.step(actions);
      for (const agent of arena.possibleAgents) {
        if (agent in own.rewards) ends[agent] = [own.terminations[agent]!, own.truncations[agent]!];
        expect(step.rewards[agent]).toBe(own.rewards[agent] ?? 0);
        const zeros = new Float32Array(arena.observationSpace(agent).shape![0]!);
        expect(step.observations[agent]).toEqual(own.observations[agent] ?? zeros);
        const [terminated, truncated] = plain.agents.length > 0 ? [false, false] : ends[agent]!;
        expect([step.terminations[agent], step.truncations[agent]]).toEqual([terminated, truncated]);
      }
    }
    expect(arena.agents).toEqual([]);
  }
});

/** Each turn earns 1 for whoever acts, and 0.25 for the other; only the first action is legal. */
const payingGame: TurnRules<{ mover: number }> = {
  kind: "turns",
  id: "PayingGame-v0",
  agents: ["player_0", "player_1"],
  observationSpace: () => discrete(2),
  actionSpace: () => discrete(2),
  init: () => ({ mover: 0 }),
  turn: ({ mover }) => mover,
  step(state, _action, _rng, { rewards, offset }) {
    rewards[offset + state.mover] = 1;
    rewards[offset + 1 - state.mover] = 0.25;
    state.mover = 1 - state.mover;
  },
  observe({ mover }, _agent, out, offset) {
    out[offset] = mover;
  },
  actionMask(_state, _agent, out, offset) {
    out[offset] = 1;
    out[offset + 1] = 0;
  },
};

describe("terminateIllegal", () => {
  test("ends the game, which is seen as it was, and leaves what is no action at all to the arena", () => {
    const arena = terminateIllegal(makeGame({ renderMode: "ansi" }), -5);
    arena.reset();
    arena.step(4);
    const [seen, drawn, state] = [arena.observe("player_1"), arena.render(), arena.state()];
    expect(() => arena.step(9)).toThrow(/outside its space/);
    arena.step(4);
    expect([arena.observe("player_1"), arena.render(), arena.state()]).toEqual([seen, drawn, state]);
    expect(arena.rewards).toEqual({ player_1: 0, player_2: -5 });
    expect(arena.agentSelection).toBe("player_1");
    const saved = arena.snapshot();
    const other = terminateIllegal(makeGame({ renderMode: "ansi" }), -5);
    other.restore(saved);
    for (const each of [arena, other]) {
      each.step(null);
      expect(each.last()).toMatchObject({ reward: -5, terminated: true, truncated: true });
      expect(() => each.step(0)).toThrow(/its only action is null/);
      each.step(null);
      expect(each.agents).toEqual([]);
      each.reset();
      expect(each.agents).toEqual(["player_1", "player_2"]);
    }
  });

  test("takes what the mover has earned since its last action, and leaves the others theirs", () => {
    const arena = terminateIllegal(new AecRulesArena(payingGame), -5);
    arena.reset();
    arena.step(0);
    arena.step(0);
    expect(arena.last().reward).toBe(1.25);
    arena.step(1);
    const rewards: Record<string, number> = {};
    for (const agent of arena.agentIter()) {
      rewards[agent] = arena.last().reward;
      arena.step(null);
    }
    expect(rewards).toEqual({ player_0: -5, player_1: 1 });
  });

  test("needs masks", () => {
    const arena = terminateIllegal(parallelToAec(makeIsland({ renderMode: null })), -1);
    arena.reset();
    expect(() => arena.step(1)).toThrow(/has no action_mask/);
  });
});

describe("orderEnforcing makes careless arenas keep order", () => {
  /** Begins by itself whenever it is asked for something. */
  const careless = (how: Rendered): ParallelArena =>
    withMembers(makeIsland(how), (arena) => ({
      close() {},
      step(actions) {
        if (arena.agents.length === 0) arena.reset();
        return arena.step(
          Object.keys(actions).length === 0
            ? { islander_0: 0, islander_1: 1, islander_2: 0, islander_3: 1 }
            : actions,
        );
      },
    }));
  const carelessGame = (how: Rendered): AecArena =>
    withMembers(makeGame(how), (arena) => {
      const begun = <Result>(work: () => Result): Result => {
        if (arena.agentSelection === null) arena.reset();
        return work();
      };
      return {
        close: () => {},
        last: () => begun(() => arena.last()),
        step: (action) => begun(() => arena.step(typeof action === "number" ? action : 0)),
        state: () => begun(() => arena.state()),
        observe: (agent) => begun(() => arena.observe(agent)),
      };
    });

  test("in parallel", () => {
    const options = { steps: 60, seeds: [0] };
    const broken = failuresOf(run((test) => testParallelArena(careless, { ...options, test })));
    expect(Object.keys(broken)).toEqual([
      "takes no steps when it is closed",
      "lets nobody come back who is out",
    ]);
    const mended = run((test) =>
      testParallelArena((how) => orderEnforcing(careless(how)), { ...options, test }),
    );
    expect(failuresOf(mended)).toEqual({});
  });

  test("in turns", () => {
    const arena = orderEnforcing(carelessGame({ renderMode: null }));
    const refused = [
      () => arena.last(),
      () => arena.step(0),
      () => arena.observe("player_1"),
      () => arena.state(),
      () => arena.render(),
    ];
    for (const work of refused) expect(work).toThrow(/call reset\(\) first/);
    expect([arena.agents, arena.agentSelection, arena.rewards, arena.infos]).toEqual([[], null, {}, {}]);
    expect([arena.terminations, arena.truncations]).toEqual([{}, {}]);
    arena.reset();
    for (const work of refused) expect(work).not.toThrow();
    arena.close();
    for (const work of refused) expect(work).toThrow(/call reset\(\) first/);
  });

  test("an iteration in which nobody acts does not go on for ever", () => {
    const arena = orderEnforcing(makeGame({ renderMode: null }));
    arena.reset();
    const iterate = () => {
      for (const _ of arena.agentIter()) arena.last();
    };
    expect(iterate).toThrow(/player_1 had its turn in agentIter\(\) and did nothing/);
  });
});

describe("what wrappers remember", () => {
  test("is not taken back from the snapshot of another wrapper", () => {
    const [limited, stacked] = [
      timeLimit(makeIsland({ renderMode: null }), 5),
      frameStack(makeIsland({ renderMode: null }), 2),
    ];
    for (const each of [limited, stacked]) each.reset();
    expect(() => limited.restore(stacked.snapshot())).toThrow(
      /one of frameStack, but timeLimit was to be restored/,
    );
    expect(() => stacked.restore(makeIsland({ renderMode: null }).snapshot())).toThrow(/of no wrapper/);
  });

  test.each(Object.entries(both))("does not grow: %s", (_, wrap) => {
    const arena = wrap(makeIsland({ renderMode: null })) as ParallelArena;
    const sizes = Array.from({ length: 20 }, () => {
      playParallel(arena, 1);
      return JSON.stringify(arena.snapshot()).length;
    });
    expect(new Set(sizes).size).toBe(1);
  });
});
