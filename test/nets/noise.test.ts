import { Generator } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import {
  buildNet,
  drawNoise,
  type NetOptions,
  type NetSpecInput,
  netSpecSchema,
} from "../../src/nets/index.js";
import { capture, type NamedArrays, tf, useEngine, valueAndGradients } from "../../src/tensors/index.js";
import { localEngines } from "../engines.js";

function build(spec: NetSpecInput, options: Omit<NetOptions, "rng">, seed = 1) {
  return buildNet(netSpecSchema.parse(spec), {
    noise: { sigma0: 0.5 },
    ...options,
    rng: new Generator(seed),
  });
}

function noiseOf(size: number, seed = 0): Float32Array {
  const noise = new Float32Array(size);
  drawNoise(new Generator(seed), noise);
  return noise;
}

function outputsOf(net: ReturnType<typeof build>, x: Float32Array, noise: Float32Array | null): number[] {
  return tf.tidy(() => {
    const rows = x.length / net.input.rowSize;
    const given = noise && tf.tensor1d(noise);
    return [...net.apply(net.input.encode(x, rows), given).dataSync()];
  });
}

test("noise is f(e) = sgn(e) sqrt(|e|) of standard normal numbers e", () => {
  for (const [seed, length] of [
    [0, 40_000],
    [1, 39_999],
  ] as const) {
    const e = Array.from(noiseOf(length, seed), (f) => f * Math.abs(f));
    const shareBelow = (x: number) => e.filter((value) => value < x).length / length;
    // The normal distribution function, give or take 4 standard errors.
    for (const [x, expected] of [
      [-2, 0.02275],
      [-1, 0.15866],
      [0, 0.5],
      [0.5, 0.69146],
      [1.5, 0.93319],
      [3, 0.99865],
    ] as const) {
      const error = Math.sqrt((expected * (1 - expected)) / length);
      expect(Math.abs(shareBelow(x) - expected), `${x}`).toBeLessThan(4 * error);
    }
    // Neighbours do not go together: their correlation has a standard error of 1 / sqrt(n).
    for (const lag of [1, 2, 3]) {
      const product = e.slice(lag).reduce((sum, value, i) => sum + value * e[i]!, 0) / length;
      expect(Math.abs(product), `lag ${lag}`).toBeLessThan(4 / Math.sqrt(length));
    }
  }
});

test("noise follows the generator, of which a draw takes two numbers whatever its length", () => {
  const [rng, same] = [new Generator(3), new Generator(3)];
  const [first, second, again] = [new Float32Array(9), new Float32Array(9), new Float32Array(9)];
  drawNoise(rng, first);
  drawNoise(rng, second);
  drawNoise(same, again);
  expect(again).toEqual(first);
  expect(second).not.toEqual(first);
  const counted = new Generator(3);
  for (let i = 0; i < 4; i++) counted.random();
  expect(rng.state).toEqual(counted.state);
});

