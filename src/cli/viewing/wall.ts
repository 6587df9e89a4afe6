import { findArena } from "../../multiagent/index.js";
import {
  LudusError,
  openPlayers,
  type Pointer,
  type RunFolder,
  type VectorPlayers,
} from "../../training/index.js";
import { type WallPlay, WallShow } from "../../viewer/wall-show.js";
import { type BoardSource, boardSourceOf, boardsOf } from "./boards.js";
import { chancePlayers } from "./chance-players.js";
import type { Seats } from "./seats.js";
import { openStage } from "./stage.js";

export interface WallView {
  /** Whose policy plays, and as of which checkpoint; or the environment that chance plays. */
  source: { run: RunFolder; checkpoint: Pointer | number } | { env: string };
  /** Of an arena that chance plays; a run's policy sits where it has learnt. */
  seats: Seats;
  boards: number;
  seed: number;
}

/** Many boards at once. @throws LudusError `unsupported` where there is nothing to be seen of several environments */
export async function showWall({ source: played, seats, boards, seed }: WallView): Promise<WallShow> {
  const players = await playersFor(played, seats, boards);
  const { env, envOptions, envs, agent, checkpoint } = players;
  const { stage } = openStage(env, envOptions, null);
  const source = boardSourceOf(envs);
  if (source === null || (!stage.hasState && source.renderRgb === null)) {
    players.dispose();
    throw new LudusError(
      "unsupported",
      `${env} has no boards to show side by side; leave out --boards to watch one.`,
    );
  }
  const run = "run" in played ? played.run.path : null;
  const player =
    checkpoint === null ? "random play" : `${agent}, checkpoint of step ${checkpoint.toLocaleString("en")}`;
  const dispose = () => {
    players.dispose();
    seats.dispose();
  };
  const play = wallPlay({ ...players, dispose }, source, stage.hasState);
  play.restart(seed);
  return new WallShow({ play, about: { stage, player, run }, seed, checkpoint });
}

async function playersFor(
  source: WallView["source"],
  { seating }: Seats,
  boards: number,
): Promise<VectorPlayers> {
  if ("env" in source && findArena(source.env) !== null) return chancePlayers(source.env, seating, boards);
  if (Object.keys(seating).length === 0) return openPlayers(source, boards);
  throw new LudusError(
    "unsupported",
    "Side by side a run plays its arena as it has learnt it: leave out --seat and --others, or --boards.",
  );
}

function wallPlay(players: VectorPlayers, source: BoardSource, hasState: boolean): WallPlay {
  const { numEnvs } = players.envs;
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
      ...boardsOf(source, { hasState, returns }),
      thought: null,
      finished,
    }),
    dispose: players.dispose,
  };
}
