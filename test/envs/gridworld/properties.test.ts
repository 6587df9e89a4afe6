import { defaultRng, NativeVectorEnv, RulesEnv, sameData } from "gymnasium-js";
import { testEnv, testVectorEnv } from "ludus/testing";
import { describe, expect, test } from "vitest";
import { ground, isDoor, isOneWay } from "../../../src/envs/gridworld/legend.js";
import {
  defineGridworld,
  type GridState,
  type GridworldKwargs,
  gridworldRules,
} from "../../../src/envs/index.js";
import fc from "../../properties.js";

/** Random maps with one to three agents, a pair of teleports and whatever else there is, and random keywords. */
const worlds = fc
  .record({
    rows: fc.integer({ min: 2, max: 6 }),
    columns: fc.integer({ min: 4, max: 7 }),
    letters: fc.array(fc.constantFrom(...".....##GXL~~~^v<>rbypRBYP()o$*-|??"), {
      minLength: 42,
      maxLength: 42,
    }),
    agents: fc.integer({ min: 1, max: 3 }),
    places: fc.uniqueArray(fc.nat(), { minLength: 5, maxLength: 5, selector: (place) => place % 8 }),
  })
  .map(({ rows, columns, letters, agents, places }) => {
    const cells = letters.slice(0, rows * columns);
    for (const [i, letter] of ["1", "1", "A", "A", "A"].entries()) {
      if (i < 2 + agents) cells[places[i]! % 8] = letter;
    }
    const boxes = cells.filter((letter) => letter === "$").length;
    let targets = 0;
    const sound = cells.map((letter) => (letter === "o" && ++targets > boxes ? "." : letter)).join("");
    return Array.from({ length: rows }, (_, row) => sound.slice(row * columns, (row + 1) * columns));
  });

const keywords: fc.Arbitrary<GridworldKwargs> = fc.record(
  {
    view: fc.constantFrom("full", "partial"),
    viewSize: fc.constantFrom(1, 3, 5),
    seeThroughWalls: fc.boolean(),
    observation: fc.constantFrom("symbolic", "pixels"),
    tileSize: fc.constantFrom(1, 3),
    actions: fc.constantFrom("moves", "moves+stay", "turns"),
    randomStart: fc.boolean(),
    slip: fc.constantFrom(0, 0.4),
    boxReward: fc.constantFrom(0, 0.25),
  },
  { requiredKeys: [] },
);

const played = { numRuns: 150 };

function actionsOf(env: RulesEnv, count: number, seed: number): unknown[] {
  env.actionSpace.seed(seed);
  return Array.from({ length: count }, () => env.actionSpace.sample());
}

/** Plays on, beginning again after each end; copies of all that was seen. */
function playOn(env: RulesEnv, actions: readonly unknown[]): unknown[] {
  return actions.map((action) => {
    const { observation, reward, terminated, truncated, info } = env.step(action);
    const seen = structuredClone({ observation, reward, terminated, truncated, info });
    return terminated || truncated ? [seen, structuredClone(env.reset())] : seen;
  });
}

