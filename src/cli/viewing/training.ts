import { type Listeners, type OpenRun, type RunConfig, stackOf } from "../../training/index.js";
import type { Stage } from "../../viewer/protocol.js";
import { type Boards, TrainingShow } from "../../viewer/training-show.js";
import { boardSourceOf, boardsOf } from "./boards.js";
import { openStage } from "./stage.js";

/** The wall of boards that a run trains on, its first board's Q-values, and its metrics as they come. */
export function showTraining(config: RunConfig): { show: TrainingShow; listeners: Listeners } {
  const { stage } = openStage(config.env, config.envOptions, null);
  const show = new TrainingShow({ stage, player: config.agent });
  const listeners: Listeners = {
    // Of agents that see stacks of frames, or remember, one frame says nothing.
    onOpen: (parts) => {
      const plain = stackOf(config) === 1 && config.agent !== "drqn";
      show.open(parts.run, () => trainingBoards(parts, stage, plain));
    },
    onEvent: (event) => show.tell({ ...event }),
  };
  return { show, listeners };
}

function trainingBoards(
  { envs, learner, episodes, standing }: OpenRun,
  { hasState }: Stage,
  plain: boolean,
): Boards | null {
  const source = boardSourceOf(envs);
  if (source === null || (!hasState && source.renderRgb === null)) return null;
  const { observations } = envs;
  const scores =
    plain && ArrayBuffer.isView(observations)
      ? (learner.agent.qValues?.(observations.subarray(0, observations.length / envs.numEnvs), 1) ?? null)
      : null;
  return {
    step: standing.steps,
    ...boardsOf(source, { hasState, returns: episodes.save().returns }),
    thought: scores === null ? null : { kind: "values", scores },
    finished: null,
  };
}
