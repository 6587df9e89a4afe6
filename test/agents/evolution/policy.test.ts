import { box, discrete, Generator, make, multiBinary, type Space, type TypedArray } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import "../../../src/envs/index.js";
import { ActingNet } from "../../../src/agents/evolution/acting-net.js";
import { Forward } from "../../../src/agents/evolution/forward.js";
import { planPolicy, searchPolicy } from "../../../src/agents/evolution/index.js";
import { planNet } from "../../../src/agents/evolution/net-plan.js";
import { observationInput } from "../../../src/agents/spaces.js";
import { buildNet, type NetSpecInput, netSpecSchema } from "../../../src/nets/index.js";
import { useEngine } from "../../../src/tensors/index.js";

beforeAll(async () => {
  await useEngine("cpu");
});

const pixels = (shape: readonly number[]) => box({ low: 0, high: 1, shape, dtype: "float32" });

const nets: [string, NetSpecInput, Space<unknown>][] = [
  ["an mlp", { type: "mlp", hidden: [16, 5], activation: "tanh" }, pixels([6])],
  ["an mlp with relu and norm", { type: "mlp", hidden: [32, 16], norm: "layer" }, pixels([6])],
  ["no hidden layer", { type: "mlp", hidden: [] }, pixels([6])],
  ["whole numbers", { type: "mlp", hidden: [8], activation: "sigmoid" }, discrete(7, { start: 3 })],
  ["MinAtar's net", { type: "minatar" }, pixels([10, 10, 4])],
  ["channels that come first", { type: "minatar", channels: "first" }, pixels([3, 10, 8])],
  ["one channel, scaled", { type: "minatar", inputScale: 0.25, norm: "layer" }, pixels([7, 9])],
  [
    "padding, strides and the other activations",
    {
      type: "layers",
      initializer: "orthogonal",
      layers: [
        { type: "conv2d", filters: 9, size: [4, 3], stride: [2, 3], padding: "same", activation: "elu" },
        { type: "layerNorm" },
        { type: "conv2d", filters: 3, size: 2, activation: "leakyRelu" },
        { type: "flatten" },
        { type: "dense", units: 12 },
        { type: "activation", activation: "elu" },
      ],
    },
    pixels([9, 11, 2]),
  ],
];

describe.each(nets)("%s", (_, input, space) => {
  const spec = netSpecSchema.parse(input);
  const observation = observationInput(space, "search");
  const planned = planNet(spec, { ...observation, outputs: 3, scale: 1 });
  const net = () => buildNet(spec, { ...observation, outputs: 3, rng: new Generator(4) });

  test("starts with the weights that a tensor net draws, by the same names", () => {
    const built = net();
    expect(planned.named(planned.initial(new Generator(4)))).toEqual(built.save());
    built.dispose();
  });

  test("has a tensor net's outputs, but for rounding", () => {
    const built = net();
    const rng = new Generator(6);
    const parameters = planned.initial(rng).map((value) => value + 0.3 * rng.standardNormal());
    built.restore(planned.named(parameters));
    const { rowSize } = planned.plan.input;
    const rows = Float32Array.from({ length: 5 * rowSize }, () =>
      space.type === "Discrete" ? rng.integers(3, 10) : rng.random() < 0.3 ? 0 : rng.standardNormal(),
    );
    const x = built.input.encode(rows, 5);
    const expected = built.apply(x);
    const forward = new Forward(planned.plan);
    const found = Array.from({ length: 5 }, (_, row) => [...forward.run(parameters, rows, row)]).flat();
    expected.dataSync().forEach((value, i) => {
      expect(Math.abs(found[i]! - value)).toBeLessThan(2e-5 * (1 + Math.abs(value)));
    });
    for (const tensor of [x, expected, built]) tensor.dispose();
  });
});

test("a net that does not fit the observations is refused", () => {
  const spec = netSpecSchema.parse({ type: "minatar" });
  expect(() => planNet(spec, { inputShape: [4], oneHot: null, outputs: 2, scale: 1 })).toThrow(
    /conv2d1 needs an input/,
  );
});

