import { Generator } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import {
  buildNet,
  type Net,
  type NetOptions,
  type NetSpecInput,
  netSpecSchema,
  parameterTable,
} from "../../src/nets/index.js";
import {
  decodeSafetensors,
  encodeSafetensors,
  tf,
  useEngine,
  valueAndGradients,
} from "../../src/tensors/index.js";
import { localEngines } from "../engines.js";

type Case = { spec: NetSpecInput } & Omit<NetOptions, "rng">;

/** One of each kind of net, small enough for a quick test. */
const cases: Record<string, Case> = {
  mlp: { spec: { type: "mlp", hidden: [8, 7], activation: "tanh" }, inputShape: [4], outputs: 3 },
  "mlp of one-hot states": {
    spec: { type: "mlp", hidden: [6] },
    inputShape: [],
    oneHot: { n: 5, start: 2 },
    outputs: 2,
  },
  minatar: { spec: { type: "minatar" }, inputShape: [10, 10, 4], outputs: 6 },
  "minatar with frame stacks": { spec: { type: "minatar" }, inputShape: [10, 10], stack: 2, outputs: 3 },
  nature: { spec: { type: "nature" }, inputShape: [40, 36], stack: 4, outputs: 2 },
  "dueling mlp": {
    spec: { type: "mlp", hidden: [8, 6] },
    inputShape: [4],
    outputs: 3,
    head: { type: "q", dueling: true },
  },
  "minatar with LayerNorm": {
    spec: { type: "minatar", norm: "layer" },
    inputShape: [10, 10, 4],
    outputs: 3,
    head: { type: "q", dueling: true },
  },
  layers: {
    spec: {
      type: "layers",
      initializer: "he-normal",
      layers: [
        { type: "conv2d", filters: 3, size: [2, 3], stride: [1, 2], padding: "same", activation: "elu" },
        { type: "conv2d", filters: 2, size: 2, activation: "leakyRelu" },
        { type: "layerNorm" },
        { type: "flatten" },
        { type: "dense", units: 5, activation: "sigmoid", norm: "layer" },
        { type: "activation", activation: "tanh" },
      ],
    },
    inputShape: [5, 6, 2],
    outputs: 4,
  },
};

function build({ spec, ...options }: Case, seed = 1): Net {
  return buildNet(netSpecSchema.parse(spec), { ...options, rng: new Generator(seed) });
}

/** Observations that suit the case: whole numbers that fit one-hot, pixels and floats alike. */
function observationsFor(net: Net, rows: number): Uint8Array {
  return Uint8Array.from({ length: rows * net.input.rowSize }, (_, i) => 2 + ((i * 7 + (i >> 3)) % 5));
}

function outputsOf(net: Net, rows = 3): number[] {
  const x = net.input.encode(observationsFor(net, rows), rows);
  const y = net.apply(x);
  expect(y.shape).toEqual([rows, net.outputs]);
  const values = [...y.dataSync()];
  tf.dispose([x, y]);
  return values;
}

