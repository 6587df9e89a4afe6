import { NativeVectorEnv, type RgbFrame, type VectorEnv } from "gymnasium-js";
import { AgentRows } from "../../multiagent/index.js";
import type { Picture, Wall } from "../../viewer/protocol.js";

/** As many boards as one can look at; fewer where each is a picture. */
export const mostBoards = { states: 64, pictures: 16 } as const;

/** Environments whose states can be had, or arenas in which all agents have a row. */
export interface BoardSource {
  boards: number;
  /** Of a vector environment, for each board. */
  rows: number;
  stateOf(board: number): unknown;
  renderRgb: ((state: never) => RgbFrame) | null;
}

/** Null where there are no states to be had, as in threads. */
export function boardSourceOf(envs: VectorEnv): BoardSource | null {
  if (envs instanceof NativeVectorEnv) {
    return {
      boards: envs.numEnvs,
      rows: 1,
      stateOf: (board) => envs.stateOf(board),
      renderRgb: envs.rules.renderRgb?.bind(envs.rules) ?? null,
    };
  }
  if (!(envs instanceof AgentRows)) return null;
  const { rules, numEnvs, numAgents } = envs;
  return {
    boards: numEnvs / numAgents,
    rows: numAgents,
    stateOf: (board) => ({ game: envs.stateOf(board) }),
    renderRgb: rules.renderRgb === undefined ? null : ({ game }: { game: unknown }) => rules.renderRgb!(game),
  };
}

/** States of the first boards, or their pictures where pages do not know the rules, which then have to draw. */
export function boardsOf(
  { boards, rows, stateOf, renderRgb }: BoardSource,
  { hasState, returns }: { hasState: boolean; returns: ArrayLike<number> },
): Pick<Wall, "states" | "pictures" | "returns"> {
  const count = Math.min(hasState ? mostBoards.states : mostBoards.pictures, boards);
  const states = Array.from({ length: count }, (_, board) => stateOf(board));
  return {
    states: hasState ? states : [],
    pictures: hasState ? [] : states.map((state) => bytesOf(renderRgb!(state as never))),
    returns: Float32Array.from({ length: count }, (_, board) => returns[board * rows]!),
  };
}

function bytesOf({ width, height, data }: RgbFrame): Picture {
  return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
