import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { type DrqnConfigInput, drqnConfigSchema, Sequences } from "../../../src/agents/index.js";

const numEnvs = 2;
const numActions = 3;
const units = 2;

interface Case {
  length: number;
  burnIn: number;
  capacity: number;
  storedState?: boolean;
  /** Chance of an episode to end at each step. */
  ends?: number;
}

/** What one environment went through in one episode; observations are numbers that no other step has. */
interface Episode {
  env: number;
  observations: number[];
  masks: number[][];
  actions: number[];
  rewards: number[];
  states: number[][];
  terminated: boolean | null;
}

/** Random experience that goes into sequences, and is written down in full. */
class World {
  readonly sequences: Sequences;
  readonly episodes: Episode[] = [];
  private readonly current: Episode[];
  private readonly rng: Generator;
  private readonly recalled = {
    hidden: new Float32Array(numEnvs * units),
    cell: new Float32Array(numEnvs * units),
  };
  private count = 0;

  constructor(
    private readonly setting: Case,
    seed: number,
  ) {
    this.rng = new Generator(seed);
    this.sequences = makeSequences(setting, this.recalled);
    this.current = Array.from({ length: numEnvs }, (_, env) => this.begin(env));
  }

  step(): void {
    const { rng, recalled, current } = this;
    const { ends = 0.1 } = this.setting;
    const observations = Float32Array.from(current, ({ observations: seen }) => seen.at(-1)!);
    const actionMasks = Uint8Array.from(current.flatMap(({ masks }) => masks.at(-1)!));
    for (const [env, episode] of current.entries()) {
      const fresh = episode.observations.length === 1;
      const state = Array.from({ length: 2 * units }, () => (fresh ? 0 : Math.fround(rng.random())));
      episode.states.push(state);
      recalled.hidden.set(state.slice(0, units), env * units);
      recalled.cell.set(state.slice(units), env * units);
      episode.actions.push(rng.integers(0, numActions));
      episode.rewards.push(Math.fround(rng.normal(0, 1)));
    }
    const terminations = new Uint8Array(numEnvs);
    const truncations = new Uint8Array(numEnvs);
    const finalObservations = new Float32Array(numEnvs);
    const actions = Int32Array.from(current, (episode) => episode.actions.at(-1)!);
    const rewards = Float64Array.from(current, (episode) => episode.rewards.at(-1)!);
    for (const [env, episode] of current.entries()) {
      const over = rng.random() < ends;
      this.look(episode, over ? new Array<number>(numActions).fill(1) : null);
      if (!over) continue;
      episode.terminated = rng.random() < 0.5;
      (episode.terminated ? terminations : truncations)[env] = 1;
      finalObservations[env] = episode.observations.at(-1)!;
      current[env] = this.begin(env);
    }
    const seen = Float32Array.from(current, (episode) => episode.observations.at(-1)!);
    const next = { observations: seen, rewards, terminations, truncations, finalObservations };
    this.sequences.add({ observations, actionMasks, actions, next });
  }

  /**
   * All sequences that there should be, from the last slots that an environment keeps: an episode's step takes one, and so
   * does what it ended with. @returns by the first learnt observation
   */
  expected(): Map<number, { episode: Episode; start: number; burnIn: number; length: number }> {
    const { length, burnIn, capacity } = this.setting;
    const stride = Math.max(1, Math.floor(length / 2));
    const slots = Math.floor(capacity / numEnvs / stride) * stride;
    const found = new Map<number, { episode: Episode; start: number; burnIn: number; length: number }>();
    for (let env = 0; env < numEnvs; env++) {
      const own = this.episodes.filter((episode) => episode.env === env);
      const slotsOf = ({ actions, terminated }: Episode) => actions.length + (terminated === null ? 0 : 1);
      const written = own.reduce((sum, episode) => sum + slotsOf(episode), 0);
      // Room is made a stride at a time.
      const oldest = Math.ceil(written / stride) * stride - slots;
      let first = 0;
      for (const episode of own) {
        const steps = episode.actions.length;
        for (let start = 0; start < steps; start += stride) {
          const over = episode.terminated !== null;
          if (!over && start + length >= steps) break;
          const begin = Math.max(0, start - burnIn);
          const reached = start > 0 && start - stride + length >= steps;
          if (reached) break;
          if (first + begin < oldest) continue;
          const entry = { episode, start, burnIn: start - begin, length: Math.min(length, steps - start) };
          found.set(episode.observations[start]!, entry);
        }
        first += slotsOf(episode);
      }
    }
    return found;
  }

  private begin(env: number): Episode {
    const episode: Episode = {
      ...{ env, observations: [], masks: [], actions: [], rewards: [], states: [] },
      terminated: null,
    };
    this.look(episode, null);
    this.episodes.push(episode);
    return episode;
  }

  private look(episode: Episode, mask: number[] | null): void {
    episode.observations.push(++this.count);
    episode.masks.push(mask ?? Array.from({ length: numActions }, () => this.rng.integers(0, 2)));
  }
}

function makeSequences(
  { length, burnIn, capacity, storedState = true }: Case,
  recalled = { hidden: new Float32Array(numEnvs * units), cell: new Float32Array(numEnvs * units) },
): Sequences {
  const input: DrqnConfigInput = { lstm: { units }, sequence: { length, burnIn }, storedState, gamma: 0.9 };
  const observation = { shape: [1], dtype: "float32" } as const;
  return new Sequences(
    { observation, numEnvs, capacity, actionMask: numActions },
    { config: drqnConfigSchema.parse(input), recalled },
  );
}

