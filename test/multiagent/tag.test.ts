import { defaultRng } from "gymnasium-js";
import { testParallelArena } from "ludus/testing";
import { describe, expect, test } from "vitest";
import {
  ParallelRulesArena,
  type Player,
  randomPlayer,
  SimultaneousVector,
  type TagOptions,
  type TagState,
  tag,
  tagChaser,
  tagRunner,
} from "../../src/multiagent/index.js";
import { playEpisodes, seen, stepper } from "./arena-steps.js";

const [stay, left, right, , up] = [0, 1, 2, 3, 4];

describe.each([
  {},
  { chasers: 1, runners: 1, obstacles: 0 },
  { chasers: 1, runners: 5, obstacles: 4, distanceReward: 0.1 },
  { chasers: 12, runners: 4, near: 2 },
])("%o", (options) => {
  testParallelArena(() => new ParallelRulesArena(tag(options)), { test, steps: 120 });
});

type Place = readonly [x: number, y: number];

/** A square of 4 in which all is where it is said to be. */
function squareWith(
  chasers: readonly Place[],
  runners: readonly Place[],
  { obstacles = [], ...options }: Omit<TagOptions, "obstacles"> & { obstacles?: readonly Place[] } = {},
) {
  const counts = { chasers: chasers.length, runners: runners.length, obstacles: obstacles.length };
  const rules = tag({ ...counts, side: 4, ...options });
  const state = rules.init(defaultRng(0), undefined);
  state.positions.set([...chasers, ...runners].flat());
  state.obstacles.set(obstacles.flat());
  return { rules, state, step: stepper(rules, state) };
}

