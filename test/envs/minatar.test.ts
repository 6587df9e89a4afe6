import { defaultRng, make, registry } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  asterix,
  breakout,
  freeway,
  type MinatarGame,
  minatar,
  minatarAsterix,
  minatarRules,
  seaquest,
  spaceInvaders,
} from "../../src/envs/index.js";
import { ScriptedDraws } from "./scripted-draws.js";

const [noop, left, right] = [0, 1, 3];

test("each step draws first, and below the probability repeats the action executed last", () => {
  const rules = minatarRules(breakout, 0, { stickyActionProbability: 0.25 });
  const rng = new ScriptedDraws([0, 0.5, 0.2, 0.25, 0.1]);
  const state = rules.init(rng, undefined, null);
  const executed = [left, right, right, left].map((action) => {
    rules.step(state, action, rng);
    return state.previousAction;
  });
  expect(executed).toEqual([left, left, right, right]);
  expect(rng.used).toBe(5);
});

test("the previous action is 0 at first, survives resets, and not seeded ones", () => {
  const rules = minatarRules(breakout, 0, { stickyActionProbability: 1 });
  const rng = new ScriptedDraws(new Array<number>(6).fill(0.5));
  const first = rules.init(rng, undefined, null);
  rules.step(first, left, rng);
  expect(first.previousAction).toBe(noop);
  first.previousAction = right;
  const second = rules.init(rng, undefined, first);
  rules.step(second, left, rng);
  expect(second.previousAction).toBe(right);
  expect(rules.init(rng, undefined, null).previousAction).toBe(noop);
});

test("v1 translates indices into the minimal actions before they can stick", () => {
  const rules = minatarRules(breakout, 1, { stickyActionProbability: 0.5 });
  const rng = new ScriptedDraws([0, 0.9, 0.9, 0.1]);
  const state = rules.init(rng, undefined, null);
  const executed = [1, 2, 0].map((index) => {
    rules.step(state, index, rng);
    return state.previousAction;
  });
  expect(executed).toEqual([left, right, right]);
});

test("a step after the end draws, gives 0 and terminated, and changes nothing on the board", () => {
  const rules = minatarRules(breakout, 0);
  const rng = new ScriptedDraws([0, ...new Array<number>(8).fill(0.9)]);
  const state = rules.init(rng, undefined, null);
  for (let step = 0; step < 6; step++) rules.step(state, noop, rng);
  const before = structuredClone(state.game);
  expect(rules.step(state, right, rng)).toEqual({ reward: 0, terminated: true });
  expect(state.game).toEqual(before);
  expect(state.previousAction).toBe(right);
  expect(rng.used).toBe(8);
});

test("ten ids, game by game", () => {
  const ids = ["Asterix", "Breakout", "Freeway", "Seaquest", "SpaceInvaders"].flatMap((name) => [
    `MinAtar/${name}-v0`,
    `MinAtar/${name}-v1`,
  ]);
  expect(minatar.map(({ id }) => id)).toEqual(ids);
  expect([...registry.keys()].filter((id) => id.startsWith("MinAtar/"))).toEqual(ids);
});

/** Name, channels, minimal actions, whether it grows harder: the specification's table. */
const games: [string, MinatarGame<{ over: boolean }>, number, number[], boolean][] = [
  ["Asterix", asterix as MinatarGame<{ over: boolean }>, 4, [0, 1, 2, 3, 4], true],
  ["Breakout", breakout as MinatarGame<{ over: boolean }>, 4, [0, 1, 3], false],
  ["Freeway", freeway as MinatarGame<{ over: boolean }>, 7, [0, 2, 4], false],
  ["Seaquest", seaquest as MinatarGame<{ over: boolean }>, 10, [0, 1, 2, 3, 4, 5], true],
  ["SpaceInvaders", spaceInvaders as MinatarGame<{ over: boolean }>, 6, [0, 1, 3, 5], true],
];

