import { Generator } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import { checkGradients } from "../../../src/nets/gradient-check.js";
import { type LossConfigInput, LossError, lossOf, lossSchema } from "../../../src/nets/losses/index.js";
import { capture, tf, useEngine, valueAndGradients } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";
import { hostArray, lossCases, tensorOf } from "./cases.js";

const lossNames = lossSchema.options.map(({ shape }) => [...shape.name.values][0]!);

function expectClose(found: ArrayLike<number>, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) {
    const tolerance = 2e-6 * Math.max(1, Math.abs(value));
    expect(Math.abs(found[i]! - value), `value ${i}: ${found[i]}, not ${value}`).toBeLessThan(tolerance);
  }
}

test("there are figures of every loss", () => {
  expect(lossNames).toHaveLength(11);
  expect(new Set(lossCases.map(({ config }) => config.name))).toEqual(new Set(lossNames));
});

describe.each(localEngines)("losses on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  describe.each(lossCases)("$title", ({ config, outputs, targets, weights, value, gradient }) => {
    test("is what Optax says, and so is its gradient; it keeps no tensors", () => {
      const [z, t, w] = [
        tf.tidy(() => tf.variable(tensorOf(outputs))),
        tensorOf(targets),
        weights && tensorOf(weights),
      ];
      const loss = lossOf(config);
      const differentiated = () => valueAndGradients(() => loss(z, t, w), new Map([["z", z]]));
      tf.dispose([differentiated()] as unknown as tf.TensorContainer);
      const before = tf.memory().numTensors;
      const found = differentiated();
      expect(tf.memory().numTensors - before, "a value and a gradient").toBe(2);
      expectClose(found.value.dataSync(), [value]);
      expectClose(found.gradients["z"]!.dataSync(), gradient);
      tf.dispose([found.value, found.gradients, z, t, w ?? []]);
    });

    test("has the gradient that differences say", () => {
      const [z, t, w] = [
        tf.tidy(() => tf.variable(tensorOf(outputs))),
        tensorOf(targets),
        weights && tensorOf(weights),
      ];
      const loss = lossOf(config);
      const report = checkGradients(() => loss(z, t, w), new Map([["z", z]]), {
        rng: new Generator(0),
        samples: 6,
      });
      expect(report.passed, report.summary).toBe(true);
      tf.dispose([z, t, w ?? []]);
    });

    test("can be captured, gradient and all", () => {
      const z = tf.tidy(() => tf.variable(tf.zeros(outputs.shape)));
      const loss = lossOf(config);
      const step = capture((inputs: Record<string, tf.Tensor>) => {
        const f = () => loss(tf.add(z, inputs["outputs"]!), inputs["targets"]!, inputs["weights"] ?? null);
        const { value, gradients } = valueAndGradients(f, new Map([["z", z]]));
        return { value, gradient: gradients["z"]! };
      });
      const other = { ...outputs, data: outputs.data.map((entry) => 1 - entry) };
      const inputs = {
        targets: hostArray(targets),
        ...(weights ? { weights: hostArray(weights) } : {}),
      };
      const first = step.run({ outputs: hostArray(outputs), ...inputs });
      expectClose(first.value, [value]);
      const elsewhere = step.run({ outputs: hostArray(other), ...inputs }).value[0]!;
      expect(Math.abs(elsewhere - value)).toBeGreaterThan(1e-3);
      const again = step.run({ outputs: hostArray(outputs), ...inputs });
      expectClose(again.value, [value]);
      expectClose(again.gradient, gradient);
      z.dispose();
    });
  });

  /** The loss of outputs and targets, and its gradient by the outputs. */
  function of(config: Parameters<typeof lossSchema.parse>[0], outputs: tf.Tensor, targets: tf.Tensor) {
    const z = tf.variable(outputs);
    const loss = lossOf(lossSchema.parse(config));
    const { value, gradients } = valueAndGradients(() => loss(z, targets, null), new Map([["z", z]]));
    const found = { value: value.dataSync()[0]!, gradient: [...gradients["z"]!.dataSync()] };
    tf.dispose([value, gradients, z, outputs, targets]);
    return found;
  }

  test.each(["binaryCrossEntropy", "logistic", "hinge", "squaredHinge", "exponential", "focal"])(
    "%s is finite of scores that are very sure, and small where they are right",
    (name) => {
      const sure = of({ name }, tf.tensor1d([500, -500]), tf.tensor1d([1, 0], "int32"));
      expect(sure.value).toBe(0);
      expect(sure.gradient.map(Math.abs)).toEqual([0, 0]);
      const wrong = of({ name }, tf.tensor1d([500, -500]), tf.tensor1d([0, 1], "int32"));
      expect(Number.isFinite(wrong.value)).toBe(true);
      expect(wrong.value).toBeGreaterThan(400);
      expect(wrong.gradient[0]).toBeGreaterThan(0.4);
      expect(wrong.gradient[1]).toBeLessThan(-0.4);
    },
  );

  test.each(["crossEntropy", "focal"])("%s is finite of logits that are very sure", (name) => {
    const logits = () => tf.tensor2d([500, -500, 0], [1, 3]);
    const sure = of({ name }, logits(), tf.tensor1d([0], "int32"));
    expect(sure.value).toBe(0);
    expect(sure.gradient.map(Math.abs)).toEqual([0, 0, 0]);
    const wrong = of({ name }, logits(), tf.tensor1d([1], "int32"));
    expect(wrong.value).toBeCloseTo(1000, 3);
    expectClose(wrong.gradient, [1, -1, 0]);
  });

  test("keeps the digits of small losses", () => {
    // log(1 + exp(-20)) = 2.0611536e-9, where softplus(20) - 20 would be 0.
    const { value, gradient } = of({ name: "binaryCrossEntropy" }, tf.tensor1d([20]), tf.tensor1d([1]));
    expect(value / 2.0611536e-9).toBeCloseTo(1, 4);
    expect(gradient[0]! / -2.0611536e-9).toBeCloseTo(1, 4);
  });

  test("is 0 where nothing has weight, and the gradient too", () => {
    const z = tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2])) as tf.Variable;
    const [t, w] = [tf.tensor1d([0, 1], "int32"), tf.zeros([2])];
    const loss = lossOf(lossSchema.parse({ name: "crossEntropy" }));
    const { value, gradients } = valueAndGradients(() => loss(z, t, w), new Map([["z", z]]));
    expect(value.dataSync()[0]).toBe(0);
    expect([...gradients["z"]!.dataSync()].map(Math.abs)).toEqual([0, 0, 0, 0]);
    tf.dispose([value, gradients, z, t, w]);
  });

  describe("of sequences of one step are what they are of rows", () => {
    const scores = [0.4, -2, 3];
    const ids = [1, 0, 2];
    const logits = [0.1, 2, -1, 1, 0.5, 0, -1, 0.3, 0.2];
    const lossWith = (
      config: LossConfigInput,
      z: [number[], number[]],
      t: [number[], number[]],
      w: number[] | null = null,
    ) =>
      tf.tidy(() => {
        const targets = config.name === "mse" ? tf.tensor(...t) : tf.tensor(...t, "int32");
        const weights = w && tf.tensor([0.2, 1, 3], w);
        return lossOf(lossSchema.parse(config))(tf.tensor(...z), targets, weights).dataSync()[0]!;
      });

    test.each([
      { name: "focal" },
      { name: "focal", alpha: [0.2, 0.5, 0.9] },
      { name: "crossEntropy" },
      { name: "hinge" },
    ] satisfies LossConfigInput[])("classes, $name $alpha", (config) => {
      const before = tf.memory().numTensors;
      for (const w of [null, [3]]) {
        const rows = lossWith(config, [logits, [3, 3]], [ids, [3]], w);
        expect(lossWith(config, [logits, [3, 1, 3]], [ids, [3, 1]], w)).toBeCloseTo(rows, 6);
        const ofSteps = w && [3, 1];
        expect(lossWith(config, [logits, [3, 1, 3]], [ids, [3, 1]], ofSteps)).toBeCloseTo(rows, 6);
      }
      expect(tf.memory().numTensors).toBe(before);
    });

    test.each([
      { name: "focal", alpha: 0.25 },
      { name: "logistic" },
      { name: "binaryCrossEntropy" },
      { name: "mse" },
    ] satisfies LossConfigInput[])("scores, $name", (config) => {
      const yes = [1, 0, 1];
      for (const w of [null, [3], [3, 1]]) {
        const rows = lossWith(config, [scores, [3]], [yes, [3]], w && [3]);
        for (const [z, t] of [
          [
            [3, 1, 1],
            [3, 1],
          ],
          [
            [3, 1],
            [3, 1],
          ],
          [[3, 1], [3]],
          [[3], [3, 1]],
        ] as const) {
          expect(lossWith(config, [scores, [...z]], [yes, [...t]], w), `${z} and ${t}`).toBeCloseTo(rows, 6);
        }
      }
    });
  });

  test("takes targets of bytes, which are tensors of dtype bool", () => {
    const losses = (targets: tf.Tensor) => of({ name: "hinge" }, tf.tensor1d([0.5, 2, -3]), targets).value;
    const [bytes, whole] = [tf.tensor1d([1, 0, 1], "bool"), tf.tensor1d([1, 0, 1], "int32")];
    expect(losses(bytes)).toBe(losses(whole));
  });

  test("refuses shapes and dtypes that do not go together", () => {
    const before = tf.memory().numTensors;
    const refused = (name: string, z: number[], t: [number[], "int32" | "float32"], w?: number[]) => {
      const loss = lossOf(lossSchema.parse({ name }));
      return () => tf.tidy(() => loss(tf.zeros(z), tf.zeros(...t), w ? tf.ones(w) : null));
    };
    expect(refused("mse", [4, 2], [[4], "float32"])).toThrow(
      "The loss mse got outputs of shape [4,2] and targets of shape [4]; give targets of the outputs' shape.",
    );
    expect(refused("crossEntropy", [4, 3], [[4], "float32"])).toThrow(
      "The loss crossEntropy got class ids as float32; give them as int32, from an Int32Array.",
    );
    expect(refused("crossEntropy", [4, 3], [[3], "int32"])).toThrow(/give logits \[\.\.\., classes\]/);
    expect(refused("crossEntropy", [4, 1], [[4], "int32"])).toThrow(/two or more classes/);
    expect(refused("softCrossEntropy", [4, 3], [[4], "int32"])).toThrow(/give both as \[\.\.\., classes\]/);
    expect(refused("hinge", [4], [[4], "float32"])).toThrow(/give 0 or 1 as int32/);
    expect(refused("hinge", [4, 3], [[5], "int32"])).toThrow(LossError);
    expect(refused("mse", [4, 2], [[4, 2], "float32"], [2])).toThrow(
      "The weights have the shape [2], but the losses [4,2]; give one weight per row [4], or per row and step.",
    );
    const focal = lossOf(lossSchema.parse({ name: "focal", alpha: [1, 2, 3] }));
    expect(() => tf.tidy(() => focal(tf.zeros([2, 4]), tf.zeros([2], "int32"), null))).toThrow(
      "The loss focal has alpha [1,2,3], but there are 4 classes; give 4 weights.",
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});

test("a loss that is unknown or misspelt is refused", () => {
  expect(lossSchema.safeParse({ name: "mse", delta: 1 }).success).toBe(false);
  expect(lossSchema.safeParse({ name: "huber", delta: 0 }).success).toBe(false);
  expect(lossSchema.safeParse({ name: "crossEntropy", labelSmoothing: 1 }).success).toBe(false);
  expect(lossSchema.parse({ name: "focal" })).toEqual({ name: "focal", gamma: 2, alpha: null });
});
