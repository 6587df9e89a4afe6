import { NativeVectorEnv } from "gymnasium-js";
import {
  LudusError,
  openPlayers,
  type Pointer,
  type RunFolder,
  type VectorPlayers,
} from "../../training/index.js";
import { type WallPlay, WallShow } from "../../viewer/wall-show.js";
import { boardsOf } from "./boards.js";
import { openStage } from "./stage.js";

export interface WallView {
  /** Whose policy plays, and as of which checkpoint; or the environment that chance plays. */
  source: { run: RunFolder; checkpoint: Pointer | number } | { env: string };
  boards: number;
  seed: number;
}

/** Many boards at once. @throws LudusError `unsupported` where there is nothing to be seen of several environments */
export async function showWall({ source, boards, seed }: WallView): Promise<WallShow> {
  const players = await openPlayers(source, boards);
  const { env, envOptions, envs, agent, checkpoint } = players;
  const { stage } = openStage(env, envOptions, null);
  if (!(envs instanceof NativeVectorEnv) || (!stage.hasState && envs.rules.renderRgb === undefined)) {
    players.dispose();
    throw new LudusError(
      "unsupported",
      `${env} has no boards to show side by side; leave out --boards to watch one.`,
    );
  }
  const run = "run" in source ? source.run.path : null;
  const player =
    checkpoint === null ? "random play" : `${agent}, checkpoint of step ${checkpoint.toLocaleString("en")}`;
  const play = wallPlay(players, envs, stage.hasState);
  play.restart(seed);
  return new WallShow({ play, about: { stage, player, run }, seed, checkpoint });
}

function wallPlay(players: VectorPlayers, envs: NativeVectorEnv, hasState: boolean): WallPlay {
  const { numEnvs } = envs;
  const returns = new Float64Array(numEnvs);
  let steps = 0;
  let finished = { episodes: 0, returnMean: 0 };
  return {
    step: () => {
      const { rewards, terminations, truncations } = players.step();
      steps += numEnvs;
      for (let i = 0; i < numEnvs; i++) {
        returns[i]! += rewards[i]!;
        if (terminations[i] === 0 && truncations[i] === 0) continue;
        const episodes = finished.episodes + 1;
        const returnMean = finished.returnMean + (returns[i]! - finished.returnMean) / episodes;
        finished = { episodes, returnMean };
        returns[i] = 0;
      }
    },
    restart: (seed) => {
      players.restart(seed);
      returns.fill(0);
      steps = 0;
      finished = { episodes: 0, returnMean: 0 };
    },
    wall: () => ({
      step: steps,
      ...boardsOf(envs, { hasState, returns }),
      thought: null,
      finished,
    }),
    dispose: players.dispose,
  };
}
