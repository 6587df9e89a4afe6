import type { MultiDiscrete, Space } from "gymnasium-js";
import { sizeOf } from "../../tensors/index.js";
import { AgentError } from "../errors.js";

/**
 * How the rows of a joint environment are made up. An observation row holds what the agents see, one after the other, and then the
 * global state: `agents * size + stateSize` numbers. An action row holds one action of each agent.
 */
export interface TeamLayout {
  /** How many act together. */
  readonly agents: number;
  /** Of what one agent sees, before it was flattened; all agents have the same. */
  readonly observationShape: readonly number[];
  /** Numbers of the global state; 0 where there is none. */
  readonly stateSize: number;
  /** Actions of each agent, counted from 0. */
  readonly actions: number;
}

/** Numbers that one agent sees. */
export function observationSizeOf({ observationShape }: TeamLayout): number {
  return sizeOf(observationShape);
}

/** Numbers in an observation row. */
export function rowSizeOf(layout: TeamLayout): number {
  return layout.agents * observationSizeOf(layout) + layout.stateSize;
}

/** Numbers that a mixer goes by: the global state, or else all that the agents see. */
export function mixedStateSizeOf(layout: TeamLayout): number {
  return layout.stateSize > 0 ? layout.stateSize : rowSizeOf(layout);
}

/** @throws {AgentError} `unsupported-space` where the rows of these spaces are not made up so */
export function requireLayout(
  layout: TeamLayout,
  { observationSpace, actionSpace }: { observationSpace: Space<unknown>; actionSpace: Space<unknown> },
  agent: string,
): void {
  const { agents, actions } = layout;
  const { type, shape, dtype } = observationSpace;
  const rowSize = rowSizeOf(layout);
  const isRow = type === "Box" && shape?.length === 1 && shape[0] === rowSize;
  if (!isRow || (dtype !== "uint8" && dtype !== "float32")) {
    throw misfit(
      `The agent ${agent} reads rows of ${rowSize} numbers here, Box of shape [${rowSize}] and dtype uint8 or float32, not ${type} of shape [${shape}] and dtype ${dtype}`,
    );
  }
  if (isTeamSpace(actionSpace) && actionSpace.nvec.length === agents) {
    const { nvec, start } = actionSpace;
    if (nvec.every((n) => n === actions) && start.every((least) => least === 0)) return;
  }
  throw misfit(
    `The agent ${agent} gives rows of ${agents} actions from 0 to ${actions - 1} here, MultiDiscrete of ${agents} times ${actions}, not elements of ${JSON.stringify(actionSpace.describe())}`,
  );
}

function isTeamSpace(space: Space<unknown>): space is MultiDiscrete {
  return space.type === "MultiDiscrete" && !(space as MultiDiscrete).wide;
}

function misfit(problem: string): AgentError {
  return new AgentError("unsupported-space", `${problem}; give it the layout of its joint environments.`);
}
