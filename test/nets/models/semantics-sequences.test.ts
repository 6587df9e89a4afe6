// Masks, states and the direction of time.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { input, layers, type Node } from "../../../src/nets/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";
import { drawn } from "./drawn.js";
import { expectClose, valuesOf, withModel } from "./with-model.js";

const recurrent = ["rnn", "gru", "lstm"] as const;
const features = 3;
const units = 4;
const lengths = [5, 2, 3];
const time = Math.max(...lengths);

/** Sequences of `lengths`, with what should never count as padding, and their mask. */
function padded(): { x: tf.Tensor3D; mask: tf.Tensor2D; rows: tf.Tensor3D[] } {
  const mask = tf.tensor2d(
    lengths.map((length) => Array.from({ length: time }, (_, t) => Number(t < length))),
  );
  const sequences = drawn([lengths.length, time, features]) as tf.Tensor3D;
  const x = tf.where(
    tf.greater(tf.expandDims(mask, -1), 0),
    sequences,
    tf.fill(sequences.shape, 7),
  ) as tf.Tensor3D;
  const rows = lengths.map((length, row) => tf.slice(x, [row, 0, 0], [1, length, features]));
  return { x, mask, rows };
}

afterAll(() => useEngine("cpu"));

describe.each(localEngines)("masks and states on %s", (engine) => {
  beforeAll(() => useEngine(engine));

  test.each(recurrent.flatMap((type) => [false, true].map((backwards) => [type, backwards] as const)))(
    "%s passes padding over, backwards %s",
    (type, backwards) => {
      const states = type === "lstm" ? [1, 2] : [1];
      const [x, mask] = [input("x", [null, features]), input("mask", [null])];
      const nodeOf = (masked: boolean, inputs: Node[]) => {
        const node = layers[type]({ units, backwards, masked })(...inputs);
        return {
          y: node,
          ...Object.fromEntries(states.map((state) => [`state${state}`, node.output(state)])),
        };
      };
      withModel(nodeOf(true, [x, mask]), (model) =>
        withModel(nodeOf(false, [x]), (plain) => {
          plain.copyFrom(model);
          const { rows, ...feeds } = padded();
          const outputs = model.apply(feeds);
          for (const [row, length] of lengths.entries()) {
            const alone = plain.apply({ x: rows[row]! });
            expectClose(tf.slice(outputs.y!, [row, 0, 0], [1, length, units]), alone.y!);
            for (const state of states) {
              expectClose(tf.slice(outputs[`state${state}`]!, [row, 0], [1, units]), alone[`state${state}`]!);
            }
          }
        }),
      );
    },
  );

  test.each(["dot", "general", "additive"] as const)("attention by %s looks at no padding", (score) => {
    const [queries, x, mask] = [
      input("queries", [2, features]),
      input("x", [null, features]),
      input("mask", [null]),
    ];
    const nodeOf = (masked: boolean, inputs: Node[]) => {
      const node = layers.attention({ score, units: 5, masked })(...inputs);
      return { y: node, weights: node.output(1) };
    };
    withModel(nodeOf(true, [queries, x, mask]), (model) =>
      withModel(nodeOf(false, [queries, x]), (plain) => {
        plain.copyFrom(model);
        const { rows, ...feeds } = padded();
        const asked = drawn([lengths.length, 2, features], 2);
        const outputs = model.apply({ ...feeds, queries: asked });
        for (const [row, length] of lengths.entries()) {
          const alone = plain.apply({ queries: tf.slice(asked, row, 1), x: rows[row]! });
          expectClose(tf.slice(outputs.y!, row, 1), alone.y!);
          const weights = tf.slice(outputs.weights!, row, 1);
          expectClose(tf.slice(weights, [0, 0, 0], [1, 2, length]), alone.weights!);
          expect(valuesOf(tf.slice(weights, [0, 0, length])).every((weight) => weight === 0)).toBe(true);
        }
      }),
    );
  });

  test.each(["globalAvgPool", "globalMaxPool"] as const)("%s counts no padding", (type) => {
    const [x, mask] = [input("x", [null, features]), input("mask", [null])];
    withModel({ y: layers[type]({ masked: true })(x, mask), plain: layers[type]()(x) }, (model) => {
      const { rows, ...feeds } = padded();
      const { y } = model.apply(feeds);
      for (const [row, sequence] of rows.entries()) {
        const { plain } = model.apply({ x: sequence }, { outputs: ["plain"] });
        expectClose(tf.slice(y!, row, 1), plain!);
      }
    });
  });

  test.each(recurrent)("%s goes on from its states as if it had never stopped", (type) => {
    const count = type === "lstm" ? 2 : 1;
    const names = Array.from({ length: count }, (_, state) => `before${state}`);
    const begin = names.map((name) => input(name, [units]));
    const node = layers[type]({ units, initialState: true })(input("x", [null, features]), ...begin);
    const after = names.map((_, state) => [`after${state}`, node.output(state + 1)] as const);
    withModel({ y: node, ...Object.fromEntries(after) }, (model) => {
      const x = drawn([2, 6, features]) as tf.Tensor3D;
      const zeros = Object.fromEntries(names.map((name) => [name, tf.zeros([2, units])]));
      const whole = model.apply({ x, ...zeros });
      const first = model.apply({ x: tf.slice(x, [0, 0, 0], [2, 2, features]), ...zeros });
      const states = Object.fromEntries(names.map((name, state) => [name, first[`after${state}`]!]));
      const second = model.apply({ x: tf.slice(x, [0, 2, 0]), ...states });
      expectClose(tf.concat([first.y!, second.y!], 1), whole.y!);
      for (const [name] of after) expectClose(second[name]!, whole[name]!);
      expect(tf.max(tf.abs(tf.sub(first.after0!, second.after0!))).dataSync()[0]).toBeGreaterThan(0.01);
    });
  });

  // In all max(0, (ceil(steps / stride) - 1) stride + dilation (size - 1) + 1 - steps), the smaller half of it first, as in
  // TensorFlow's SAME.
  test.each([
    [10, { size: 3, stride: 2 }, [0, 1]],
    [11, { size: 3, stride: 2 }, [1, 1]],
    [9, { size: 4, stride: 2 }, [1, 2]],
    [6, { size: 5, stride: 4 }, [1, 2]],
    [4, { size: 2, stride: 4 }, [0, 0]],
    [7, { size: 5, stride: 3, dilation: 2 }, [4, 4]],
    [7, { size: 4 }, [1, 2]],
  ] as const)(
    "of %i steps a convolution padded by same, %j, has %j around",
    (steps, spec, [before, after]) => {
      const x = input("x", [null, features]);
      withModel({ y: layers.conv1d({ filters: 2, ...spec, padding: "same" })(x) }, (model) =>
        withModel({ y: layers.conv1d({ filters: 2, ...spec })(x) }, (whole) => {
          whole.copyFrom(model);
          const sequence = drawn([2, steps, features]) as tf.Tensor3D;
          const filled = tf.pad(sequence, [
            [0, 0],
            [before, after],
            [0, 0],
          ]);
          const { y } = model.apply({ x: sequence });
          expect(y!.shape[1]).toBe(Math.ceil(steps / ("stride" in spec ? spec.stride : 1)));
          // Windows of all that is there; what is left at the end makes none.
          const expected = whole.apply({ x: filled }).y!;
          expectClose(y!, tf.slice(expected, [0, 0, 0], y!.shape as [number, number, number]));
        }),
      );
    },
  );

  test("a causal convolution never sees the future, bit for bit", () => {
    const convolve = (dilation: number) =>
      layers.conv1d({ filters: 3, size: 2, dilation, padding: "causal" });
    const node = [1, 2, 4].reduce((x, dilation) => convolve(dilation)(x), input("x", [null, features]));
    withModel({ y: node }, (model) => {
      const x = drawn([2, 12, features]) as tf.Tensor3D;
      const y = model.apply({ x }).y!;
      expect(y.shape).toEqual([2, 12, 3]);
      const upTo = (tensor: tf.Tensor, steps: number) => valuesOf(tf.slice(tensor, [0, 0, 0], [2, steps, 3]));
      for (const now of [0, 3, 10]) {
        const past = tf.slice(x, [0, 0, 0], [2, now + 1, features]);
        const future = tf.mul(drawn([2, 11 - now, features], 2), 100);
        const other = model.apply({ x: tf.concat([past, future], 1) }).y!;
        expect(upTo(other, now + 1)).toEqual(upTo(y, now + 1));
        expect(upTo(other, now + 2)).not.toEqual(upTo(y, now + 2));
      }
      // Eight steps reach back to the first one, nine do not.
      const begun = tf.concat([tf.fill([2, 1, features], 9), tf.slice(x, [0, 1, 0])], 1);
      const changed = valuesOf(tf.max(tf.abs(tf.sub(model.apply({ x: begun }).y!, y)), [0, 2]));
      expect(changed.map((difference) => difference > 0)).toEqual(
        Array.from({ length: 12 }, (_, step) => step < 8),
      );
    });
  });
});
