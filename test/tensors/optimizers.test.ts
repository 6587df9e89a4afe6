import { afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  createOptimizer,
  type Optimizer,
  type OptimizerConfig,
  optimizerSchema,
  tf,
  useEngine,
} from "../../src/tensors/index.js";
import { localEngines } from "../engines.js";

const engines = localEngines;

const configs: Record<string, OptimizerConfig> = {
  sgd: optimizerSchema.parse({ name: "sgd", learningRate: 0.1 }),
  "sgd, momentum": optimizerSchema.parse({ name: "sgd", learningRate: 0.1, momentum: 0.9 }),
  "sgd, Nesterov": optimizerSchema.parse({ name: "sgd", learningRate: 0.1, momentum: 0.9, nesterov: true }),
  rmsprop: optimizerSchema.parse({ name: "rmsprop", learningRate: 0.01, centered: false }),
  "rmsprop, momentum": optimizerSchema.parse({
    name: "rmsprop",
    learningRate: 0.01,
    centered: false,
    momentum: 0.5,
  }),
  "rmsprop, centred": optimizerSchema.parse({ name: "rmsprop", learningRate: 0.01 }),
  "rmsprop, centred, momentum": optimizerSchema.parse({ name: "rmsprop", learningRate: 0.01, momentum: 0.5 }),
  adam: optimizerSchema.parse({ name: "adam", learningRate: 0.01 }),
  radam: optimizerSchema.parse({ name: "radam", learningRate: 0.01 }),
  "radam, short memory, clipped": optimizerSchema.parse({
    name: "radam",
    learningRate: 0.01,
    beta2: 0.9,
    clipNorm: 0.5,
  }),
  "adam, clipped": optimizerSchema.parse({ name: "adam", learningRate: 0.01, clipNorm: 0.5 }),
};

/**
 * One weight under gradients 1, 1 from w = 1, worked out by hand from the papers' formulas (see the optimisers' docs):
 * momentum 0.9, lr 0.1: v = 1, 1.9, so w = 0.9, 0.71; Nesterov steps by 1.9 and 2.71, so w = 0.81, 0.539;
 * RMSProp, decay 0.95, epsilon 0.01, lr 0.01: 1 - 0.01 / (sqrt(0.05) + 0.01), then - 0.01 / (sqrt(0.0975) + 0.01);
 * centred: variances 0.05 - 0.05^2 and 0.0975 - 0.0975^2; Adam moves by lr each time, as m^ = v^ = 1.
 */
const byHand: Record<string, [number, number]> = {
  sgd: [0.9, 0.8],
  "sgd, momentum": [0.9, 0.71],
  "sgd, Nesterov": [0.81, 0.539],
  rmsprop: [0.957192814, 0.926160932],
  "rmsprop, momentum": [0.957192814, 0.904757339],
  "rmsprop, centred": [0.956129758, 0.92351795],
  "rmsprop, centred, momentum": [0.956129758, 0.901582829],
  adam: [0.99, 0.98],
  // rho is below 5 for the first five steps of beta2 = 0.999: plain steps of lr times the mean.
  radam: [0.99, 0.98],
};

const size = 23;

function weightsAtStart(): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => Math.sin(3 * i + 1));
}

function gradientAt(step: number): Float32Array {
  return Float32Array.from(
    { length: size },
    (_, i) => Math.cos(1.7 * i + 0.9 * step) * (i % 5 === 0 ? 0.001 : 1),
  );
}

