import { type Entropy, Generator, SeedSequence } from "gymnasium-js";
import { expect, test } from "vitest";
import * as ziggurat from "../../gymnasium-js/src/seeding/ziggurat-tables.js";
import { GoldenTally, goldenFile } from "./golden.js";
import {
  DECK,
  type Drawn,
  EXPONENTIAL_TAIL,
  expectDraws,
  expectLarge,
  expectWords,
  type IntegersCase,
  type Large,
  NORMAL_TAIL,
  type NumpyFile,
  type Operation,
  type SeedRecord,
  type StateRecord,
  stateOf,
  times,
} from "./numpy-records.js";

function checkIntegersCase(
  seed: number,
  { dtype, low, high, endpoint, how }: IntegersCase,
  want: Drawn,
): void {
  const rng = new Generator(seed);
  const [from, to] = [BigInt(low), BigInt(high)];
  const options = { dtype, endpoint };
  const numeric = typeof low === "number" && typeof high === "number";
  let values: (number | bigint)[];
  if (how !== "scalar") values = [...rng.integersFill(bigArray(dtype, how), from, to, options)];
  else if (numeric) values = times(want.values.length, () => rng.integers(low, high, options));
  else values = times(want.values.length, () => rng.integers(from, to, options));
  expect(values.map(String)).toEqual(want.values.map(String));
  expect(rng.random()).toBe(want.next_random);
}

function bigArray(dtype: string, length: number): BigInt64Array | BigUint64Array {
  return dtype === "uint64" ? new BigUint64Array(length) : new BigInt64Array(length);
}

function operate(rng: Generator, [name, ...args]: Operation, p5: readonly number[]): unknown {
  const [a = Number.NaN, b = Number.NaN] = args;
  const operations: Record<string, () => unknown> = {
    integers: () => rng.integers(a, b),
    integers32: () => rng.integers(a, b, { dtype: "int32" }),
    integers8: () => rng.integers(a, b, { dtype: "int8" }),
    random: () => rng.random(),
    random_f32: () => rng.randomFloat32(),
    standard_normal: () => rng.standardNormal(),
    standard_exponential: () => rng.standardExponential(),
    uniform: () => rng.uniform(a, b),
    choice_p: () => rng.choice(5, p5),
    choice: () => rng.choice(a),
    permutation: () => [...rng.permutation(a)],
    geometric: () => rng.geometric(a),
  };
  const operation = operations[name];
  if (operation === undefined) throw new Error(`unknown operation ${name}`);
  return operation();
}

function expectOperation(got: unknown, want: unknown, name: string): void {
  if (name === "standard_normal") expectDraws([got as number], [want as number], NORMAL_TAIL);
  else if (name === "standard_exponential") expectDraws([got as number], [want as number], EXPONENTIAL_TAIL);
  else expect(got).toEqual(want);
}

type Check = (rng: Generator, want: never, p5: readonly number[]) => void;

const rows = (count: number, draw: () => Int32Array | Float64Array) => times(count, () => [...draw()]);
const withSteps =
  (move: (rng: Generator) => unknown): Check =>
  (rng, want: StateRecord) => {
    move(rng);
    expect(rng.state).toEqual(stateOf(want));
  };

