import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { type AdvantageBatch, PpoRollout, ppoConfigSchema } from "../../../src/agents/index.js";
import type { PpoActed } from "../../../src/agents/ppo/agent.js";
import type { TransitionBatch } from "../../../src/replay/types.js";

/** An agent that values an observation by the sum of its numbers, whose actions come from outside. */
class SummingAgent {
  readonly config = ppoConfigSchema.parse({ gamma: 0.5, lambda: 0.5 });
  readonly actionSize = 1;
  readonly asked: number[][] = [];
  readonly acted: PpoActed = {
    observations: new Uint8Array(0),
    actionMasks: null,
    actions: new Int32Array(2),
    logProbs: new Float32Array(2),
    values: new Float32Array(2),
  };

  act(observations: Uint8Array, { actions, masks }: { actions: number[]; masks: number[] | null }): void {
    Object.assign(this.acted, {
      ...{ observations, actionMasks: masks && Uint8Array.from(masks), actions: Int32Array.from(actions) },
      logProbs: Float32Array.from(actions, (action) => -action / 8),
      values: this.sums(observations),
    });
  }

  stateValues(observations: ArrayLike<number>): Float32Array {
    this.asked.push(Array.from(observations));
    return this.sums(observations);
  }

  private sums(observations: ArrayLike<number>): Float32Array {
    const size = observations.length / 2;
    return Float32Array.from({ length: 2 }, (_, row) =>
      Array.from(observations)
        .slice(row * size, (row + 1) * size)
        .reduce((sum, value) => sum + value, 0),
    );
  }
}

interface Step {
  seen: number[];
  actions?: number[];
  masks?: number[];
  rewards?: number[];
  terminations?: number[];
  truncations?: number[];
  finals?: number[];
  follows?: number[];
}

/** Two environments whose frames are one number. */
function setting(length: number, { stack = 1, actionMask = 0 } = {}) {
  const agent = new SummingAgent();
  const observation = { shape: [1], dtype: "uint8" as const };
  const make = () => new PpoRollout({ observation, numEnvs: 2, stack, length, actionMask }, agent);
  const rollout = make();
  const add = ({ seen, actions = [0, 1], masks, ...next }: Step, to = rollout): void => {
    agent.act(Uint8Array.from(seen), { actions, masks: masks ?? null });
    const none = [0, 0];
    to.add({
      next: {
        observations: Uint8Array.from(next.follows ?? [99, 99]),
        rewards: Float64Array.from(next.rewards ?? none),
        terminations: Uint8Array.from(next.terminations ?? none),
        truncations: Uint8Array.from(next.truncations ?? none),
        finalObservations: next.finals === undefined ? null : Uint8Array.from(next.finals),
      },
    } satisfies Pick<TransitionBatch, "next">);
  };
  return { agent, rollout, make, add };
}

/** All rows of a valued rollout, in the order of their observations. */
function rowsOf(rollout: PpoRollout) {
  const rows: { seen: number[]; action: number; advantage: number; return: number; mask: number[] }[] = [];
  rollout.forEachBatch(new Generator(0), 1, (batch: AdvantageBatch) => {
    const size = batch.observations.length / batch.size;
    for (let row = 0; row < batch.size; row++) {
      const width = (batch.actionMasks?.length ?? 0) / batch.size;
      expect(batch.logProbs[row]).toBe(-batch.actions[row]! / 8);
      expect(batch.returns[row]).toBe(batch.advantages[row]! + batch.values[row]!);
      rows.push({
        seen: Array.from(batch.observations as Uint8Array).slice(row * size, (row + 1) * size),
        action: batch.actions[row]!,
        advantage: batch.advantages[row]!,
        return: batch.returns[row]!,
        mask: Array.from(batch.actionMasks ?? []).slice(row * width, (row + 1) * width),
      });
    }
  });
  return rows.sort((a, b) => a.seen[0]! - b.seen[0]!);
}