/** The same formulas in float64, element by element, written down independently of the sources. */
function reference(config: OptimizerConfig, steps: number): Float64Array {
  const w = Float64Array.from(weightsAtStart());
  const [a, b, c] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  for (let t = 1; t <= steps; t++) {
    const raw = gradientAt(t);
    const norm = Math.hypot(...raw);
    const factor = config.clipNorm === null ? 1 : Math.min(1, config.clipNorm / (norm + 1e-6));
    for (let i = 0; i < size; i++) {
      const g = raw[i]! * factor;
      if (config.name === "adam") {
        a[i] = config.beta1 * a[i]! + (1 - config.beta1) * g;
        b[i] = config.beta2 * b[i]! + (1 - config.beta2) * g ** 2;
        const meanHat = a[i]! / (1 - config.beta1 ** t);
        const squareHat = b[i]! / (1 - config.beta2 ** t);
        w[i]! -= (config.learningRate * meanHat) / (Math.sqrt(squareHat) + config.epsilon);
      } else if (config.name === "radam") {
        // As optax's scale_by_radam has it, with PyTorch's bound of 5.
        const { beta1, beta2 } = config;
        a[i] = beta1 * a[i]! + (1 - beta1) * g;
        b[i] = beta2 * b[i]! + (1 - beta2) * g ** 2;
        const meanHat = a[i]! / (1 - beta1 ** t);
        const limit = 2 / (1 - beta2) - 1;
        const rho = limit - (2 * t * beta2 ** t) / (1 - beta2 ** t);
        const r = Math.sqrt((((rho - 4) * (rho - 2)) / ((limit - 4) * (limit - 2))) * (limit / rho));
        const divisor = Math.sqrt(b[i]! / (1 - beta2 ** t)) + config.epsilon;
        w[i]! -= config.learningRate * (rho > 5 ? (r * meanHat) / divisor : meanHat);
      } else if (config.name === "rmsprop") {
        a[i] = config.decay * a[i]! + (1 - config.decay) * g ** 2;
        b[i] = config.decay * b[i]! + (1 - config.decay) * g;
        const variance = config.centered ? Math.max(0, a[i]! - b[i]! ** 2) : a[i]!;
        c[i] = config.momentum * c[i]! + g / (Math.sqrt(variance) + config.epsilon);
        w[i]! -= config.learningRate * c[i]!;
      } else {
        c[i] = config.momentum * c[i]! + g;
        w[i]! -= config.learningRate * (config.nesterov ? g + config.momentum * c[i]! : c[i]!);
      }
    }
  }
  return w;
}

interface Subject {
  variable: tf.Variable;
  optimizer: Optimizer;
}

const made: Subject[] = [];

function subject(config: OptimizerConfig, values: Float32Array = weightsAtStart()): Subject {
  const initial = tf.tensor1d(values);
  const variable = tf.variable(initial) as tf.Variable;
  initial.dispose();
  const one = { variable, optimizer: createOptimizer(config, new Map([["w", variable]])) };
  made.push(one);
  return one;
}

function update({ optimizer }: Subject, values: Float32Array): number {
  const gradient = tf.tensor1d(values);
  const { gradientNorm } = optimizer.step({ w: gradient });
  gradient.dispose();
  return gradientNorm;
}

const valuesOf = (variable: tf.Variable): number[] => Array.from(variable.dataSync());

