import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { type PqnConfig, pqnConfigSchema, type ReturnBatch, Rollout } from "../../../src/agents/index.js";
import type { Acted } from "../../../src/agents/pqn/agent.js";
import type { TransitionBatch } from "../../../src/replay/types.js";

/** An agent that values an observation by the sum of its numbers. */
class SummingAgent {
  readonly acted: Acted = { observations: new Uint8Array(0), values: new Float32Array(2) };
  readonly asked: number[][] = [];
  constructor(readonly config: PqnConfig) {}

  /** Acts on these rows of so many numbers. */
  act(observations: Uint8Array): void {
    this.acted.observations = observations;
    this.acted.values = this.sums(observations, 2);
  }

  stateValues(observations: ArrayLike<number>, rows: number): Float32Array {
    this.asked.push(Array.from(observations));
    return this.sums(observations, rows);
  }

  private sums(observations: ArrayLike<number>, rows: number): Float32Array {
    const size = observations.length / rows;
    return Float32Array.from({ length: rows }, (_, row) =>
      Array.from(observations)
        .slice(row * size, (row + 1) * size)
        .reduce((sum, value) => sum + value, 0),
    );
  }
}

const config = pqnConfigSchema.parse({ gamma: 0.5, lambda: 0.5 });

interface Step {
  seen: number[];
  actions?: number[];
  rewards?: number[];
  terminations?: number[];
  truncations?: number[];
  finals?: number[];
}

/** Two environments whose frames are one number. */
function setting(length: number, stack = 1) {
  const agent = new SummingAgent(config);
  const observation = { shape: [1], dtype: "uint8" as const };
  const make = () => new Rollout({ observation, numEnvs: 2, stack, length }, agent);
  const rollout = make();
  const add = (to: Rollout, { seen, actions = [0, 1], ...next }: Step): void => {
    agent.act(Uint8Array.from(seen));
    const none = [0, 0];
    to.add({
      actions: Int32Array.from(actions),
      next: {
        observations: Uint8Array.of(99, 99),
        rewards: Float64Array.from(next.rewards ?? none),
        terminations: Uint8Array.from(next.terminations ?? none),
        truncations: Uint8Array.from(next.truncations ?? none),
        finalObservations: next.finals === undefined ? null : Uint8Array.from(next.finals),
      },
    } satisfies Pick<TransitionBatch, "actions" | "next">);
  };
  return { agent, rollout, make, add: (step: Step, to = rollout) => add(to, step) };
}

/** All rows of a valued rollout, in the order of their observations. */
function rowsOf(rollout: Rollout, count = 1): { seen: number[]; action: number; return: number }[] {
  const rows: { seen: number[]; action: number; return: number }[] = [];
  rollout.forEachBatch(new Generator(0), count, (batch: ReturnBatch) => {
    const size = batch.observations.length / batch.size;
    for (let row = 0; row < batch.size; row++) {
      rows.push({
        seen: Array.from(batch.observations as Uint8Array).slice(row * size, (row + 1) * size),
        action: batch.actions[row]!,
        return: batch.returns[row]!,
      });
    }
  });
  return rows.sort((a, b) => a.seen[0]! - b.seen[0]!);
}

