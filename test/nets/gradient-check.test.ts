import { Generator } from "gymnasium-js";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { checkGradients, GradientCheckError } from "../../src/nets/gradient-check.js";
import { tf, useEngine } from "../../src/tensors/index.js";
import { localEngines } from "../engines.js";

/** x^3 whose gradient is `factor` times what it should be. */
const wrongCube = (x: tf.Tensor, factor: number): tf.Tensor =>
  tf.customGrad((input, save) => {
    const given = input as tf.Tensor;
    (save as (tensors: tf.Tensor[]) => void)([given]);
    return {
      value: tf.mul(given, tf.square(given)),
      gradFunc: (dy, saved) => tf.mul(dy, tf.mul(tf.square(saved[0]!), 3 * factor)),
    };
  })(x);

const total = (x: tf.Tensor) => tf.sum(x) as tf.Scalar;

describe.each(localEngines)("gradient checking on %s", (engine) => {
  let variables: Map<string, tf.Variable>;

  beforeAll(async () => {
    await useEngine(engine);
  });

  beforeEach(() => {
    variables = new Map();
    for (const [name, values] of [
      ["left", [0.5, -1.25, 2, 0.1, -0.7, 1.5]],
      ["right", [1, -0.5, 0.25, 0.8, -2, 0.3]],
    ] as const) {
      variables.set(
        name,
        tf.tidy(() => tf.variable(tf.tensor1d([...values]))),
      );
    }
  });

  afterEach(() => {
    tf.dispose([...variables.values()]);
  });

  const check = (f: () => tf.Scalar, options = {}) =>
    checkGradients(f, variables, { rng: new Generator(0), ...options });
  const left = () => variables.get("left")!;
  const right = () => variables.get("right")!;

  test("passes right gradients with much room", () => {
    const report = check(() => total(tf.mul(tf.tanh(left()), tf.exp(right()))));
    expect(report.passed, report.summary).toBe(true);
    expect(report.variables.map(({ name, checked, rough }) => [name, checked, rough])).toEqual([
      ["left", 6, 0],
      ["right", 6, 0],
    ]);
    for (const { largestError } of report.variables) expect(largestError).toBeLessThan(1e-3);
    expect(report.summary).toMatch(/^The worst gradient by (left|right) at .* within 0.02\.$/);
  });

  test("finds a gradient that is 3 % too large, and names the variable", () => {
    const report = check(() => total(tf.add(wrongCube(left(), 1.03), tf.sin(right()))));
    expect(report.passed).toBe(false);
    expect(report.summary).toMatch(
      /^The gradient by left at .*: a relative error of 0\.0(29|30), above 0\.02\.$/,
    );
    const [ofLeft, ofRight] = report.variables;
    const { computed, measured } = ofLeft!.worst!;
    expect(computed / measured).toBeCloseTo(1.03, 2);
    expect(ofRight!.largestError).toBeLessThan(1e-3);
  });

  test("finds a gradient that is missing in one entry only, by a direction through all", () => {
    const withoutLast = () => {
      const kept = tf.tensor1d([1, 1, 1, 1, 1, 0]);
      const held = tf.tensor1d([...left().dataSync()]);
      return total(tf.square(tf.add(tf.mul(left(), kept), tf.mul(held, tf.sub(1, kept)))));
    };
    const report = check(withoutLast, { samples: 0 });
    expect(report.passed).toBe(false);
    expect(report.summary).toContain("by left at direction");
  });

  test("passes over kinks, and says so when there is nothing else", () => {
    // left[0] - 0.5 is 0: relu has a kink there.
    const bent = check(() => total(tf.relu(tf.sub(left(), 0.5))), { samples: 6 });
    expect(bent.variables[0]!.rough).toBeGreaterThan(0);
    expect(bent.passed, bent.summary).toBe(true);
    // log is not finite below 0: nothing can be said near it.
    const edge = tf.tidy(() => tf.variable(tf.scalar(1e-4)));
    const atEdge = checkGradients(() => tf.log(edge), new Map([["edge", edge]]), { rng: new Generator(0) });
    expect(atEdge.summary).toContain("The gradient by edge is not checked");
    edge.dispose();
    const corners = [...left().dataSync()].map((entry) => entry + 0.0006);
    const kinked = check(() => total(tf.abs(tf.sub(left(), tf.tensor1d(corners)))));
    expect(kinked.passed).toBe(false);
    expect(kinked.summary).toMatch(/The gradient by left is not checked: at all 12 places .* smaller step/);
  });

  test("does not pass a variable whose values are so large that the step leaves them where they are", () => {
    const large = tf.tidy(() => tf.variable(tf.tensor1d([2e6, -3e6])));
    const doubled = tf.customGrad((x) => ({
      value: tf.square(x as tf.Tensor),
      gradFunc: (dy) => tf.mul(dy as tf.Tensor, tf.mul(x as tf.Tensor, 4)),
    }));
    const variables = new Map([["large", large]]);
    const reportWith = (f: (x: tf.Tensor) => tf.Tensor, step?: number) =>
      checkGradients(() => tf.mean(f(large)), variables, {
        rng: new Generator(0),
        ...(step === undefined ? {} : { step }),
      });
    const unseen = reportWith(doubled);
    expect(unseen.passed).toBe(false);
    expect(unseen.variables[0]!.checked).toBe(0);
    expect(unseen.summary).toMatch(/^The gradient by large is not checked: .* or a larger one if it is lost/);
    expect(reportWith(doubled, 1e5).summary).toMatch(/a relative error of 0\.50, above 0\.02\.$/);
    expect(reportWith(tf.square, 1e5).passed).toBe(true);
    large.dispose();
  });

  test("tells a relu net with a right gradient from one that is 10 % off in its hidden layer", () => {
    const rng = new Generator(1);
    const draw = (shape: number[], scale: number) => {
      const size = shape.reduce((product, dimension) => product * dimension);
      return tf.tensor(
        Float32Array.from({ length: size }, () => scale * rng.standardNormal()),
        shape,
      );
    };
    const made = {
      first: draw([6, 20], 0.6),
      bias: draw([20], 0.1),
      second: draw([20, 1], 0.3),
      x: draw([16, 6], 1),
    };
    const net = new Map(
      (["first", "bias", "second"] as const).map((name) => [name, tf.variable(made[name]) as tf.Variable]),
    );
    const scaled = (factor: number) => (input: tf.Tensor) =>
      tf.customGrad((given) => ({
        value: tf.mul(given as tf.Tensor, 1),
        gradFunc: (dy: tf.Tensor) => tf.mul(dy, factor),
      }))(input);
    const loss = (pass: (hidden: tf.Tensor) => tf.Tensor) => () => {
      const sums = tf.add(
        tf.matMul(made.x as tf.Tensor2D, net.get("first") as unknown as tf.Tensor2D),
        net.get("bias")!,
      );
      const hidden = pass(tf.relu(sums)) as tf.Tensor2D;
      return tf.mean(
        tf.softplus(tf.matMul(hidden, net.get("second") as unknown as tf.Tensor2D)),
      ) as tf.Scalar;
    };
    const right = checkGradients(loss(scaled(1)), net, { rng });
    expect(right.passed, right.summary).toBe(true);
    const off = checkGradients(loss(scaled(1.1)), net, { rng });
    expect(off.variables.map(({ largestError }) => largestError > 0.05)).toEqual([true, true, false]);
    expect(off.passed).toBe(false);
    tf.dispose([made, ...net.values()] as unknown as tf.TensorContainer);
  });

  test("refuses what cannot be checked", () => {
    let calls = 0;
    const codeOf = (f: () => tf.Scalar, given = variables) => {
      try {
        checkGradients(f, given, { rng: new Generator(0) });
      } catch (error) {
        expect(error).toBeInstanceOf(GradientCheckError);
        return (error as GradientCheckError).code;
      }
      return null;
    };
    expect(codeOf(() => total(tf.mul(left(), ++calls)))).toBe("not-deterministic");
    expect(codeOf(() => total(tf.log(left())))).toBe("not-finite");
    expect(codeOf(() => total(tf.sqrt(tf.relu(left()))))).toBe("not-finite");
    expect(codeOf(() => tf.scalar(1), new Map())).toBe("no-variables");
  });

  test("puts the values back and keeps no tensors", () => {
    const f = () => total(tf.mul(tf.square(left()), right()));
    check(f);
    const before = tf.memory().numTensors;
    const values = [...left().dataSync(), ...right().dataSync()];
    check(f);
    expect(tf.memory().numTensors).toBe(before);
    expect([...left().dataSync(), ...right().dataSync()]).toEqual(values);
    expect(() => check(() => total(tf.log(left())))).toThrow(GradientCheckError);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test("the same seed checks the same places", async () => {
  await useEngine(localEngines[0]!);
  const x = tf.tidy(() => tf.variable(tf.linspace(-1, 1, 50)));
  const run = (seed: number) =>
    checkGradients(() => total(tf.sin(x)), new Map([["x", x]]), { rng: new Generator(seed) });
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
  x.dispose();
});