describe("a rollout of a PPO", () => {
  test("values what follows its last step at once, and all else by what the agent thought when it went on", () => {
    const { agent, rollout, add } = setting(2);
    add({ seen: [1, 10], actions: [3, 2], rewards: [1, 0], follows: [2, 20] });
    expect(agent.asked).toEqual([]);
    add({ seen: [2, 20], actions: [1, 0], rewards: [0, 2], terminations: [0, 1], follows: [4, 50] });
    expect(rollout.complete).toBe(true);
    // The second environment's 50 begins another episode: nothing is asked about it but what is known already.
    expect(agent.asked).toEqual([[4, 20]]);
    rollout.value();
    // First: delta_1 = 2 - 2 = 0, delta_0 = 1 + 1 - 1 = 1; second: delta_1 = 2 - 20 = -18, delta_0 = 10 - 10, A_0 = -18/4.
    const noMask: number[] = [];
    expect(rowsOf(rollout)).toEqual([
      { seen: [1], action: 3, advantage: 1, return: 2, mask: noMask },
      { seen: [2], action: 1, advantage: 0, return: 2, mask: noMask },
      { seen: [10], action: 2, advantage: -4.5, return: 5.5, mask: noMask },
      { seen: [20], action: 0, advantage: -18, return: 2, mask: noMask },
    ]);
  });

  test("values the last observations of episodes that a limit cut", () => {
    const { agent, rollout, add } = setting(2);
    add({ seen: [1, 10], rewards: [1, 1], truncations: [0, 1], finals: [77, 30], follows: [2, 50] });
    expect(agent.asked).toEqual([[1, 30]]);
    add({ seen: [2, 50], truncations: [1, 0], finals: [6, 77], follows: [3, 60] });
    expect(agent.asked[1]).toEqual([6, 60]);
    rollout.value();
    // First: delta_1 = 3 - 2 = 1, A_0 = (1 + 1 - 1) + 1/4; second: A_0 = 1 + 15 - 10, not of the 50 of the next episode.
    expect(rowsOf(rollout).map((row) => row.advantage)).toEqual([1.25, 1, 6, -20]);
  });

  test("stacks the frame that followed on those before it", () => {
    const { agent, add } = setting(1, { stack: 3 });
    add({ seen: [1, 2, 3, 10, 20, 30], truncations: [1, 0], finals: [4, 77], follows: [5, 40] });
    expect(agent.asked).toEqual([[2, 3, 4, 20, 30, 40]]);
  });

  test("keeps masks with their steps", () => {
    const { rollout, add } = setting(2, { actionMask: 2 });
    add({ seen: [1, 10], actions: [0, 1], masks: [1, 0, 0, 1] });
    add({ seen: [2, 20], actions: [1, 0], masks: [1, 1, 1, 0] });
    rollout.value();
    expect(rowsOf(rollout).map(({ mask }) => mask)).toEqual([
      [1, 0],
      [1, 1],
      [0, 1],
      [1, 0],
    ]);
  });

  test("has to be learnt from before it goes on, and is empty after", () => {
    const { rollout, add } = setting(1);
    add({ seen: [1, 10] });
    expect(() => add({ seen: [2, 20] })).toThrow(/complete rollout has to be learnt from/);
    rollout.clear();
    expect(rollout.complete).toBe(false);
    add({ seen: [7, 70], follows: [2, 2] });
    rollout.value();
    expect(rowsOf(rollout).map(({ seen }) => seen)).toEqual([[7], [70]]);
  });

  test("shares out each step once per epoch, in another order each time", () => {
    const { rollout, add } = setting(5);
    for (let step = 0; step < 5; step++) add({ seen: [step, 100 + step] });
    rollout.value();
    const rng = new Generator(4);
    const epochOf = (count: number): number[][] => {
      const batches: number[][] = [];
      rollout.forEachBatch(rng, count, ({ observations }) => batches.push([...(observations as Uint8Array)]));
      return batches;
    };
    const [one, other] = [epochOf(5), epochOf(5)];
    expect(one.map((batch) => batch.length)).toEqual([2, 2, 2, 2, 2]);
    for (const epoch of [one, other])
      expect(epoch.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 100, 101, 102, 103, 104]);
    expect(one).not.toEqual(other);
    expect(epochOf(3).map((batch) => batch.length)).toEqual([3, 3, 3]);
    expect(epochOf(50).map((batch) => batch.length)).toEqual(new Array(10).fill(1));
  });

  test.each([0, 1, 2, 3])("saved after %i steps, it goes on as if nothing had happened", (held) => {
    const { rollout, make, add } = setting(3, { actionMask: 2 });
    const steps: Step[] = [
      { seen: [1, 10], masks: [1, 1, 1, 1], rewards: [0.1, 0], truncations: [1, 0], finals: [9, 0] },
      { seen: [2, 20], masks: [1, 0, 0, 1], rewards: [1, 3], terminations: [0, 1] },
      { seen: [4, 40], masks: [0, 1, 1, 1], follows: [5, 50] },
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
    expect(() => setting(2, { actionMask: 2 }).rollout.load(bytes)).toThrow(/actionMask/);
    expect(rollout.save()).toEqual(bytes);
  });
});
