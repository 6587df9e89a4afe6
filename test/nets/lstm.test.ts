import { Generator } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import { buildRecurrentNet, netSpecSchema } from "../../src/nets/index.js";
import { Lstm } from "../../src/nets/lstm.js";
import { tf, useEngine, valueAndGradients } from "../../src/tensors/index.js";
import { localEngines } from "../engines.js";

/** Numbers from -0.8 to 0.8 in no order. */
function mixed(size: number, a: number, b: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => (((i * a + b) % 17) - 8) / 10);
}

interface Sizes {
  inputs: number;
  units: number;
  steps: number;
  batch: number;
}

/** An LSTM of mixed weights with mixed inputs and states, and sum(y w) as a function of all of these. */
class Probe {
  readonly parameters = new Map<string, tf.Variable>();
  readonly lstm: Lstm;

  constructor(private readonly sizes: Sizes) {
    const { inputs, units, steps, batch } = sizes;
    this.lstm = new Lstm({ inputs, units, name: "lstm", parameters: this.parameters, rng: new Generator(0) });
    this.set("lstm.inputWeights", mixed(inputs * 4 * units, 5, 1));
    this.set("lstm.hiddenWeights", mixed(units * 4 * units, 7, 3));
    this.set("lstm.inputBias", mixed(4 * units, 3, 2));
    this.set("lstm.hiddenBias", mixed(4 * units, 11, 5));
    this.add("x", [steps * batch, inputs], mixed(steps * batch * inputs, 6, 4));
    this.add("hidden", [batch, units], mixed(batch * units, 9, 6));
    this.add("cell", [batch, units], mixed(batch * units, 4, 7));
  }

  /** y of all steps, and c after the last. @param present as `Lstm.unroll` takes it */
  run(present: number[] | null = null): { y: tf.Tensor; cell: tf.Tensor } {
    const { outputs, state } = this.lstm.unroll(
      this.at("x"),
      { hidden: this.at("hidden"), cell: this.at("cell") },
      present && tf.tensor2d(present, [present.length, 1]),
    );
    return { y: outputs, cell: state.cell };
  }

  gradients(): Record<string, Float32Array> {
    const { steps, batch, units } = this.sizes;
    const w = tf.tensor(mixed(steps * batch * units, 2, 9), [steps * batch, units]);
    const { value, gradients } = valueAndGradients(
      () => tf.sum(tf.mul(this.run().y, w)) as tf.Scalar,
      this.parameters,
    );
    const arrays = Object.fromEntries(
      Object.entries(gradients).map(([name, gradient]) => [
        name,
        gradient.dataSync().slice() as Float32Array,
      ]),
    );
    tf.dispose([w, value, gradients]);
    return arrays;
  }

  /** The same sum in float64, by the equations. */
  sum(): number {
    const { inputs, units, steps, batch } = this.sizes;
    const value = (name: string) => Float64Array.from(this.at(name).dataSync());
    const [x, h, c] = [value("x"), value("hidden"), value("cell")];
    const [wi, wh] = [value("lstm.inputWeights"), value("lstm.hiddenWeights")];
    const [bi, bh] = [value("lstm.inputBias"), value("lstm.hiddenBias")];
    const w = mixed(steps * batch * units, 2, 9);
    const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
    let total = 0;
    for (let step = 0; step < steps; step++) {
      for (let row = 0; row < batch; row++) {
        const z = Array.from({ length: 4 * units }, (_, gate) => {
          let sum = bi[gate]! + bh[gate]!;
          for (let i = 0; i < inputs; i++)
            sum += x[(step * batch + row) * inputs + i]! * wi[i * 4 * units + gate]!;
          for (let u = 0; u < units; u++) sum += h[row * units + u]! * wh[u * 4 * units + gate]!;
          return sum;
        });
        for (let u = 0; u < units; u++) {
          const [i, f, g, o] = [0, 1, 2, 3].map((gate) => z[gate * units + u]!) as [
            number,
            number,
            number,
            number,
          ];
          c[row * units + u] = sigmoid(f) * c[row * units + u]! + sigmoid(i) * Math.tanh(g);
          h[row * units + u] = sigmoid(o) * Math.tanh(c[row * units + u]!);
          total += h[row * units + u]! * w[(step * batch + row) * units + u]!;
        }
      }
    }
    return total;
  }

  at(name: string): tf.Tensor2D {
    return this.parameters.get(name) as unknown as tf.Tensor2D;
  }

  set(name: string, values: Float32Array): void {
    const variable = this.parameters.get(name)!;
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }

  private add(name: string, shape: number[], values: Float32Array): void {
    this.parameters.set(
      name,
      tf.tidy(() => tf.variable(tf.tensor(values, shape))),
    );
  }

  dispose(): void {
    tf.dispose([...this.parameters.values()]);
  }
}

