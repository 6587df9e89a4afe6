import { Generator } from "gymnasium-js";
import { type NamedArrays, tf } from "../../tensors/index.js";
import { NetError } from "../errors.js";
import { checkSameParameters, copyVariables, readVariables, writeVariables } from "../weights.js";
import { keyOf, type Values, valuesOf } from "./feeds.js";
import type { Shape } from "./layer.js";
import { parseModelSpec } from "./parse-spec.js";
import { type Plan, type PlannedNode, planModel, type Reference, referenceOf } from "./plan.js";
import type { ModelSpec, ModelSpecInput } from "./spec.js";
import { suggestion } from "./suggestion.js";
import { variableMaker } from "./variables.js";

export interface ApplyOptions {
  /** Dropout drops, batch norm uses and learns the batch's statistics, noisy layers are noisy. Default false. */
  training?: boolean;
  /** Which outputs to compute; default all of the model's. Names of inputs and nodes count as well, `node:1` included. */
  outputs?: readonly string[];
}

/** A function of parameters with any number of inputs and outputs. Float32; whoever builds it disposes of it. */
export interface Model {
  readonly spec: ModelSpec;
  /** Of every input and node, without the batch: the shapes of its outputs. */
  readonly shapes: ReadonlyMap<string, readonly Shape[]>;
  /** What training changes along gradients: by name, `<node>.<part>`, in the order of the nodes. */
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  /** What training passes keep beside, such as batch norm's moving averages. */
  readonly buffers: ReadonlyMap<string, tf.Variable>;
  /** Draws dropout's masks and noise. Its state belongs to what a resumed training restores. */
  readonly random: Generator;
  /**
   * @param feeds tensors `[batch, ...shape]` by name. Besides inputs, the output of any node can be given, which then is not
   * computed: so a decoder goes on from states that it had before.
   * @returns by the names in `outputs`; the caller's to dispose of
   * @throws {NetError} `invalid-input`, before anything is computed, if there is no such name, or something is missing or has another
   * shape, dtype or number of rows than the rest
   */
  apply(feeds: Readonly<Record<string, tf.Tensor>>, options?: ApplyOptions): Record<string, tf.Tensor>;
  /**
   * Parameters of a node, or of all nodes whose names begin with `name.`.
   * @throws {NetError} `invalid-input` if there is no such node
   */
  parametersOf(name: string): ReadonlyMap<string, tf.Variable>;
  /** Copies parameters and buffers out. */
  save(): NamedArrays;
  /** @throws {NetError} `weights-mismatch`, before anything is changed, if names, shapes or dtypes differ */
  restore(arrays: NamedArrays): void;
  /** Takes over the parameters and buffers of a model of the same ones. */
  copyFrom(model: Model): void;
  dispose(): void;
}

/**
 * Builds a model from its JSON description.
 *
 * @param spec also as `JSON.parse` returns it: what has a default may be left out
 * @param rng draws the starting weights, node by node in the order of the description, each in C order; then a seed for `random`
 * @throws {NetError} `invalid-net` if it is none, names are twice or not there, or layers do not fit each other
 *
 * @example
 * const spec = sequential([28, 28, 1], [layers.flatten(), layers.dense({ units: 10 })]);
 * const model = buildModel(spec, new Generator(1));
 * const { output } = model.apply({ input: images }); // logits [batch, 10]
 */
export function buildModel(spec: ModelSpecInput, rng: Generator): Model {
  const whole = parseModelSpec(spec);
  const parameters = new Map<string, tf.Variable>();
  const buffers = new Map<string, tf.Variable>();
  try {
    const make = variableMaker({ parameters, buffers }, { initializer: whole.initializer, rng });
    const plan = planModel(whole, make);
    const random = new Generator([rng.nextUint32(), rng.nextUint32()]);
    return new PlannedModel({ spec: whole, plan, parameters, buffers, random });
  } catch (error) {
    tf.dispose([...parameters.values(), ...buffers.values()]);
    throw error;
  }
}

