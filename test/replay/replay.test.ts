import { defaultRng } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  createReplay,
  type FieldSpec,
  type Replay,
  type ReplayConfig,
  ReplayError,
  type TransitionBatch,
} from "../../src/replay/index.js";
import { rowsOf } from "../../src/testing/naive-replay.js";
import { leastBytesPerRound } from "./heap.js";
import { inTurn } from "./script.js";

const config: ReplayConfig = {
  element: {
    observation: { shape: [], dtype: "int32" },
    action: { shape: [], dtype: "int32" },
    actionMask: 0,
  },
  numEnvs: 1,
  capacity: 10,
  nStep: 1,
  gamma: 0.5,
  stack: 1,
};

/** A step of one environment whose observations are single numbers. */
function step(
  observation: number,
  { to, reward = 0, end }: { to: number; reward?: number; end?: "terminated" | "truncated" },
): TransitionBatch {
  return {
    observations: Int32Array.of(observation),
    actions: Int32Array.of(0),
    next: {
      observations: Int32Array.of(end === undefined ? to : 1000),
      rewards: Float64Array.of(reward),
      terminations: Uint8Array.of(end === "terminated" ? 1 : 0),
      truncations: Uint8Array.of(end === "truncated" ? 1 : 0),
      finalObservations: Int32Array.of(to),
    },
  };
}

function all(replay: Replay) {
  return rowsOf(replay.sample(inTurn(), replay.size)).map(
    ({ observation, reward, discount, nextObservation }) => ({
      from: observation,
      reward,
      discount,
      to: nextObservation,
    }),
  );
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ReplayError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "nothing was thrown";
}

describe("n-step returns", () => {
  const episode = (end: "terminated" | "truncated") => {
    const replay = createReplay({ ...config, nStep: 3 });
    replay.add(step(1, { to: 2, reward: 1 }));
    replay.add(step(2, { to: 3, reward: 2 }));
    expect(replay.size).toBe(0);
    replay.add(step(3, { to: 4, reward: 4 }));
    expect(replay.size).toBe(1);
    replay.add(step(4, { to: 5, reward: 8, end }));
    return all(replay);
  };

  test("a termination ends the return: nothing is bootstrapped from it", () => {
    expect(episode("terminated")).toEqual([
      { from: [1], reward: 1 + 2 / 2 + 4 / 4, discount: 1 / 8, to: [4] },
      { from: [2], reward: 2 + 4 / 2 + 8 / 4, discount: 0, to: [5] },
      { from: [3], reward: 4 + 8 / 2, discount: 0, to: [5] },
      { from: [4], reward: 8, discount: 0, to: [5] },
    ]);
  });

  test("a truncation keeps its bootstrap, gamma^m from the last observation", () => {
    expect(episode("truncated")).toEqual([
      { from: [1], reward: 3, discount: 1 / 8, to: [4] },
      { from: [2], reward: 6, discount: 1 / 8, to: [5] },
      { from: [3], reward: 8, discount: 1 / 4, to: [5] },
      { from: [4], reward: 8, discount: 1 / 2, to: [5] },
    ]);
  });

  test("a step that does not follow from the one before cuts the episode there", () => {
    const replay = createReplay({ ...config, nStep: 3 });
    replay.add(step(1, { to: 2, reward: 1 }));
    replay.add(step(7, { to: 8, reward: 2 }));
    expect(all(replay)).toEqual([{ from: [1], reward: 1, discount: 1 / 2, to: [2] }]);
  });
});

describe("capacity", () => {
  test("the oldest transitions go, however many episodes have ended", () => {
    const replay = createReplay({ ...config, capacity: 3, stack: 2 });
    for (let i = 1; i <= 50; i++) {
      replay.add(step(i, { to: i + 1, ...(i % 3 === 0 ? { end: "truncated" as const } : {}) }));
      expect(replay.size).toBe(Math.min(i, 3));
    }
    const froms = all(replay).map(({ from }) => from);
    expect(froms.sort()).toEqual([
      [47, 48],
      [49, 49],
      [49, 50],
    ]);
  });

  test("it is rounded down to a multiple of the environments", () => {
    const replay = createReplay({ ...config, numEnvs: 3, capacity: 11 });
    expect(replay.capacity).toBe(9);
    expect(replay.config.capacity).toBe(11);
  });

  test("more than can be allocated is one clear error", () => {
    const element = {
      ...config.element,
      observation: { shape: [84, 84], dtype: "uint8" } satisfies FieldSpec,
    };
    expect(codeOf(() => createReplay({ ...config, element, capacity: 2 ** 45 }))).toBe(
      "out-of-memory: A replay of 35184372088832 transitions with uint8 frames of shape [84, 84] from 1 environments does not fit into memory: choose a smaller capacity.",
    );
  });
});

