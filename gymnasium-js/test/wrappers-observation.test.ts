import { describe, expect, test } from "vitest";
import {
  BaseEnv,
  box,
  DelayObservation,
  DiscretizeAction,
  DiscretizeObservation,
  DtypeObservation,
  dict,
  discrete,
  type Env,
  FlattenObservation,
  FrameStackObservation,
  MaxAndSkipObservation,
  multiBinary,
  multiDiscrete,
  NormalizeObservation,
  RescaleObservation,
  ReshapeObservation,
  type Space,
  TimeAwareObservation,
  TimeLimit,
  TransformObservation,
  text,
  tuple,
} from "../src/index.js";
import { Echo, errorOf, Walk } from "./tiny-envs.js";

/** Shows whatever elements of a space it is given, one after the other. */
class Film extends BaseEnv<unknown, number> {
  override readonly actionSpace: Space<number> = discrete(2);
  private shown = 0;

  constructor(
    override readonly observationSpace: Space<unknown>,
    private readonly frames: readonly unknown[],
  ) {
    super();
  }

  override reset(options?: { seed?: number }) {
    this.reseed(options?.seed);
    this.shown = 0;
    return { observation: this.frames[0], info: {} };
  }

  override step(_action?: unknown) {
    this.shown++;
    const observation = this.frames[this.shown % this.frames.length];
    return { observation, reward: 1, terminated: false, truncated: false, info: {} };
  }

  override snapshot(): unknown {
    return { shown: this.shown, rng: this.rng.state };
  }

  override restore(snapshot: unknown): void {
    this.shown = (snapshot as { shown: number }).shown;
  }
}

const echo = (...values: number[]) => Float32Array.from(values);

describe("FrameStackObservation", () => {
  test("stacks oldest first, padded with the first frame, with zeros, or with an own one", () => {
    const paddings = ["reset", "zero", { observation: echo(2) }] as const;
    const starts = paddings.map((padding) => {
      const env = new FrameStackObservation(new Echo(), 3, { padding });
      env.reset();
      env.step(echo(1));
      return env.reset().observation;
    });
    expect(starts).toEqual([echo(0, 0, 0), echo(0, 0, 0), echo(2, 2, 0)]);
    const env = new FrameStackObservation(new Echo(), 3);
    env.reset();
    const shown = [1, -1, 0.5, 2].map((x) => (env.step(echo(x)).observation as Float32Array).slice());
    expect(shown).toEqual([echo(0, 0, 1), echo(0, 1, -1), echo(1, -1, 0.5), echo(-1, 0.5, 2)]);
  });

  test("its observation lives through the next call, also where that is a reset", () => {
    const env = new FrameStackObservation(new Echo(), 2, { padding: "zero" });
    const first = env.reset().observation as Float32Array;
    const second = env.step(echo(1)).observation as Float32Array;
    expect(first).toEqual(echo(0, 0));
    const third = env.reset().observation as Float32Array;
    expect(second).toEqual(echo(0, 1));
    expect(third).toEqual(echo(0, 0));
  });

  test.each([
    ["Discrete", discrete(5), [3, 4, 0]],
    ["MultiBinary", multiBinary(3), [Int8Array.of(1, 0, 0), Int8Array.of(0, 1, 1)]],
    [
      "Box of rows",
      box({ low: 0, high: 9, shape: [2, 2], dtype: "uint8" }),
      [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(5, 6, 7, 8)],
    ],
    [
      "Tuple",
      tuple([discrete(3), box({ low: 0, high: 1, shape: [2], dtype: "float32" })]),
      [
        [1, echo(0, 1)],
        [2, echo(1, 0)],
      ],
    ],
    [
      "Dict",
      dict({ a: discrete(3), b: dict({ c: discrete(2) }) }),
      [
        { a: 1, b: { c: 1 } },
        { a: 2, b: { c: 0 } },
      ],
    ],
    ["Text", text({ maxLength: 4 }), ["ab", "cd"]],
    [
      "int64 Box of BigInts",
      box({ low: 0, high: 9, shape: [1], dtype: "int64" }),
      [BigInt64Array.of(1n), BigInt64Array.of(2n)],
    ],
    [
      "int64 Box of 32 bits",
      box({ low: 0, high: 9, shape: [1], dtype: "int64" }),
      [Int32Array.of(1), Int32Array.of(2)],
    ],
  ] as [string, Space<unknown>, unknown[]][])(
    "stays in the batched space for %s, and can be restored",
    (_, space, frames) => {
      const make = () => new FrameStackObservation(new Film(space, frames), 3);
      const [env, fresh] = [make(), make()];
      expect(env.observationSpace.contains(env.reset().observation)).toBe(true);
      expect(env.observationSpace.contains(env.step(0).observation)).toBe(true);
      const snapshot = structuredClone(env.snapshot());
      const next = structuredClone([env.step(0).observation, env.step(0).observation]);
      fresh.restore(snapshot);
      expect(structuredClone([fresh.step(0).observation, fresh.step(0).observation])).toEqual(next);
      expect(env.observationSpace.contains(next[1])).toBe(true);
    },
  );

  test("pads int64 frames with zeros of their own array type", () => {
    const space = box({ low: 0, high: 9, shape: [1], dtype: "int64" }) as unknown as Space<unknown>;
    const start = (frame: unknown) =>
      new FrameStackObservation(new Film(space, [frame]), 2, { padding: "zero" }).reset().observation;
    expect(start(Int32Array.of(7))).toEqual(Int32Array.of(0, 7));
    expect(start(BigInt64Array.of(7n))).toEqual(BigInt64Array.of(0n, 7n));
  });

  test("stacks Discrete values beyond 32 bits", () => {
    const space = discrete(2 ** 40);
    const env = new FrameStackObservation(new Film(space, [2 ** 35, 7]), 2, { padding: "zero" });
    expect(env.reset().observation).toEqual([0, 2 ** 35]);
    const { observation } = env.step(0);
    expect(observation).toEqual([2 ** 35, 7]);
    expect(env.observationSpace.contains(observation)).toBe(true);
  });

  test("shows zero of a wide MultiDiscrete as an element of it", () => {
    const space = multiDiscrete([2 ** 40], { start: [2 ** 33], wide: true });
    const env = new DelayObservation(new Film(space, [BigInt64Array.of(2n ** 34n)]), 1);
    expect(env.reset().observation).toEqual(BigInt64Array.of(2n ** 33n));
  });

  test("refuses sizes and paddings that make no sense", () => {
    expect(errorOf(() => new FrameStackObservation(new Echo(), 0)).message).toBe(
      "FrameStackObservation: stackSize is 0, expected a positive integer number of frames.",
    );
    expect(
      errorOf(() => new FrameStackObservation(new Echo(), 2, { padding: { observation: echo(3) } })).code,
    ).toBe("invalid-options");
  });
});