describe("a rollout", () => {
  test("values its steps by what the agent thought when it went on", () => {
    const { rollout, add } = setting(2);
    add({ seen: [1, 10], actions: [3, 2], rewards: [1, 0] });
    add({ seen: [2, 20], actions: [1, 0], rewards: [0, 2], terminations: [0, 1] });
    expect(rollout.complete).toBe(false);
    add({ seen: [4, 40] });
    expect(rollout.complete).toBe(true);
    rollout.value();
    // First environment: G_1 = 0.5 * 4, G_0 = 1 + 0.5 (0.5 * 2 + 0.5 * 2); second: G_1 = 2, G_0 = 0.5 (0.5 * 2 + 0.5 * 20).
    expect(rowsOf(rollout)).toEqual([
      { seen: [1], action: 3, return: 2 },
      { seen: [2], action: 1, return: 2 },
      { seen: [10], action: 2, return: 5.5 },
      { seen: [20], action: 0, return: 2 },
    ]);
  });

  test("values the last observations of episodes that a limit cut, and asks for no others", () => {
    const { agent, rollout, add } = setting(1);
    add({ seen: [1, 10], rewards: [1, 1], truncations: [0, 1], finals: [77, 30] });
    expect(agent.asked).toEqual([[1, 30]]);
    add({ seen: [2, 50] });
    rollout.value();
    // 1 + 0.5 * 2, and 1 + 0.5 * 30: not of the 50 with which the next episode began, nor of the 77 that means nothing.
    expect(rowsOf(rollout).map((row) => row.return)).toEqual([2, 16]);
  });

  test("stacks the last frame on those before it", () => {
    const { agent, add } = setting(1, 3);
    add({ seen: [1, 2, 3, 10, 20, 30], truncations: [1, 0], finals: [4, 77] });
    expect(agent.asked).toEqual([[2, 3, 4, 10, 20, 30]]);
  });

  test("goes on with its last step", () => {
    const { rollout, add } = setting(1);
    add({ seen: [1, 10] });
    add({ seen: [2, 20], actions: [7, 8], rewards: [3, 5], terminations: [0, 1] });
    rollout.goOn();
    expect(rollout.complete).toBe(false);
    add({ seen: [4, 40] });
    rollout.value();
    expect(rowsOf(rollout)).toEqual([
      { seen: [2], action: 7, return: 5 },
      { seen: [20], action: 8, return: 5 },
    ]);
  });

  test("shares out each step once per epoch, in another order each time", () => {
    const { rollout, add } = setting(5);
    for (let step = 0; step < 6; step++) add({ seen: [step, 100 + step] });
    rollout.value();
    const rng = new Generator(4);
    const epochOf = (count: number): number[][] => {
      const batches: number[][] = [];
      rollout.forEachBatch(rng, count, ({ size, observations }) => {
        expect(observations.length).toBe(size);
        batches.push([...(observations as Uint8Array)]);
      });
      return batches;
    };
    const all = [0, 1, 2, 3, 4, 100, 101, 102, 103, 104];
    const [one, other] = [epochOf(5), epochOf(5)];
    expect(one.map((batch) => batch.length)).toEqual([2, 2, 2, 2, 2]);
    for (const epoch of [one, other]) expect(epoch.flat().sort((a, b) => a - b)).toEqual(all);
    expect(one).not.toEqual(other);
    // 10 steps do not go into three equal parts: one is left out.
    expect(epochOf(3).map((batch) => batch.length)).toEqual([3, 3, 3]);
    expect(epochOf(50).map((batch) => batch.length)).toEqual(new Array(10).fill(1));
  });

  test("has to be learnt from before it goes on", () => {
    const { add } = setting(1);
    add({ seen: [1, 10] });
    add({ seen: [2, 20] });
    expect(() => add({ seen: [3, 30] })).toThrow(/complete rollout has to be learnt from/);
  });

  test.each([0, 1, 2, 3])("saved after %i steps, it goes on as if nothing had happened", (held) => {
    const { rollout, make, add } = setting(2);
    const steps: Step[] = [
      { seen: [1, 10], rewards: [0.1, 0], truncations: [1, 0], finals: [9, 0] },
      { seen: [2, 20], rewards: [1, 3], terminations: [0, 1] },
      { seen: [4, 40] },
    ];
    const restored = make();
    for (const step of steps.slice(0, held)) add(step);
    const bytes = rollout.save();
    restored.load(bytes);
    expect(restored.save()).toEqual(bytes);
    for (const step of steps.slice(held)) for (const to of [rollout, restored]) add(step, to);
    for (const to of [rollout, restored]) to.value();
    expect(rowsOf(restored)).toEqual(rowsOf(rollout));
    expect(restored.save()).toEqual(rollout.save());
  });

  test("bytes that are damaged or of another rollout are refused, and change nothing", () => {
    const { rollout, add } = setting(2);
    add({ seen: [1, 10] });
    const bytes = rollout.save();
    const damaged = bytes.slice();
    damaged[damaged.length - 10]! ^= 1;
    expect(() => rollout.load(damaged)).toThrow(/damaged/);
    expect(() => setting(3).rollout.load(bytes)).toThrow(/length/);
    expect(() => setting(2, 2).rollout.load(bytes)).toThrow(/stack/);
    expect(rollout.save()).toEqual(bytes);
  });
});
