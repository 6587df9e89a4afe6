import { defaultRng } from "gymnasium-js";
import { testParallelArena } from "ludus/testing";
import { describe, expect, test } from "vitest";
import {
  type HarvestOptions,
  type HarvestState,
  harvest,
  harvestGreedy,
  harvestRestrained,
  ParallelRulesArena,
  type Player,
  randomPlayer,
  type SimultaneousRules,
  SimultaneousVector,
} from "../../src/multiagent/index.js";
import { expectSameArrays, outcomeOf } from "./arena-steps.js";

const [left, right, up, down, stay, zap] = [0, 1, 2, 3, 4, 5];

/**
 * A board drawn in letters: agents 0, 1, 2, all facing right; o apples, a empty orchard. Nothing grows unless that is asked for.
 */
function boardOf(picture: string, options: HarvestOptions = {}) {
  const map = picture.replaceAll("o", "a").replaceAll(/\d/g, ".");
  const cells = picture.trim().split(/\s+/).join("");
  const agents = cells.replaceAll(/\D/g, "").length;
  const rules = harvest({ map, agents, regrowth: [0], ...options });
  const state = rules.init(defaultRng(0), undefined);
  state.agentAt.fill(-1);
  state.facing.fill(right);
  for (let agent = 0; agent < agents; agent++) {
    state.cells[agent] = cells.indexOf(String(agent));
    state.agentAt[state.cells[agent]!] = agent;
  }
  for (let cell = 0; cell < cells.length; cell++) state.apples[cell] = cells[cell] === "o" ? 1 : 0;
  const outcome = outcomeOf(agents);
  /** @param seed decides in which order they act */
  const step = (actions: number[], seed = 0) => {
    outcome.rewards.fill(0);
    rules.step(state, actions, 0, defaultRng(seed), outcome);
    return [...outcome.rewards].map((reward) => Number(reward.toFixed(10)));
  };
  const drawn = () => {
    const letters = [...state.agentAt].map((agent, cell) => {
      if (agent >= 0) return String(agent);
      return state.apples[cell] === 1 ? "o" : map.trim().split(/\s+/).join("")[cell]!;
    });
    return Array.from({ length: state.height }, (_, row) =>
      letters.slice(row * state.width, (row + 1) * state.width).join(""),
    );
  };
  return { rules, state, outcome, step, drawn };
}

describe("walking", () => {
  test("onto an apple eats it; edges and others are in the way, and turn one all the same", () => {
    const { state, step, drawn } = boardOf(`
      0oo
      1..`);
    expect(step([right, left])).toEqual([1, 0]);
    expect(drawn()).toEqual([".0o", "1.."]);
    expect(step([up, right])).toEqual([0, 0]);
    expect(step([stay, up])).toEqual([0, 0]);
    expect(drawn()).toEqual([".0o", ".1."]);
    expect([...state.facing]).toEqual([up, up]);
    expect([...state.eaten]).toEqual([1, 0]);
  });

  test("of two who want one apple, one gets it, either as often as the other", () => {
    let first = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { step, drawn } = boardOf("0o1");
      const rewards = step([right, left], seed);
      expect(rewards[0]! + rewards[1]!).toBe(1);
      expect(drawn()[0]).toBe(rewards[0] === 1 ? ".01" : "01.");
      first += rewards[0]!;
    }
    expect(first).toBeGreaterThan(70);
    expect(first).toBeLessThan(130);
  });

  test("one agent alone has the commons for itself", () => {
    const { step } = boardOf("0oo.", { rewardSharing: 0.5, fine: 1, reserve: 1 });
    expect(step([right])).toEqual([1]);
    // The last apple leaves none: it is fined, and there is nobody to be paid.
    expect(step([right])).toEqual([0]);
  });
});