describe.each(localEngines)("noisy nets on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  test("compute what their weights and the noise say", () => {
    const net = build({ type: "mlp", hidden: [] }, { inputShape: [2], outputs: 2 });
    expect(net.noiseSize).toBe(4);
    const array = (shape: number[], data: number[]) => ({
      shape,
      dtype: "float32" as const,
      data: Float32Array.from(data),
    });
    const weights: NamedArrays = {
      "q.weights": array([2, 2], [1, 2, 3, 4]),
      "q.bias": array([2], [10, 20]),
      "q.noise.weights": array([2, 2], [0.5, 1, 2, 4]),
      "q.noise.bias": array([2], [1, 3]),
    };
    net.restore(weights);
    // f_in = [2, -1], f_out = [3, 0.5]; w_ij = mu_ij + sigma_ij f_in_i f_out_j:
    // w = [[1 + 3, 2 + 1], [3 - 6, 4 - 2]] = [[4, 3], [-3, 2]]; b = [10 + 3, 20 + 1.5].
    // x = [1, 2]: [4 - 6 + 13, 3 + 4 + 21.5].
    expect(outputsOf(net, Float32Array.of(1, 2), Float32Array.of(2, -1, 3, 0.5))).toEqual([11, 28.5]);
    // Mean weights: [1 + 6 + 10, 2 + 8 + 20].
    expect(outputsOf(net, Float32Array.of(1, 2), null)).toEqual([17, 30]);
    net.dispose();
  });

  test("begin with deviations of sigma0 / sqrt(inputs), and with the draws of a plain net", () => {
    const spec: NetSpecInput = { type: "mlp", hidden: [9] };
    const options: Omit<NetOptions, "rng"> = {
      inputShape: [4],
      outputs: 3,
      head: { type: "q", dueling: true },
    };
    const [noisy, plain] = [build(spec, options), build(spec, { ...options, noise: null })];
    const saved = noisy.save();
    const sigmas = Object.keys(saved).filter((name) => name.includes(".noise."));
    expect(sigmas.length).toBe(8);
    for (const name of sigmas) {
      const inputs = name.includes("hidden") ? 4 : 9;
      expect(new Set(saved[name]!.data)).toEqual(new Set([Math.fround(0.5 / Math.sqrt(inputs))]));
      delete saved[name];
    }
    expect(saved).toEqual(plain.save());
    // Both streams: 4 + 9 and 9 + 1, 4 + 9 and 9 + 3.
    expect([noisy.noiseSize, plain.noiseSize]).toEqual([13 + 10 + 13 + 12, 0]);
    const x = Float32Array.of(1, -1, 0.5, 2);
    expect(outputsOf(noisy, x, null)).toEqual(outputsOf(plain, x, null));
    expect(outputsOf(noisy, x, noiseOf(48))).not.toEqual(outputsOf(noisy, x, null));
    for (const net of [noisy, plain]) net.dispose();
  });

  test("gradients reach means and deviations, as differences say; layers with norm are noisy before it", () => {
    const net = build(
      { type: "mlp", hidden: [4], activation: "tanh", norm: "layer" },
      { inputShape: [3], outputs: 2 },
    );
    const noise = noiseOf(net.noiseSize);
    const x = Float32Array.of(0.3, -0.7, 1.1, -0.2, 0.9, 0.4);
    const given = tf.tensor1d(noise);
    const encoded = net.input.encode(x, 2);
    const { value, gradients } = valueAndGradients(
      () => tf.sum(tf.square(net.apply(encoded, given))) as tf.Scalar,
      net.parameters,
    );
    const lossOf = () => outputsOf(net, x, noise).reduce((sum, q) => sum + q * q, 0);
    const saved = net.save();
    for (const [name, array] of Object.entries(saved)) {
      const found = gradients[name]!.dataSync();
      const shifted = (step: number) => {
        const data = array.data.slice() as Float32Array;
        data[0]! += step;
        net.restore({ ...saved, [name]: { ...array, data } });
        return lossOf();
      };
      const difference = (shifted(1e-2) - shifted(-1e-2)) / 2e-2;
      expect(Math.abs(found[0]! - difference), name).toBeLessThan(2e-3 * Math.max(1, Math.abs(difference)));
      net.restore(saved);
    }
    tf.dispose([value, gradients, given, encoded]);
    net.dispose();
  });

  test("a captured step takes the noise of each run as its input", () => {
    const net = build(
      { type: "minatar" },
      { inputShape: [10, 10, 2], outputs: 3, head: { type: "q", dueling: true } },
    );
    const compute = ({ x, noise }: Record<"x" | "noise", tf.Tensor>) => ({ q: net.apply(x, noise) });
    const [captured, eager] = [capture(compute), capture(compute, { eager: true })];
    const rng = new Generator(2);
    const seen = new Set<string>();
    for (let run = 0; run < 4; run++) {
      const x = { data: Float32Array.from({ length: 400 }, () => rng.random()), shape: [2, 10, 10, 2] };
      const noise = { data: noiseOf(net.noiseSize, run), shape: [net.noiseSize] };
      const q = captured.run({ x, noise }).q.slice();
      expect(q).toEqual(eager.run({ x, noise }).q);
      seen.add(String(captured.run({ x, noise: { ...noise, data: noiseOf(net.noiseSize, run + 9) } }).q));
      seen.add(String(q));
    }
    expect(seen.size).toBe(8);
    net.dispose();
  });

  test("several atoms per output: a dueling head subtracts the mean of each atom", () => {
    const spec: NetSpecInput = { type: "mlp", hidden: [] };
    const net = build(spec, {
      inputShape: [1],
      outputs: 2,
      atoms: 2,
      noise: null,
      head: { type: "q", dueling: true },
    });
    const array = (shape: number[], data: number[]) => ({
      shape,
      dtype: "float32" as const,
      data: Float32Array.from(data),
    });
    net.restore({
      "value.output.weights": array([1, 2], [10, 20]),
      "value.output.bias": array([2], [0, 0]),
      "advantage.output.weights": array([1, 4], [1, 2, 5, 8]),
      "advantage.output.bias": array([4], [0, 0, 0, 0]),
    });
    // Means over the actions: (1 + 5) / 2 = 3 and (2 + 8) / 2 = 5.
    expect(outputsOf(net, Float32Array.of(1), null)).toEqual([10 - 2, 20 - 3, 10 + 2, 20 + 3]);
    expect(net.atoms).toBe(2);
    net.dispose();
  });
});
