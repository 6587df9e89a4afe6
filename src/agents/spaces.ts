import type { Space } from "gymnasium-js";
import { AgentError } from "./errors.js";

/** Actions `start ... start + n - 1`. */
export interface ActionCodes {
  n: number;
  start: number;
}

/** How a net sees the observations of a space. */
export interface ObservationInput {
  inputShape: readonly number[];
  oneHot: { n: number; start: number } | null;
}

/** @throws {AgentError} `unsupported-space` unless the space is Discrete */
export function discreteActions(space: Space<unknown>, agent: string): ActionCodes {
  if (space.type !== "Discrete") {
    throw new AgentError(
      "unsupported-space",
      `The agent ${agent} chooses among Discrete actions, not from ${explain(space)}; wrap the environment so that its actions are Discrete.`,
    );
  }
  const { n, start } = space as Space<unknown> & ActionCodes;
  return { n, start };
}

/**
 * Box and MultiBinary observations enter a net as they are, Discrete ones as one-hot vectors.
 * @throws {AgentError} `unsupported-space` for all others
 */
export function observationInput(space: Space<unknown>, agent: string): ObservationInput {
  const { type, shape, dtype } = space;
  if (type === "Discrete") {
    const { n, start } = space as Space<unknown> & ActionCodes;
    return { inputShape: [], oneHot: { n, start } };
  }
  if ((type === "Box" && dtype !== "int64") || type === "MultiBinary") {
    return { inputShape: [...(shape ?? [])], oneHot: null };
  }
  throw new AgentError(
    "unsupported-space",
    `The agent ${agent} reads Box, MultiBinary and Discrete observations, not ${explain(space)}; wrap the environment in FlattenObservation.`,
  );
}

function explain({ type, shape, dtype }: Space<unknown>): string {
  return shape === null ? type : `${type} of shape [${shape}]${dtype === null ? "" : ` and dtype ${dtype}`}`;
}