describe("on random maps with random keywords", () => {
  test("a restored snapshot goes on identically", () => {
    fc.assert(
      fc.property(worlds, keywords, fc.nat(), (map, kwargs, seed) => {
        const env = new RulesEnv(gridworldRules({ id: "Any-v0", map }, kwargs), {
          maxEpisodeSteps: 9,
        }) as RulesEnv;
        env.reset({ seed });
        playOn(env, actionsOf(env, 7, seed));
        const snapshot = env.snapshot();
        const actions = actionsOf(env, 20, seed + 1);
        const first = playOn(env, actions);
        env.restore(snapshot);
        expect(sameData(playOn(env, actions), first)).toBe(true);
      }),
      played,
    );
  });

  test("an episode begins the same whatever was played before", () => {
    fc.assert(
      fc.property(worlds, keywords, fc.nat(), (map, kwargs, seed) => {
        const rules = gridworldRules({ id: "Any-v0", map }, kwargs);
        const rng = defaultRng(seed);
        rules.actionSpace.seed(seed);
        const state = rules.init(rng, undefined, null);
        for (let step = 0, ended = false; step < 25 && !ended; step++) {
          ended = rules.step(state, rules.actionSpace.sample(), rng).terminated;
        }
        const again = rules.init(defaultRng(seed), undefined, state);
        expect(again).toEqual(rules.init(defaultRng(seed), undefined, null));
      }),
      played,
    );
  });

  test("a native vector plays what single environments do", () => {
    fc.assert(
      fc.property(worlds, keywords, fc.nat(1000), (map, kwargs, seed) => {
        const rules = gridworldRules({ id: "Any-v0", map }, kwargs);
        const envs = new NativeVectorEnv(rules, {
          numEnvs: 2,
          autoresetMode: "same-step",
          maxEpisodeSteps: 9,
        });
        const singles = [0, 1].map(() => new RulesEnv(rules, { maxEpisodeSteps: 9 }) as RulesEnv);
        envs.reset({ seed });
        for (const [i, env] of singles.entries()) env.reset({ seed: seed + i });
        const actions = singles.map((env, i) => actionsOf(env, 25, seed + i));
        for (let step = 0; step < 25; step++) {
          const batch = actions.map((list) => list[step]!);
          const { observations, rewards, terminations } = envs.step(batch as number[]);
          const rows = singles.map((env, i) => {
            const result = env.step(batch[i]);
            expect([rewards[i], terminations[i]]).toEqual([result.reward, Number(result.terminated)]);
            const ended = result.terminated || result.truncated;
            return Array.from((ended ? env.reset() : result).observation as Uint8Array);
          });
          expect(Array.from(observations as Uint8Array)).toEqual(rows.flat());
        }
      }),
      played,
    );
  });

  test("what is kept up to date cell by cell is what one sees who looks at all of it", () => {
    fc.assert(
      fc.property(worlds, keywords, fc.nat(), (map, kwargs, seed) => {
        const symbolic = { ...kwargs, observation: "symbolic", actions: "moves+stay" } as const;
        const rules = gridworldRules({ id: "Any-v0", map }, { ...symbolic, view: "full" });
        // A partial view of the same state, wide enough for all of it, is put together from nothing each time.
        const wide = { ...symbolic, view: "partial", viewSize: 15, seeThroughWalls: true } as const;
        const afresh = gridworldRules({ id: "Any-v0", map }, wide);
        const [rows, columns, depth] = rules.observationSpace.shape as [number, number, number];
        expect(afresh.channels).toEqual(rules.channels);
        const seen = new Uint8Array(afresh.observationSpace.shape!.reduce((a, b) => a * b, 1));
        const rng = defaultRng(seed);
        rules.actionSpace.seed(seed);
        // The second start is painted from the picture of the first.
        const state = rules.init(rng, undefined, rules.init(rng, undefined, null));
        for (let step = 0, ended = false; step < 25 && !ended; step++) {
          if (step > 0) ended = rules.step(state, rules.actionSpace.sample(), rng).terminated;
          afresh.observe(state, seen, 0);
          const [top, left] = [7 - Math.floor(state.agents[0]! / columns), 7 - (state.agents[0]! % columns)];
          for (let row = 0; row < rows; row++) {
            const at = ((top + row) * 15 + left) * depth;
            const line = state.picture.subarray(row * columns * depth, (row + 1) * columns * depth);
            expect(Array.from(seen.subarray(at, at + columns * depth))).toEqual(Array.from(line));
          }
        }
      }),
      played,
    );
  });

  test("a partial view is what one finds who asks for each of its cells in turn", () => {
    const views = fc.record({
      view: fc.constant("partial" as const),
      viewSize: fc.constantFrom(1, 3, 5, 7),
      seeThroughWalls: fc.boolean(),
      actions: fc.constantFrom("moves", "turns"),
      randomStart: fc.boolean(),
    });
    fc.assert(
      fc.property(worlds, views, fc.nat(), (map, kwargs, seed) => {
        const rules = gridworldRules({ id: "Any-v0", map }, kwargs);
        const seen = new Uint8Array(rules.observationSpace.shape!.reduce((a, b) => a * b, 1));
        const rng = defaultRng(seed);
        rules.actionSpace.seed(seed);
        const state = rules.init(rng, undefined, null);
        for (let step = 0, ended = false; step < 12 && !ended; step++) {
          ended = rules.step(state, rules.actionSpace.sample(), rng).terminated;
          rules.observe(state, seen, 0);
          const cells = Array.from(state.agents, (_, agent) =>
            groundSeen(state, map[0]!.length, agent, kwargs),
          ).flat();
          for (const [plane, name] of rules.channels.entries()) {
            const code = ["wall", "lava", "hidden", ...directions.map((d) => `one-way ${d}`)].indexOf(name);
            if (code < 0) continue;
            const found = cells.map((_, i) => seen[i * rules.channels.length + plane]!);
            expect(found).toEqual(cells.map((cell) => Number(cell === code)));
          }
        }
      }),
      played,
    );
  });
});