/**
 * torch 1.13.0, of the same numbers, rounded to six digits:
 *
 * import torch
 * mixed = lambda a, b, *shape: torch.tensor([((i*a+b)%17-8)/10 for i in range(torch.Size(shape).numel())]).reshape(shape)
 * lstm = torch.nn.LSTM(2, 2)
 * lstm.weight_ih_l0.data, lstm.weight_hh_l0.data = mixed(5,1,2,8).T.contiguous(), mixed(7,3,2,8).T.contiguous()
 * lstm.bias_ih_l0.data, lstm.bias_hh_l0.data = mixed(3,2,8), mixed(11,5,8)
 * x, h, c = [mixed(*ab, *shape).requires_grad_() for ab, shape in [((6,4),(3,2,2)), ((9,6),(1,2,2)), ((4,7),(1,2,2))]]
 * y, (_, cell) = lstm(x, (h, c))
 * (y * mixed(2,9,3,2,2)).sum().backward()
 * print(y, cell, x.grad, h.grad, c.grad, lstm.weight_ih_l0.grad.T, lstm.weight_hh_l0.grad.T, lstm.bias_ih_l0.grad)
 */
const torch = {
  y: [
    0.0673763, -0.117097, 0.263867, -0.316225, 0.134283, -0.271734, 0.0827054, -0.338911, 0.0883902, -0.37558,
    0.167583, -0.340897,
  ],
  cell: [0.554162, -0.615073, 0.532663, -0.768949],
  x: [
    0.0486877, 0.0117667, 0.0838125, -0.000110485, -0.0551609, 0.0368535, -0.0346677, 0.0195403, 0.0111679,
    0.016041, 0.0615076, -0.015854,
  ],
  hidden: [-0.0102584, 0.0220596, 0.0531481, 0.0167116],
  cellStart: [-0.0793672, 0.0231932, 0.133119, 0.124396],
  inputWeights: [
    0.0162373, -0.00879475, 0.0271581, -0.0203258, 0.0371297, 0.0298935, 0.0487675, -0.102031, 0.0155953,
    -0.00913279, -0.0049801, 0.0150734, -0.00199411, -0.00620969, 0.00175138, 0.0431133,
  ],
  hiddenWeights: [
    0.00433179, -6.73493e-5, -0.00350884, -0.00357349, 0.00104957, -0.00573796, -0.0130546, 0.0143995,
    -0.0125335, -0.00817454, 0.02768, -0.000227428, 0.0103139, 0.0621899, 0.0456711, -0.0777443,
  ],
  bias: [-0.0380167, -0.037457, 0.0401941, -0.0534375, -0.00649476, 0.146307, 0.0111473, -0.146698],
};

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-6): void {
  expect(found).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(found[i]! - expected[i]!), `value ${i}: ${found[i]}`).toBeLessThan(tolerance);
  }
}

