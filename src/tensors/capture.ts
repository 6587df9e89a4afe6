import * as tf from "@tensorflow/tfjs-core";
import { CaptureError } from "./errors.js";
import type { NativeArray } from "./native/addon.js";
import type { NativeBackend } from "./native/backend.js";
import { StepProgram } from "./native/program.js";
import { StepRecorder } from "./native/recorder.js";

/** What a step is given: an array of plain memory and its shape. Bytes become tensors of tfjs's dtype bool. */
export interface HostArray {
  data: Float32Array | Int32Array | Uint8Array;
  shape: readonly number[];
}

type StepResults = Record<string, tf.Tensor>;

/** What a step returns. The arrays are the step's: valid until its next run. */
export type ArraysOf<Results> = { [Name in keyof Results]: Float32Array | Int32Array | Uint8Array };

/** A function of tensors that is run again and again. */
export interface Step<Name extends string, Results extends StepResults> {
  run(inputs: Record<Name, HostArray>): ArraysOf<Results>;
}

export interface CaptureOptions {
  /** Runs the function anew each time, on every engine; the same bits, for comparison. Default false. */
  eager?: boolean;
}

/** Programs that a step keeps for different shapes; the one that was not used for longest goes first. */
const mostPrograms = 8;

/**
 * Makes a step of a function of tensors. On the native engine its first run records what the engine does, and from
 * then on it is one native call, with the same bits: constants are folded, memory is laid out once, variables change in
 * place. Inputs of another shape or dtype are recorded anew. On other engines the function runs each time.
 *
 * The function may read and assign variables, use an optimiser's `apply`, and call `hostStep`. What depends on anything
 * else that changes from run to run is refused: random draws, host reads (`dataSync`), and kernels that the addon lacks.
 *
 * @throws {CaptureError} `not-capturable`, when the step first runs; the message names the operation
 *
 * @example
 * const forward = capture(({ x }) => ({ q: net.apply(x) }));
 * const { q } = forward.run({ x: { data: observations, shape: [32, 4] } });
 */
export function capture<Name extends string, Results extends StepResults>(
  compute: (inputs: Record<Name, tf.Tensor>) => Results,
  { eager = false }: CaptureOptions = {},
): Step<Name, Results> {
  const programs = new Map<string, StepProgram>();
  return {
    run(inputs) {
      if (eager || tf.getBackend() !== "native") return runEagerly(compute, inputs);
      const backend = tf.backend() as NativeBackend;
      const key = keyOf(inputs);
      const known = programs.get(key);
      if (known === undefined) {
        const { program, results } = recordStep(backend, compute, inputs);
        if (programs.size >= mostPrograms) programs.delete(programs.keys().next().value!);
        programs.set(key, program);
        return results;
      }
      if (programs.size > 1) {
        programs.delete(key);
        programs.set(key, known);
      }
      known.run(Object.values<HostArray>(inputs).map(({ data }) => data));
      return Object.fromEntries(
        [...known.results].map(([name, view]) => [name, view()]),
      ) as ArraysOf<Results>;
    },
  };
}

function keyOf(inputs: Record<string, HostArray>): string {
  let key = "";
  for (const name in inputs) {
    const { data, shape } = inputs[name]!;
    key += `${name}:${dtypeOf(data)}[${shape}]`;
  }
  return key;
}

function dtypeOf(data: HostArray["data"]): "float32" | "int32" | "bool" {
  if (data instanceof Float32Array) return "float32";
  return data instanceof Int32Array ? "int32" : "bool";
}

function tensorsOf<Name extends string>(inputs: Record<Name, HostArray>): Record<Name, tf.Tensor> {
  const entries = Object.entries<HostArray>(inputs).map(([name, { data, shape }]) => [
    name,
    tf.tensor(data, [...shape], dtypeOf(data)),
  ]);
  return Object.fromEntries(entries) as Record<Name, tf.Tensor>;
}

function runEagerly<Name extends string, Results extends StepResults>(
  compute: (inputs: Record<Name, tf.Tensor>) => Results,
  inputs: Record<Name, HostArray>,
): ArraysOf<Results> {
  return tidied(() => copiesOf(compute(tensorsOf(inputs))));
}

/** As `tf.tidy`, which would search what is returned for tensors, element by element. */
function tidied<Result>(compute: () => Result): Result {
  let result: Result | undefined;
  tf.tidy(() => {
    result = compute();
  });
  return result as Result;
}

/** Copies, because an engine may hand out its own memory. */
function copiesOf<Results extends StepResults>(results: Results): ArraysOf<Results> {
  const entries = Object.entries(results).map(([name, tensor]) => [name, tensor.dataSync().slice()]);
  return Object.fromEntries(entries) as ArraysOf<Results>;
}

/** Runs the function once, with real effects, and makes a program of what the engine did. */
function recordStep<Name extends string, Results extends StepResults>(
  backend: NativeBackend,
  compute: (inputs: Record<Name, tf.Tensor>) => Results,
  inputs: Record<Name, HostArray>,
): { program: StepProgram; results: ArraysOf<Results> } {
  if (backend.recorder) {
    throw new CaptureError("A step cannot be captured inside another; call the inner function itself.");
  }
  return tidied(() => {
    const tensors = tensorsOf(inputs);
    const recorder = new StepRecorder(backend);
    Object.values<tf.Tensor>(tensors).forEach((tensor, index) => {
      recorder.input(tensor, index);
    });
    const results = withRecorder(backend, recorder, () => compute(tensors));
    // What operations change in place has to be the variable's own.
    for (const variable of recorder.finishAssignments()) {
      variable.assign(tf.tensor(variable.dataSync().slice(), variable.shape, variable.dtype as "float32"));
    }
    const sources = new Map(
      Object.entries(results).map(([name, tensor]) => [name, recorder.sourceOf(tensor)] as const),
    );
    const arrays: NativeArray[] = Object.values<HostArray>(inputs).map(({ data }) => data);
    const program = new StepProgram(backend, recorder, sources, arrays);
    return { program, results: copiesOf(results) };
  });
}

/** While a step is recorded, random draws without a seed would become constants; they are refused. */
function withRecorder<Result>(backend: NativeBackend, recorder: StepRecorder, compute: () => Result): Result {
  const random = Object.getOwnPropertyDescriptor(Math, "random")!;
  const refuse = () => {
    throw new CaptureError(
      "The step cannot be captured, because it draws random numbers; draw them outside and give them as an input.",
    );
  };
  Object.defineProperty(Math, "random", { ...random, value: refuse });
  backend.recorder = recorder;
  try {
    return compute();
  } finally {
    backend.recorder = null;
    Object.defineProperty(Math, "random", random);
  }
}
