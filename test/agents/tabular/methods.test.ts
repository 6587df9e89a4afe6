import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import type { TabularConfigInput } from "../../../src/agents/index.js";
import { agentOf, epsilonOf, feed, greedy, methods, type Step } from "./worlds.js";

const half = { type: "constant", alpha: 0.5 } as const;

function q(config: TabularConfigInput, steps: readonly Step[], size = {}): number[] {
  const agent = agentOf({ gamma: 0.5, stepSize: half, exploration: greedy, ...config }, size);
  feed(agent, steps);
  return [...agent.table.q];
}

/** States 0, 1, 2 with actions 0, 1, 0 and rewards 2, 4, 8. */
const walk: Step[] = [
  [0, 0, 2, 1],
  [1, 1, 4, 2],
  [2, 0, 8, 3, "terminated"],
];
const cutShort: Step[] = [...walk.slice(0, 2), [2, 0, 8, 3, "truncated"]];

describe("by hand, from Q = 0: gamma 1/2, alpha 1/2", () => {
  test.each<[string, number[]]>([
    // Returns 2 + 2 + 2 = 6, 4 + 4 = 8 and 8.
    ["monte-carlo", [3, 0, 0, 4, 4, 0]],
    ["sarsa", [1, 0, 0, 2, 4, 0]],
    ["expected-sarsa", [1, 0, 0, 2, 4, 0]],
    ["q-learning", [1, 0, 0, 2, 4, 0]],
    ["n-step-sarsa", [3, 0, 0, 4, 4, 0]],
    ["n-step-expected-sarsa", [3, 0, 0, 4, 4, 0]],
    // delta 2, 4, 8 with traces 1, 0.45, 0.2025.
    ["sarsa-lambda", [1 + 0.45 * 2 + 0.2025 * 4, 0, 0, 2 + 0.45 * 4, 4, 0]],
    // Action 1 in state 1 is greedy: its value is as good as the other's.
    ["q-lambda", [1 + 0.45 * 2 + 0.2025 * 4, 0, 0, 2 + 0.45 * 4, 4, 0]],
  ])("%s", (name, expected) => {
    const values = q({ method: methods[name] }, walk);
    expect(values.slice(0, 6).map((value) => Math.round(value * 1e9) / 1e9)).toEqual(expected);
  });

  test("2-step Sarsa: the two states before the end see its reward", () => {
    const values = q({ method: { type: "n-step-sarsa", n: 2 } }, walk);
    // 2 + 0.5 * 4 + 0.25 Q(2, 0) = 4; 4 + 0.5 * 8 = 8; 8
    expect(values.slice(0, 6)).toEqual([2, 0, 0, 4, 4, 0]);
  });

  test("2-step tree backup: a greedy tree takes the better branch where another was taken", () => {
    const agent = agentOf({ method: { type: "tree-backup", n: 2 }, gamma: 0.5, stepSize: half });
    feed(agent, [[1, 0, 12, 3, "terminated"]]); // Q(1, 0) = 6
    feed(agent, walk);
    // Action 1 in state 1 is not greedy: 2 + 0.5 * 6 = 5. Action 0 in state 2 is: 4 + 0.5 * 8 = 8.
    expect([...agent.table.q].slice(0, 6)).toEqual([2.5, 0, 6, 4, 4, 0]);
  });

  test("2-step tree backup of the behaviour policy, epsilon 1/2", () => {
    const method = { type: "tree-backup", n: 2, target: "behaviour" } as const;
    const agent = agentOf({ method, gamma: 0.5, stepSize: half, exploration: epsilonOf(0.5) });
    feed(agent, [[1, 0, 12, 3, "terminated"]]); // Q(1, 0) = 6
    feed(agent, walk);
    // pi in state 1 is 3/4, 1/4; in state 2, 3/4, 1/4. First: 4 + 0 = 4 on the taken branch: 2 + 0.5 (4.5 + 1) = 4.75.
    // Then 4 + 0.5 (0.75 * 8) = 7, and 8.
    expect([...agent.table.q].slice(0, 6)).toEqual([2.375, 0, 6, 3.5, 4, 0]);
  });

  test("Sarsa takes the action that followed, Expected Sarsa the policy's mean, Q-learning the best", () => {
    const before: Step[] = [[1, 0, 8, 3, "terminated"]]; // Q(1, 0) = 4
    const exploration = epsilonOf(0.5);
    const steps = [...before, ...walk.slice(0, 2)];
    expect(q({ method: { type: "sarsa" }, exploration }, steps)[0]).toBe(1);
    // 2 + 0.5 * 0.75 * 4 = 3.5
    expect(q({ method: { type: "expected-sarsa" }, exploration }, steps)[0]).toBe(1.75);
    expect(q({ method: { type: "q-learning" }, exploration }, steps)[0]).toBe(2);
  });

  test("first-visit Monte Carlo counts a pair once, by its first return", () => {
    const round: Step[] = [
      [0, 0, 1, 0],
      [0, 0, 1, 1],
      [1, 0, 4, 3, "terminated"],
    ];
    // First visit: 1 + 0.5 (1 + 0.5 * 4) = 2.5; the second would have given 3.
    expect(q({ method: { type: "monte-carlo" } }, round)[0]).toBe(1.25);
    expect(q({ method: { type: "monte-carlo" }, stepSize: { type: "visits" } }, round)[0]).toBe(2.5);
  });

  test("Watkins cuts the traces at an action that is not greedy, Sarsa does not", () => {
    const before: Step[] = [[1, 0, 1, 3, "terminated"]]; // Q(1, 0) = 0.5, so that action 1 explores
    const [watkins] = q({ method: { type: "q-lambda" } }, [...before, ...walk]);
    expect(watkins).toBe(0.5 * (2 + 0.5 * 0.5));
    const [sarsa] = q({ method: { type: "sarsa-lambda" } }, [...before, ...walk]);
    expect(sarsa).toBeCloseTo(1 + 0.45 * 2 + 0.2025 * 4, 12);
  });

  test("accumulating traces count a pair that comes twice more than once", () => {
    const round: Step[] = [
      [0, 0, 0, 0],
      [0, 0, 4, 3, "terminated"],
    ];
    const [replacing] = q({ method: { type: "sarsa-lambda", lambda: 1 } }, round);
    const [accumulating] = q({ method: { type: "sarsa-lambda", lambda: 1, traces: "accumulating" } }, round);
    expect([replacing, accumulating]).toEqual([2, 3]);
  });

  test("double Q-learning moves one table at a time, and acts by their mean", () => {
    const agent = agentOf({ method: { type: "double-q-learning" }, gamma: 0.5, stepSize: half });
    feed(agent, [[0, 0, 8, 3, "terminated"]]);
    const { learner } = agent.save() as { learner: { tables: { q: Float64Array }[] } };
    expect(learner.tables.map((table) => table.q[0]).sort()).toEqual([0, 4]);
    expect(agent.table.q[0]).toBe(2);
  });

  test("double Q-learning's coin falls on either side", () => {
    const agent = agentOf({ method: { type: "double-q-learning" }, stepSize: { type: "visits" } });
    for (let k = 0; k < 1000; k++) feed(agent, [[0, 0, 1, 3, "terminated"]]);
    const { learner } = agent.save() as { learner: { updates: Uint32Array[] } };
    const [first, second] = learner.updates.map((updates) => updates[0]!);
    expect(first! + second!).toBe(1000);
    expect(Math.abs(first! - 500)).toBeLessThan(60);
  });
});

