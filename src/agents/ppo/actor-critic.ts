import type { Generator, TypedArray } from "gymnasium-js";
import {
  buildNet,
  type InputStage,
  type Net,
  type NetOptions,
  readVariables,
  writeVariables,
} from "../../nets/index.js";
import { type NamedArrays, tf } from "../../tensors/index.js";
import { type Insight, insightOf, outputScores } from "../insight.js";
import type { PpoConfig } from "./config.js";
import type { ActionDistribution } from "./distribution.js";

/** Gains of the output layers where nets start orthogonal (Huang et al. 2022, detail 2): at first all actions are alike. */
const gains = { policy: 0.01, value: 1 } as const;

const logStdName = "policy.logStd";

/** A policy net and a value net of one build, which share no weights. Whoever makes it disposes of it. */
export class ActorCritic {
  /** Of both nets: `policy.` and `value.` before the nets' own names. */
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  private readonly nets: { policy: Net; value: Net };
  /** `[freeOutputs]`; null where the net gives all there is to know of a distribution. */
  private readonly logStd: tf.Variable | null;

  /** Draws the policy net's starting weights, then the value net's. */
  constructor(
    { net, initialLogStd }: Pick<PpoConfig, "net" | "initialLogStd">,
    { outputs, freeOutputs }: Pick<ActionDistribution, "outputs" | "freeOutputs">,
    options: Pick<NetOptions, "inputShape" | "stack" | "oneHot"> & { rng: Generator },
  ) {
    const build = (part: keyof typeof gains, width: number): Net =>
      buildNet(net, { ...options, outputs: width, outputLayer: { name: "output", gain: gains[part] } });
    // Where the net does not fit the observations, the first of the two is not built either.
    const policy = build("policy", outputs - freeOutputs);
    this.nets = { policy, value: build("value", 1) };
    this.logStd = freeOutputs === 0 ? null : filled(freeOutputs, initialLogStd);
    const named = Object.entries(this.nets).flatMap(([part, { parameters }]) =>
      [...parameters].map(([name, variable]) => [`${part}.${name}`, variable] as const),
    );
    this.parameters = new Map(this.logStd === null ? named : [...named, [logStdName, this.logStd]]);
  }

  /** Turns rows of observations into what both nets take. */
  get input(): InputStage {
    return this.nets.policy.input;
  }

  /** @returns `[batch, outputs]`: what describes the distributions of actions */
  policy(x: tf.Tensor): tf.Tensor2D {
    const { logStd } = this;
    if (logStd === null) return this.nets.policy.apply(x);
    return tf.tidy(() => {
      const means = this.nets.policy.apply(x);
      return tf.concat2d([means, tf.add(tf.zeros<tf.Rank.R2>(means.shape), logStd)], 1);
    });
  }

  /** What the policy's net makes of one observation: what it puts out are the logits of the actions. */
  insight(observation: TypedArray): Insight {
    return insightOf(this.nets.policy, observation, outputScores);
  }

  /** @returns `[batch, 1]`: V(s) */
  value(x: tf.Tensor): tf.Tensor2D {
    return this.nets.value.apply(x);
  }

  save(): NamedArrays {
    return readVariables(this.parameters);
  }

  /** @throws {NetError} `weights-mismatch`, before anything is changed */
  restore(arrays: NamedArrays): void {
    writeVariables(this.parameters, arrays);
  }

  dispose(): void {
    tf.dispose([...this.parameters.values()]);
  }
}

function filled(size: number, value: number): tf.Variable {
  const initial = tf.fill([size], value);
  const variable = tf.variable(initial);
  initial.dispose();
  return variable;
}
