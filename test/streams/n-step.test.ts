import { from, lastValueFrom, map, toArray } from "rxjs";
import { describe, expect, test } from "vitest";
import { type NStepTransitions, nStep, type RolloutStep } from "../../src/streams/index.js";
import { NaiveReplay, type Row } from "../../src/testing/naive-replay.js";
import { play, type Script } from "../../src/testing/replay-script.js";
import fc from "../properties.js";
import { scripts } from "../replay/script.js";
import { ends, marbles } from "./stairs.js";

/** The rows that count, copied. */
function rowsOf({
  size,
  envs,
  observations,
  actions,
  returns,
  discounts,
  nextObservations,
}: NStepTransitions) {
  const rowOf = (values: ArrayLike<number>, row: number): number[] => {
    const width = values.length / envs.length;
    return Array.from(values).slice(row * width, (row + 1) * width);
  };
  return Array.from({ length: size }, (_, row) => ({
    env: envs[row]!,
    observation: rowOf(observations, row),
    action: rowOf(actions, row),
    reward: returns[row]!,
    discount: discounts[row]!,
    nextObservation: rowOf(nextObservations, row),
  }));
}

function* played(script: Script): Generator<RolloutStep> {
  let index = 0;
  for (const { next, ...rest } of play(script)) {
    yield { ...rest, index: index++, actionMasks: null, nextActionMasks: null, next } as RolloutStep;
  }
}

test("it gives what a naive buffer of whole episodes gives", async () => {
  await fc.assert(
    fc.asyncProperty(scripts, async (script) => {
      const config = { ...script.config, stack: 1, capacity: 1e6 };
      const steps = script.steps.map((step) => step.map((move) => ({ ...move, resetBefore: false })));
      const naive = new NaiveReplay(config);
      for (const step of play({ config, steps })) naive.add(step);
      const rows = await lastValueFrom(
        from(played({ config, steps })).pipe(nStep(config.nStep, config.gamma), map(rowsOf), toArray()),
      );
      const text = ({ observation, action, reward, discount, nextObservation }: Omit<Row, "nextMask">) =>
        JSON.stringify({ observation, action, reward, discount, nextObservation });
      expect(rows.flat().map(text).sort()).toEqual(naive.rows().map(text).sort());
    }),
    { numRuns: 100 },
  );
});

describe("timing", () => {
  const steps = {
    a: ends(0, "1", "10"),
    b: ends(1, "2", "20!"),
    c: ends(2, "4", "30"),
    d: ends(3, "8~", "40"),
  };
  const returns = map((transitions: NStepTransitions) =>
    rowsOf(transitions).map(({ env, reward, discount }) => `${env}: ${reward} ${discount}`),
  );

  test("a transition comes with the step that completes it; what still waits at the end is dropped", () => {
    marbles().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot("-a-b-c-d-|", steps);
      expectObservable(source.pipe(nStep(3, 0.5), returns)).toBe("---b-c-d-|", {
        b: ["1: 20 0", "1: 20 0"],
        c: ["0: 3 0.125"],
        d: ["0: 6 0.125", "0: 8 0.25", "0: 8 0.5"],
      });
      expectSubscriptions(source.subscriptions).toBe("^--------!");
    });
  });

  test("errors pass, unsubscribing reaches the source, and each subscription starts anew", () => {
    marbles().run(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const ones = hot("ac#", steps).pipe(nStep(1, 0.5), returns);
      const values = { a: ["0: 1 0.5", "1: 10 0.5"], c: ["0: 4 0.5", "1: 30 0.5"] };
      expectObservable(ones).toBe("ac#", values);
      const source = cold("ac|", steps);
      const twice = source.pipe(nStep(2, 1), returns);
      const sums = { c: ["0: 5 1", "1: 40 1"] };
      expectObservable(twice).toBe("-c|", sums);
      expectObservable(twice, "--^").toBe("---c|", sums);
      expectObservable(twice, "^!").toBe("--");
      expectSubscriptions(source.subscriptions).toBe(["^-!", "^!", "--^-!"]);
    });
  });
});

test("lists of elements, and settings that make no sense, are refused", () => {
  const step = { ...ends(0, "1"), observations: [{ x: 1 }] };
  const errors: string[] = [];
  from([step])
    .pipe(nStep(1, 1))
    .subscribe({ error: ({ code, message }) => errors.push(`${code}: ${message}`) });
  expect(errors).toEqual([
    "unsupported: nStep: observations are a list of elements, expected a flat typed array; flatten the space first.",
  ]);
  expect(() => nStep(0, 1)).toThrow("nStep: n is 0, expected an integer of at least 1.");
  expect(() => nStep(1, 1.5)).toThrow("nStep: gamma is 1.5, expected a number from 0 to 1.");
});