/** How each entry of a seed's record is made; each starts from a fresh generator. */
const CHECKS: Record<string, Check> = {
  initial_state: withSteps(() => undefined),
  raw_uint64: (rng, want: string[]) =>
    expect(times(want.length, () => String(rng.nextUint64()))).toEqual(want),
  random: (rng, want: number[]) => expect(times(want.length, () => rng.random())).toEqual(want),
  random_f32: (rng, want: number[]) => {
    expect([...rng.clone().randomFill(new Float32Array(want.length), "float32")]).toEqual(want);
    expect(times(want.length, () => rng.randomFloat32())).toEqual(want);
  },
  integers_array_high: (rng, want: number[][]) => {
    const high = [2, 3, 7, 10, 100, 2 ** 35];
    expect(rows(want.length, () => rng.integersFill(new Float64Array(6), 0, high))).toEqual(want);
  },
  standard_normal: (rng, want: number[]) =>
    expectDraws(
      times(want.length, () => rng.standardNormal()),
      want,
      NORMAL_TAIL,
    ),
  "normal_loc1.5_scale2": (rng, want: number[]) => {
    expectDraws(rng.normalFill(new Float64Array(want.length), 1.5, 2), want, 2 * NORMAL_TAIL - 1.5);
  },
  standard_normal_20000: (rng, want: Large) => {
    expectLarge(rng, rng.normalFill(new Float64Array(20000)), want, NORMAL_TAIL);
  },
  "uniform_pm0.05_size4": (rng, want: number[][]) => {
    expect(rows(want.length, () => rng.uniformFill(new Float64Array(4), -0.05, 0.05))).toEqual(want);
  },
  uniform_array_bounds: (rng, want: number[]) => {
    expect([...rng.uniformFill(new Float64Array(2), [-Math.PI, -1], [Math.PI, 1])]).toEqual(want);
  },
  choice_p: (rng, want: number[], p5) => expect(times(want.length, () => rng.choice(5, p5))).toEqual(want),
  choice_p_size8: (rng, want: number[], p) => expect([...rng.choices(5, want.length, { p })]).toEqual(want),
  choice_deck: (rng, want: number[]) => expect(times(want.length, () => rng.choice(DECK))).toEqual(want),
  choice_10_size5_noreplace: (rng, want: number[][]) => {
    expect(rows(want.length, () => rng.choices(10, 5, { replace: false }))).toEqual(want);
  },
  choice_10_size5_noreplace_noshuffle: (rng, want: number[][]) => {
    expect(rows(want.length, () => rng.choices(10, 5, { replace: false, shuffle: false }))).toEqual(want);
  },
  choice_5_size3_noreplace_p: (rng, want: number[][], p) => {
    expect(rows(want.length, () => rng.choices(5, 3, { replace: false, p }))).toEqual(want);
  },
  choice_20000_size500_noreplace: (rng, want: { first20: number[]; sum: number; state: StateRecord }) => {
    const drawn = [...rng.choices(20000, 500, { replace: false })];
    expect(drawn.slice(0, 20)).toEqual(want.first20);
    expect(drawn.reduce((sum, value) => sum + value, 0)).toBe(want.sum);
    expect(rng.state).toEqual(stateOf(want.state));
  },
  permutation_10: (rng, want: number[][]) =>
    expect(rows(want.length, () => rng.permutation(10))).toEqual(want),
  shuffle_list_10: (rng, want: number[][]) => {
    const list = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(times(want.length, () => [...rng.shuffle(list)])).toEqual(want);
  },
  shuffle_array_52: (rng, want: number[]) => {
    expect([...rng.shuffle(Float64Array.from({ length: 52 }, (_, i) => i))]).toEqual(want);
  },
  shuffle_array_6x2_axis0: (rng, want: number[][]) => {
    expect([
      ...rng.shuffle(
        Int32Array.from({ length: 12 }, (_, i) => i),
        2,
      ),
    ]).toEqual(want.flat());
  },
  standard_exponential: (rng, want: number[]) => {
    expectDraws(
      times(want.length, () => rng.standardExponential()),
      want,
      EXPONENTIAL_TAIL,
    );
  },
  "exponential_scale2.5": (rng, want: number[]) => {
    expectDraws(
      times(want.length, () => rng.exponential(2.5)),
      want,
      2.5 * EXPONENTIAL_TAIL,
    );
  },
  standard_exponential_20000: (rng, want: Large) => {
    expectLarge(rng, rng.exponentialFill(new Float64Array(20000)), want, EXPONENTIAL_TAIL);
  },
  "geometric_0.25": (rng, want: number[]) =>
    expect(times(want.length, () => rng.geometric(0.25))).toEqual(want),
  "geometric_0.5": (rng, want: number[]) =>
    expect(times(want.length, () => rng.geometric(0.5))).toEqual(want),
  state_after_10_random: withSteps((rng) => times(10, () => rng.random())),
  state_after_10_integers_10: withSteps((rng) => times(10, () => rng.integers(0, 10))),
  state_after_11_integers_10: withSteps((rng) => times(11, () => rng.integers(0, 10))),
  state_after_advance_1000: withSteps((rng) => rng.advance(1000)),
  state_jumped_1: (rng, want: StateRecord) => expect(rng.jumped().state).toEqual(stateOf(want)),
};