describe("DelayObservation", () => {
  test("shows zeros, then what was seen `delay` steps before", () => {
    const env = new DelayObservation(new Echo(), 2);
    for (let episode = 0; episode < 2; episode++) {
      const shown = [env.reset().observation[0]];
      for (const x of [1, 2, -1, 0.5]) shown.push(env.step(echo(x)).observation[0]);
      expect(shown).toEqual([0, 0, 0, 1, 2]);
    }
  });

  test("shows the value nearest to zero where zero is outside the space", () => {
    const space = box({ low: [1, -5], high: [2, -3], dtype: "float32" }) as unknown as Space<unknown>;
    expect(new DelayObservation(new Film(space, [echo(2, -4)]), 1).reset().observation).toEqual(echo(1, -3));
  });
});

describe("TimeAwareObservation", () => {
  test("adds the time to Tuples and Dicts as a member", () => {
    const limited = (space: Space<unknown>, frame: unknown) => new TimeLimit(new Film(space, [frame]), 9);
    const inTuple = new TimeAwareObservation(limited(tuple([discrete(3)]), [2]), { flatten: false });
    expect(inTuple.reset().observation).toEqual([2, Int32Array.of(0)]);
    expect(inTuple.step(0).observation).toEqual([2, Int32Array.of(1)]);
    const inDict = new TimeAwareObservation(limited(dict({ a: discrete(3) }), { a: 2 }), {
      flatten: false,
      timeKey: "t",
    });
    inDict.reset();
    expect(inDict.step(0).observation).toEqual({ a: 2, t: Int32Array.of(1) });
    expect(inDict.observationSpace.contains(inDict.reset().observation)).toBe(true);
  });

  test("needs a time limit, and a key that is free", () => {
    expect(errorOf(() => new TimeAwareObservation(new Echo())).message).toContain("has no time limit");
    const taken = new TimeLimit(new Film(dict({ time: discrete(2) }), [{ time: 0 }]), 3);
    expect(errorOf(() => new TimeAwareObservation(taken)).message).toContain('already has the key "time"');
  });
});

