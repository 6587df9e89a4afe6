import type { Generator } from "gymnasium-js";
import { type Net, readVariables, writeVariables } from "../../nets/index.js";
import type { NamedArrays, tf } from "../../tensors/index.js";
import type { QmixConfig } from "./config.js";
import { mixedStateSizeOf, type TeamLayout } from "./layout.js";
import { buildMixer, type Mixer } from "./mixer.js";
import { UtilityNet } from "./utility-net.js";

/** The agents' utility net and the mixer that makes the team's value of it. Whoever makes it disposes of it. */
export class TeamNet {
  /** Of all nets: `utility.` or the like of `mixer.weights1.` before the nets' own names. */
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  private readonly utilityNet: UtilityNet;
  private readonly mixer: Mixer;
  private readonly nets: ReadonlyMap<string, Net>;

  /** Draws the utility net's starting weights, then the mixer's. */
  constructor(config: Pick<QmixConfig, "net" | "agentId" | "mixing">, layout: TeamLayout, rng: Generator) {
    this.utilityNet = new UtilityNet(config, layout, rng);
    const shape = { agents: layout.agents, stateSize: mixedStateSizeOf(layout) };
    this.mixer = buildMixer(config.mixing, shape, rng);
    const mixing = [...this.mixer.nets].map(([name, net]) => [`mixer.${name}`, net] as const);
    this.nets = new Map([["utility", this.utilityNet.net], ...mixing]);
    this.parameters = new Map(
      [...this.nets].flatMap(([part, { parameters }]) =>
        [...parameters].map(([name, variable]) => [`${part}.${name}`, variable] as const),
      ),
    );
  }

  /**
   * @param observations `[rows, size]`, scaled
   * @param ids `[rows, agents]`, one-hot: whose observation each row is
   * @returns `[rows, actions]`
   */
  utilities(observations: tf.Tensor, ids: tf.Tensor): tf.Tensor2D {
    return this.utilityNet.apply(observations, ids);
  }

  /**
   * @param utilities `[rows, agents]` of the actions that are taken together
   * @param states `[rows, stateSize]`
   * @returns `[rows]`
   */
  mix(utilities: tf.Tensor2D, states: tf.Tensor2D): tf.Tensor1D {
    return this.mixer.apply(utilities, states);
  }

  save(): NamedArrays {
    return readVariables(this.parameters);
  }

  /** @throws {NetError} `weights-mismatch`, before anything is changed */
  restore(arrays: NamedArrays): void {
    writeVariables(this.parameters, arrays);
  }

  copyFrom(other: TeamNet): void {
    for (const [name, net] of this.nets) net.copyFrom(other.nets.get(name)!);
  }

  /** weights = (1 - tau) weights + tau other's weights */
  blend(other: TeamNet, tau: number): void {
    for (const [name, net] of this.nets) net.blend(other.nets.get(name)!, tau);
  }

  dispose(): void {
    for (const net of this.nets.values()) net.dispose();
  }
}