describe("what ends an episode", () => {
  // Q(3, .) = 16, 0 for who bootstraps from it.
  const known: Step[] = [[3, 0, 32, 3, "terminated"]];

  test.each(Object.entries(methods))(
    "%s bootstraps from a truncation, not from a termination",
    (_name, method) => {
      const terminated = q({ method }, [...known, ...walk]);
      const truncated = q({ method }, [...known, ...cutShort]);
      // 8, and 8 + 0.5 * 16 (or what double Q-learning's other table says of it, or what planning has made of them since).
      const exact = !["double-q-learning", "dyna-q"].includes(method!.type);
      if (exact) expect([terminated[4], truncated[4]]).toEqual([4, 8]);
      else expect(truncated[4]).toBeGreaterThan(terminated[4]! + 1e-9);
    },
  );

  test("Monte Carlo and n steps carry the bootstrap of a truncation back to the first step", () => {
    // 2 + 2 + 2 + 0.125 * 16 = 8
    for (const method of [
      methods["monte-carlo"],
      methods["n-step-sarsa"],
      methods["n-step-expected-sarsa"],
    ]) {
      expect(q({ method }, [...known, ...cutShort])[0]).toBe(4);
    }
  });

  test("an episode that is broken off counts as truncated where it stood", () => {
    for (const name of ["sarsa", "n-step-sarsa", "monte-carlo", "sarsa-lambda", "n-step-expected-sarsa"]) {
      const brokenOff = q({ method: methods[name] }, [...known, ...walk.slice(0, 2), [0, 1, 0, 0]]);
      const truncated = q({ method: methods[name] }, [
        ...known,
        walk[0]!,
        [1, 1, 4, 2, "truncated"],
        [0, 1, 0, 0],
      ]);
      expect(brokenOff, name).toEqual(truncated);
    }
  });
});

