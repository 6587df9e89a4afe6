import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Box, box, type Dtype, defaultRng, discrete, type Space } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  agentIndicator,
  assertOutOfBounds,
  type ByAgent,
  blackDeath,
  clipOutOfBounds,
  frameStack,
  type ParallelArena,
  type ParallelStep,
  padActions,
  padObservations,
  parallelToAec,
} from "../../src/multiagent/index.js";

interface SpaceRecord {
  type: "Box" | "Discrete";
  n: number;
  shape: number[];
  dtype: Dtype;
  low: number[];
  /** null for none. */
  high: (number | null)[];
}

const { indicated, padded, numbers, clipped } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../golden/data/pettingzoo-wrappers.json"), "utf8"),
) as {
  indicated: { space: SpaceRecord; observation: number[]; changed: SpaceRecord; seen: number[][] }[];
  padded: {
    spaces: SpaceRecord[];
    shape: number[];
    observations: number[][];
    padded: number[][];
    action: number[];
    cropped: number[][];
  }[];
  numbers: { n: number[]; common: number; taken: number[][] };
  clipped: { low: number[]; high: number[]; pairs: { given: number[]; taken: number[] }[] };
};

function spaceOf({ type, n, shape, dtype, low, high }: SpaceRecord): Space<unknown> {
  if (type === "Discrete") return discrete(n);
  return box({ low, high: high.map((value) => value ?? Number.POSITIVE_INFINITY), shape, dtype });
}

function elementOf(space: Space<unknown>, values: number[]): unknown {
  return space.type === "Discrete" ? values[0] : (space as Box).fromFlat(values);
}

function valuesOf(element: unknown): number[] {
  return typeof element === "number" ? [element] : [...(element as Float32Array)];
}

interface Part {
  observation?: unknown;
  observationSpace?: Space<unknown>;
  actionSpace?: Space<unknown>;
}

/** Shows its agents what it is given, remembers what they do, and looks at nothing. */
class Echo implements ParallelArena {
  readonly kind = "parallel";
  readonly id = "Echo-v0";
  readonly renderMode = null;
  readonly stateSpace = null;
  readonly rng = defaultRng(0);
  readonly possibleAgents: readonly string[];
  agents: readonly string[] = [];
  taken: ByAgent<unknown> = {};
  private readonly parts: ByAgent<Required<Part>>;

  constructor(parts: readonly Part[]) {
    this.possibleAgents = parts.map((_, i) => `agent_${i}`);
    const plain = { observation: 0, observationSpace: discrete(2), actionSpace: discrete(2) };
    this.parts = Object.fromEntries(parts.map((part, i) => [`agent_${i}`, { ...plain, ...part }]));
  }

  observationSpace = (agent: string) => this.parts[agent]!.observationSpace;
  actionSpace = (agent: string) => this.parts[agent]!.actionSpace;

  reset() {
    this.agents = this.possibleAgents;
    const { observations, infos } = this.tell();
    return { observations, infos };
  }

  step(actions: ByAgent<unknown>): ParallelStep {
    this.taken = actions;
    return this.tell();
  }

  /** Lets agents go, from the next step on. */
  remove(name: string): void {
    this.agents = this.agents.filter((agent) => agent !== name);
  }

  state = () => null;
  render = () => null;
  close = () => {};
  snapshot = () => null;
  restore = () => {};

  private tell(): ParallelStep {
    const each = <Value>(make: (agent: string) => Value): ByAgent<Value> =>
      Object.fromEntries(this.agents.map((agent) => [agent, make(agent)]));
    return {
      observations: each((agent) => this.parts[agent]!.observation),
      rewards: each(() => 1),
      terminations: each(() => false),
      truncations: each(() => false),
      infos: each(() => ({})),
    };
  }
}