describe.each(engines)("optimisers on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });
  afterEach(() => {
    for (const { variable, optimizer } of made.splice(0)) {
      optimizer.dispose();
      variable.dispose();
    }
  });

  test.each(Object.entries(byHand))("%s takes the steps worked out by hand", (name, expected) => {
    const one = subject(configs[name]!, new Float32Array([1]));
    for (const figure of expected) {
      update(one, new Float32Array([1]));
      expect(one.variable.dataSync()[0]).toBeCloseTo(figure, 6);
    }
  });

  test.each(Object.entries(configs))("%s follows its formula in float64 for 50 steps", (_, config) => {
    const one = subject(config);
    for (let t = 1; t <= 50; t++) update(one, gradientAt(t));
    const expected = reference(config, 50);
    valuesOf(one.variable).forEach((value, i) => {
      expect(Math.abs(value - expected[i]!), `weight ${i}`).toBeLessThan(2e-5);
    });
  });

  test.each(Object.entries(configs))("%s goes on bit for bit from a saved state", (_, config) => {
    const uninterrupted = subject(config);
    for (let t = 1; t <= 5; t++) update(uninterrupted, gradientAt(t));
    const state = uninterrupted.optimizer.save();
    const resumed = subject(config, Float32Array.from(valuesOf(uninterrupted.variable)));
    resumed.optimizer.restore(structuredClone(state));
    expect(resumed.optimizer.save()).toEqual(state);
    for (let t = 6; t <= 10; t++) {
      update(uninterrupted, gradientAt(t));
      update(resumed, gradientAt(t));
    }
    expect(valuesOf(resumed.variable)).toEqual(valuesOf(uninterrupted.variable));
    expect(resumed.optimizer.save()).toEqual(uninterrupted.optimizer.save());
    expect(resumed.optimizer.save()).not.toEqual(state);
  });

  test.each(Object.entries(configs))(
    "%s leaves everything as it is where a gradient is not finite",
    (_, config) => {
      const one = subject(config);
      update(one, gradientAt(1));
      const [weights, state] = [valuesOf(one.variable), one.optimizer.save()];
      for (const stray of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        for (const at of [0, 8, size - 1]) {
          expect(Number.isFinite(update(one, gradientAt(2).fill(stray, at, at + 1)))).toBe(false);
          expect(valuesOf(one.variable)).toEqual(weights);
          expect(one.optimizer.save()).toEqual(state);
        }
      }
      expect(one.optimizer.steps).toBe(1);
    },
  );

  test("the norm of the largest finite gradients is finite, and they count", () => {
    const one = subject(optimizerSchema.parse({ name: "sgd", learningRate: 1, clipNorm: 1 }));
    const largest = (2 - 2 ** -23) * 2 ** 127;
    expect(update(one, new Float32Array(size).fill(largest)) / largest).toBeCloseTo(Math.sqrt(size), 6);
    expect(one.optimizer.steps).toBe(1);
  });

  const unclipped = Object.entries(configs).filter(([, { clipNorm }]) => clipNorm === null);
  test.each(unclipped)("%s gives a weight the same bits alone and among others", (_, config) => {
    // Longer than vectors of every engine, with a remainder.
    const all = Float32Array.from({ length: 77 }, (_, i) => Math.sin(3 * i + 1));
    const gradientsAt = (t: number) =>
      all.map((_, i) => Math.cos(1.7 * i + 0.9 * t) * (i % 5 === 0 ? 1e-3 : 1));
    const together = subject(config, all);
    const apart = [0, 1, 4, 21, 22, 40].map((from, i, starts) => ({
      from,
      to: starts[i + 1] ?? all.length,
      one: subject(config, all.slice(from, starts[i + 1] ?? all.length)),
    }));
    for (let t = 1; t <= 12; t++) {
      update(together, gradientsAt(t));
      for (const { from, to, one } of apart) update(one, gradientsAt(t).slice(from, to));
    }
    expect(apart.flatMap(({ one }) => valuesOf(one.variable))).toEqual(valuesOf(together.variable));
  });

  test("the norm is that of all gradients together, and clipping scales them to clipNorm", () => {
    const variables = new Map(["a", "b"].map((name) => [name, tf.variable(tf.zeros([2]))] as const));
    const config = optimizerSchema.parse({ name: "sgd", learningRate: 1, clipNorm: 1 });
    const optimizer = createOptimizer(config, variables);
    const gradients = { a: tf.tensor1d([3, 0]), b: tf.tensor1d([0, 4]) };
    expect(optimizer.step(gradients).gradientNorm).toBe(5);
    expect(variables.get("a")!.dataSync()[0]).toBeCloseTo(-0.6, 6);
    expect(variables.get("b")!.dataSync()[1]).toBeCloseTo(-0.8, 6);
    tf.dispose([gradients, [...variables.values()]]);
    optimizer.dispose();
  });

  test("a changed learning rate holds from the next step on", () => {
    const one = subject(configs["sgd"]!, new Float32Array([1]));
    one.optimizer.learningRate = 0.5;
    update(one, new Float32Array([1]));
    expect(valuesOf(one.variable)).toEqual([0.5]);
  });

  test("a tensor that shares the variable's memory keeps its values", () => {
    const one = subject(configs["sgd"]!);
    const twin = tf.variable(one.variable as tf.Tensor);
    const before = valuesOf(twin);
    update(one, gradientAt(1));
    expect(valuesOf(twin)).toEqual(before);
    expect(valuesOf(one.variable)).not.toEqual(before);
    twin.dispose();
  });

  test("an array from which a variable was made keeps its values", () => {
    const values = weightsAtStart();
    update(subject(configs["sgd"]!, values), gradientAt(1));
    expect(values).toEqual(weightsAtStart());
  });

  test("ops see the new weights, also those that keep packed filters", () => {
    const filter = tf.variable(tf.ones([2, 2, 1, 1])) as tf.Variable;
    const image = tf.ones([1, 2, 2, 1]) as tf.Tensor4D;
    const optimizer = createOptimizer(configs["sgd"]!, new Map([["filter", filter]]));
    const gradient = tf.ones([2, 2, 1, 1]);
    const outputs = () =>
      tf.tidy(() => [
        tf.depthwiseConv2d(image, filter as unknown as tf.Tensor4D, 1, "valid").dataSync()[0],
        tf.fused
          .conv2d({ x: image, filter: filter as unknown as tf.Tensor4D, strides: 1, pad: "valid" })
          .dataSync()[0],
        tf.conv2d(image, filter as unknown as tf.Tensor4D, 1, "valid").dataSync()[0],
      ]);
    expect(outputs()).toEqual([4, 4, 4]);
    optimizer.step({ filter: gradient });
    for (const output of outputs()) expect(output).toBeCloseTo(3.6, 5);
    tf.dispose([filter, image, gradient]);
    optimizer.dispose();
  });

  test("steps leave no tensors behind, and dispose frees the moments", () => {
    const before = tf.memory().numTensors;
    const one = subject(configs["adam"]!);
    update(one, gradientAt(1));
    const during = tf.memory();
    for (let t = 2; t < 30; t++) update(one, gradientAt(t));
    expect(tf.memory()).toMatchObject({ numTensors: during.numTensors, numBytes: during.numBytes });
    one.optimizer.dispose();
    one.variable.dispose();
    made.length = 0;
    expect(tf.memory().numTensors).toBe(before);
  });

  test("gradients and states of other variables are refused by name", () => {
    const one = subject(configs["adam"]!);
    const state = one.optimizer.save();
    const missing = /no gradient for variable "w"/;
    expect(() => one.optimizer.step({})).toThrow(missing);
    const wrong = tf.zeros([2]);
    expect(() => one.optimizer.step({ w: wrong })).toThrow(/shape \[2\], its variable \[23\]/);
    wrong.dispose();
    expect(() => one.optimizer.restore({ ...state, arrays: {} })).toThrow(/lacks "w\/mean"/);
    expect(() => one.optimizer.restore({ ...state, step: -1 })).toThrow(/counts -1 steps/);
    const stray = { ...state.arrays, other: state.arrays["w/mean"]! };
    expect(() => one.optimizer.restore({ ...state, arrays: stray })).toThrow(/holds "other"/);
    expect(one.optimizer.save()).toEqual(state);
  });
});

test("unknown keys and values out of range are refused", () => {
  expect(() => optimizerSchema.parse({ name: "adam", decay: 0.9 })).toThrow(/decay/);
  expect(() => optimizerSchema.parse({ name: "adam", beta1: 1 })).toThrow(/beta1/);
  expect(() => optimizerSchema.parse({ name: "sgd", learningRate: 0 })).toThrow(/learningRate/);
});

test("on wasm, moments too small to be normal numbers become 0 and others stay", async () => {
  await useEngine("wasm");
  for (const name of ["sgd, momentum", "rmsprop, centred, momentum", "adam"]) {
    const one = subject(configs[name]!);
    const { arrays } = one.optimizer.save();
    for (const { data } of Object.values(arrays)) data.set([1e-40, -1e-40, 1e-30, Number.NaN]);
    one.optimizer.restore({ arrays, step: 1 });
    update(one, new Float32Array(size));
    for (const { data } of Object.values(one.optimizer.save().arrays)) {
      expect(data[0], name).toBe(0);
      expect(Math.abs(data[1]!), name).toBe(0);
      expect(data[2], name).toBeGreaterThan(0);
      expect(data[3], name).toBeNaN();
    }
    one.optimizer.dispose();
    one.variable.dispose();
  }
});