describe("tag", () => {
  test("each touch pays every chaser, and costs the runner as much", () => {
    const { state, step } = squareWith(
      [
        [1, 1],
        [1, 1.2],
        [3, 3],
      ],
      [
        [1, 1.1],
        [2, 2],
      ],
    );
    expect(step(stay, stay, stay, stay, stay)).toEqual([20, 20, 20, -20, 0]);
    expect([...state.touches]).toEqual([1, 1, 0, 2, 0]);
    state.positions.set([0.5, 0.5, 3.5, 0.5, 0.5, 3.5, 2, 2, 2.95, 2.95]);
    expect(step(stay, stay, stay, stay, stay)).toEqual([0, 0, 0, 0, 0]);
  });

  test("to bump into one's own team is no touch", () => {
    const { state, step } = squareWith(
      [
        [1, 1],
        [1.1, 1],
      ],
      [
        [3, 3],
        [3.05, 3],
      ],
    );
    expect(step(stay, stay, stay, stay)).toEqual([0, 0, 0, 0]);
    expect(state.positions[2]! - state.positions[0]!).toBeGreaterThan(0.15);
    expect(state.positions[6]! - state.positions[4]!).toBeGreaterThan(0.1);
  });

  test("where distances are paid for, each counts its own to the nearest of the others", () => {
    const { step } = squareWith(
      [
        [1, 1],
        [1, 3],
      ],
      [
        [2, 1],
        [3, 3],
      ],
      { distanceReward: 0.5 },
    );
    expect(step(stay, stay, stay, stay)).toEqual([-0.5, -1, 0.5, 1]);
  });

  test("runners are faster than chasers", () => {
    const { state, step } = squareWith([[0.5, 1]], [[0.5, 3]]);
    for (let cycle = 0; cycle < 20; cycle++) step(right, right);
    expect(state.velocities[0]).toBeCloseTo(1, 2);
    expect(state.velocities[2]).toBeCloseTo(1.3, 2);
    expect(state.positions[2]!).toBeGreaterThan(state.positions[0]! + 0.4);
  });

  test("chasers see runners with their velocities, and runners see nobody's", () => {
    const { rules, state, step } = squareWith(
      [
        [1, 1],
        [2, 1],
        [1, 3],
      ],
      [[3, 3]],
      { obstacles: [[0.5, 3.5]] },
    );
    step(stay, right, stay, left);
    const [[x, vx], [rx, rvx]] = [
      [state.positions[2]!, state.velocities[2]!],
      [state.positions[6]!, state.velocities[6]!],
    ];
    expect(seen(rules, state, 0)).toEqual([
      ...[0, 0, -0.5, -0.5],
      ...[-0.5, 2.5],
      ...[x - 1, 0, 0, 2],
      ...[rx - 1, 2, rvx, 0],
    ]);
    // To the runner the third is the nearest, and the second next.
    expect(seen(rules, state, 3)).toEqual([
      ...[rvx, 0, rx / 2 - 1, 0.5],
      ...[0.5 - rx, 0.5],
      ...[1 - rx, 0, x - rx, -2, 1 - rx, -2],
    ]);
    expect(vx).toBeGreaterThan(0);
  });

  test("sizes of what teams see differ, and do not grow with the teams beyond what is near", () => {
    const sizesOf = (options: TagOptions) => {
      const rules = tag(options);
      return [0, rules.agents.length - 1].map((agent) => rules.observationSpace(agent).shape![0]);
    };
    expect(sizesOf({})).toEqual([16, 14]);
    expect(sizesOf({ chasers: 1, runners: 1, obstacles: 0 })).toEqual([8, 6]);
    expect(sizesOf({ chasers: 30, runners: 10, obstacles: 20 })).toEqual([28, 22]);
    expect(sizesOf({ chasers: 300, runners: 100, obstacles: 200 })).toEqual([28, 22]);
    expect(sizesOf({ chasers: 3, runners: 3, near: 0 })).toEqual([4, 4]);
    expect(tag({ chasers: 2, runners: 2 }).agents).toEqual(["chaser_0", "chaser_1", "runner_0", "runner_1"]);
  });

  test("nobody gets into an obstacle or through a wall", () => {
    const rules = tag({ chasers: 6, runners: 6, obstacles: 5 });
    const rng = defaultRng(2);
    for (let episode = 0; episode < 5; episode++) {
      const state = rules.init(rng, undefined);
      const step = stepper(rules, state);
      for (let cycle = 0; cycle < 200; cycle++) {
        // For long in the same direction, so that all run against something.
        const way = 1 + (Math.floor(cycle / 20) % 4);
        step(...rules.agents.map((_, agent) => (agent % 3 === 0 ? rng.integers(0, 5) : way)));
        const { positions, radii, side, obstacles, obstacleRadius } = state;
        for (const [agent, radius] of radii.entries()) {
          const [x, y] = [positions[2 * agent]!, positions[2 * agent + 1]!];
          expect(Math.min(x, y, side - x, side - y)).toBeGreaterThanOrEqual(radius - 1e-12);
          for (let i = 0; i < obstacles.length; i += 2) {
            const away = Math.hypot(x - obstacles[i]!, y - obstacles[i + 1]!);
            // Two obstacles that overlap may push somebody into each other by turns.
            expect(away).toBeGreaterThan(obstacleRadius / 2);
          }
        }
      }
    }
  });

  test("an obstacle stops who runs straight at it", () => {
    const { state, step } = squareWith([[1, 2]], [[3, 0.5]], { obstacles: [[2, 2]], obstacleRadius: 0.3 });
    for (let cycle = 0; cycle < 60; cycle++) {
      step(right, stay);
      expect(state.positions[0]!).toBeLessThanOrEqual(2 - 0.375 + 1e-9);
    }
    expect(state.positions[0]!).toBeGreaterThan(1.5);
  });

  test("all begin clear of obstacles, and obstacles leave room at the walls", () => {
    const rules = tag({ chasers: 4, runners: 4, obstacles: 3 });
    for (let seed = 0; seed < 50; seed++) {
      const { positions, radii, obstacles, obstacleRadius, side } = rules.init(defaultRng(seed), undefined);
      for (let i = 0; i < obstacles.length; i++) {
        expect(Math.min(obstacles[i]!, side - obstacles[i]!)).toBeGreaterThanOrEqual(obstacleRadius + 0.15);
      }
      for (let agent = 0; agent < radii.length; agent++) {
        for (let i = 0; i < obstacles.length; i += 2) {
          const [dx, dy] = [
            positions[2 * agent]! - obstacles[i]!,
            positions[2 * agent + 1]! - obstacles[i + 1]!,
          ];
          expect(Math.hypot(dx, dy)).toBeGreaterThan(obstacleRadius + radii[agent]!);
        }
      }
    }
  });

  test("arenas side by side do not get into each other's way", () => {
    const rules = tag({ chasers: 5, runners: 3, obstacles: 4 });
    const vector = new SimultaneousVector(rules, { numArenas: 4 });
    const alone = new SimultaneousVector(rules, { numArenas: 1 });
    vector.reset({ seed: 3 });
    alone.reset({ seed: 5 });
    expect(vector.groups.map(({ agents }) => agents.length)).toEqual([5, 3]);
    const rng = defaultRng(4);
    for (let cycle = 0; cycle < 220; cycle++) {
      const actions = Int32Array.from({ length: 32 }, () => rng.integers(0, 5));
      vector.step(actions);
      alone.step(actions.slice(16, 24));
      expect(vector.stateOf(2)).toEqual(alone.stateOf(0));
      expect(vector.rewards.slice(16, 24)).toEqual(alone.rewards);
    }
  });

  test("the state for centralised training is all velocities, agents and obstacles", () => {
    const { rules, state } = squareWith([[1, 2]], [[3, 4]], { obstacles: [[0, 2]] });
    state.velocities.set([1, 2, 3, 4]);
    const out = new Float64Array(10);
    rules.writeState!(state, out, 0);
    expect([...out]).toEqual([1, 2, 3, 4, -0.5, 0, 0.5, 1, -1, 0]);
  });

  test("numbers that make no sense are refused", () => {
    expect(() => tag({ runners: 0 })).toThrow(/runners is 0, expected a whole number from 1 on/);
    expect(() => tag({ obstacles: 0.5 })).toThrow(/obstacles is 0.5/);
    expect(() => tag({ side: 1, runnerRadius: 0.5 })).toThrow(/side less two radii is 0/);
    expect(() => tag({ obstacleRadius: -1 })).toThrow(/obstacleRadius is -1/);
  });
});