describe("sample", () => {
  test("draws all transitions equally often", () => {
    const replay = createReplay(config);
    for (let i = 0; i < 14; i++) replay.add(step(i, { to: i + 1 }));
    const counts = new Map<number, number>();
    const { observations } = replay.sample(defaultRng(3), 20_000);
    for (const from of observations) counts.set(from, (counts.get(from) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    // 2000 expected; the standard deviation is 42.
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(210);
  });

  test("weights are 1", () => {
    const replay = createReplay(config);
    replay.add(step(1, { to: 2 }));
    expect(replay.sample(defaultRng(0), 4).weights).toEqual(new Float32Array(4).fill(1));
  });

  test("from an empty buffer, or of no rows, is an error", () => {
    const replay = createReplay({ ...config, nStep: 2 });
    replay.add(step(1, { to: 2 }));
    expect(codeOf(() => replay.sample(defaultRng(0), 4))).toMatch(/^empty: .* until size is above 0\.$/);
    replay.add(step(2, { to: 3 }));
    expect(codeOf(() => replay.sample(defaultRng(0), 0))).toMatch(/^invalid-config: Sample size is 0/);
  });
});

describe("action masks", () => {
  const element = { ...config.element, actionMask: 2 };

  test("are those of the next observation; without finalActionMasks all count as legal at a truncation", () => {
    const replay = createReplay({ ...config, element, nStep: 2 });
    replay.add({ ...step(1, { to: 2 }), nextActionMasks: Uint8Array.of(1, 0) });
    replay.add({ ...step(2, { to: 3 }), nextActionMasks: Uint8Array.of(0, 1) });
    replay.add({ ...step(3, { to: 4, end: "truncated" }), nextActionMasks: Uint8Array.of(0, 1) });
    const masks = rowsOf(replay.sample(inTurn(), 3)).map(({ nextMask }) => nextMask);
    expect(masks).toEqual([
      [0, 1],
      [1, 1],
      [1, 1],
    ]);
  });

  test("must be there if they are kept", () => {
    const replay = createReplay({ ...config, element });
    expect(codeOf(() => replay.add(step(1, { to: 2 })))).toBe(
      "invalid-step: nextActionMasks is missing, expected 2 values: this replay keeps masks of 2 actions.",
    );
  });
});

test.each<[Partial<ReplayConfig>, string]>([
  [{ capacity: 0 }, "capacity is 0, expected an integer of at least 1."],
  [{ numEnvs: 8, capacity: 7 }, "capacity is 7, expected an integer of at least 8."],
  [{ numEnvs: 1.5 }, "numEnvs is 1.5, expected an integer of at least 1."],
  [{ nStep: 0 }, "nStep is 0, expected an integer from 1 to 255."],
  [{ stack: 256 }, "stack is 256, expected an integer from 1 to 255."],
  [{ gamma: 1.01 }, "gamma is 1.01, expected a number from 0 to 1."],
  [{ gamma: Number.NaN }, "gamma is NaN, expected a number from 0 to 1."],
  [
    { element: { ...config.element, observation: { shape: [3, 0], dtype: "uint8" } } },
    "element.observation.shape is [3, 0], expected positive integers: an element needs at least one value.",
  ],
  [
    { element: { ...config.element, action: { shape: [], dtype: "uint8" } } },
    "element.action.dtype is uint8, expected int32 or float32.",
  ],
])("%j is refused", (wrong, message) => {
  expect(codeOf(() => createReplay({ ...config, ...wrong }))).toBe(`invalid-config: ${message}`);
});

test.each<[string, Partial<TransitionBatch> & { finals?: null }, RegExp]>([
  ["observations", { observations: Int32Array.of(1, 2) }, /^observations has 2 values, expected 1\.$/],
  ["actions", { actions: new Int32Array(0) }, /^actions has 0 values, expected 1\.$/],
  [
    "elements",
    { observations: [{ position: 1 }] },
    /^observations is a list of object, expected a flat array/,
  ],
])("a step whose %s do not fit is refused whole", (_, wrong, message) => {
  const replay = createReplay({ ...config, nStep: 2 });
  replay.add(step(1, { to: 2 }));
  const before = replay.save();
  const problem = codeOf(() => replay.add({ ...step(2, { to: 3 }), ...wrong }));
  expect(problem.replace("invalid-step: ", "")).toMatch(message);
  expect(replay.save()).toEqual(before);
});

test("an episode that ends without a last observation is refused: other autoreset modes lose it", () => {
  const replay = createReplay(config);
  const { next, ...rest } = step(1, { to: 2, end: "terminated" });
  const problem = codeOf(() => replay.add({ ...rest, next: { ...next, finalObservations: null } }));
  expect(problem).toMatch(/^invalid-step: .*autoresetMode "same-step"/);
});

test.each([
  { shape: [10, 10, 4], stack: 1 },
  { shape: [84, 84], stack: 4 },
])("add and sample allocate nothing: frames $shape, stack $stack", ({ shape, stack }) => {
  const numEnvs = 4;
  const observation: FieldSpec = { shape, dtype: "uint8" };
  const size = shape.reduce((product, extent) => product * extent, 1);
  const replay = createReplay({
    ...config,
    element: { ...config.element, observation },
    numEnvs,
    capacity: 400,
    nStep: 3,
    stack,
  });
  const frames = [new Uint8Array(numEnvs * size), new Uint8Array(numEnvs * size).fill(1)];
  const ends = new Uint8Array(numEnvs);
  const batch = (i: number) => ({
    observations: frames[i & 1]!,
    actions: new Int32Array(numEnvs),
    next: {
      observations: frames[(i + 1) & 1]!,
      rewards: new Float64Array(numEnvs).fill(0.1),
      terminations: new Uint8Array(numEnvs),
      truncations: ends,
      finalObservations: frames[(i + 1) & 1]!,
    },
  });
  const steps = [batch(0), batch(1)];
  const rng = defaultRng(0);
  let round = 0;
  const run = (count: number) => {
    for (let i = 0; i < count; i++, round++) {
      ends.fill(round % 50 === 49 ? 1 : 0);
      replay.add(steps[round & 1]!);
      if (replay.size > 0) replay.sample(rng, 32);
    }
  };
  // One view per copied row, as subarray makes them, would be 6 kB a round.
  expect(leastBytesPerRound(2000, run)).toBeLessThan(300);
});