const cases: Case[] = [
  { length: 4, burnIn: 3, capacity: 60 },
  { length: 4, burnIn: 3, capacity: 60, storedState: false },
  { length: 5, burnIn: 0, capacity: 47, ends: 0.05 },
  { length: 1, burnIn: 2, capacity: 40, ends: 0.3 },
  { length: 6, burnIn: 7, capacity: 101, ends: 0.02 },
  { length: 3, burnIn: 1, capacity: 40, ends: 0.9 },
];

describe.each(cases)("sequences %j", (setting) => {
  const { length, burnIn, storedState = true } = setting;

  test("are those of the newest steps, and no others, at any time", () => {
    const world = new World(setting, 1);
    const rng = new Generator(2);
    for (let time = 0; time < 400; time++) {
      world.step();
      const expected = world.expected();
      expect(world.sequences.size, `after ${time + 1} steps`).toBe(expected.size);
      if (time % 50 !== 49) continue;
      const drawn = new Set<number>();
      const { observations, size } = world.sequences.sample(rng, 40 * expected.size);
      for (let row = 0; row < size; row++) drawn.add(observations[burnIn * size + row] as number);
      expect([...drawn].sort((a, b) => a - b)).toEqual([...expected.keys()].sort((a, b) => a - b));
    }
  });

  test("say what happened, from the state that there was, and nothing of another episode", () => {
    const world = new World(setting, 3);
    const rng = new Generator(4);
    for (let time = 0; time < 300; time++) world.step();
    const expected = world.expected();
    const size = 200;
    const batch = world.sequences.sample(rng, size);
    for (let row = 0; row < size; row++) {
      const window = expected.get(batch.observations[burnIn * size + row] as number)!;
      const { episode, start } = window;
      expect([batch.burnInSteps[row], batch.learntSteps[row]]).toEqual([window.burnIn, window.length]);
      for (let step = -burnIn; step <= length; step++) {
        const known = Math.max(-window.burnIn, Math.min(window.length, step));
        expect(batch.observations[(step + burnIn) * size + row]).toBe(episode.observations[start + known]);
      }
      for (let step = 0; step < window.length; step++) {
        const [t, at] = [start + step, step * size + row];
        const over = episode.terminated === true && t === episode.actions.length - 1;
        expect([batch.actions[at], batch.rewards[at]]).toEqual([episode.actions[t], episode.rewards[t]]);
        expect(batch.discounts[at]).toBe(over ? 0 : Math.fround(0.9));
        const mask = batch.nextActionMasks!.subarray(at * numActions, (at + 1) * numActions);
        expect([...mask]).toEqual(episode.masks[t + 1]);
      }
      const state = storedState ? episode.states[start - window.burnIn]! : new Array<number>(4).fill(0);
      const found = [batch.hidden, batch.cell].flatMap((part) => [
        ...part.subarray(row * units, (row + 1) * units),
      ]);
      expect(found).toEqual(state);
    }
  });

  test("are saved and go on bit for bit", () => {
    const world = new World(setting, 5);
    const other = new World(setting, 6);
    for (let time = 0; time < 333; time++) other.step();
    for (const more of [1, 3, 20, 200]) {
      for (let time = 0; time < more; time++) world.step();
      const saved = world.sequences.save();
      other.sequences.load(saved);
      expect(other.sequences.save()).toEqual(saved);
      expect(other.sequences.size).toBe(world.sequences.size);
      if (world.sequences.size === 0) continue;
      const batches = [world, other].map(({ sequences }) => sequences.sample(new Generator(more), 30));
      expect(batches[0]).toEqual(batches[1]);
    }
    // The same steps from here on.
    const [one, two] = [new World(setting, 7), new World(setting, 7)];
    for (let time = 0; time < 37; time++) one.step();
    for (let time = 0; time < 37; time++) two.step();
    two.sequences.load(one.sequences.save());
    for (let time = 0; time < 150; time++) {
      one.step();
      two.step();
    }
    expect(two.sequences.save()).toEqual(one.sequences.save());
  });
});

describe("saved sequences", () => {
  const setting = cases[0]!;

  test("that are damaged or of another kind are refused, and change nothing", () => {
    const world = new World(setting, 1);
    for (let time = 0; time < 50; time++) world.step();
    const saved = world.sequences.save();
    for (const at of [0, 9, 40, saved.length - 30, saved.length - 1]) {
      const damaged = saved.slice();
      damaged[at]! ^= 4;
      expect(() => world.sequences.load(damaged)).toThrow(/damaged/);
    }
    expect(() => makeSequences({ ...setting, burnIn: 2 }).load(saved)).toThrow(
      /The saved sequences has sequence \{"length":4,"burnIn":3\}, but this one has \{"length":4,"burnIn":2\}/,
    );
    expect(() => makeSequences({ ...setting, capacity: 80 }).load(saved)).toThrow(/slots/);
    expect(world.sequences.save()).toEqual(saved);
  });

  test("are as large as what they hold", () => {
    const large = new World({ ...setting, capacity: 100_000 }, 1);
    for (let time = 0; time < 50; time++) large.step();
    expect(large.sequences.save().length).toBeLessThan(10_000);
  });
});

test("a memory too small for a sequence is refused, and the one it asks for is enough", () => {
  const small = { length: 16, burnIn: 8, capacity: 60 };
  expect(() => makeSequences(small)).toThrow(
    "A capacity of 60 steps is too small for sequences of 16 steps with a burn-in of 8 in 2 environments: expected 98 or more.",
  );
  makeSequences({ ...small, capacity: 98 });
  expect(() => makeSequences({ ...small, capacity: 98 }).sample(new Generator(0), 1)).toThrow(
    "There is no sequence to learn from yet.",
  );
});
