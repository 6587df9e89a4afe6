import { Generator } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import { buildMixer, type Mixer } from "../../../src/agents/qmix/mixer.js";
import { type NamedArray, tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";

function array(shape: number[], data: number[]): NamedArray {
  return { shape, dtype: "float32", data: Float32Array.from(data) };
}

function mix(mixer: Mixer, utilities: number[][], states: number[][]): number[] {
  return tf.tidy(() => [...mixer.apply(tf.tensor2d(utilities), tf.tensor2d(states)).dataSync()]);
}

function dispose(mixer: Mixer): void {
  for (const net of mixer.nets.values()) net.dispose();
}

describe.each(localEngines)("mixers on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  test("a sum is a plain sum, whatever the state", () => {
    const mixer = buildMixer({ type: "sum" }, { agents: 3, stateSize: 1 }, new Generator(0));
    expect(mixer.nets.size).toBe(0);
    const utilities = [
      [1, 2.5, -4],
      [0.25, 0, 8],
    ];
    expect(mix(mixer, utilities, [[0], [7]])).toEqual([-0.5, 8.25]);
  });

  /*
   * Two agents, a state of one number, two hidden units, all hypernets linear in the state but for the last bias:
   *
   * |W1(s)| = |s| [[1, 2], [3, 4]], b1(s) = s [0.5, -10], |w2(s)| = |s| [1, 0.5], v(s) = 3 relu(s) + 7 relu(-s) + 0.25
   *
   * s = 1, q = [2, 1]: q W1 + b1 = [5.5, -2]; elu gives [5.5, e^-2 - 1]; Qtot = 5.5 + 0.5 (e^-2 - 1) + 3.25
   * s = -1, q = [2, 1]: q W1 + b1 = [4.5, 18]; Qtot = 4.5 + 0.5 * 18 + 7.25 = 20.75
   */
  test("the monotonic mixer by numbers computed by hand", () => {
    const mixing = { type: "monotonic", embedding: 2, hypernet: 0 } as const;
    const mixer = buildMixer(mixing, { agents: 2, stateSize: 1 }, new Generator(0));
    mixer.nets.get("weights1")!.restore({
      "output.weights": array([1, 4], [-1, 2, 3, -4]),
      "output.bias": array([4], [0, 0, 0, 0]),
    });
    mixer.nets.get("bias1")!.restore({
      "output.weights": array([1, 2], [0.5, -10]),
      "output.bias": array([2], [0, 0]),
    });
    mixer.nets.get("weights2")!.restore({
      "output.weights": array([1, 2], [-1, 0.5]),
      "output.bias": array([2], [0, 0]),
    });
    mixer.nets.get("value")!.restore({
      "dense1.weights": array([1, 2], [1, -1]),
      "dense1.bias": array([2], [0, 0]),
      "output.weights": array([2, 1], [3, 7]),
      "output.bias": array([1], [0.25]),
    });
    const utilities = [
      [2, 1],
      [2, 1],
    ];
    const [one, other] = mix(mixer, utilities, [[1], [-1]]);
    expect(one).toBeCloseTo(8.25 + 0.5 * Math.exp(-2), 5);
    expect(other).toBeCloseTo(20.75, 5);
    dispose(mixer);
  });

  test("the hypernets have the shapes that are asked for", () => {
    const mixing = { type: "monotonic", embedding: 4, hypernet: 6 } as const;
    const mixer = buildMixer(mixing, { agents: 3, stateSize: 5 }, new Generator(0));
    const shapes = [...mixer.nets].map(([name, { parameters }]) => [
      name,
      [...parameters.values()].map(({ shape }) => shape),
    ]);
    expect(Object.fromEntries(shapes)).toEqual({
      weights1: [[5, 6], [6], [6, 12], [12]],
      bias1: [[5, 4], [4]],
      weights2: [[5, 6], [6], [6, 4], [4]],
      value: [[5, 4], [4], [4, 1], [1]],
    });
    dispose(mixer);
  });

  test.each([0, 8])("it falls with no utility, for random weights and states (hypernet %i)", (hypernet) => {
    const [agents, stateSize, rows] = [3, 4, 20];
    const slopes: number[] = [];
    for (let seed = 0; seed < 10; seed++) {
      const rng = new Generator(seed);
      const random = (columns: number) =>
        Array.from({ length: rows }, () => Array.from({ length: columns }, () => rng.normal(0, 3)));
      const mixing = { type: "monotonic", embedding: 5, hypernet } as const;
      const mixer = buildMixer(mixing, { agents, stateSize }, rng);
      const [utilities, states] = [random(agents), random(stateSize)];
      const before = mix(mixer, utilities, states);
      for (let agent = 0; agent < agents; agent++) {
        const raised = utilities.map((row) => row.map((q, i) => (i === agent ? q + 0.5 : q)));
        const after = mix(mixer, raised, states);
        slopes.push(...after.map((value, row) => (value - before[row]!) / 0.5));
      }
      dispose(mixer);
    }
    expect(Math.min(...slopes)).toBeGreaterThanOrEqual(0);
    // It does listen to them: most of the time Qtot rises noticeably.
    expect(slopes.filter((slope) => slope > 0.01).length / slopes.length).toBeGreaterThan(0.5);
  });

  test("keeps no tensors", () => {
    const before = tf.memory().numTensors;
    const mixing = { type: "monotonic", embedding: 3, hypernet: 4 } as const;
    const mixer = buildMixer(mixing, { agents: 2, stateSize: 2 }, new Generator(0));
    const parameters = tf.memory().numTensors;
    const [utilities, states] = [tf.tensor2d([[1, 2]]), tf.tensor2d([[3, 4]])];
    mixer.apply(utilities, states).dispose();
    expect(tf.memory().numTensors).toBe(parameters + 2);
    tf.dispose([utilities, states]);
    dispose(mixer);
    expect(tf.memory().numTensors).toBe(before);
  });
});