describe("NormalizeObservation", () => {
  test("tends to mean 0 and deviation 1, and can be frozen", () => {
    const env = new NormalizeObservation(new Echo() as Env<unknown, Float32Array>);
    env.reset();
    const shown: number[] = [];
    for (let t = 0; t < 400; t++) shown.push(env.step(echo(1 + Math.sin(t))).observation[0] as number);
    const late = shown.slice(200);
    const mean = late.reduce((sum, x) => sum + x, 0) / late.length;
    const variance = late.reduce((sum, x) => sum + (x - mean) ** 2, 0) / late.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
    env.updateStatistics = false;
    const { count } = env.statistics;
    env.step(echo(2));
    expect(env.statistics.count).toBe(count);
  });

  test("takes Discrete observations as one number", () => {
    const env = new NormalizeObservation(new Film(discrete(9), [4]));
    expect(env.reset().observation).toHaveLength(1);
    expect(env.observationSpace.contains(env.reset().observation)).toBe(true);
  });

  test("counts integers in float64, as Gymnasium does: its figures of four cells of CliffWalking", () => {
    const env = new NormalizeObservation(new Film(discrete(48), [36, 24, 25, 26]));
    const shown = [env.reset().observation[0]];
    for (let t = 0; t < 3; t++) shown.push(env.step(0).observation[0]);
    expect(shown).toEqual([0.009996143, -0.9991501, -0.6126982, -0.36313146].map(Math.fround));
    expect([...env.statistics.mean, ...env.statistics.variance]).toEqual([
      27.749306267343318, 23.20619592632482,
    ]);
  });
});

describe("MaxAndSkipObservation", () => {
  test("gives the elementwise maximum of the last two of the skipped observations", () => {
    const frames = [echo(0, 0), echo(9, 9), echo(3, 5), echo(4, 1)];
    const space = box({ low: 0, high: 9, shape: [2], dtype: "float32" }) as unknown as Space<unknown>;
    const env = new MaxAndSkipObservation(new Film(space, frames), 3);
    env.reset();
    expect(env.step(0)).toMatchObject({ observation: echo(4, 5), reward: 3 });
  });
});

