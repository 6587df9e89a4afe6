import { NativeVectorEnv, type RgbFrame } from "gymnasium-js";
import { type Listeners, type OpenRun, type RunConfig, stackOf } from "../../training/index.js";
import type { Picture, Stage } from "../../viewer/protocol.js";
import { type Boards, TrainingShow } from "../../viewer/training-show.js";
import { openStage } from "./stage.js";

/** The wall of boards that a run trains on, its first board's Q-values, and its metrics as they come. */
export function showTraining(config: RunConfig): { show: TrainingShow; listeners: Listeners } {
  const { stage } = openStage(config.env, config.envOptions, null);
  const show = new TrainingShow({ stage, player: config.agent });
  const listeners: Listeners = {
    // Of agents that see stacks of frames, or remember, one frame says nothing.
    onOpen: (parts) => {
      const plain = stackOf(config) === 1 && config.agent !== "drqn";
      show.open(parts.run, () => boardsOf(parts, stage, plain));
    },
    onEvent: (event) => show.tell({ ...event }),
  };
  return { show, listeners };
}

/** As many boards as one can look at; fewer where each is a picture. */
const mostBoards = { states: 64, pictures: 16 } as const;

/** Of native vectors; of others, such as those in threads, there are no states to be had. */
function boardsOf(
  { envs, learner, episodes, standing }: OpenRun,
  { hasState }: Stage,
  plain: boolean,
): Boards | null {
  if (!(envs instanceof NativeVectorEnv)) return null;
  const { renderRgb } = envs.rules;
  if (!hasState && renderRgb === undefined) return null;
  const count = Math.min(hasState ? mostBoards.states : mostBoards.pictures, envs.numEnvs);
  const states = Array.from({ length: count }, (_, env) => envs.stateOf(env));
  const { observations } = envs;
  const scores =
    plain && ArrayBuffer.isView(observations)
      ? (learner.agent.qValues?.(observations.subarray(0, observations.length / envs.numEnvs), 1) ?? null)
      : null;
  return {
    step: standing.steps,
    states: hasState ? states : [],
    pictures: hasState ? [] : states.map((state) => bytesOf(renderRgb!.call(envs.rules, state))),
    returns: Float32Array.from(episodes.save().returns.subarray(0, count)),
    thought: scores === null ? null : { kind: "values", scores },
  };
}

function bytesOf({ width, height, data }: RgbFrame): Picture {
  return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
