import { chain, input, layers, modelSpec } from "../models/builder.js";
import type { ModelSpec } from "../models/spec.js";

/** Kinds of recurrent layers. */
export type Cell = "rnn" | "gru" | "lstm";

export interface SequenceOptions {
  /** Default lstm. */
  cell?: Cell;
  /** Of the recurrent layer; default 64. */
  units?: number;
  /** Different tokens; default 100. */
  tokens?: number;
  /** Values of a token's vector; default 32. */
  embedding?: number;
}

/** One vector in, a sequence out: the vector at each of so many steps. Outputs: `sequence` `[steps, outputs]`. */
export function oneToMany(
  options: Pick<SequenceOptions, "cell" | "units"> & {
    inputs?: number;
    steps?: number;
    outputs?: number;
  } = {},
): ModelSpec {
  const { cell = "lstm", units = 64, inputs = 16, steps = 10, outputs = 1 } = options;
  const body = chain(
    layers.repeat({ times: steps }),
    layers[cell]({ units, name: "memory" }),
    layers.dense({ units: outputs, name: "sequence" }),
  );
  return modelSpec({ sequence: body(input("inputs", [inputs])) });
}

/** A sequence of tokens in, one answer out, such as a class. Inputs: `tokens` and their `mask`. Outputs: `classes`. */
export function manyToOne(
  options: SequenceOptions & { classes?: number; backwards?: boolean } = {},
): ModelSpec {
  const { cell = "lstm", units = 64, tokens = 100, embedding = 32, classes = 2, backwards = false } = options;
  const vectors = layers.embedding({ count: tokens, size: embedding })(input("tokens", [null], "int32"));
  const end = layers[cell]({ units, sequences: false, masked: true, backwards, name: "memory" })(
    vectors,
    input("mask", [null]),
  );
  return modelSpec({ classes: layers.dense({ units: classes, name: "classes" })(end) });
}

/** A token in and an answer out at each step, such as the next character. Outputs: `next` `[time, outputs]`. */
export function manyToMany(
  options: SequenceOptions & { outputs?: number; layers?: number; dropout?: number } = {},
): ModelSpec {
  const { cell = "lstm", units = 64, tokens = 100, embedding = 32, layers: count = 1, dropout = 0 } = options;
  const body = Array.from({ length: count }, (_, i) => [
    layers[cell]({ units, name: `memory${i + 1}` }),
    ...(dropout !== 0 ? [layers.dropout({ rate: dropout })] : []),
  ]);
  const next = chain(
    layers.embedding({ count: tokens, size: embedding }),
    ...body.flat(),
    layers.dense({ units: options.outputs ?? tokens, name: "next" }),
  );
  return modelSpec({ next: next(input("tokens", [null], "int32")) });
}

export interface EncoderDecoderOptions {
  /** Of the reader and of the writer; default lstm. */
  cell?: Cell;
  /** Different tokens of the source and of the target; default 100. */
  sourceTokens?: number;
  targetTokens?: number;
  embedding?: number;
  /** Of the reader, which reads in both directions, and of the writer; default 64. */
  units?: number;
  dropout?: number;
}

/**
 * A sequence in, another out: a recurrent layer reads in both directions, and one that begins with what they have come to writes
 * and looks back at every step. Inputs: `source`, `sourceMask`, and `written`, the target one step late. Outputs: `next` `[time, targetTokens]`.
 *
 * Source: Sutskever et al. 2014, https://arxiv.org/abs/1409.3215; Luong et al. 2015, section 3.1, https://arxiv.org/abs/1508.04025
 */
export function encoderDecoder(options: EncoderDecoderOptions = {}): ModelSpec {
  const { cell = "lstm", sourceTokens = 100, targetTokens = 100, embedding = 32, units = 64 } = options;
  const { dropout = 0 } = options;
  const dropped = () => (dropout !== 0 ? [layers.dropout({ rate: dropout })] : []);
  const vectors = (count: number, name: string) =>
    chain(layers.embedding({ count, size: embedding, name }), ...dropped());
  const mask = input("sourceMask", [null]);
  const read = vectors(sourceTokens, "sourceWords")(input("source", [null], "int32"));
  const forwards = layers[cell]({ units, masked: true, name: "reader" })(read, mask);
  const backwards = layers[cell]({ units, masked: true, backwards: true, name: "backwardsReader" })(
    read,
    mask,
  );
  const memory = layers.concat({ name: "memory" })(forwards, backwards);
  const states = cell === "lstm" ? ["firstHidden", "firstCell"] : ["firstHidden"];
  const writer = layers[cell]({ units, initialState: true, name: "writer" })(
    vectors(targetTokens, "writtenWords")(input("written", [null], "int32")),
    ...states.map((name, i) =>
      layers.dense({ units, activation: "tanh", name })(
        layers.concat({ name: `${name}.both` })(forwards.output(i + 1), backwards.output(i + 1)),
      ),
    ),
  );
  const context = layers.attention({ score: "general", masked: true, name: "attention" })(
    writer,
    memory,
    mask,
  );
  const next = chain(
    layers.dense({ units, activation: "tanh", name: "combined" }),
    ...dropped(),
    layers.dense({ units: targetTokens, name: "next" }),
  );
  return modelSpec({ next: next(layers.concat({ name: "seen" })(context, writer)) });
}