const directions = ["up", "right", "down", "left"];

/**
 * What an agent sees, straight from the definition: 0 for wall, 1 for lava, 2 for a hidden cell, 3 + direction for a
 * one-way tile, -1 for anything else.
 */
function groundSeen(
  state: GridState,
  columns: number,
  agent: number,
  { viewSize, seeThroughWalls, actions }: { viewSize: number; seeThroughWalls: boolean; actions: string },
): number[] {
  const half = (viewSize - 1) / 2;
  const heading = state.headings[agent]!;
  const [row, column] = [Math.floor(state.agents[agent]! / columns), state.agents[agent]! % columns];
  /** The ground that lies so far ahead and to the right. */
  const groundAt = (ahead: number, aside: number): number => {
    const [forward, rightward] = [directionSteps[heading]!, directionSteps[(heading + 1) & 3]!];
    const r = row + ahead * forward[0] + aside * rightward[0];
    const c = column + ahead * forward[1] + aside * rightward[1];
    return r >= 0 && r * columns < state.ground.length && c >= 0 && c < columns
      ? state.ground[r * columns + c]!
      : ground.wall;
  };
  const isLit = (ahead: number, aside: number): boolean => {
    if (seeThroughWalls || (ahead === 0 && aside === 0)) return true;
    const [y, x] = [Math.sign(ahead), Math.sign(aside)];
    const [far, wide] = [Math.abs(ahead), Math.abs(aside)];
    const straight = [ahead - (far >= wide ? y : 0), aside - (wide >= far ? x : 0)] as const;
    return [straight, [ahead - y, aside - x] as const].some(([a, s]) => {
      const code = groundAt(a, s);
      return code !== ground.wall && !isDoor(code) && isLit(a, s);
    });
  };
  return Array.from({ length: viewSize * viewSize }, (_, i) => {
    const ahead = (actions === "turns" ? viewSize - 1 : half) - Math.floor(i / viewSize);
    const aside = (i % viewSize) - half;
    if (!isLit(ahead, aside)) return 2;
    const code = groundAt(ahead, aside);
    if (isOneWay(code)) return 3 + ((code - ground.oneWay - heading) & 3);
    return code === ground.wall ? 0 : code === ground.lava ? 1 : -1;
  });
}

/** Rows and columns of a step up, right, down and left. */
const directionSteps = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
] as const;

const customs: Record<string, GridworldKwargs & { map: string[] }> = {
  "a map of everything": {
    map: ["A.Grby..", "..LRBYP(", "~~^>v<).", "1$*o|-?.", "1.....~~"],
    randomStart: true,
  },
  "three agents that turn and see a part": {
    map: ["A.r#..", "..R#?.", "A$o..A", "GG.G.|"],
    actions: "turns",
    view: "partial",
    viewSize: 5,
    seeThroughWalls: false,
  },
  "slippery ice in pixels": {
    map: ["A~~~G", "~~#~~", "~L~~-"],
    slip: 0.2,
    observation: "pixels",
    tileSize: 4,
  },
};

describe.each(Object.entries(customs))("the contract of %s", (name, { map, ...kwargs }) => {
  const custom = defineGridworld({ id: "Custom-v0", map, maxEpisodeSteps: 20 });
  const options = { steps: 60 };
  testEnv(() => custom.make(kwargs), { test, ...options });
  testVectorEnv((numEnvs, autoresetMode) => custom.makeVec(numEnvs, kwargs, { autoresetMode }), {
    test,
    makeEnv: () => custom.make(kwargs),
    name,
    ...options,
  });
});
