import { defaultRng } from "gymnasium-js";
import { testParallelArena } from "ludus/testing";
import { describe, expect, test } from "vitest";
import {
  ParallelRulesArena,
  randomPlayer,
  SimultaneousVector,
  type SpreadOptions,
  type SpreadState,
  spread,
  spreadGreedy,
} from "../../src/multiagent/index.js";
import { playEpisodes, seen, stepper } from "./arena-steps.js";

const [stay, left, right] = [0, 1, 2];

describe.each([{}, { agents: 1 }, { agents: 2, landmarks: 5 }, { agents: 20, landmarks: 3 }])(
  "%o",
  (options) => {
    testParallelArena(() => new ParallelRulesArena(spread(options)), { test, steps: 60 });
  },
);

type Place = readonly [x: number, y: number];

/** A square of 4 in which all is where it is said to be. */
function squareWith(agents: readonly Place[], landmarks: readonly Place[], options: SpreadOptions = {}) {
  const rules = spread({ agents: agents.length, landmarks: landmarks.length, side: 4, ...options });
  const state = rules.init(defaultRng(0), undefined);
  state.positions.set(agents.flat());
  state.landmarks.set(landmarks.flat());
  return { rules, state, step: stepper(rules, state) };
}

const distance = (a: Float64Array, i: number, b: Float64Array, j: number): number =>
  Math.hypot(a[2 * i]! - b[2 * j]!, a[2 * i + 1]! - b[2 * j + 1]!);