describe("the beam", () => {
  test("sends away the first in its way, who comes back after so many steps, outside the orchard", () => {
    const { state, step, drawn } = boardOf("0..12aaa", { timeout: 3 });
    step([zap, stay, stay]);
    expect(drawn()).toEqual(["0...2aaa"]);
    expect([...state.beams]).toEqual([0, 1, 1, 1, 0, 0, 0, 0]);
    for (const [i, action] of [left, up, zap].entries()) {
      // What is chosen for it meanwhile means nothing.
      expect([state.cells[1], state.away[1], state.facing[1]]).toEqual([-1, 3 - i, right]);
      expect(step([stay, action, stay])).toEqual([0, 0, 0]);
      expect([...state.beams]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    }
    expect(state.away[1]).toBe(0);
    expect([1, 2, 3]).toContain(state.cells[1]);
  });

  test("lets nobody come back, nor begin, in the orchard", () => {
    const places = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      const { state, step } = boardOf("0..12aaaaaaaaaa", { timeout: 1 });
      step([zap, stay, stay]);
      step([stay, stay, stay], seed);
      places.add(state.cells[1]!);
      const { cells, ground } = harvest({ map: "aaaaaaaaaa..", agents: 2 }).init(defaultRng(seed), undefined);
      expect([...cells].map((cell) => ground[cell])).toEqual([0, 0]);
    }
    expect(places).toEqual(new Set([1, 2, 3]));
  });

  test("goes so many cells, and flies over apples", () => {
    const far = boardOf("0.oo1.", { reach: 3 });
    far.step([zap, stay]);
    expect(far.drawn()).toEqual(["0.oo1."]);
    const near = boardOf("0.oo1.", { reach: 4 });
    near.step([zap, stay]);
    expect(near.drawn()).toEqual(["0.oo.."]);
  });

  test("ends at the edge, and goes where one faces", () => {
    const { state, step, drawn } = boardOf(`
      1..
      0..
      ..2`);
    step([up, stay, stay]);
    expect(state.facing[0]).toBe(up);
    step([zap, stay, zap]);
    expect(drawn()).toEqual(["...", "0..", "..2"]);
    expect([...state.beams]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("of two who zap each other only the first hits", () => {
    const results = new Set<string>();
    for (let seed = 0; seed < 30; seed++) {
      const { state, step, drawn } = boardOf("0.1");
      state.facing[1] = left;
      step([zap, zap], seed);
      results.add(drawn()[0]!);
    }
    expect(results).toEqual(new Set(["0..", "..1"]));
  });

  test("nobody is out, and without a beam there is no such action", () => {
    const { outcome, step } = boardOf("01");
    step([zap, stay]);
    expect([...outcome.terminations]).toEqual([0, 0]);
    const peaceful = harvest({ beam: false });
    expect(peaceful.actionSpace(0).describe()).toMatchObject({ n: 5 });
    expect(peaceful.actionNames!(0)).toEqual(["left", "right", "up", "down", "stay"]);
    expect(harvest().actionSpace(0).describe()).toMatchObject({ n: 6 });
  });

  test("all may be away but the last, and who is away sees nothing", () => {
    const { rules, state, step } = boardOf("0123456", { timeout: 50, sight: 1 });
    for (let i = 0; i < 6; i++) step([zap, stay, stay, stay, stay, stay, stay]);
    expect([...state.cells].filter((cell) => cell >= 0)).toHaveLength(2);
    const out = new Uint8Array(3 * 3 * 4).fill(7);
    rules.observe(state, 1, out, 0);
    expect(new Set(out)).toEqual(new Set([0]));
  });
});

describe("regrowth", () => {
  /** How often an apple grows in the middle. */
  const rate = (picture: string, regrowth: readonly number[]) => {
    let grown = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const { state, step } = boardOf(picture, { regrowth });
      step([stay], seed);
      grown += state.apples[Math.floor(state.apples.length / 2)]!;
    }
    return grown / 1000;
  };

  test("is by the number of apples within two steps", () => {
    const chances = [0, 0.2, 0.5, 1];
    expect(rate("o...o ..... ..a.. ..... o.0.o", chances)).toBe(0);
    expect(rate("..o.. ..... ..a.. ..... 0....", chances)).toBeCloseTo(0.2, 1);
    expect(rate("..o.. ...o. ..a.. ..... 0....", chances)).toBeCloseTo(0.5, 1);
    expect(rate("..o.. ...o. o.a.. ..... 0....", chances)).toBe(1);
    // The last chance is for all higher numbers too.
    expect(rate("..o.. .ooo. ooaoo .ooo. 0....", chances)).toBe(1);
  });

  test("happens at once: what grows in a step helps nothing else to grow in it", () => {
    const { step, drawn } = boardOf("0.oaaa", { regrowth: [0, 1] });
    step([stay]);
    expect(drawn()).toEqual(["0.oooa"]);
    step([stay]);
    expect(drawn()).toEqual(["0.oooo"]);
  });

  test("does not happen under an agent, nor where the ground is bare", () => {
    const { state, step, drawn } = boardOf("0ao.", { regrowth: [1] });
    step([right]);
    expect(drawn()).toEqual([".0o."]);
    expect([...state.apples]).toEqual([0, 0, 1, 0]);
    step([left]);
    expect(drawn()).toEqual(["0oo."]);
  });

  test("never happens where nothing is left", () => {
    const rules = harvest({ agents: 1 });
    const state = rules.init(defaultRng(1), undefined);
    state.apples.fill(0);
    const rng = defaultRng(2);
    for (let i = 0; i < 500; i++) rules.step(state, [stay], 0, rng, outcomeOf(1));
    expect(state.apples.every((apple) => apple === 0)).toBe(true);
  });
});

describe("pay", () => {
  test("what is shared goes to all alike, the rest to who ate it", () => {
    const step = (rewardSharing: number) =>
      boardOf("0o.12.3", { rewardSharing }).step([right, stay, stay, stay]);
    expect(step(0)).toEqual([1, 0, 0, 0]);
    expect(step(0.4)).toEqual([0.7, 0.1, 0.1, 0.1]);
    expect(step(1)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test("who leaves too few near the apple it takes pays the others", () => {
    const step = (reserve: number) =>
      boardOf("0ooo12", { fine: 1.5, reserve, rewardSharing: 0 }).step([right, stay, stay]);
    expect(step(2)).toEqual([1, 0, 0]);
    expect(step(3)).toEqual([-0.5, 0.75, 0.75]);
  });

  test("together they earn what they eat, whatever is shared and fined", () => {
    const rules = harvest({ rewardSharing: 0.3, fine: 2, agents: 4 });
    const rng = defaultRng(3);
    const state = rules.init(rng, undefined);
    const outcome = outcomeOf(4);
    let earned = 0;
    for (let i = 0; i < 60; i++) {
      outcome.rewards.fill(0);
      rules.step(state, actionsOf(state, [harvestGreedy], rng), 0, rng, outcome);
      earned += outcome.rewards.reduce((sum, reward) => sum + reward, 0);
    }
    const eaten = state.eaten.reduce((sum, count) => sum + count, 0);
    expect(eaten).toBeGreaterThan(40);
    expect(earned).toBeCloseTo(eaten, 8);
  });
});

/** What each does; the last player is everybody's who has none. Who is away does nothing. */
function actionsOf(
  state: HarvestState,
  players: readonly Player<HarvestState>[],
  rng: ReturnType<typeof defaultRng>,
): number[] {
  return Array.from(state.cells, (cell, agent) =>
    cell < 0 ? stay : (players[agent] ?? players.at(-1)!).act(state, agent, rng),
  );
}

interface Season {
  /** By agent. */
  readonly earned: number[];
  readonly total: number;
  readonly applesLeft: number;
}

function season(
  rules: SimultaneousRules<HarvestState>,
  players: readonly Player<HarvestState>[],
  seed: number,
): Season {
  const rng = defaultRng(seed);
  const state = rules.init(rng, undefined);
  const outcome = outcomeOf(rules.agents.length);
  const earned = rules.agents.map(() => 0);
  for (let i = 0; i < rules.maxCycles!; i++) {
    outcome.rewards.fill(0);
    rules.step(state, actionsOf(state, players, rng), 0, rng, outcome);
    for (const [agent, reward] of outcome.rewards.entries()) earned[agent]! += reward;
  }
  const total = earned.reduce((sum, reward) => sum + reward, 0);
  return { earned, total, applesLeft: state.apples.reduce((sum, apple) => sum + apple, 0) };
}

describe("the tragedy of the commons", () => {
  const rules = harvest();
  const seeds = [0, 1, 2];

  test("greed leaves nothing, restraint feeds all for good, and earns each of them far more", () => {
    for (const seed of seeds) {
      const greedy = season(rules, [harvestGreedy], seed);
      const restrained = season(rules, [harvestRestrained], seed);
      expect(greedy.applesLeft).toBe(0);
      expect(greedy.total).toBeLessThan(110);
      expect(restrained.applesLeft).toBeGreaterThan(20);
      expect(restrained.total).toBeGreaterThan(350);
      expect(Math.min(...restrained.earned)).toBeGreaterThan(2 * Math.max(...greedy.earned));
    }
  });

  test("the players wait while they are away, and where nothing is to be had", () => {
    const { state } = boardOf("0.1.2ooa");
    state.cells[0] = -1;
    const [greedy, restrained] = [harvestGreedy, harvestRestrained].map((player) =>
      [0, 1, 2].map((agent) => player.act(state, agent, defaultRng(0))),
    );
    // The middle one is shut in; one apple beside the last one is too few for restraint.
    expect(greedy).toEqual([stay, stay, right]);
    expect(restrained).toEqual([stay, stay, stay]);
  });

  test("one who is greedy among the restrained earns more than they, and ruins all", () => {
    for (const seed of seeds) {
      const { earned, applesLeft } = season(rules, [harvestGreedy, harvestRestrained], seed);
      expect(earned[0]!).toBeGreaterThan(1.3 * Math.max(...earned.slice(1)));
      expect(applesLeft).toBe(0);
    }
  });

  test("with a fine, greed does not pay", () => {
    const fined = harvest({ fine: 1 });
    for (const seed of seeds) {
      const { earned } = season(fined, [harvestGreedy, harvestRestrained], seed);
      expect(earned[0]!).toBeLessThan(Math.min(...earned.slice(1)));
    }
  });

  test("who takes only what is free of fines never pays one, and no patch ever dies", () => {
    const fined = harvest({ fine: 1, agents: 12 });
    const rng = defaultRng(5);
    const state = fined.init(rng, undefined);
    const outcome = outcomeOf(12);
    const patches = patchesOf(state);
    expect(patches).toHaveLength(6);
    for (let i = 0; i < 500; i++) {
      outcome.rewards.fill(0);
      fined.step(state, actionsOf(state, [harvestRestrained], rng), 0, rng, outcome);
      expect(Math.min(...outcome.rewards)).toBeGreaterThanOrEqual(0);
      for (const patch of patches) expect(patch.some((cell) => state.apples[cell] === 1)).toBe(true);
    }
  });
});

/** Cells of the orchard from which one can come to each other by steps of two at most. */
function patchesOf({ ground, width }: HarvestState): number[][] {
  const left = new Set([...ground.keys()].filter((cell) => ground[cell] === 1));
  const patches: number[][] = [];
  for (const first of left) {
    const patch = [first];
    left.delete(first);
    for (const cell of patch) {
      for (const other of left) {
        const rows = Math.abs(Math.floor(cell / width) - Math.floor(other / width));
        if (rows + Math.abs((cell % width) - (other % width)) > 2) continue;
        left.delete(other);
        patch.push(other);
      }
    }
    patches.push(patch);
  }
  return patches;
}

test("a view is of the cells around: beyond the edge, others, apples, and the cell that one faces", () => {
  const { rules, state } = boardOf("0o. 1.. ...", { sight: 1 });
  const plane = (agent: number, channel: number) => {
    const out = new Uint8Array(3 * 3 * 4);
    rules.observe(state, agent, out, 0);
    return [...out].filter((_, i) => i % 4 === channel).join("");
  };
  expect([0, 1, 2, 3].map((channel) => plane(0, channel))).toEqual([
    "111100100",
    "000000010",
    "000001000",
    "000001000",
  ]);
  state.facing[1] = left;
  expect([0, 1, 2, 3].map((channel) => plane(1, channel))).toEqual([
    "100100100",
    "010000000",
    "001000000",
    "000100000",
  ]);
});

test("the state has a plane for each agent, by the way that it faces, and one of apples", () => {
  const { rules, state } = boardOf("0o. 1..");
  state.facing.set([down, left]);
  state.cells[1] = -1;
  const out = new Uint8Array(6 * 3).fill(9);
  rules.writeState!(state, out, 0);
  expect([...out]).toEqual([4, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test("text and picture show what there is", () => {
  const { rules, state, step } = boardOf("0.1oa 2.... .....");
  step([zap, stay, right]);
  expect(rules.renderAnsi!(state)).toBe(
    ["apples eaten by 0: 0, 1: 0 (away), 2: 0", "0>* * o , ", ". 2>. . . ", ". . . . . "].join("\n"),
  );
  const { width, height, data } = rules.renderRgb!(state);
  expect([width, height]).toEqual([60, 36]);
  const at = (column: number, row: number) =>
    [...data.subarray(((row * 12 + 7) * width + column * 12 + 6) * 3)].slice(0, 3);
  expect(at(3, 0)).toEqual([222, 60, 56]);
  expect(at(4, 0)).not.toEqual(at(3, 2));
  expect(at(1, 0)).not.toEqual(at(3, 2));
});

test("maps and numbers that make no commons are refused", () => {
  expect(() => harvest({ map: "..a .." })).toThrow(/rows of the same length/);
  expect(() => harvest({ map: "..x" })).toThrow(/letters . a ~/);
  expect(() => harvest({ map: "...a", agents: 4 })).toThrow(/room for 3 agents/);
  expect(() => harvest({ agents: 0 })).toThrow(/agents is 0/);
  expect(() => harvest({ rewardSharing: 1.5 })).toThrow(/rewardSharing is 1.5/);
  expect(() => harvest({ reach: 0 })).toThrow(/reach is 0/);
});

test("steps write into the arrays that the state has, and make none", () => expectSameArrays(harvest()));

describe.each([
  harvest(),
  harvest({ beam: false, agents: 1, sight: 2 }),
  harvest({ agents: 20, timeout: 2, rewardSharing: 0.5, fine: 1 }),
])("$id of $agents.length", (rules) => {
  const maxCycles = 25;
  testParallelArena((how) => new ParallelRulesArena(rules, { ...how, maxCycles }), {
    ...{ test, steps: 60, maxCycles },
    renderModes: ["ansi", "rgb_array"],
  });

  test("each cell has one agent at most, and who is away is nowhere, whatever is played", () => {
    const vector = new SimultaneousVector(rules, { numArenas: 2, maxCycles: 90 });
    vector.reset({ seed: 4 });
    const rng = defaultRng(6);
    const random = randomPlayer(rules);
    const agents = rules.agents.length;
    let away = 0;
    for (let i = 0; i < 200; i++) {
      const actions = Int32Array.from({ length: 2 * agents }, (_, at) =>
        random.act(vector.stateOf(Math.floor(at / agents)), at % agents, rng),
      );
      vector.step(actions);
      const { cells, agentAt, away: remaining, apples, ground } = vector.stateOf(0);
      const here = [...cells.keys()].filter((agent) => cells[agent]! >= 0);
      expect(new Set(here.map((agent) => cells[agent])).size).toBe(here.length);
      for (const agent of here) expect(agentAt[cells[agent]!]).toBe(agent);
      expect(agentAt.filter((agent) => agent >= 0)).toHaveLength(here.length);
      expect([...cells.keys()].filter((agent) => remaining[agent]! > 0)).toHaveLength(agents - here.length);
      expect(apples.every((apple, cell) => apple === 0 || (apple === 1 && ground[cell] === 1))).toBe(true);
      away += agents - here.length;
    }
    if (agents === 20) expect(away).toBeGreaterThan(100);
    if (agents === 1) expect(away).toBe(0);
  });
});
