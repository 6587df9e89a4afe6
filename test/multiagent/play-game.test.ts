import { defaultRng, Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  matrixGame,
  ParallelRulesArena,
  type Player,
  payoffsOf,
  playGame,
  prisonersDilemma,
  randomPlayer,
  type SimultaneousRules,
  ticTacToe,
} from "../../src/multiagent/index.js";
import { crumblingIsland } from "./crumbling-island.js";

const always = (action: number): Player => ({ name: `always ${action}`, act: () => action });

/** The first free cell. */
const firstFree: Player<{ cells: Int8Array }> = {
  name: "first free",
  act: ({ cells }) => cells.indexOf(0),
};

describe("turns are taken", () => {
  test("until somebody has won", () => {
    // 0 to 6 in turn: the first has 2, 4 and 6 with its fourth stone.
    const { returns, length } = playGame(ticTacToe(), () => firstFree as Player<never>, defaultRng(0));
    expect([...returns]).toEqual([1, -1]);
    expect(length).toBe(7);
  });

  test("by whom is asked for, each action being heard", () => {
    const rules = ticTacToe();
    const heard: [agent: number, action: number][] = [];
    playGame(rules, () => firstFree as Player<never>, defaultRng(0), {
      maxCycles: 5,
      onAction: (...action) => heard.push(action),
    });
    expect(heard).toEqual([0, 1, 2, 3, 4].map((cell) => [cell % 2, cell]));
  });

  test("the same by the same seed, and otherwise by others", () => {
    const rules = ticTacToe();
    const chance = randomPlayer(rules);
    const actionsOf = (seed: number): number[] => {
      const actions: number[] = [];
      playGame(rules, () => chance, new Generator(seed), { onAction: (_, action) => actions.push(action) });
      return actions;
    };
    expect(actionsOf(3)).toEqual(actionsOf(3));
    expect(actionsOf(3)).not.toEqual(actionsOf(4));
  });
});

describe("all act at once", () => {
  test("and are cut after as many steps as the rules have, or as it is told", () => {
    const rules = matrixGame(prisonersDilemma());
    const players = [always(0), always(1)] as const;
    const play = (options: object) =>
      playGame(rules, (agent) => players[agent as 0 | 1], defaultRng(0), options);
    expect(play({})).toEqual({ returns: Float64Array.of(0, 500), length: 100 });
    expect(play({ maxCycles: 7 })).toEqual({ returns: Float64Array.of(0, 35), length: 7 });
  });

  test("as the parallel arena has it, whoever is out and when", () => {
    const rules = crumblingIsland(4);
    const actionOf = (agent: number, step: number): number =>
      (agent % 2) + ((agent + step) % (2 + (agent % 3)));
    const lengths = new Set<number>();
    for (let seed = 0; seed < 30; seed++) {
      const steps = new Int32Array(4);
      const player: Player<unknown> = {
        name: "counter",
        act: (_, agent) => actionOf(agent, steps[agent]!++),
      };
      const played = playGame(rules, () => player, new Generator(seed));
      expect(played).toEqual(playedInArena(seed, actionOf));
      lengths.add(played.length);
    }
    expect(lengths.size).toBeGreaterThan(3);
  });

  test("and who is out earns nothing any more", () => {
    const rules: SimultaneousRules<unknown> = {
      ...crumblingIsland(2),
      step(_, __, ___, ____, { rewards, terminations, offset }) {
        rewards.fill(1, offset, offset + 2);
        terminations[offset] = 1;
      },
    };
    const { returns } = playGame(rules, (agent) => always(agent), new Generator(1), { maxCycles: 6 });
    expect([...returns]).toEqual([1, 6]);
  });

  test("for ever, if nothing but the rules ends it", () => {
    const rules = { ...crumblingIsland(2), maxCycles: 1 };
    const longest = playGame(rules, (agent) => always(agent), new Generator(1), { maxCycles: null });
    expect(longest.length).toBeGreaterThan(1);
    expect(playGame(rules, (agent) => always(agent), new Generator(1)).length).toBe(1);
  });
});

function playedInArena(seed: number, actionOf: (agent: number, step: number) => number) {
  const arena = new ParallelRulesArena(crumblingIsland(4));
  const returns = new Float64Array(4);
  arena.reset({ seed });
  let length = 0;
  for (; arena.agents.length > 0; length++) {
    const agents = arena.agents.map((name) => [name, arena.possibleAgents.indexOf(name)] as const);
    const { rewards } = arena.step(
      Object.fromEntries(agents.map(([name, agent]) => [name, actionOf(agent, length)])),
    );
    for (const [name, agent] of agents) returns[agent]! += rewards[name]!;
  }
  return { returns, length };
}

test("payoffs are known of games in normal form alone", () => {
  expect(payoffsOf(matrixGame(prisonersDilemma()))).toEqual(prisonersDilemma().payoffs);
  expect(payoffsOf(ticTacToe())).toBeNull();
});