describe("equalities", () => {
  const steps: Step[] = [];
  for (let k = 0, state = 0; k < 400; k++) {
    const next = (state * 7 + k) % 4;
    const end = k % 13 === 12 ? (k % 2 === 0 ? "terminated" : "truncated") : undefined;
    steps.push([state, (k * k) % 2, ((k * 5) % 11) - 3, next, end]);
    state = end === undefined ? next : 0;
  }
  const config: TabularConfigInput = { gamma: 0.9, stepSize: { type: "constant", alpha: 0.3 } };
  const same = (a: TabularConfigInput, b: TabularConfigInput) => {
    const [first, second] = [q({ ...config, ...a }, steps), q({ ...config, ...b }, steps)];
    expect(first.some((value) => value !== 0)).toBe(true);
    first.forEach((value, pair) => {
      expect(value).toBeCloseTo(second[pair]!, 12);
    });
  };

  test("one step of n-step Sarsa is Sarsa, and so is lambda 0", () => {
    same({ method: { type: "sarsa" } }, { method: { type: "n-step-sarsa", n: 1 } });
    same({ method: { type: "sarsa" } }, { method: { type: "sarsa-lambda", lambda: 0 } });
  });

  test("one step of Expected Sarsa, with and without a tree", () => {
    const exploration = epsilonOf(0.3);
    const method = { type: "expected-sarsa" } as const;
    same({ method, exploration }, { method: { type: "n-step-expected-sarsa", n: 1 }, exploration });
    same(
      { method, exploration },
      { method: { type: "tree-backup", n: 1, target: "behaviour" }, exploration },
    );
  });

  test("one step of a greedy tree is Q-learning; so are lambda 0 and no planning, and Expected Sarsa if greedy", () => {
    const method = { type: "q-learning" } as const;
    same({ method }, { method: { type: "tree-backup", n: 1 } });
    same({ method }, { method: { type: "q-lambda", lambda: 0 } });
    same({ method }, { method: { type: "dyna-q", planningSteps: 0 } });
    same({ method }, { method: { type: "expected-sarsa" }, exploration: greedy });
  });

  test("n steps beyond the episode are Monte Carlo, where no pair comes twice", () => {
    const once: Step[] = [...walk, ...cutShort, ...walk];
    const far = q({ method: { type: "n-step-expected-sarsa", n: 50 } }, once);
    const whole = q({ method: { type: "monte-carlo" } }, once);
    far.forEach((value, pair) => {
      expect(value).toBeCloseTo(whole[pair]!, 12);
    });
  });
});

describe("the book's random walks", () => {
  /** States 1 to n from left to right, one action; reward 1 at the right end, `left` at the left one. */
  function episode(n: number, turns: readonly number[], left: number): Step[] {
    let state = (n + 1) / 2;
    return turns.map((turn) => {
      const [from, next] = [state, state + turn];
      state = next;
      const isOver = next === 0 || next === n + 1;
      const reward = next === n + 1 ? 1 : next === 0 ? left : 0;
      return isOver ? [from, 0, reward, 0, "terminated"] : [from, 0, reward, next];
    });
  }

  test("example 6.2: the first episode ends on the left and changes A alone, by -0.05", () => {
    const agent = agentOf(
      { method: { type: "sarsa" }, gamma: 1, initialQ: 0.5, stepSize: { type: "constant", alpha: 0.1 } },
      { states: 7, actions: 1 },
    );
    feed(agent, episode(5, [-1, 1, -1, -1, -1], 0));
    expect([...agent.table.q].slice(1, 6)).toEqual([0.45, 0.5, 0.5, 0.5, 0.5]);
  });

  test.each([
    [1, [0.5, 0.5, 0.55]],
    [2, [0.5, 0.55, 0.55]],
    [3, [0.55, 0.55, 0.55]],
  ])("example 7.1: %d steps, from C to the right end", (n, expected) => {
    const agent = agentOf(
      {
        method: { type: "n-step-sarsa", n },
        gamma: 1,
        initialQ: 0.5,
        stepSize: { type: "constant", alpha: 0.1 },
      },
      { states: 7, actions: 1 },
    );
    feed(agent, episode(5, [1, 1, 1], 0));
    [...agent.table.q].slice(3, 6).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 12);
    });
  });

  test("figure 7.2: on 19 states four steps with alpha 0.4 err by about 0.25, one step by much more", () => {
    const rmsError = (n: number, alpha: number) => {
      const rng = new Generator(7);
      let sum = 0;
      for (let run = 0; run < 100; run++) {
        const agent = agentOf(
          { method: { type: "n-step-sarsa", n }, gamma: 1, stepSize: { type: "constant", alpha } },
          { states: 21, actions: 1 },
        );
        for (let k = 0; k < 10; k++) {
          const turns: number[] = [];
          for (let state = 10; state > 0 && state < 20; state += turns.at(-1)!) {
            turns.push(rng.random() < 0.5 ? -1 : 1);
          }
          feed(agent, episode(19, turns, -1));
          let squares = 0;
          for (let state = 1; state < 20; state++) {
            squares += (agent.table.q[state]! - (state - 10) / 10) ** 2;
          }
          sum += Math.sqrt(squares / 19);
        }
      }
      return sum / 1000;
    };
    expect(rmsError(4, 0.4)).toBeGreaterThan(0.23);
    expect(rmsError(4, 0.4)).toBeLessThan(0.29);
    expect(rmsError(1, 0.4)).toBeGreaterThan(0.38);
    expect(rmsError(64, 0.4)).toBeGreaterThan(0.45);
  });
});