for (const engine of localEngines) {
  describe.each(Object.entries(cases))(`${engine}: %s`, (_name, netCase) => {
    beforeAll(async () => {
      await useEngine(engine);
    });

    test("restore(save()) through a file gives identical outputs", () => {
      const net = build(netCase);
      const other = build(netCase, 2);
      expect(outputsOf(other)).not.toEqual(outputsOf(net));
      other.restore(decodeSafetensors(encodeSafetensors(net.save())));
      expect(outputsOf(other)).toEqual(outputsOf(net));
      net.dispose();
      other.dispose();
    });

    test("nothing leaks", () => {
      const before = tf.memory().numTensors;
      const net = build(netCase);
      const other = build(netCase, 2);
      const round = () => {
        outputsOf(net);
        other.copyFrom(net);
        other.blend(net, 0.1);
        other.restore(net.save());
      };
      round();
      const { numTensors, numBytes } = tf.memory();
      for (let i = 0; i < 5; i++) round();
      expect(tf.memory().numTensors).toBe(numTensors);
      expect(tf.memory().numBytes).toBe(numBytes);
      net.dispose();
      other.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });
}

test("the engines agree on gradients", async () => {
  const gradientsOf = (netCase: Case) => {
    const net = build(netCase);
    const x = net.input.encode(observationsFor(net, 2), 2);
    const { value, gradients } = valueAndGradients(
      () => tf.sum(tf.square(net.apply(x))) as tf.Scalar,
      net.parameters,
    );
    const found = Object.fromEntries(
      Object.entries(gradients).map(([name, array]) => [name, [...array.dataSync()]]),
    );
    tf.dispose([x, value, gradients]);
    net.dispose();
    return found;
  };
  for (const [name, netCase] of Object.entries(cases).filter(([name]) => name !== "nature")) {
    await useEngine("cpu");
    const onCpu = gradientsOf(netCase);
    await useEngine("wasm");
    for (const [parameter, values] of Object.entries(gradientsOf(netCase))) {
      const expected = onCpu[parameter]!;
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const error = values.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
      expect(largest, `${name} ${parameter}`).toBeGreaterThan(0);
      expect(error / largest, `${name} ${parameter}`).toBeLessThan(1e-4);
    }
  }
});

test("the engines agree on starting weights to the bit and on outputs closely", async () => {
  for (const netCase of Object.values(cases)) {
    await useEngine("cpu");
    const onCpu = build(netCase);
    const [weights, outputs] = [onCpu.save(), outputsOf(onCpu)];
    onCpu.dispose();
    await useEngine("wasm");
    const onWasm = build(netCase);
    expect(onWasm.save()).toEqual(weights);
    outputsOf(onWasm).forEach((value, i) => {
      expect(value).toBeCloseTo(outputs[i]!, 4);
    });
    onWasm.dispose();
  }
});

describe("on the cpu", () => {
  beforeAll(async () => {
    await useEngine("cpu");
  });

  test("an mlp computes what its weights say", () => {
    const net = build({
      spec: { type: "mlp", hidden: [2], activation: "relu", inputScale: 0.5 },
      inputShape: [2],
      outputs: 1,
    });
    const array = (shape: number[], data: number[]) => ({
      shape,
      dtype: "float32" as const,
      data: Float32Array.from(data),
    });
    net.restore({
      "dense1.weights": array([2, 2], [1, -1, 2, 3]),
      "dense1.bias": array([2], [0.5, -20]),
      "q.weights": array([2, 1], [4, 100]),
      "q.bias": array([1], [-1]),
    });
    // x = 0.5 [2, 6] = [1, 3]; hidden = relu([1 + 6 + 0.5, -1 + 9 - 20]) = [7.5, 0]; q = 30 - 1.
    const x = net.input.encode(Float32Array.of(2, 6), 1);
    expect([...net.apply(x).dataSync()]).toEqual([29]);
    x.dispose();
    net.dispose();
  });

  test("LayerNorm comes between the sums and the activation of every layer but the last", () => {
    const spec: NetSpecInput = { type: "mlp", hidden: [2], norm: "layer" };
    const net = build({ spec, inputShape: [2], outputs: 1 });
    const array = (shape: number[], data: number[]) => ({
      shape,
      dtype: "float32" as const,
      data: Float32Array.from(data),
    });
    net.restore({
      "dense1.weights": array([2, 2], [1, -1, 2, 3]),
      "dense1.bias": array([2], [0, -5]),
      "dense1.norm.scale": array([2], [2, 3]),
      "dense1.norm.offset": array([2], [0.5, 1]),
      "q.weights": array([2, 1], [10, 100]),
      "q.bias": array([1], [-1]),
    });
    // x = [1, 3]: sums [7, 3], mean 5, variance 4: normalised +-2 / sqrt(4 + 1e-5); relu([2 n + 0.5, 1 - 3 n]) = [2.5, 0].
    const n = 2 / Math.sqrt(4 + 1e-5);
    const x = net.input.encode(Float32Array.of(1, 3), 1);
    expect(net.apply(x).dataSync()[0]).toBeCloseTo(10 * (2 * n + 0.5) - 1, 5);
    tf.dispose(x);
    net.dispose();
  });

  test.each([
    [{ type: "mlp", hidden: [4, 3] }, 6, ["dense1", "dense2"]],
    [{ type: "minatar" }, 6, ["conv2d1", "dense1"]],
    [{ type: "nature" }, 36, ["conv2d1", "conv2d2", "conv2d3", "dense1"]],
  ] as const)(
    "LayerNorm adds a scale and an offset to each layer of %o, and no draw",
    (named, size, layers) => {
      const options = { inputShape: [size, size], outputs: 2 };
      const spec = named as NetSpecInput;
      const [plain, normed] = [
        build({ spec, ...options }),
        build({ spec: { ...spec, norm: "layer" } as NetSpecInput, ...options }),
      ];
      const rest = normed.save();
      for (const name of layers) {
        expect(new Set(rest[`${name}.norm.scale`]!.data)).toEqual(new Set([1]));
        expect(new Set(rest[`${name}.norm.offset`]!.data)).toEqual(new Set([0]));
        delete rest[`${name}.norm.scale`];
        delete rest[`${name}.norm.offset`];
      }
      expect(rest).toEqual(plain.save());
      for (const net of [plain, normed]) net.dispose();
    },
  );

  test("a dueling head subtracts the mean advantage", () => {
    const spec: NetSpecInput = { type: "mlp", hidden: [] };
    const net = build({ spec, inputShape: [1], outputs: 3, head: { type: "q", dueling: true } });
    const array = (shape: number[], data: number[]) => ({
      shape,
      dtype: "float32" as const,
      data: Float32Array.from(data),
    });
    net.restore({
      "value.output.weights": array([1, 1], [10]),
      "value.output.bias": array([1], [0]),
      "advantage.output.weights": array([1, 3], [1, 2, 6]),
      "advantage.output.bias": array([3], [0, 0, 0]),
    });
    // V = 10, A = [1, 2, 6] with mean 3: Q = 10 + [-2, -1, 3].
    const x = net.input.encode(Float32Array.of(1), 1);
    expect([...net.apply(x).dataSync()]).toEqual([8, 9, 13]);
    x.dispose();
    net.dispose();
  });

  test("a dueling net has its last hidden layer once per stream (Wang et al. 2016)", () => {
    const net = build(cases["dueling mlp"]!);
    expect(parameterTable(net).rows.map(({ name }) => name.replace(/\.(weights|bias)$/, ""))).toEqual([
      "dense1",
      "dense1",
      "value.hidden",
      "value.hidden",
      "value.output",
      "value.output",
      "advantage.hidden",
      "advantage.hidden",
      "advantage.output",
      "advantage.output",
    ]);
    net.dispose();
  });

  test("parameter tables count as published", () => {
    // MinAtar's DQN: 144 C + 16 + 131,200 + 774 for 6 actions.
    const minatar = build(cases["minatar"]!);
    expect(parameterTable(minatar).total).toBe(144 * 4 + 16 + 131_200 + 774);
    expect(parameterTable(minatar).rows[0]).toEqual({
      name: "conv2d1.weights",
      shape: [3, 3, 4, 16],
      parameters: 576,
    });
    minatar.dispose();
    // Nature DQN on 84x84x4 with 4 actions, as PyTorch ports count it: 1,686,180.
    const nature = build({ spec: { type: "nature" }, inputShape: [84, 84], stack: 4, outputs: 4 });
    expect(parameterTable(nature).total).toBe(1_686_180);
    nature.dispose();
  });

  test("copyFrom makes copies; blend moves a share of the way", () => {
    const [target, online] = [build(cases["mlp"]!, 1), build(cases["mlp"]!, 2)];
    const [before, goal] = [target.save()["q.weights"]!.data, online.save()["q.weights"]!.data];
    target.blend(online, 0.25);
    target.save()["q.weights"]!.data.forEach((value, i) => {
      expect(value).toBeCloseTo(0.75 * before[i]! + 0.25 * goal[i]!, 6);
    });
    target.copyFrom(online);
    expect(target.save()).toEqual(online.save());
    for (const net of [target, online]) net.dispose();
  });

  test("weights of another net are refused before anything changes", () => {
    const net = build(cases["mlp"]!);
    const saved = net.save();
    const refused = (change: (arrays: typeof saved) => void, message: RegExp) => {
      const arrays = net.save();
      arrays["dense1.bias"]!.data.fill(9);
      change(arrays);
      expect(() => net.restore(arrays)).toThrow(message);
      expect(net.save()).toEqual(saved);
    };
    refused((arrays) => delete arrays["q.bias"], /lack "q.bias"/);
    refused((arrays) => {
      arrays["extra"] = arrays["q.bias"]!;
    }, /have "extra", which this net has not/);
    refused((arrays) => {
      arrays["q.bias"] = { ...arrays["q.bias"]!, shape: [1, 3] };
    }, /"q.bias" are float32 of shape \[1,3\], but this net needs float32 of shape \[3\]/);
    const other = build(cases["minatar"]!);
    expect(() => net.copyFrom(other)).toThrow(/The nets differ/);
    tf.dispose([...other.parameters.values(), ...net.parameters.values()]);
  });

  test("nets that do not fit their input are refused, and leave nothing behind", () => {
    const before = tf.memory().numTensors;
    expect(() => build({ spec: { type: "minatar" }, inputShape: [4], outputs: 2 })).toThrow(
      /needs observations of shape \[height, width\] or \[height, width, channels\], not shape \[4\]; use a net of type mlp/,
    );
    expect(() => build({ spec: { type: "nature" }, inputShape: [10, 10], outputs: 2 })).toThrow(
      /conv2d2 has a filter of 4x4, but its input is only 1x1/,
    );
    const afterFlatten: NetSpecInput = {
      type: "layers",
      layers: [{ type: "flatten" }, { type: "conv2d", filters: 1, size: 1 }],
    };
    expect(() => build({ spec: afterFlatten, inputShape: [4, 4], outputs: 2 })).toThrow(
      /conv2d1 needs an input of shape/,
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  test("misspelt keys of a spec are errors", () => {
    expect(netSpecSchema.safeParse({ type: "mlp", hiden: [3] }).success).toBe(false);
    expect(netSpecSchema.safeParse({ type: "layers", layers: [{ type: "dense", unit: 3 }] }).success).toBe(
      false,
    );
    expect(netSpecSchema.safeParse({ type: "lenet" }).success).toBe(false);
  });
});