describe.each(games)("%s", (name, game, channels, minimal, ramp) => {
  test("has its spaces, six actions and the minimal ones, no info and no time limit", () => {
    const [all, least] = [make(`MinAtar/${name}-v0`), make(`MinAtar/${name}-v1`)];
    expect(all.actionSpace.describe()).toMatchObject({ n: 6 });
    expect(least.actionSpace.describe()).toMatchObject({ n: minimal.length });
    expect(game.minimalActions).toEqual(minimal);
    expect(least.observationSpace).toMatchObject({ shape: [10, 10, channels], dtype: "uint8" });
    expect(game.look).toHaveLength(channels);
    expect(least.spec?.maxEpisodeSteps).toBeNull();
    expect(least.reset({ seed: 0 }).info).toEqual({});
    expect(least.step(0).info).toEqual({});
  });

  test("grows harder if it has a ramp, and only then", () => {
    const rng = defaultRng(0);
    expect(game.level?.(game.init(rng, null, true))).toBe(ramp ? 0 : undefined);
  });

  test("writes every value of an observation, in the channels it has", () => {
    const rng = defaultRng(1);
    let state = game.init(rng, null, true);
    const seen = new Set<number>();
    for (let step = 0; step < 3000; step++) {
      const [zeros, sevens] = [new Uint8Array(100 * channels), new Uint8Array(100 * channels).fill(7)];
      game.observe(state, zeros, 0);
      game.observe(state, sevens, 0);
      if (Buffer.compare(sevens, zeros) !== 0) expect(sevens).toEqual(zeros);
      zeros.forEach((value, index) => {
        if (value === 1) seen.add(index % channels);
      });
      game.step(state, rng.integers(0, 6), rng);
      if (state.over) state = game.init(rng, state, true);
    }
    expect(seen.size).toBe(channels);
  });

  test("a state that played before starts as a new one does", () => {
    const rng = defaultRng(2);
    const used = game.init(rng, null, false);
    for (let step = 0; step < 300 && !used.over; step++) game.step(used, rng.integers(0, 6), rng);
    const [again, fresh] = [game.init(defaultRng(3), used, true), game.init(defaultRng(3), null, true)];
    const [shownAgain, shownFresh] = [again, fresh].map((state) => {
      const observation = new Uint8Array(100 * channels);
      game.observe(state, observation, 0);
      return observation;
    });
    expect(shownAgain).toEqual(shownFresh);
    const [rngAgain, rngFresh] = [defaultRng(4), defaultRng(4)];
    for (let step = 0; step < 100 && !fresh.over; step++) {
      expect(game.step(again, step % 6, rngAgain)).toBe(game.step(fresh, step % 6, rngFresh));
      expect(again.over).toBe(fresh.over);
    }
  });

  test("actions outside the minimal set do what no-op does", () => {
    const rules = minatarRules(game, 0, { stickyActionProbability: 0 });
    const without = [0, 1, 2, 3, 4, 5].filter((action) => !minimal.includes(action));
    const play = (action: number) => {
      const rng = defaultRng(5);
      const state = rules.init(rng, undefined, null);
      for (let step = 0; step < 100; step++) rules.step(state, action, rng);
      return state.game;
    };
    for (const action of without) expect(play(action)).toEqual(play(0));
  });

  test("the same seed gives the same play, another seed another one", () => {
    const play = (seed: number) => {
      const env = make<Uint8Array, number>(`MinAtar/${name}-v1`);
      env.reset({ seed });
      return Array.from({ length: 200 }, (_, step) => {
        const { observation, terminated } = env.step((step * 7) % minimal.length);
        const seen = observation.join("");
        if (terminated) env.reset();
        return seen;
      }).join("\n");
    };
    expect(play(1)).toBe(play(1));
    expect(play(1)).not.toBe(play(2));
  });
});

test("the difficulty is read from the state, and ramping can be switched off", () => {
  const levels = [true, false].map((difficultyRamping) => {
    const env = minatarAsterix.v0.make({ difficultyRamping, stickyActionProbability: 0 });
    let highest = 0;
    env.reset({ seed: 0 });
    for (let step = 0; step < 5000; step++) {
      if (env.step(0).terminated) env.reset();
      highest = Math.max(highest, env.state?.game.level ?? -1);
    }
    return highest;
  });
  expect(levels[0]).toBeGreaterThan(0);
  expect(levels[1]).toBe(0);
});

test("text tells below the board what it does not show", () => {
  const lastLine = (id: string) => {
    const env = make<Uint8Array, number>(id, { renderMode: "ansi" });
    env.reset({ seed: 0 });
    env.step(0);
    return (env.render() as string).split("\n").at(-1);
  };
  expect(lastLine("MinAtar/Asterix-v0")).toBe("level 0");
  expect(lastLine("MinAtar/Freeway-v0")).toBe("clock 2499");
  expect(lastLine("MinAtar/Breakout-v0")).toMatch(/^\+-+\+$/);
});

test("bad keywords are named", () => {
  expect(() => make("MinAtar/Breakout-v1", { sticky: 0.1 })).toThrow("It takes stickyActionProbability");
  expect(() => make("MinAtar/Breakout-v1", { stickyActionProbability: -0.1 })).toThrow("from 0 to 1");
  expect(() => make("MinAtar/Freeway-v1", { difficultyRamping: 1 })).toThrow("give true or false");
});