describe("players", () => {
  test("a chaser heads for the nearest runner", () => {
    const runners: Place[] = [
      [3, 2],
      [1.5, 2.2],
    ];
    const { state } = squareWith([[2, 2]], runners);
    expect(tagChaser().act(state, 0, defaultRng(0))).toBe(left);
    state.positions.set([3.1, 1]);
    expect(tagChaser().act(state, 0, defaultRng(0))).toBe(up);
  });

  test("a runner heads away from the nearest chaser, and not into a wall", () => {
    const chasers: Place[] = [
      [2.5, 2],
      [0.5, 0.5],
    ];
    const { state } = squareWith(chasers, [[2, 2]]);
    expect(tagRunner().act(state, 2, defaultRng(0))).toBe(left);
    state.positions.set([0.5, 2, 3.9, 3.9, 0.06, 1.9]);
    // It has its back to the wall, and the chaser stands a little above.
    expect(tagRunner().act(state, 2, defaultRng(0))).toBe(3);
  });

  test("a runner who flees is touched far less than one who runs at random", () => {
    const rules = tag();
    const chasers: Player<TagState>[] = [tagChaser(), tagChaser(), tagChaser()];
    const earned = (runner: Player<TagState>) =>
      playEpisodes(rules, [...chasers, runner], { episodes: 10 })[0]!;
    const [fleeing, random] = [earned(tagRunner()), earned(randomPlayer(rules))];
    expect(random).toBeGreaterThan(5 * fleeing);
    expect(fleeing).toBeGreaterThan(0);
    const idle: Player<TagState> = { name: "idle", act: () => stay };
    const [touched] = playEpisodes(rules, [idle, idle, idle, randomPlayer(rules)], { episodes: 10 });
    expect(random).toBeGreaterThan(5 * touched!);
  });
});

describe("pictures", () => {
  const { rules, state } = squareWith(
    [
      [0.5, 3.5],
      [3.5, 3.5],
    ],
    [[3, 1]],
    { obstacles: [[2, 2]] },
  );

  test("letters show all where they are, y upwards, and who is touched", () => {
    const text = rules.renderAnsi!(state).split("\n");
    expect(text[0]).toBe("0 touches");
    // 64 x 32 letters in a frame.
    expect(text).toHaveLength(35);
    expect(text[2 + 4]![1 + 8]).toBe("0");
    expect(text[2 + 4]![1 + 56]).toBe("1");
    expect(text[2 + 24]![1 + 48]).toBe("r");
    for (const column of [30, 32, 34]) expect(text[2 + 16]![1 + column]).toBe("#");
    const touched = rules.renderAnsi!({ ...state, touches: Int32Array.of(1, 0, 1) });
    expect(touched).toMatch(/^1 touch\n/);
    expect(touched).toContain("R");
  });

  test("the picture tells floor, obstacles, chasers, runners and those who are touched apart", () => {
    const coloursOf = (shown: TagState) => {
      const { width, height, data } = rules.renderRgb!(shown);
      expect([width, height]).toEqual([400, 400]);
      return [
        [0.5, 3.5],
        [3.5, 3.5],
        [3, 1],
        [2, 2],
        [1, 1],
      ].map(([x, y]) => {
        const pixel = ((400 - Math.round(y! * 100)) * 400 + Math.round(x! * 100)) * 3;
        return String(data.subarray(pixel, pixel + 3));
      });
    };
    const colours = coloursOf(state);
    expect(colours[0]).toBe(colours[1]);
    expect(new Set(colours).size).toBe(4);
    const touched = coloursOf({ ...state, touches: Int32Array.of(1, 0, 1) });
    expect(touched[2]).not.toBe(colours[2]);
    expect(touched.toSpliced(2, 1)).toEqual(colours.toSpliced(2, 1));
  });
});
