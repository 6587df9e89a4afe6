import { readFileSync } from "node:fs";
import { defaultRng, make, registry } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { finiteHorizonValues, valueIteration } from "../../../src/agents/planning/index.js";
import {
  type GridworldKwargs,
  type GridworldTask,
  gridworldRules,
  gridworldTasks,
  type RatedTask,
  tabulate,
} from "../../../src/envs/index.js";

/** The best expected return within the time limit, on one map. */
function optimalReturn(task: RatedTask, kwargs: GridworldKwargs): number {
  const { P, starts } = tabulate(gridworldRules(task, kwargs));
  const values = finiteHorizonValues(P, { gamma: 1, horizon: task.maxEpisodeSteps });
  return starts.reduce((sum, { state, probability }) => sum + probability * values[state]!, 0);
}

test("there are more than a dozen tasks, and all are registered", () => {
  expect(gridworldTasks.length).toBeGreaterThanOrEqual(12);
  for (const { id } of gridworldTasks) expect(registry.has(id)).toBe(true);
});

test("the page has their limits and optimal returns", () => {
  const page = readFileSync(new URL("../../../docs/gridworlds.md", import.meta.url), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| `Ludus/"));
  const figures = rows.map((row) => row.split("|").map((cell) => cell.trim().replaceAll("`", "")));
  expect(figures.map(([, id, , steps, best]) => [id, Number(steps), best])).toEqual(
    gridworldTasks.map(({ id, maxEpisodeSteps, optimalReturn }) => [
      id,
      maxEpisodeSteps,
      optimalReturn.toFixed(4),
    ]),
  );
});

describe.each(gridworldTasks.map((task) => [task.id, task] as const))("%s", (id, task) => {
  test("has the optimal return that the planner finds", () => {
    const seeds = task.generator === undefined ? [0] : Array.from({ length: 10 }, (_, i) => i);
    const returns = seeds.map((mapSeed) => optimalReturn(task, { mapSeed, numMaps: 1 }));
    const mean = returns.reduce((sum, one) => sum + one, 0) / seeds.length;
    expect(Math.abs(mean - task.optimalReturn)).toBeLessThan(1e-9);
  });

  test("can be won, and has a time limit and a threshold below the optimum", () => {
    const { spec } = make(id);
    expect(spec?.maxEpisodeSteps).toBe(task.maxEpisodeSteps);
    expect(spec?.rewardThreshold).toBe(Number((0.95 * task.optimalReturn).toFixed(3)));
    expect(task.optimalReturn).toBeGreaterThan(0.5);
  });
});

test("in the memory tasks the sign is seen at the start, and the decoy cannot be told from the goal", () => {
  for (const id of ["Ludus/TMaze-v0", "Ludus/MemoryMaze-v0"]) {
    const task = gridworldTasks.find((one) => one.id === id)!;
    const rules = gridworldRules(task);
    const signs = ["left sign", "right sign"].map((name) => rules.channels.indexOf(name));
    expect(rules.channels.filter((name) => /goal|decoy/.test(name))).toEqual(["goal"]);
    const rng = defaultRng(1);
    for (let episode = 0; episode < 50; episode++) {
      const out = new Uint8Array(rules.observationSpace.shape!.reduce((a, b) => a * b, 1));
      const state = rules.init(rng, undefined, null);
      rules.observe(state, out, 0);
      const seen = signs.map((channel) =>
        out.some((bit, i) => bit === 1 && i % rules.channels.length === channel),
      );
      expect(seen.filter(Boolean)).toHaveLength(1);
    }
  }
});

describe("the table", () => {
  const plan = (task: GridworldTask, kwargs: GridworldKwargs = {}) => tabulate(gridworldRules(task, kwargs));

  test("of a hall: the moves, the goal, and the state after the end", () => {
    const { P, starts } = plan({ id: "Hall-v0", map: ["A.G"] }, { stepReward: -1 });
    const [right, left] = [1, 3];
    expect(starts).toEqual([{ state: 0, probability: 1 }]);
    expect(P).toHaveLength(3);
    expect(P[0]![right]).toEqual([{ probability: 1, nextState: 1, reward: -1, terminated: false }]);
    expect(P[0]![left]).toEqual([{ probability: 1, nextState: 0, reward: -1, terminated: false }]);
    expect(P[1]![right]).toEqual([{ probability: 1, nextState: 2, reward: 0, terminated: true }]);
    expect(P[2]![left]).toEqual([{ probability: 1, nextState: 2, reward: 0, terminated: true }]);
  });

  test("splits where moves slip, and where a random walker walks", () => {
    const slippery = plan({ id: "Slip-v0", map: ["A.", ".G"] }, { slip: 0.2, stepReward: 0 });
    // Right of the upper left corner: slipping left is barred, slipping right goes down.
    expect(slippery.P[0]![1]!.map(({ probability }) => probability).sort()).toEqual([0.1, 0.1, 0.8]);
    const walker = plan({ id: "Walk-v0", map: ["A#?."] }, { actions: "moves+stay", stepReward: 0 });
    const outcomes = walker.P[0]![4]!;
    // Up, down and left are barred, right is open.
    expect(outcomes.map(({ probability }) => probability).sort()).toEqual([0.25, 0.75]);
  });

  test("starts where a random start may, all alike", () => {
    const { starts } = plan({ id: "Start-v0", map: ["A..G"] }, { randomStart: true });
    expect(starts.map(({ probability }) => probability)).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });

  test("numbers the actions of several agents with the first one's as the highest digit", () => {
    const { P, states } = plan({ id: "Pair-v0", map: ["A.", "A."] }, { actions: "moves+stay" });
    expect(P[0]).toHaveLength(25);
    const [right, stay] = [1, 4];
    const next = states[P[0]![right * 5 + stay]![0]!.nextState]!;
    expect(Array.from(next.agents)).toEqual([1, 2]);
  });

  test("has every outcome that play comes to", () => {
    const map = ["A.~~.", ".?..#", "o$..L", "..-.."];
    const rules = gridworldRules({ id: "Storm-v0", map }, { slip: 0.3, boxReward: 0.5 });
    const { P, states, starts } = tabulate(rules);
    const numberOf = new Map(states.map((state, i) => [`${state.ground}/${state.occupant}`, i]));
    const rng = defaultRng(5);
    let state = rules.init(rng, undefined, null);
    let here = starts[0]!.state;
    for (let step = 0; step < 2000; step++) {
      const action = rng.integers(0, 4);
      const { reward, terminated } = rules.step(state, action, rng);
      const there = terminated ? states.length : numberOf.get(`${state.ground}/${state.occupant}`)!;
      const found = P[here]![action]!.filter((one) => one.nextState === there && one.reward === reward);
      if (found.length !== 1) expect(found, `step ${step}`).toHaveLength(1);
      if (terminated) state = rules.init(rng, undefined, state);
      here = terminated ? starts[0]!.state : there;
    }
    const sums = P.flat().map((outcomes) => outcomes.reduce((sum, { probability }) => sum + probability, 0));
    expect(sums.filter((sum) => !(Math.abs(sum - 1) < 1e-12))).toEqual([]);
  });

  test("gives a plan that earns the optimal return in play", () => {
    for (const task of gridworldTasks) {
      if (!/EmptyRoom|OneWay|Teleports|IceLake|DoorKey/.test(task.id)) continue;
      const rules = gridworldRules(task);
      const { P, states } = tabulate(rules);
      const { policy } = valueIteration(P, { gamma: 0.999 });
      const numberOf = new Map(states.map((state, i) => [`${state.ground}/${state.occupant}`, i]));
      const env = make<Uint8Array, number>(task.id);
      env.reset({ seed: 0 });
      let sum = 0;
      for (let ended = false; !ended; ) {
        const { state } = env.snapshot() as unknown as { state: (typeof states)[0] };
        const step = env.step(policy[numberOf.get(`${state.ground}/${state.occupant}`)!]!);
        sum += step.reward;
        ended = step.terminated || step.truncated;
      }
      expect(sum).toBeCloseTo(task.optimalReturn, 9);
    }
  });

  test("is refused where maps change, or where there are too many states", () => {
    const maze = gridworldTasks.find(({ id }) => id === "Ludus/Maze-v0")!;
    expect(() => tabulate(gridworldRules(maze))).toThrow("give numMaps: 1");
    expect(() => tabulate(gridworldRules({ id: "Wide-v0", map: ["A....G"] }), 3)).toThrow(
      "more than 3 states",
    );
  });
});
