import {
  type Box,
  box,
  type Discrete,
  discrete,
  GymnasiumError,
  type Space,
  spacesEqual,
} from "gymnasium-js";
import type { Arena } from "../arena.js";
import { throughViews, type Wrapped } from "./agent-view.js";

/** An observation space with whose observation it is, of so many agents. */
interface Indicator {
  space: Space<unknown>;
  mark(observation: unknown, agent: number): unknown;
}

/**
 * Adds to each observation whose it is, so that one policy can play for all agents: a one-hot vector at the end of a Box of one
 * dimension; a channel per agent, the own one filled, of a Box of two or three (`[height, width, channels + agents]`); a number
 * `observation * agents + agent` of a Discrete space. Where all bounds are finite, the mark is as large as the largest of them,
 * else 1. Source: SuperSuit's `agent_indicator_v0`.
 *
 * @throws GymnasiumError `invalid-options` unless all agents have the same observation space, of one of these kinds
 */
export function agentIndicator<Inner extends Arena>(arena: Inner): Wrapped<Inner> {
  const agents = arena.possibleAgents;
  const [first, ...others] = agents.map((agent) => arena.observationSpace(agent)) as [Space<unknown>];
  if (!others.every((space: Space<unknown>) => spacesEqual(space, first))) {
    throw new GymnasiumError(
      "invalid-options",
      `agentIndicator: the agents of ${arena.id} have different observation spaces; put padObservations around it first.`,
    );
  }
  const { space, mark } = indicatorOf(first, agents.length, arena.id);
  return throughViews(arena, "agentIndicator", (agent) => {
    const index = agents.indexOf(agent);
    return { observationSpace: space, observe: (observation) => mark(observation, index) };
  });
}

function indicatorOf(space: Space<unknown>, agents: number, id: string): Indicator {
  if (space.type === "Discrete") {
    const { n, start } = space as Discrete;
    return {
      space: discrete(n * agents, { start: start * agents }),
      mark: (observation, agent) => (observation as number) * agents + agent,
    };
  }
  const dimensions = space.shape?.length ?? 0;
  if (space.type !== "Box" || space.dtype === "int64" || dimensions < 1 || dimensions > 3) {
    throw new GymnasiumError(
      "invalid-options",
      `agentIndicator: observations of ${id} are a ${space.type} of ${dimensions} dimensions and ${space.dtype}, expected Discrete, or a Box of one to three and not int64.`,
    );
  }
  return boxIndicator(space as Box<"float32">, agents);
}

/** Rows of numbers (a vector is one row, of a picture each pixel is one), each with a one-hot vector at its end. */
function boxIndicator({ low, high, shape, size, dtype }: Box<"float32">, agents: number): Indicator {
  const rowLength = shape.length === 1 ? size : (shape[2] ?? 1);
  const length = rowLength + agents;
  const largest = high.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const filled = largest > 0 && Number.isFinite(largest) ? largest : 1;
  const extend = (values: ArrayLike<number>, mark: (agent: number) => number): Float64Array => {
    const extended = new Float64Array((size / rowLength) * length);
    for (let i = 0; i < extended.length; i++) {
      const [row, column] = [Math.floor(i / length), i % length];
      extended[i] = column < rowLength ? values[row * rowLength + column]! : mark(column - rowLength);
    }
    return extended;
  };
  const space = box({
    low: extend(low, () => 0),
    high: extend(high, () => filled),
    shape: shape.length === 1 ? [length] : [shape[0]!, shape[1]!, length],
    dtype,
  });
  return {
    space,
    mark: (observation, own) =>
      space.fromFlat(extend(observation as ArrayLike<number>, (agent) => (agent === own ? filled : 0))),
  };
}