describe("Box transformations", () => {
  test("RescaleObservation maps bounds onto bounds and leaves infinite sides alone", () => {
    const env = new RescaleObservation(new Echo(), { min: 0, max: 1 });
    env.reset();
    expect([-2, 0, 2].map((x) => env.step(echo(x)).observation[0])).toEqual([0, 0.5, 1]);
    const open = box({
      low: [0],
      high: [Number.POSITIVE_INFINITY],
      dtype: "float32",
    }) as unknown as Space<Float32Array>;
    const film = () => new Film(open, [echo(7)]) as unknown as Env<Float32Array, number>;
    expect(
      new RescaleObservation(film(), { min: 10, max: Number.POSITIVE_INFINITY }).reset().observation,
    ).toEqual(echo(17));
    expect(errorOf(() => new RescaleObservation(film(), { min: 0, max: 1 })).message).toContain(
      "from [0, Infinity] to [0, 1]",
    );
  });

  test("ReshapeObservation and TransformObservation show the space they are given", () => {
    const space = box({ low: 0, high: 9, shape: [2, 3], dtype: "uint8" }) as unknown as Space<unknown>;
    const film = new Film(space, [Uint8Array.of(1, 2, 3, 4, 5, 6)]);
    const reshaped = new ReshapeObservation(film, [3, 2]);
    expect(reshaped.observationSpace.shape).toEqual([3, 2]);
    expect(reshaped.reset().observation).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
    expect(errorOf(() => new ReshapeObservation(film, [4, 2])).message).toContain("the shape is [4, 2]");
    const first = new TransformObservation(
      film,
      (pixels) => (pixels as Uint8Array)[0] as number,
      discrete(10),
    );
    expect(first.reset().observation).toBe(1);
    expect(first.observationSpace.describe()).toMatchObject({ type: "Discrete", n: 10 });
  });

  test("DtypeObservation converts every kind of number", () => {
    const env = new DtypeObservation(new Film(discrete(3, { start: 1 }), [2]), "float32");
    expect(env.reset().observation).toEqual(echo(2));
    expect(env.observationSpace.describe()).toMatchObject({ type: "Box", shape: [], low: [1], high: [3] });
    const whole = new DtypeObservation(new Film(multiBinary(2), [Int8Array.of(1, 0)]), "int64");
    expect(whole.reset().observation).toEqual(BigInt64Array.of(1n, 0n));
    expect(errorOf(() => new DtypeObservation(new Film(text({ maxLength: 3 }), [""]), "int8")).code).toBe(
      "invalid-options",
    );
  });

  test("DiscretizeObservation numbers the bins, the last value counting fastest", () => {
    const space = box({ low: [0, 0], high: [1, 1], dtype: "float32" }) as unknown as Space<unknown>;
    const frames = [echo(0, 0), echo(0, 0.9), echo(0.5, 0.4), echo(1, 1)];
    const film = () => new Film(space, frames) as unknown as Env<Float32Array, number>;
    const env = new DiscretizeObservation(film(), { bins: [2, 3] });
    expect([env.reset().observation, ...[0, 0, 0].map(() => env.step(0).observation)]).toEqual([0, 2, 4, 5]);
    const perValue = new DiscretizeObservation(film(), { bins: [2, 3], multiDiscrete: true });
    perValue.reset();
    expect(perValue.step(0).observation).toEqual(Int32Array.of(0, 2));
    expect(errorOf(() => new DiscretizeObservation(film(), { bins: 0 })).message).toContain("bins is 0");
  });

  test("bins have the edges and centres that NumPy 2 computes in the dtype of the Box", () => {
    // numpy.linspace of the float32 bounds: edge 3 of 4 is a little below 0.15, and the middle of 3 bins is not 0.
    const space = box({ low: -1.2, high: 0.6 }) as unknown as Space<unknown>;
    const at = (x: number) => new Film(space, [Float32Array.of(x)]) as unknown as Env<Float32Array, number>;
    const bin = (x: number) => new DiscretizeObservation(at(x), { bins: 4 }).reset().observation;
    expect([0.1499999612569809, 0.1499999761581421].map(bin)).toEqual([2, 3]);

    class Pushed extends Film {
      override readonly actionSpace = box({ low: -1, high: 1 }) as unknown as Space<number>;
      readonly taken: number[] = [];
      override step(action: unknown) {
        this.taken.push(...(action as Float32Array));
        return super.step();
      }
    }
    const pushed = new Pushed(discrete(2), [0]);
    const env = new DiscretizeAction(pushed as unknown as Env<unknown, Float32Array>, { bins: 3 });
    env.reset();
    for (const action of [0, 1, 2]) env.step(action);
    expect(pushed.taken).toEqual([-0.6666666269302368, 2.9802322387695312e-8, 0.6666666865348816]);
  });

  test("FlattenObservation joins members, Discrete ones as one-hot vectors, without new memory", () => {
    const space = dict({ a: discrete(3), b: box({ low: 0, high: 1, shape: [2], dtype: "float32" }) });
    const env = new FlattenObservation(
      new Film(space as unknown as Space<unknown>, [{ a: 1, b: echo(0.25, 1) }]),
    );
    const first = env.reset().observation;
    expect([...first]).toEqual([0, 1, 0, 0.25, 1]);
    expect(env.step(0).observation).not.toBe(first);
    expect(env.step(0).observation).toBe(first);
  });

  test("wrappers compose: stacked one-hot vectors stay in their space", () => {
    const env = new FrameStackObservation(new FlattenObservation(new Film(discrete(3), [0, 2])), 2, {
      padding: "zero",
    });
    expect(env.observationSpace.contains(env.reset().observation)).toBe(true);
    const { observation } = env.step(0);
    expect([...(observation as Int32Array)]).toEqual([1, 0, 0, 0, 0, 1]);
    expect(env.observationSpace.contains(observation)).toBe(true);
  });
});

/** Every observation wrapper with a memory, over a walk. */
const stateful: Record<string, () => Env<unknown, number>> = {
  DelayObservation: () => new DelayObservation(new Walk(), 3),
  TimeAwareObservation: () => new TimeAwareObservation(new TimeLimit(new Walk(), 6)),
  NormalizeObservation: () => new NormalizeObservation(new Walk() as Env<unknown, number>),
  MaxAndSkipObservation: () => new MaxAndSkipObservation(new TimeLimit(new Walk(), 7), 2),
  FrameStackObservation: () => new FrameStackObservation(new Walk(), 3),
};

test.each(Object.keys(stateful))("%s keeps observations for two calls and restores exactly", (name) => {
  const make = stateful[name]!;
  const [env, fresh] = [make(), make()];
  const actions = [1, 0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 1, 0, 1];
  const go = (played: Env<unknown, number>, part: number[]) => {
    let kept: unknown = null;
    let copy: unknown = null;
    return part.map((action) => {
      const step = structuredClone(played.step(action));
      expect(kept).toEqual(copy);
      const { terminated, truncated } = step;
      kept = terminated || truncated ? played.reset().observation : null;
      copy = structuredClone(kept);
      return step;
    });
  };
  env.reset({ seed: 8 });
  go(env, actions.slice(0, 4));
  const snapshot = structuredClone(env.snapshot());
  const expected = go(env, actions.slice(4));
  fresh.restore(snapshot);
  expect(go(fresh, actions.slice(4))).toEqual(expected);
});