interface ModelParts extends Pick<Model, "spec" | "parameters" | "buffers" | "random"> {
  plan: Plan;
}

class PlannedModel implements Model {
  readonly spec: ModelSpec;
  readonly shapes: ReadonlyMap<string, readonly Shape[]>;
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  readonly buffers: ReadonlyMap<string, tf.Variable>;
  readonly random: Generator;
  private readonly plan: Plan;
  private readonly all: ReadonlyMap<string, tf.Variable>;

  constructor({ spec, plan, parameters, buffers, random }: ModelParts) {
    this.spec = spec;
    this.plan = plan;
    this.shapes = plan.shapes;
    this.parameters = parameters;
    this.buffers = buffers;
    this.random = random;
    this.all = new Map([...parameters, ...buffers]);
  }

  apply(
    feeds: Readonly<Record<string, tf.Tensor>>,
    { training = false, outputs = Object.keys(this.spec.outputs) }: ApplyOptions = {},
  ): Record<string, tf.Tensor> {
    const asker = { request: "The caller asks for", code: "invalid-input" } as const;
    const wanted = outputs.map(
      (name) => this.plan.outputs.get(name) ?? referenceOf(name, this.shapes, asker),
    );
    const given = valuesOf(feeds, this.plan);
    const nodes = this.nodesFor(wanted, given);
    return tf.tidy(() => {
      const values = new Map(given);
      const pass = { training, random: this.random };
      for (const { name, inputs, layer } of nodes) {
        const tensors = inputs.map((reference) => values.get(keyOf(reference))!);
        layer.apply(tensors, pass).forEach((tensor, output) => {
          const key = keyOf({ node: name, output });
          if (!values.has(key)) values.set(key, tensor);
        });
      }
      // What was given stays the caller's, also where a layer passes it on; and each output is a tensor of its own.
      const taken = new Set(given.values());
      return Object.fromEntries(
        outputs.map((name, index) => {
          const value = values.get(keyOf(wanted[index]!))!;
          const own = taken.has(value) ? tf.clone(value) : value;
          taken.add(own);
          return [name, own];
        }),
      );
    });
  }

  parametersOf(name: string): ReadonlyMap<string, tf.Variable> {
    const names = this.plan.nodes.map((node) => node.name);
    if (!names.some((node) => node === name || node.startsWith(`${name}.`))) {
      throw new NetError("invalid-input", `The model has no node "${name}"; ${suggestion(name, names)}`);
    }
    return new Map([...this.parameters].filter(([key]) => key.startsWith(`${name}.`)));
  }

  save(): NamedArrays {
    return readVariables(this.all);
  }

  restore(arrays: NamedArrays): void {
    writeVariables(this.all, arrays);
  }

  copyFrom(model: Model): void {
    const theirs = new Map([...model.parameters, ...model.buffers]);
    checkSameParameters(this.all, theirs);
    copyVariables(this.all, theirs);
  }

  dispose(): void {
    tf.dispose([...this.all.values()]);
  }

  /**
   * The nodes that have to be computed for what is wanted, in their order.
   * @throws {NetError} `invalid-input` if one of the inputs that they need is not given
   */
  private nodesFor(wanted: readonly Reference[], given: Values): PlannedNode[] {
    const needed = new Set<string>();
    const need = (references: readonly Reference[]) => {
      for (const reference of references) {
        if (!given.has(keyOf(reference))) needed.add(reference.node);
      }
    };
    need(wanted);
    const chosen: PlannedNode[] = [];
    for (const node of this.plan.nodes.toReversed()) {
      if (!needed.has(node.name)) continue;
      chosen.push(node);
      need(node.inputs);
    }
    const inputs = Object.keys(this.spec.inputs);
    const missing = inputs.find((name) => needed.has(name));
    if (missing === undefined) return chosen.reverse();
    throw new NetError(
      "invalid-input",
      `The model lacks its input "${missing}"; it takes ${inputs.join(", ")}.`,
    );
  }
}
