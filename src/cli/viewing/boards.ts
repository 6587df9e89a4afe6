import type { NativeVectorEnv, RgbFrame } from "gymnasium-js";
import type { Picture, Wall } from "../../viewer/protocol.js";

/** As many boards as one can look at; fewer where each is a picture. */
export const mostBoards = { states: 64, pictures: 16 } as const;

/** States of the first environments, or their pictures where pages do not know the rules, which then have to draw. */
export function boardsOf(
  envs: NativeVectorEnv,
  { hasState, returns }: { hasState: boolean; returns: ArrayLike<number> },
): Pick<Wall, "states" | "pictures" | "returns"> {
  const count = Math.min(hasState ? mostBoards.states : mostBoards.pictures, envs.numEnvs);
  const states = Array.from({ length: count }, (_, env) => envs.stateOf(env));
  return {
    states: hasState ? states : [],
    pictures: hasState ? [] : states.map((state) => bytesOf(envs.rules.renderRgb!(state as never))),
    returns: Float32Array.from({ length: count }, (_, env) => returns[env]!),
  };
}

function bytesOf({ width, height, data }: RgbFrame): Picture {
  return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