const mlp = netSpecSchema.parse({ type: "mlp", hidden: [] });

describe("actions", () => {
  const act = (actionSpace: Space<unknown>, bias: readonly number[], masks: Uint8Array | null = null) => {
    const { plan } = planPolicy({
      observationSpace: pixels([1]),
      actionSpace,
      net: mlp,
      observations: "raw",
    });
    const parameters = Float32Array.of(...bias.map(() => 0), ...bias);
    return searchPolicy(plan, parameters)(new Float32Array(2), masks);
  };

  test("of a Discrete space are those of the largest output, from its start on, one for each row", () => {
    expect(act(discrete(3, { start: 5 }), [1, 3, 2])).toEqual(Int32Array.of(6, 6));
  });

  test("that are not legal are left out", () => {
    expect(act(discrete(3), [1, 3, 2], Uint8Array.of(1, 0, 1, 0, 0, 0))).toEqual(Int32Array.of(2, 0));
  });

  test("of a Box are squashed into its bounds, which they do not leave", () => {
    const space = box({
      low: Float32Array.of(-2, 0, -1),
      high: Float32Array.of(2, 10, 0.3),
      dtype: "float32",
    });
    const found = act(space, [0.5, 0, 1000]) as Float32Array;
    expect(found[0]).toBeCloseTo(2 * Math.tanh(0.5), 6);
    expect(found[1]).toBeCloseTo(5, 6);
    expect(found[2]).toBe(Math.fround(0.3));
    expect(space.contains(found.slice(0, 3))).toBe(true);
    expect(found.slice(3)).toEqual(found.slice(0, 3));
  });

  test.each([
    ["MultiBinary", multiBinary(2), /Discrete/],
    ["a Box without bounds", box({ low: 0, high: Infinity, shape: [1] }), /without bounds/],
    ["a Box of whole numbers", box({ low: 0, high: 3, shape: [1], dtype: "int32" }), /int32/],
  ])("of %s are refused in one sentence", (_, space, sentence) => {
    expect(() => act(space, [0])).toThrow(
      expect.objectContaining({ code: "unsupported-space", message: expect.stringMatching(sentence) }),
    );
  });
});

describe("observations", () => {
  const scaleOf = (observationSpace: Space<unknown>, observations: "bounds" | "raw") =>
    planPolicy({ observationSpace, actionSpace: discrete(2), net: mlp, observations }).plan.net.input.scale;

  test("of floats are divided by their bounds, where they have some", () => {
    const low = Float32Array.of(-4, -Infinity, 0, 0, -1e9);
    const space = box({ low, high: Float32Array.of(2, 1, 5, 0, 1e9) });
    expect(scaleOf(space, "bounds")).toEqual(Float64Array.of(0.25, 1, 0.2, 1, 1));
    expect(scaleOf(space, "raw")).toBe(1);
    expect(scaleOf(box({ low: 0, high: 255, shape: [2], dtype: "uint8" }), "bounds")).toBe(1);
  });
});

test("acting allocates nothing that stays, and rows do not mix", () => {
  const env = make("CartPole-v1");
  const { plan, initial } = planPolicy({
    observationSpace: env.observationSpace,
    actionSpace: env.actionSpace,
    net: netSpecSchema.parse({ type: "mlp", hidden: [8] }),
    observations: "bounds",
  });
  const parameters = initial(new Generator(1)).map((value) => 5 * value);
  const rng = new Generator(2);
  const rows = Float32Array.from({ length: 400 }, () => rng.standardNormal());
  const policy = searchPolicy(plan, parameters);
  const actions = policy(rows, null) as TypedArray;
  const together = [...actions];
  expect(new Set(together)).toEqual(new Set([0, 1]));
  const net = new ActingNet(plan);
  const alone = net.allocate(1);
  for (let row = 0; row < 100; row++) {
    net.act(parameters, rows.subarray(4 * row, 4 * row + 4), { row: 0, masks: null, actions: alone });
    expect(alone[0]).toBe(together[row]);
  }
  expect(policy(rows, null)).toBe(actions);
});
