import { beforeAll, describe, expect, test } from "vitest";
import { conv2d, dense, tf, useEngine, valueAndGradients } from "../../src/tensors/index.js";
import { localEngines } from "../engines.js";

describe.each(localEngines)("valueAndGradients on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  test("gives the value, a gradient by each variable, and zeros where nothing depends on it", () => {
    const { numTensors } = tf.memory();
    const [a, b] = [tf.variable(tf.tensor1d([1, 2])), tf.variable(tf.tensor1d([5]))] as [
      tf.Variable,
      tf.Variable,
    ];
    const variables = new Map([
      ["a", a],
      ["b", b],
    ]);
    const before = tf.memory().numTensors;
    const { value, gradients } = valueAndGradients(() => tf.sum(tf.square(a)) as tf.Scalar, variables);
    expect(value.dataSync()[0]).toBe(5);
    expect(Array.from(gradients["a"]!.dataSync())).toEqual([2, 4]);
    expect(Array.from(gradients["b"]!.dataSync())).toEqual([0]);
    expect(tf.memory().numTensors - before, "value and two gradients").toBe(3);
    tf.dispose([value, gradients, a, b]);
    // The initial tensors of the two variables are still there.
    expect(tf.memory().numTensors - numTensors).toBe(2);
  });

  test("refuses what is not a scalar and leaves nothing behind", () => {
    const variable = tf.variable(tf.tensor1d([1, 2])) as tf.Variable;
    const { numTensors } = tf.memory();
    const wrong = () =>
      valueAndGradients(() => tf.square(variable) as unknown as tf.Scalar, new Map([["v", variable]]));
    expect(wrong).toThrow(/shape \[2\]; a scalar is needed/);
    expect(tf.memory().numTensors).toBe(numTensors);
    variable.dispose();
  });

  test("leaves an error of the function as it is, and the next call works", () => {
    const variable = tf.variable(tf.scalar(3)) as tf.Variable;
    const variables = new Map([["v", variable]]);
    const failing = () => {
      tf.square(variable);
      throw new Error("from the loss");
    };
    const { numTensors } = tf.memory();
    expect(() => valueAndGradients(failing, variables)).toThrow("from the loss");
    expect(tf.memory().numTensors).toBe(numTensors);
    const { value, gradients } = valueAndGradients(() => tf.square(variable) as tf.Scalar, variables);
    expect(gradients["v"]!.dataSync()[0]).toBe(6);
    tf.dispose([value, gradients, variable]);
  });
});

describe.each(localEngines)("shapes on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  test("a row's values do not depend, to the bit, on the rows beside it", () => {
    tf.tidy(() => {
      const spread = (shape: number[]) =>
        tf.tensor(
          Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(7 * i)),
          shape,
        );
      const [x, weights, bias] = [spread([13, 700]), spread([700, 11]), spread([11])] as const;
      const together = dense(x, weights, bias, "relu").arraySync();
      const alone = together.map(
        (_, row) => dense(tf.slice(x, row, 1), weights, bias, "relu").arraySync()[0],
      );
      expect(alone).toEqual(together);
    });
  });

  test("dense and conv2d name the shapes that do not fit", () => {
    tf.tidy(() => {
      expect(() => dense(tf.zeros([2, 3]), tf.zeros([4, 5]))).toThrow(/\[2,3\] and \[4,5\]/);
      expect(() => dense(tf.zeros([2, 3]), tf.zeros([3, 5]), tf.zeros([4]))).toThrow(/bias \[5\], not \[4\]/);
      const image = tf.zeros([1, 4, 4, 2]);
      expect(() => conv2d(image, tf.zeros([3, 3, 1, 5]))).toThrow(
        /\[1,4,4,2\] and a filter .* not|not \[1,4,4,2\]/,
      );
      expect(() => conv2d(image, tf.zeros([3, 3, 2, 5]), { bias: tf.zeros([4]) })).toThrow(
        /bias \[5\], not \[4\]/,
      );
    });
  });
});