describe("spread", () => {
  test("all lose the distances from the landmarks to the agents nearest to them", () => {
    const { step } = squareWith(
      [
        [1, 1],
        [3, 3],
      ],
      [
        [1, 1.5],
        [2, 1],
        [3, 2],
      ],
    );
    expect(step(stay, stay)).toEqual([-2.5, -2.5]);
  });

  test("each loses for its own collisions, of which there may be several", () => {
    const { state, step } = squareWith(
      [
        [1, 1],
        [1.25, 1],
        [1.5, 1],
        [3, 3],
      ],
      [[3, 3]],
    );
    const left = () => Math.min(...[0, 1, 2, 3].map((i) => distance(state.positions, i, state.landmarks, 0)));
    const rewards = step(stay, stay, stay, stay);
    expect(rewards.map((reward) => reward + left())).toEqual([-1, -2, -1, 0]);
    expect([...state.touches]).toEqual([1, 2, 1, 0]);
    // As nobody pushes, they part.
    for (let cycle = 0; cycle < 10; cycle++) step(stay, stay, stay, stay);
    expect([...state.touches]).toEqual([0, 0, 0, 0]);
  });

  test("who is pushed against a wall does not get into it", () => {
    const { state, step } = squareWith(
      [
        [0.15, 2],
        [0.25, 2],
      ],
      [[1, 1]],
    );
    step(left, left);
    expect(state.positions[0]).toBe(0.15);
    expect([...state.touches]).toEqual([1, 1]);
  });

  test("who runs into another at full speed bumps into it, and never passes through", () => {
    for (let gap = 1; gap < 1.3; gap += 0.01) {
      const { state, step } = squareWith(
        [
          [1, 2],
          [1 + gap, 2],
        ],
        [[1, 1]],
      );
      let touches = 0;
      for (let i = 0; i < 25; i++) {
        step(right, left);
        touches += state.touches[0]!;
        expect(state.positions[2]! - state.positions[0]!).toBeGreaterThan(0.3 - 1e-9);
      }
      expect(touches).toBeGreaterThan(3);
    }
  });

  test("an agent sees itself, the nearest landmarks, and the nearest others with their velocities", () => {
    const { rules, state, step } = squareWith(
      [
        [1, 1],
        [2, 2],
        [1, 3],
      ],
      [
        [3.5, 3.5],
        [1, 2],
        [1.5, 1],
      ],
      { nearLandmarks: 2, nearAgents: 1 },
    );
    step(right, stay, left);
    const [x, y, vx] = [state.positions[0]!, 1, state.velocities[0]!];
    expect(vx).toBeGreaterThan(0);
    expect(seen(rules, state, 0)).toEqual([
      ...[vx, 0, x / 2 - 1, -0.5],
      ...[1.5 - x, 1 - y, 1 - x, 2 - y],
      ...[2 - x, 2 - y, 0, 0],
    ]);
    // The nearest to the middle one is the first, which moves towards it.
    expect(seen(rules, state, 1).slice(-4)).toEqual([x - 2, -1, vx, 0]);
  });

  test("three agents see 18 numbers, and many no more", () => {
    const sizeOf = (options: SpreadOptions) => spread(options).observationSpace(0).shape;
    expect([3, 8, 200].map((agents) => sizeOf({ agents }))).toEqual([[18], [18], [18]]);
    expect(sizeOf({ agents: 1 })).toEqual([6]);
    expect(sizeOf({ agents: 30, nearAgents: 5, nearLandmarks: 0 })).toEqual([24]);
  });

  test("the square has as much room for each of many as for each of three", () => {
    const roomOf = (agents: number) => spread({ agents }).init(defaultRng(0), undefined).side ** 2 / agents;
    for (const agents of [1, 2, 3, 64]) expect(roomOf(agents)).toBeCloseTo(4 / 3, 9);
  });

  test.each([1, 2, 3, 8, 40])(
    "with %i, what is near and what is earned are those of a search through all",
    (agents) => {
      const rules = spread({ agents, landmarks: agents + 1 });
      const rng = defaultRng(agents);
      const state = rules.init(rng, undefined);
      const step = stepper(rules, state);
      const nearestTo = (points: Float64Array, i: number, others: Float64Array, without: number) =>
        Array.from({ length: others.length / 2 }, (_, j) => j)
          .filter((j) => j !== without)
          .sort((a, b) => distance(points, i, others, a) - distance(points, i, others, b));
      for (let cycle = 0; cycle < 40; cycle++) {
        const { positions, landmarks, touches } = state;
        const before = structuredClone(state);
        const rewards = step(...Array.from({ length: agents }, () => rng.integers(0, 5)));
        for (let agent = 0; agent < agents; agent++) {
          const [landmarksSeen, agentsSeen] = [Math.min(3, agents + 1), Math.min(2, agents - 1)];
          const near = nearestTo(positions, agent, landmarks, -1).slice(0, landmarksSeen);
          const others = nearestTo(positions, agent, positions, agent).slice(0, agentsSeen);
          expect([
            ...state.nearLandmarks.subarray(agent * landmarksSeen, (agent + 1) * landmarksSeen),
          ]).toEqual(near);
          expect([...state.nearAgents.subarray(agent * agentsSeen, (agent + 1) * agentsSeen)]).toEqual(
            others,
          );
        }
        const left = Array.from({ length: agents + 1 }, (_, i) => {
          const [nearest] = nearestTo(landmarks, i, positions, -1) as [number];
          expect(state.nearest[i]).toBe(nearest);
          return distance(landmarks, i, positions, nearest);
        }).reduce((sum, away) => sum + away, 0);
        rewards.forEach((reward, agent) => {
          expect(reward).toBeCloseTo(-left - touches[agent]!, 9);
        });
        expect(landmarks).toEqual(before.landmarks);
        for (const coordinate of positions) {
          expect(Math.min(coordinate, state.side - coordinate)).toBeGreaterThanOrEqual(0.15 - 1e-12);
        }
      }
    },
  );

  test("arenas side by side do not get into each other's way", () => {
    const rules = spread({ agents: 9 });
    const vector = new SimultaneousVector(rules, { numArenas: 5 });
    const alone = new SimultaneousVector(rules, { numArenas: 1 });
    vector.reset({ seed: 3 });
    alone.reset({ seed: 6 });
    const rng = defaultRng(4);
    for (let cycle = 0; cycle < 60; cycle++) {
      const actions = Int32Array.from({ length: 45 }, () => rng.integers(0, 5));
      vector.step(actions);
      alone.step(actions.slice(27, 36));
      expect(vector.stateOf(3)).toEqual(alone.stateOf(0));
      expect(vector.rewards.slice(27, 36)).toEqual(alone.rewards);
    }
  });

  test("the state for centralised training is all velocities, agents and landmarks", () => {
    const { rules, state } = squareWith(
      [
        [1, 2],
        [3, 4],
      ],
      [[0, 2]],
    );
    state.velocities.set([1, 2, 3, 4]);
    const out = new Float64Array(11);
    rules.writeState!(state, out, 1);
    expect([...out]).toEqual([0, 1, 2, 3, 4, -0.5, 0, 0.5, 1, -1, 0]);
    expect(rules.stateSpace?.shape).toEqual([10]);
  });

  test("numbers that make no sense are refused", () => {
    expect(() => spread({ agents: 0 })).toThrow(/agents is 0, expected a whole number from 1 on/);
    expect(() => spread({ nearAgents: -1 })).toThrow(/nearAgents/);
    expect(() => spread({ side: 0.3 })).toThrow(/side less two radii is 0, expected a length above 0/);
  });
});