/** The entries that hold many records each. */
function checkNested(tally: GoldenTally, file: NumpyFile, record: SeedRecord): void {
  const { seed } = record;
  for (const [high, want] of Object.entries(record.integers)) {
    tally.record(`seed ${seed} integers ${high}`, () => {
      const rng = new Generator(seed);
      expect(times(want.length, () => rng.integers(0, Number(high)))).toEqual(want);
    });
  }
  record.integers_cases.forEach((want, i) => {
    const theCase = file.integers_cases[i]!;
    tally.record(`seed ${seed} ${JSON.stringify(theCase)}`, () => checkIntegersCase(seed, theCase, want));
  });
  for (const [name, want] of Object.entries(record.mixed)) {
    tally.record(`seed ${seed} mixed ${name}`, () => {
      const rng = new Generator(seed);
      file.mixed_ops[name]!.forEach((operation, i) => {
        expectOperation(operate(rng, operation, file.p5), want.values[i], operation[0]);
      });
      expect(rng.state).toEqual(stateOf(want.state));
    });
  }
  const root = new SeedSequence(seed);
  const { children, grandchild, fourth_child_spawn_key } = record.seed_sequence;
  tally.record(`seed ${seed} seed_sequence`, () => expectWords(root, record.seed_sequence));
  const spawned = root.spawn(children.length);
  children.forEach((want, i) => {
    tally.record(`seed ${seed} seed_sequence child ${i}`, () => {
      expect(spawned[i]!.spawnKey).toEqual(want.spawn_key);
      expectWords(spawned[i]!, want);
    });
  });
  tally.record(`seed ${seed} seed_sequence grandchild`, () => {
    const sequence = spawned.at(-1)!.spawn(2)[1]!;
    expect(sequence.spawnKey).toEqual(grandchild.spawn_key);
    expectWords(sequence, grandchild);
  });
  tally.record(`seed ${seed} seed_sequence fourth child`, () => {
    expect(root.spawn(1)[0]!.spawnKey).toEqual(fourth_child_spawn_key);
  });
}

const NESTED = new Set(["seed", "integers", "integers_cases", "mixed", "seed_sequence"]);

test("every record of numpy-pcg64.json", () => {
  const file = goldenFile<NumpyFile>("numpy-pcg64.json");
  if (file === null) return;
  const tally = new GoldenTally("numpy-pcg64.json");
  for (const record of file.per_seed) {
    for (const [entry, want] of Object.entries(record)) {
      if (NESTED.has(entry)) continue;
      const check = CHECKS[entry];
      if (check === undefined) tally.unsupported(entry);
      else {
        tally.record(`seed ${record.seed} ${entry}`, () =>
          check(new Generator(record.seed), want as never, file.p5),
        );
      }
    }
    checkNested(tally, file, record);
  }
  const tables: Record<string, Float64Array> = {
    normal_w: ziggurat.NORMAL_WIDTH,
    normal_k: ziggurat.NORMAL_ACCEPT,
    exponential_w: ziggurat.EXPONENTIAL_WIDTH,
    exponential_k: ziggurat.EXPONENTIAL_ACCEPT,
  };
  for (const [name, want] of Object.entries(file.ziggurat)) {
    tally.record(`ziggurat ${name}`, () => expect([...(tables[name] ?? [])]).toEqual(want));
  }
  for (const want of file.seed_sequence_extra) {
    const entropy: Entropy = Array.isArray(want.entropy) ? want.entropy.map(BigInt) : BigInt(want.entropy);
    tally.record(`entropy ${want.entropy}`, () => expectWords(new SeedSequence(entropy), want));
  }
  tally.report();
});