describe("agentIndicator marks as SuperSuit", () => {
  test.each(indicated)("$space.type of $space.shape", ({ space: record, observation, changed, seen }) => {
    const observationSpace = spaceOf(record);
    const part = { observationSpace, observation: elementOf(observationSpace, observation) };
    const arena = agentIndicator(new Echo([part, part, part]));
    const { observations } = arena.reset();
    expect(Object.values(observations).map(valuesOf)).toEqual(seen);
    for (const agent of arena.possibleAgents) {
      const space = arena.observationSpace(agent);
      expect(space.contains(observations[agent])).toBe(true);
      expect(space.shape).toEqual(changed.shape ?? []);
      expect(space.describe()["n"]).toBe(changed.n);
    }
  });

  test("refuses spaces that differ, and that it cannot mark", () => {
    const differ = [{ observationSpace: discrete(2) }, { observationSpace: discrete(3) }];
    expect(() => agentIndicator(new Echo(differ))).toThrow(
      /different observation spaces; put padObservations/,
    );
    const deep = box({ low: 0, high: 1, shape: [1, 1, 1, 1] });
    expect(() => agentIndicator(new Echo([{ observationSpace: deep }]))).toThrow(/a Box of 4 dimensions/);
  });
});

describe("padding is SuperSuit's", () => {
  test.each(padded)(
    "Boxes of $shape",
    ({ spaces: recorded, shape, observations, padded, action, cropped }) => {
      const spaces = recorded.map(spaceOf);
      const seeing = padObservations(
        new Echo(
          spaces.map((observationSpace, i) => ({
            observationSpace,
            observation: elementOf(observationSpace, observations[i]!),
          })),
        ),
      );
      const seen = seeing.reset().observations;
      expect(Object.values(seen).map(valuesOf)).toEqual(padded);
      const echo = new Echo(spaces.map((actionSpace) => ({ actionSpace })));
      const acting = padActions(echo);
      acting.reset();
      const common = acting.actionSpace("agent_0");
      expect(common.shape).toEqual(shape);
      // There, numbers that nobody has may be anything.
      const [lowest, highest] = [valuesOf((common as Box).low), valuesOf((common as Box).high)];
      const inside = action.map((value, i) => Math.min(Math.max(value, lowest[i]!), highest[i]!));
      const everybody = Object.fromEntries(
        echo.possibleAgents.map((agent) => [agent, elementOf(common, inside)]),
      );
      acting.step(everybody);
      expect(Object.values(echo.taken).map(valuesOf)).toEqual(cropped);
      for (const agent of echo.possibleAgents) {
        expect(echo.actionSpace(agent).contains(echo.taken[agent])).toBe(true);
        expect(seeing.observationSpace(agent)).toBe(seeing.observationSpace("agent_0"));
        expect(seeing.observationSpace(agent).contains(seen[agent])).toBe(true);
      }
      expect(() => acting.step({ ...everybody, agent_0: valuesOf(common.sample()).slice(1) })).toThrow(
        /of agent_0 is outside its space, a Box/,
      );
    },
  );

  test("what an agent does not have is its first action, and masked", () => {
    const echo = new Echo(numbers.n.map((n) => ({ actionSpace: discrete(n, { start: n }) })));
    const arena = padActions(echo);
    const { infos } = arena.reset();
    expect(arena.actionSpace("agent_1")).toEqual(discrete(numbers.common));
    numbers.taken.forEach((taken, i) => {
      const n = numbers.n[i]!;
      expect(infos[`agent_${i}`]).toEqual({
        action_mask: Uint8Array.from({ length: numbers.common }, (_, action) => (action < n ? 1 : 0)),
      });
      for (let action = 0; action < numbers.common; action++) {
        arena.step(Object.fromEntries(arena.agents.map((agent) => [agent, action])));
        // There all spaces begin at 0.
        expect(Number(echo.taken[`agent_${i}`]) - n).toBe(taken[action]);
      }
    });
  });

  test("a Discrete observation space has the numbers of all", () => {
    const parts = [discrete(2, { start: -1 }), discrete(3, { start: 2 })].map((observationSpace) => ({
      observationSpace,
    }));
    expect(padObservations(new Echo(parts)).observationSpace("agent_1")).toEqual(discrete(6, { start: -1 }));
  });

  test("refuses Boxes of other kinds", () => {
    const parts = [box({ low: 0, high: 1, shape: [2] }), box({ low: 0, high: 1, shape: [2, 2] })];
    const message = /expected Discrete spaces, or Boxes of one dtype/;
    expect(() => padObservations(new Echo(parts.map((observationSpace) => ({ observationSpace }))))).toThrow(
      message,
    );
    expect(() => padActions(new Echo(parts.map((actionSpace) => ({ actionSpace }))))).toThrow(message);
  });
});