describe.each(localEngines)("an LSTM on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  test("computes what torch.nn.LSTM does, forward and backward", () => {
    const probe = new Probe({ inputs: 2, units: 2, steps: 3, batch: 2 });
    const { y, cell } = probe.run();
    expectClose(y.dataSync(), torch.y);
    expectClose(cell.dataSync(), torch.cell);
    const gradients = probe.gradients();
    expectClose(gradients["x"]!, torch.x);
    expectClose(gradients["hidden"]!, torch.hidden);
    expectClose(gradients["cell"]!, torch.cellStart);
    expectClose(gradients["lstm.inputWeights"]!, torch.inputWeights);
    expectClose(gradients["lstm.hiddenWeights"]!, torch.hiddenWeights);
    expectClose(gradients["lstm.inputBias"]!, torch.bias);
    expectClose(gradients["lstm.hiddenBias"]!, torch.bias);
    probe.dispose();
  });

  test("has the gradients that differences in float64 say", () => {
    const probe = new Probe({ inputs: 3, units: 4, steps: 5, batch: 2 });
    const gradients = probe.gradients();
    const by = 2 ** -10;
    for (const [name, gradient] of Object.entries(gradients)) {
      const values = probe.at(name).dataSync().slice() as Float32Array;
      for (let i = 0; i < values.length; i += 3) {
        const sumWith = (shift: number) => {
          probe.set(name, values.with(i, values[i]! + shift));
          return probe.sum();
        };
        const width = Math.fround(values[i]! + by) - Math.fround(values[i]! - by);
        const slope = (sumWith(by) - sumWith(-by)) / width;
        expect(Math.abs(gradient[i]! - slope), `${name}[${i}]`).toBeLessThan(2e-6);
      }
      probe.set(name, values);
    }
    probe.dispose();
  });

  test("passes over the steps that a row lacks", () => {
    const probe = new Probe({ inputs: 2, units: 3, steps: 3, batch: 2 });
    const all = probe.run();
    const some = probe.run([0, 1, 0, 1, 1, 1]);
    const [rows, cells] = [some.y.dataSync(), some.cell.dataSync()];
    expectClose(rows.subarray(0, 3), probe.at("hidden").dataSync().subarray(0, 3), 1e-9);
    // The other row has all steps, to the bit.
    expect(rows.slice(15)).toEqual(all.y.dataSync().slice(15));
    expect(cells.slice(3)).toEqual(all.cell.dataSync().slice(3));
    // The first row sees its last step only, as if there were no others.
    const once = probe.lstm.unroll(tf.slice2d(probe.at("x"), [4, 0], [2, 2]), {
      hidden: probe.at("hidden"),
      cell: probe.at("cell"),
    });
    expect(cells.slice(0, 3)).toEqual(once.state.cell.dataSync().slice(0, 3));
    tf.dispose([all, some, once] as unknown as tf.TensorContainer);
    probe.dispose();
  });

  test("begins uniform on +-1/sqrt(units), the same for the same seed", () => {
    const make = (seed: number) => {
      const parameters = new Map<string, tf.Variable>();
      new Lstm({ inputs: 30, units: 16, name: "a", parameters, rng: new Generator(seed) });
      const shapes = [...parameters].map(([name, { shape }]) => [name, shape]);
      const values = [...parameters.values()].flatMap((variable) => [...variable.dataSync()]);
      tf.dispose([...parameters.values()]);
      return { shapes, values };
    };
    const { shapes, values } = make(1);
    expect(shapes).toEqual([
      ["a.inputWeights", [30, 64]],
      ["a.hiddenWeights", [16, 64]],
      ["a.inputBias", [64]],
      ["a.hiddenBias", [64]],
    ]);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.25);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(variance).toBeCloseTo(0.25 ** 2 / 3, 3);
    expect(make(1).values).toEqual(values);
    expect(make(2).values).not.toEqual(values);
  });

  test("a recurrent net gives the same in one go and step by step, and keeps no tensors", () => {
    const before = tf.memory().numTensors;
    const spec = netSpecSchema.parse({ type: "mlp", hidden: [6] });
    const options = { inputShape: [3], outputs: 2, units: 4, head: { type: "q", dueling: true } as const };
    const net = buildRecurrentNet(spec, { ...options, rng: new Generator(3) });
    const warm = tf.memory().numTensors;
    tf.tidy(() => {
      const zeros = () => ({ hidden: tf.zeros<tf.Rank.R2>([2, 4]), cell: tf.zeros<tf.Rank.R2>([2, 4]) });
      const x = tf.tensor2d(mixed(5 * 2 * 3, 7, 2), [10, 3]);
      const whole = net.apply(x, zeros()).outputs.dataSync();
      let state = zeros();
      const single: number[] = [];
      for (let step = 0; step < 5; step++) {
        const now = net.apply(tf.slice2d(x, [2 * step, 0], [2, 3]), state);
        single.push(...now.outputs.dataSync());
        state = now.state as typeof state;
      }
      expectClose(single, whole, 1e-6);
      const present = tf.ones<tf.Rank.R2>([10, 1]);
      expectClose(net.remember(x, zeros(), present).cell.dataSync(), state.cell.dataSync(), 1e-6);
    });
    expect(tf.memory().numTensors).toBe(warm);
    net.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test("a recurrent net's trace has what it puts out, and what its body makes on the way", () => {
    const spec = netSpecSchema.parse({
      type: "layers",
      layers: [{ type: "conv2d", filters: 2, size: 2, activation: "relu" }],
    });
    const options = {
      inputShape: [3, 3],
      outputs: 2,
      units: 4,
      head: { type: "q", dueling: false } as const,
    };
    const net = buildRecurrentNet(spec, { ...options, rng: new Generator(3) });
    const x = tf.tensor4d(mixed(9, 7, 2), [1, 3, 3, 1]);
    const state = {
      hidden: tf.tensor2d(mixed(4, 5, 1), [1, 4]),
      cell: tf.tensor2d(mixed(4, 3, 2), [1, 4]),
    };
    const before = tf.memory().numTensors;
    const { outputs, layers } = net.trace(x, state);
    expect(tf.memory().numTensors).toBe(before + 2);
    const applied = net.apply(x, state);
    expect(outputs.dataSync()).toEqual(applied.outputs.dataSync());
    expect(layers.map(({ name, output }) => [name, output.shape])).toEqual([["conv2d1", [1, 2, 2, 2]]]);
    const [weights, bias] = ["weights", "bias"].map((part) => net.parameters.get(`conv2d1.${part}`)!);
    const byHand = tf.tidy(() =>
      tf.relu(tf.add(tf.conv2d(x, weights as tf.Tensor4D, 1, "valid"), bias!)).dataSync(),
    );
    expectClose(layers[0]!.output.dataSync(), byHand, 1e-6);
    tf.dispose([
      x,
      state,
      outputs,
      applied,
      layers.map(({ output }) => output),
    ] as unknown as tf.TensorContainer);
    net.dispose();
  });
});