describe("the greedy player", () => {
  test("of two it sends the nearer one, and the other to what is left", () => {
    const { rules, state, step } = squareWith(
      [
        [1, 2],
        [1.5, 2],
      ],
      [
        [2.5, 2],
        [1, 3.8],
      ],
    );
    const player = spreadGreedy();
    for (let cycle = 0; cycle < 40; cycle++) {
      step(...rules.agents.map((_, agent) => player.act(state, agent, defaultRng(0))));
    }
    expect(distance(state.positions, 1, state.landmarks, 0)).toBeLessThan(0.1);
    expect(distance(state.positions, 0, state.landmarks, 1)).toBeLessThan(0.1);
    expect(Math.max(...state.velocities.map(Math.abs))).toBeLessThan(0.01);
  });

  test("who has no landmark stays", () => {
    const { state } = squareWith(
      [
        [1, 2],
        [3, 2],
      ],
      [[2.9, 2]],
    );
    expect(spreadGreedy().act(state, 0, defaultRng(0))).toBe(stay);
    expect(spreadGreedy().act(state, 1, defaultRng(0))).toBe(left);
  });

  test("covers landmarks far better than chance", () => {
    const rules = spread();
    const totalOf = (player: ReturnType<typeof spreadGreedy>) =>
      playEpisodes(rules, [player, player, player], { episodes: 40 })[0]! / 40;
    expect(totalOf(spreadGreedy())).toBeGreaterThan(0.6 * totalOf(randomPlayer(rules)));
  });
});

describe("pictures", () => {
  const shown = (): { state: SpreadState; text: string[]; frame: ReturnType<typeof frameOf> } => {
    const { rules, state } = squareWith(
      [
        [0.5, 3.5],
        [3, 1],
      ],
      [
        [0.5, 3.5],
        [2, 2],
      ],
    );
    return { state, text: rules.renderAnsi!(state).split("\n"), frame: frameOf(rules, state) };
  };
  const frameOf = (rules: ReturnType<typeof spread>, state: SpreadState) => {
    const { width, height, data } = rules.renderRgb!(state);
    const at = (x: number, y: number) => {
      const pixel = (Math.floor((1 - y / 4) * height) * width + Math.floor((x / 4) * width)) * 3;
      return [...data.subarray(pixel, pixel + 3)];
    };
    return { width, height, at };
  };

  test("letters show agents and landmarks where they are, y upwards", () => {
    const { text } = shown();
    expect(text[0]).toBe("0 collisions");
    // 64 x 32 letters in a frame.
    expect(text).toHaveLength(35);
    expect(new Set(text.slice(1).map((line) => line.length))).toEqual(new Set([66]));
    expect(text[2 + 4]![1 + 8]).toBe("X");
    expect(text[2 + 16]![1 + 32]).toBe("x");
    expect(text[2 + 24]![1 + 48]).toBe("1");
  });

  test("the picture does, too, and shows who touches", () => {
    const { frame, state } = shown();
    expect([frame.width, frame.height]).toEqual([400, 400]);
    const [agent, floor, open, covered] = [
      frame.at(3, 1),
      frame.at(1, 1),
      frame.at(2, 2),
      frame.at(0.5, 3.5),
    ];
    expect(new Set([agent, floor, open, covered].map(String)).size).toBe(4);
    expect(frame.at(0.5, 3.6)).toEqual(agent);
    state.touches[1] = 1;
    const touching = frameOf(spread({ agents: 2, landmarks: 2, side: 4 }), state);
    expect(touching.at(3, 1)).not.toEqual(agent);
    expect(touching.at(0.5, 3.6)).toEqual(agent);
  });
});
