import type { Generator } from "gymnasium-js";
import { buildNet, type Net, type NetSpec } from "../../nets/index.js";
import { tf } from "../../tensors/index.js";
import type { QmixConfig } from "./config.js";
import { observationSizeOf, type TeamLayout } from "./layout.js";

/** Extents of a picture as an agent sees it. */
interface Picture {
  height: number;
  width: number;
  depth: number;
  channelsFirst: boolean;
}

/**
 * What an agent expects of each of its actions, by what it sees alone: one net for all agents. Which of them it is, the net reads from
 * a one-hot vector after the observation or, if it begins with convolutions, from constant planes after a picture's channels.
 */
export class UtilityNet {
  readonly net: Net;
  /** Null for nets that see flat vectors. */
  private readonly picture: Picture | null;
  private readonly agentId: boolean;

  constructor(
    { net: spec, agentId }: Pick<QmixConfig, "net" | "agentId">,
    layout: TeamLayout,
    rng: Generator,
  ) {
    this.picture = pictureOf(spec, layout.observationShape);
    this.agentId = agentId;
    const ids = agentId ? layout.agents : 0;
    const inputShape = this.picture
      ? [this.picture.height, this.picture.width, this.picture.depth + ids]
      : [observationSizeOf(layout) + ids];
    // It is given observations that are scaled and have their channels last.
    const ownSpec: NetSpec = { ...spec, inputScale: 1, channels: "last" };
    this.net = buildNet(ownSpec, { inputShape, outputs: layout.actions, rng });
  }

  /**
   * @param observations `[rows, size]`, scaled
   * @param ids `[rows, agents]`, one-hot
   * @returns `[rows, actions]`
   */
  apply(observations: tf.Tensor, ids: tf.Tensor): tf.Tensor2D {
    return tf.tidy(() => {
      const x = this.picture ? channelsLast(observations, this.picture) : observations;
      return this.net.apply(this.agentId ? withIds(x, ids) : x);
    });
  }
}

function pictureOf(spec: NetSpec, shape: readonly number[]): Picture | null {
  const convolves =
    spec.type === "layers" ? spec.layers.some(({ type }) => type === "conv2d") : spec.type !== "mlp";
  if (!convolves) return null;
  const [a, b, c] = shape as [number, number, number];
  if (shape.length === 2) return { height: a, width: b, depth: 1, channelsFirst: false };
  if (shape.length !== 3) return null;
  return spec.channels === "first"
    ? { depth: a, height: b, width: c, channelsFirst: true }
    : { height: a, width: b, depth: c, channelsFirst: false };
}

/** `[rows, size]` to `[rows, height, width, depth]` */
function channelsLast(x: tf.Tensor, { height, width, depth, channelsFirst }: Picture): tf.Tensor {
  const rows = x.shape[0]!;
  if (!channelsFirst) return tf.reshape(x, [rows, height, width, depth]);
  return tf.transpose(tf.reshape(x, [rows, depth, height, width]), [0, 2, 3, 1]);
}

/** Puts them after the channels of every place. */
function withIds(x: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  const [rows, agents] = ids.shape as [number, number];
  const places = x.shape.slice(1, -1);
  const planes = tf.tile(tf.reshape(ids, [rows, ...places.map(() => 1), agents]), [1, ...places, 1]);
  return tf.concat([x, planes], x.rank - 1);
}
