import { defaultRng } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  AecRulesArena,
  connectFour,
  matrixGame,
  ParallelRulesArena,
  rockPaperScissors,
  SimultaneousVector,
  TurnVector,
  ticTacToe,
  twoStep,
} from "../../src/multiagent/index.js";
import { crumblingIsland } from "./crumbling-island.js";

const numArenas = 3;

/** What the agents of an arena see, group by group. */
function seenIn(
  { groups, rules: { agents } }: Pick<SimultaneousVector<unknown>, "groups" | "rules">,
  arena: number,
  which: "observations" | "finalObservations" = "observations",
): Record<string, number[]> {
  return Object.fromEntries(
    groups.flatMap(({ agents: members, size, [which]: data }) =>
      members.map((agent, i) => {
        const at = (arena * members.length + i) * size;
        return [agents[agent]!, [...data.subarray(at, at + size)]];
      }),
    ),
  );
}

function numbers(observations: Record<string, unknown>): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(observations).map(([agent, seen]) => [
      agent,
      typeof seen === "number" ? [seen] : [...(seen as Float32Array)],
    ]),
  );
}

describe.each([
  twoStep(),
  matrixGame({ ...rockPaperScissors(), rounds: 5 }),
  crumblingIsland(4),
  crumblingIsland(1),
])("$id side by side", (rules) => {
  test("plays what as many arenas play, one by one, and begins anew in the step in which nobody is left", () => {
    const vector = new SimultaneousVector(rules as never, { numArenas });
    const singles = Array.from({ length: numArenas }, () => new ParallelRulesArena(rules as never));
    const { agents } = rules;
    vector.reset({ seed: 40 });
    for (const [i, arena] of singles.entries()) {
      expect(seenIn(vector, i)).toEqual(numbers(arena.reset({ seed: 40 + i }).observations));
    }
    const rng = defaultRng(2);
    let ends = 0;
    for (let step = 0; step < 120; step++) {
      const actions = new Int32Array(numArenas * agents.length);
      for (let i = 0; i < actions.length; i++) {
        const { n, start } = rules.actionSpace(i % agents.length).describe() as { n: number; start: number };
        actions[i] = start + rng.integers(0, n);
      }
      const live = vector.live.slice();
      vector.step(actions);
      for (const [i, arena] of singles.entries()) {
        const own = [...arena.agents].map((name) => [
          name,
          actions[i * agents.length + agents.indexOf(name)],
        ]);
        const { observations, rewards, terminations, truncations } = arena.step(Object.fromEntries(own));
        agents.forEach((name, agent) => {
          const at = i * agents.length + agent;
          expect(live[at]).toBe(name in rewards ? 1 : 0);
          expect(vector.rewards[at]).toBe(rewards[name] ?? 0);
          expect(vector.terminations[at]).toBe(live[at] === 0 || terminations[name] ? 1 : 0);
          expect(vector.truncations[at]).toBe(truncations[name] ? 1 : 0);
        });
        const over = arena.agents.length === 0;
        expect(vector.ended[i]).toBe(over ? 1 : 0);
        const seen = over ? seenIn(vector, i, "finalObservations") : seenIn(vector, i);
        for (const [name, values] of Object.entries(numbers(observations)))
          expect(seen[name]).toEqual(values);
        if (over) {
          ends++;
          expect(seenIn(vector, i)).toEqual(numbers(arena.reset().observations));
        }
      }
    }
    expect(ends).toBeGreaterThan(5);
  });

  test("goes on identically from a snapshot, and refuses one of others", () => {
    const vector = new SimultaneousVector(rules as never, { numArenas });
    const other = new SimultaneousVector(rules as never, { numArenas });
    const actions = Int32Array.from({ length: numArenas * rules.agents.length }, (_, i) =>
      Number(rules.actionSpace(i % rules.agents.length).describe()["start"]),
    );
    vector.reset({ seed: 1 });
    for (let i = 0; i < 4; i++) vector.step(actions);
    other.restore(structuredClone(vector.snapshot()));
    expect(other.groups).toEqual(
      vector.groups.map((group) => ({ ...group, finalObservations: expect.anything() })),
    );
    for (let i = 0; i < 40; i++) {
      vector.step(actions);
      other.step(actions);
      expect(other.rewards).toEqual(vector.rewards);
      expect(other.snapshot()).toEqual(vector.snapshot());
    }
    const fewer = new SimultaneousVector(rules as never, { numArenas: 2 });
    expect(() => fewer.restore(vector.snapshot())).toThrow(/of 3 arenas/);
  });
});

describe.each([ticTacToe(), connectFour()])("$id side by side", (rules) => {
  test("plays what as many arenas play, turn by turn", () => {
    const vector = new TurnVector(rules, { numArenas });
    const singles = Array.from({ length: numArenas }, () => new AecRulesArena(rules));
    vector.reset({ seed: 7 });
    for (const arena of singles) arena.reset();
    const rng = defaultRng(3);
    for (let step = 0; step < 150; step++) {
      const actions = Int32Array.from(singles, (arena, i) => {
        expect(rules.agents[vector.turns[i]!]).toBe(arena.agentSelection);
        expect(seenIn(vector as never, i)[arena.agentSelection!]).toEqual([
          ...(arena.observe(arena.agentSelection!) as Uint8Array),
        ]);
        const mask = arena.last().info["action_mask"] as Uint8Array;
        const legal = [...mask.keys()].filter((action) => mask[action] === 1);
        return legal[rng.integers(0, legal.length)]!;
      });
      vector.step(actions);
      for (const [i, arena] of singles.entries()) {
        arena.step(actions[i]);
        expect([...vector.rewards.subarray(i * 2, i * 2 + 2)]).toEqual(Object.values(arena.rewards));
        const over = Object.values(arena.terminations).every(Boolean);
        expect(vector.ended[i]).toBe(over ? 1 : 0);
        if (over) arena.reset();
      }
    }
  });
});

test("what is no action, or no legal one, is refused before anything has happened", () => {
  const vector = new TurnVector(connectFour(), { numArenas: 2 });
  expect(() => vector.step(Int32Array.of(0, 0))).toThrow(/call reset\(\) first/);
  vector.reset({ seed: 0 });
  for (let i = 0; i < 6; i++) vector.step(Int32Array.of(0, i));
  const before = vector.snapshot();
  expect(() => vector.step(Int32Array.of(1, 7))).toThrow(/in arena 1, player_0 may not do 7: it is outside/);
  expect(() => vector.step(Int32Array.of(0, 1))).toThrow(
    /in arena 0, player_0 may not do 0: it is illegal now/,
  );
  expect(vector.snapshot()).toEqual(before);
});