describe("clipOutOfBounds", () => {
  test("clips Boxes as PettingZoo, in both interfaces", () => {
    const { low, high, pairs } = clipped;
    const actionSpace = box({ low, high });
    const echo = new Echo([{ actionSpace }]);
    const [parallel, turns] = [clipOutOfBounds(echo), clipOutOfBounds(parallelToAec(echo))];
    for (const { given, taken } of pairs) {
      parallel.reset();
      parallel.step({ agent_0: Float32Array.from(given) });
      expect(valuesOf(echo.taken["agent_0"])).toEqual(taken);
      turns.reset();
      turns.step(given);
      expect(valuesOf(echo.taken["agent_0"])).toEqual(taken);
    }
    for (const wrong of [[1, 2], [1, 2, Number.NaN], "far", null, 3])
      expect(() => parallel.step({ agent_0: wrong })).toThrow(/of agent_0 is outside its space, a Box/);
  });

  test("takes the nearest whole number of a Discrete space", () => {
    const echo = new Echo([{ actionSpace: discrete(4, { start: 2 }) }]);
    const arena = clipOutOfBounds(echo);
    arena.reset();
    const taken = [-7, 2, 3.4, 3.6, 5, Number.POSITIVE_INFINITY].map((action) => {
      arena.step({ agent_0: action });
      return echo.taken["agent_0"];
    });
    expect(taken).toEqual([2, 2, 3, 4, 5, 5]);
    expect(() => arena.step({ agent_0: Number.NaN })).toThrow(/is outside its space, a Discrete/);
  });
});

test("assertOutOfBounds says what is wrong with an action before the arena hears of it", () => {
  const echo = new Echo([{ actionSpace: discrete(3) }, {}]);
  for (const arena of [assertOutOfBounds(echo), assertOutOfBounds(parallelToAec(echo))]) arena.reset();
  const arena = assertOutOfBounds(echo);
  expect(() => arena.step({ agent_0: 3, agent_1: 0 })).toThrow(
    "Echo-v0: the action 3 of agent_0 is outside its space, a Discrete.",
  );
  expect(() => arena.step({ agent_1: 0 })).toThrow(/agent_0 has no action/);
  expect(echo.taken).toEqual({});
  arena.step({ agent_0: 2, agent_1: 0 });
  expect(echo.taken).toEqual({ agent_0: 2, agent_1: 0 });
});

describe("blackDeath", () => {
  test("shows zeros of those who are gone, and widens a Box by 0", () => {
    const far = box({ low: 2, high: 3, shape: [2] });
    const part = { observationSpace: far, observation: Float32Array.of(2, 3) };
    const echo = new Echo([part, { ...part, actionSpace: discrete(2, { start: 7 }) }, part]);
    const arena = blackDeath(echo);
    arena.reset();
    expect(arena.observationSpace("agent_1")).toEqual(box({ low: 0, high: 3, shape: [2] }));
    echo.remove("agent_1");
    const step = arena.step({ agent_0: 0, agent_1: 7, agent_2: 1 });
    expect(echo.taken).toEqual({ agent_0: 0, agent_2: 1 });
    expect(step).toEqual({
      observations: { agent_0: part.observation, agent_1: new Float32Array(2), agent_2: part.observation },
      rewards: { agent_0: 1, agent_1: 0, agent_2: 1 },
      terminations: { agent_0: false, agent_1: false, agent_2: false },
      truncations: { agent_0: false, agent_1: false, agent_2: false },
      infos: { agent_0: {}, agent_1: {}, agent_2: {} },
    });
    expect(arena.agents).toEqual(arena.possibleAgents);
    for (const wrong of [0, undefined])
      expect(() => arena.step({ agent_0: 0, agent_1: wrong, agent_2: 1 })).toThrow(
        /of agent_1 is outside its space, a Discrete/,
      );
  });

  test("refuses observations without zero", () => {
    const message = /agent_0 observes a Discrete in which there is no 0/;
    expect(() => blackDeath(new Echo([{ observationSpace: discrete(2, { start: 1 }) }]))).toThrow(message);
  });
});

test("frameStack refuses stacks of nothing", () => {
  for (const stackSize of [0, 1.5, -1])
    expect(() => frameStack(new Echo([{}]), stackSize)).toThrow(/expected a positive integer/);
});
