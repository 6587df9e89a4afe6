import { arenaRules, findArena } from "../../../../src/multiagent/index.js";
import type { Stage } from "../../../../src/viewer/protocol.js";
import type { Scene } from "../scene.js";
import { CommonsScene } from "./commons.js";
import { ConnectFourScene } from "./connect-four.js";
import { MatrixGameScene } from "./matrix-game.js";
import { ParticlesScene } from "./particles.js";
import { PongScene } from "./pong.js";
import { PursuitScene } from "./pursuit.js";
import type { MakeArenaScene } from "./seated.js";
import { SoccerScene } from "./soccer.js";
import { TicTacToeScene } from "./tic-tac-toe.js";
import { TwoStepScene } from "./two-step.js";

const matrixGame: MakeArenaScene = (played) => new MatrixGameScene(played);
const particles: MakeArenaScene = () => new ParticlesScene();
const commons: MakeArenaScene = (played) => new CommonsScene(played);
const pong: MakeArenaScene = () => new PongScene();

/** By the arena's id. What is not here is shown as its picture. */
const scenes: Readonly<Record<string, MakeArenaScene>> = {
  "TicTacToe-v0": () => new TicTacToeScene(),
  "ConnectFour-v0": () => new ConnectFourScene(),
  "TwoStep-v0": (played) => new TwoStepScene(played),
  "PrisonersDilemma-v0": matrixGame,
  "StagHunt-v0": matrixGame,
  "RockPaperScissors-v0": matrixGame,
  "Pursuit-v0": (played) => new PursuitScene(played),
  "Spread-v0": particles,
  "Tag-v0": particles,
  "Pong-v0": pong,
  "PongPixels-v0": pong,
  "Soccer-v0": () => new SoccerScene(),
  "Harvest-v0": commons,
  "Cleanup-v0": commons,
};

/** What makes the scene of an arena; null where there is none. */
export function arenaSceneFor({ env, envOptions }: Pick<Stage, "env" | "envOptions">): (() => Scene) | null {
  const arena = findArena(env);
  const makeScene = scenes[env];
  if (arena === null || makeScene === undefined) return null;
  const { seat: _, others: __, ...given } = envOptions;
  const settings = { ...arena.settings, ...given };
  return () => makeScene({ rules: arenaRules<never>(arena, given), settings });
}
