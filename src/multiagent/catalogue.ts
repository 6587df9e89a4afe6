import { cleanup } from "./arenas/cleanup/cleanup.js";
import { harvest } from "./arenas/harvest/harvest.js";
import { connectFour, ticTacToe } from "./arenas/line-game.js";
import {
  type MatrixGameOptions,
  matrixGame,
  prisonersDilemma,
  rockPaperScissors,
  stagHunt,
} from "./arenas/matrix-game.js";
import { pong, pongPixels } from "./arenas/pong/pong.js";
import { pursuit } from "./arenas/pursuit.js";
import { soccer } from "./arenas/soccer/soccer.js";
import { spread } from "./arenas/spread.js";
import { type TagState, tag } from "./arenas/tag.js";
import { twoStep } from "./arenas/two-step.js";
import { cleanupCleaner, cleanupEater } from "./players/cleanup-players.js";
import { harvestGreedy, harvestRestrained } from "./players/harvest-players.js";
import { minimaxPlayer } from "./players/minimax-player.js";
import type { Player } from "./players/player.js";
import { pongFollower } from "./players/pong-follower.js";
import { pursuitChaser } from "./players/pursuit-chaser.js";
import { soccerChaser } from "./players/soccer-chaser.js";
import { spreadGreedy } from "./players/spread-greedy.js";
import { tagChaser, tagRunner } from "./players/tag-players.js";
import { type ArenaDefinition, registerArenas } from "./registry.js";
import type { TurnRules } from "./rules.js";

const repeated = (
  summary: string,
  game: () => MatrixGameOptions,
  facts: Pick<ArenaDefinition, "kind"> = {},
): ArenaDefinition => {
  const { id, rounds } = game();
  return {
    ...{ id, summary, ...facts },
    settings: { rounds },
    rules: (settings: { rounds: number }) => matrixGame({ ...game(), ...settings }) as never,
  };
};

const pongSettings = {
  ...{ points: 3, frameSkip: 4, paddleHeight: 14, paddleSpeed: 1.5 },
  ...{ serveSpeed: 1.5, topSpeed: 4, speedUp: 1.1 },
};

/** Every arena of Ludus. */
export const arenaCatalogue: readonly ArenaDefinition[] = [
  {
    id: "TicTacToe-v0",
    kind: "rivals",
    summary: "three in a row",
    settings: {},
    rules: () => ticTacToe() as never,
  },
  {
    id: "ConnectFour-v0",
    kind: "rivals",
    summary: "four in a row, where stones fall",
    settings: {},
    rules: () => connectFour() as never,
    // All of the game is more than a search can see.
    players: { minimax: (rules: TurnRules<unknown>) => minimaxPlayer(rules, { depth: 4 }) as never },
  },
  {
    id: "TwoStep-v0",
    summary: "7 for sure, or 8 together: what values that add up cannot say",
    settings: {},
    rules: () => twoStep() as never,
  },
  repeated("to betray pays, whatever the other does, and both are worse off for it", prisonersDilemma),
  repeated("the stag needs both, the hare is safe", stagHunt),
  repeated("each beats one and loses to one", rockPaperScissors, { kind: "rivals" }),
  {
    id: "Pursuit-v0",
    summary: "predators surround prey on a grid, and see what is near",
    settings: {
      ...{ height: 16, width: 16, predators: 8, prey: 30, sight: 3 },
      ...{ catchReward: 5, touchReward: 0.01, stepReward: -0.1 },
    },
    rules: (settings: object) => pursuit(settings) as never,
    players: { script: (_, { sight }: { sight: number }) => pursuitChaser({ sight }) as never },
  },
  {
    id: "Spread-v0",
    summary: "agents cover landmarks between them, and do not touch",
    settings: {
      ...{ agents: 3, landmarks: null, side: null, agentRadius: 0.15 },
      ...{ nearLandmarks: 3, nearAgents: 2, collisionReward: -1 },
    },
    rules: (settings: object) => spread(settings) as never,
    players: { script: () => spreadGreedy() as never },
  },
  {
    id: "Tag-v0",
    kind: "teams",
    summary: "slow chasers hunt fast runners round obstacles",
    settings: {
      ...{ chasers: 3, runners: 1, obstacles: 2, side: null },
      ...{ chaserRadius: 0.075, runnerRadius: 0.05, obstacleRadius: 0.2, near: 3 },
      ...{ touchReward: 10, distanceReward: 0 },
    },
    rules: (settings: object) => tag(settings) as never,
    players: { script: (_, { chasers }: { chasers: number }) => tagScript(chasers) as never },
  },
  {
    id: "Pong-v0",
    kind: "rivals",
    summary: "table tennis for two, in eight numbers",
    settings: pongSettings,
    rules: (settings: object) => pong(settings) as never,
    players: { script: () => pongFollower as never },
  },
  {
    id: "PongPixels-v0",
    kind: "rivals",
    summary: "the same in pixels, two frames at a time",
    settings: pongSettings,
    rules: (settings: object) => pongPixels(settings) as never,
    players: { script: () => pongFollower as never },
  },
  {
    id: "Soccer-v0",
    kind: "rivals",
    summary: "two against two for the ball on a grid",
    settings: { height: 6, width: 9, goalHeight: 2, teamSize: 2 },
    rules: (settings: object) => soccer(settings) as never,
    players: { script: () => soccerChaser as never },
  },
  {
    id: "Harvest-v0",
    summary: "a commons that grows back, unless it is used up",
    settings: {
      ...{ map: null, agents: 5, sight: 5, rewardSharing: 0 },
      ...{ regrowth: [0, 0.005, 0.01, 0.02, 0.03, 0.05] },
      ...{ beam: true, reach: 5, timeout: 25, fine: 0, reserve: 3 },
    },
    rules: (settings: object) => harvest(settings) as never,
    players: { script: () => harvestGreedy as never, restrained: () => harvestRestrained as never },
  },
  {
    id: "Cleanup-v0",
    summary: "a river that somebody has to clean, so that all can eat",
    settings: {
      ...{ map: null, agents: 5, sight: 5, rewardSharing: 0 },
      ...{ reach: 1, pollution: 0.5, threshold: 0.4, growth: 0.05 },
    },
    rules: (settings: object) => cleanup(settings) as never,
    players: { script: () => cleanupEater as never, cleaner: () => cleanupCleaner as never },
  },
];

function tagScript(chasers: number): Player<TagState> {
  const [chaser, runner] = [tagChaser(), tagRunner()];
  return {
    name: "script",
    act: (state, agent, rng) => (agent < chasers ? chaser : runner).act(state, agent, rng),
  };
}

/** Makes all arenas of Ludus known by their ids. Importing this module does it; doing it again changes nothing. */
export function registerAllArenas(): void {
  registerArenas(...arenaCatalogue);
}

registerAllArenas();
