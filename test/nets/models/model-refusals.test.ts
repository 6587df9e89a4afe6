// What a model refuses, each in one sentence and before anything is computed.
import { Generator } from "gymnasium-js";
import { afterAll, describe, expect, test } from "vitest";
import {
  buildModel,
  input,
  layers,
  modelSpec,
  normalizedEdges,
  sequential,
  zoo,
} from "../../../src/nets/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { busy, translator } from "./busy-models.js";
import { drawn } from "./drawn.js";

await useEngine("cpu");

describe("refusals", () => {
  const model = buildModel(translator, new Generator(1));
  afterAll(() => model.dispose());

  const refusal = (message: string | RegExp, code = "invalid-input") =>
    expect.objectContaining({
      ...{ name: "NetError", code },
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
  const feeds = () => ({ written: drawn([2, 3, 2]), read1: drawn([2, 4, 2]), read2: drawn([2, 4, 2]) });

  test.each<[string, () => Record<string, tf.Tensor>, string[], string]>([
    [
      "a feed of another name",
      () => ({ ...feeds(), writen: drawn([2, 3, 2]) }),
      ["words"],
      'The caller gives "writen", which is no input and no node of the model; did you mean "written"?',
    ],
    [
      "an output of another name",
      feeds,
      ["wordz"],
      'The caller asks for "wordz", which is no input and no node of the model; did you mean "words"?',
    ],
    [
      "an output number that there is not",
      feeds,
      ["words:1"],
      'The caller asks for "words:1", but the outputs of "words" are "words": [?, 3].',
    ],
    [
      "an output number that is none",
      feeds,
      ["encoder1:h"],
      'The caller asks for "encoder1:h", which is no input and no node of the model; did you mean "encoder1"?',
    ],
    [
      "a missing input",
      () => ({ written: drawn([2, 3, 2]), read1: drawn([2, 4, 2]) }),
      ["words"],
      'The model lacks its input "read2"; it takes written, read1, read2.',
    ],
    [
      "another shape",
      () => ({ ...feeds(), written: drawn([2, 3, 5]) }),
      ["words"],
      '"written" has to be of shape [?, ?, 2], with the batch first, not [2, 3, 5].',
    ],
    [
      "a row without a batch",
      () => ({ ...feeds(), written: drawn([3, 2]) }),
      ["words"],
      '"written" has to be of shape [?, ?, 2], with the batch first, not [3, 2].',
    ],
    [
      "nothing",
      () => ({ ...feeds(), written: undefined as never }),
      ["words"],
      '"written" has to be a tensor, but is undefined.',
    ],
    [
      "numbers",
      () => ({ ...feeds(), written: [[1, 2]] as never }),
      ["words"],
      '"written" has to be a tensor, but is object.',
    ],
    [
      "another dtype",
      () => ({ ...feeds(), written: tf.zeros([2, 3, 2], "int32") }),
      ["words"],
      '"written" has to be float32, not int32.',
    ],
    [
      "bytes",
      () => ({ ...feeds(), written: tf.zeros([2, 3, 2], "bool") }),
      ["words"],
      '"written" has to be float32, not bool, as bytes are; convert them.',
    ],
    [
      "no rows",
      () => ({ written: tf.zeros([0, 3, 2]), read1: tf.zeros([0, 4, 2]), read2: tf.zeros([0, 4, 2]) }),
      ["words"],
      '"written" has no rows; one pass takes one batch, of at least one.',
    ],
    [
      "another dtype of an inner node",
      () => ({ decoder: tf.zeros([2, 3, 4], "int32") }),
      ["words"],
      '"decoder" has to be float32, not int32.',
    ],
    [
      "different numbers of rows",
      () => ({ ...feeds(), read1: drawn([3, 4, 2]) }),
      ["words"],
      '"written" has 2 rows and "read1" has 3; one pass takes one batch, so make them equal.',
    ],
    [
      "states of another number of rows",
      () => ({ written: drawn([2, 3, 2]), "encoder1:1": drawn([2, 4]), "encoder2:2": drawn([1, 4]) }),
      ["words"],
      '"written" has 2 rows and "encoder2:2" has 1; one pass takes one batch, so make them equal.',
    ],
  ])("of %s", (_, wrong, outputs, message) => {
    tf.tidy(() => {
      const given = wrong();
      const before = tf.memory().numTensors;
      expect(() => model.apply(given, { outputs })).toThrow(refusal(message));
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  test("of a mask that is whole numbers where the model computes with it", () => {
    const masked = layers.gru({ units: 2, masked: true, name: "g" });
    const spec = modelSpec({ y: masked(input("x", [3, 2]), input("mask", [3])) });
    const gru = buildModel(spec, new Generator(1));
    tf.tidy(() => {
      const mask = tf.ones([1, 3], "int32");
      expect(() => gru.apply({ x: drawn([1, 3, 2]), mask })).toThrow(
        refusal('"mask" has to be float32, not int32.'),
      );
    });
    gru.dispose();
  });

  test("come before anything is computed", () => {
    const x = input("x", [3]);
    const y = layers.add()(layers.batchNorm()(layers.dropout()(x)), input("z", [3]));
    const normal = buildModel(modelSpec({ y }), new Generator(1));
    const [before, { state }] = [normal.save(), normal.random];
    tf.tidy(() => {
      expect(() => normal.apply({ x: drawn([4, 3]) }, { training: true })).toThrow(
        refusal(/lacks its input "z"/),
      );
    });
    expect(normal.save()).toEqual(before);
    expect(normal.random.state).toEqual(state);
    normal.dispose();
  });

  test("are none of a graph's edges, of which there are more than nodes", () => {
    const gcn = buildModel(zoo.gcn.build(), new Generator(1));
    const list = normalizedEdges([[0, 1]], 2);
    tf.tidy(() => {
      const edges = tf.tensor2d(list.edges, [4, 2], "int32");
      const graph = { nodes: tf.zeros([2, 1433]), edges, edgeWeights: tf.tensor1d(list.weights) };
      expect(gcn.apply(graph).classes!.shape).toEqual([2, 7]);
      expect(() => gcn.apply({ ...graph, edgeWeights: tf.ones([3]) })).toThrow(
        refusal('"edges" has 4 rows and "edgeWeights" has 3; one pass takes one batch, so make them equal.'),
      );
      expect(() => gcn.apply({ ...graph, dropout2: tf.zeros([3, 16]) })).toThrow(
        refusal(/^"nodes" has 2 rows and "dropout2" has 3; /),
      );
    });
    gcn.dispose();
  });

  test("of weights that do not belong to it change nothing", () => {
    const saved = model.save();
    const { "words.bias": bias, ...rest } = saved;
    const mismatch = (message: RegExp) => refusal(message, "weights-mismatch");
    expect(() => model.restore(rest)).toThrow(mismatch(/^The weights lack "words\.bias"/));
    expect(() => model.restore({ ...saved, more: bias! })).toThrow(mismatch(/^The weights have "more"/));
    const changed = Object.fromEntries(
      Object.entries(saved).map(([name, array]) => [name, { ...array, data: array.data.slice().fill(0) }]),
    );
    const short = { ...bias!, shape: [2], data: new Float32Array(2) };
    expect(() => model.restore({ ...changed, "words.bias": short })).toThrow(
      mismatch(/^The weights "words\.bias" are float32 of shape \[2\]/),
    );
    const longer = { ...bias!, data: new Float32Array(5) };
    expect(() => model.restore({ ...changed, "words.bias": longer })).toThrow(
      mismatch(/^The weights "words\.bias" are float32 of shape \[3\] with 5 values, but this net needs/),
    );
    const other = buildModel(busy, new Generator(1));
    expect(() => model.copyFrom(other)).toThrow(mismatch(/^The nets differ/));
    other.dispose();
    expect(model.save()).toEqual(saved);
  });

  test("parametersOf a node, of nodes that share a beginning, and of none", () => {
    const names = ["block.a", "block.b", "blocks"];
    const parts = names.map((name) => layers.dense({ units: 3, name }));
    const net = buildModel(sequential([3], [...parts, layers.flatten({ name: "flat" })]), new Generator(1));
    const namesOf = (name: string) => [...net.parametersOf(name).keys()];
    expect(namesOf("block.b")).toEqual(["block.b.weights", "block.b.bias"]);
    expect(namesOf("block")).toEqual(
      ["block.a", "block.b"].flatMap((name) => [`${name}.weights`, `${name}.bias`]),
    );
    expect(namesOf("flat")).toEqual([]);
    expect(net.parametersOf("blocks").get("blocks.bias")).toBe(net.parameters.get("blocks.bias"));
    expect(() => net.parametersOf("blocs")).toThrow(
      refusal('The model has no node "blocs"; did you mean "blocks"?'),
    );
    net.dispose();
  });
});
