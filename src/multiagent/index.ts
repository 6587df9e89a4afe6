export { AecRulesArena } from "./aec-rules-arena.js";
export type {
  AecArena,
  Arena,
  ArenaReset,
  ByAgent,
  LastTurn,
  ParallelArena,
  ParallelStep,
} from "./arena.js";
export { type CleanupOptions, type CleanupState, cleanup } from "./arenas/cleanup/cleanup.js";
export { type CommonsOptions, type CommonsState, terrain } from "./arenas/commons.js";
export { type HarvestOptions, type HarvestState, harvest } from "./arenas/harvest/harvest.js";
export { connectFour, ticTacToe } from "./arenas/line-game.js";
export {
  type MatrixGameOptions,
  matrixGame,
  type Payoffs,
  payoffsOf,
  prisonersDilemma,
  rockPaperScissors,
  stagHunt,
} from "./arenas/matrix-game.js";
export { pong, pongPixels } from "./arenas/pong/pong.js";
export type { PongOptions, PongState } from "./arenas/pong/state.js";
export { type PursuitOptions, type PursuitState, pursuit } from "./arenas/pursuit.js";
export { soccer } from "./arenas/soccer/soccer.js";
export type { SoccerOptions, SoccerState } from "./arenas/soccer/state.js";
export { type SpreadOptions, type SpreadState, spread } from "./arenas/spread.js";
export { type TagOptions, type TagState, tag } from "./arenas/tag.js";
export { twoStep } from "./arenas/two-step.js";
export { arenaCatalogue, registerAllArenas } from "./catalogue.js";
export { aecToParallel, turnsToParallel } from "./conversions/aec-to-parallel.js";
export { parallelToAec } from "./conversions/parallel-to-aec.js";
export { exploitability } from "./exploitability.js";
export { ParallelRulesArena } from "./parallel-rules-arena.js";
export { type GameOptions, type PlayedGame, playGame } from "./play-game.js";
export { cleanupCleaner, cleanupEater } from "./players/cleanup-players.js";
export { harvestGreedy, harvestRestrained } from "./players/harvest-players.js";
export { type Minimax, type MinimaxOptions, minimax } from "./players/minimax.js";
export { minimaxPlayer } from "./players/minimax-player.js";
export type { Player } from "./players/player.js";
export { pongFollower } from "./players/pong-follower.js";
export { type PursuitChaserOptions, pursuitChaser } from "./players/pursuit-chaser.js";
export { pickLegal, randomPlayer } from "./players/random.js";
export { soccerChaser } from "./players/soccer-chaser.js";
export { spreadGreedy } from "./players/spread-greedy.js";
export { tagChaser, tagRunner } from "./players/tag-players.js";
export {
  type ArenaDefinition,
  type ArenaSettings,
  arenaRules,
  createPlayer,
  findArena,
  namePlayer,
  playersOf,
  registerArenas,
  registeredArenas,
  requireArena,
  seatOf,
} from "./registry.js";
export type { ArenaOutcome, ArenaRules, SimultaneousRules, TurnRules } from "./rules.js";
export { emptyElement, type RulesArenaOptions } from "./rules-arena.js";
export { AgentRows, type AgentRowsOptions, type AgentRowsStep } from "./seats/agent-rows.js";
export { type AgentViews, agentViews } from "./seats/agent-views.js";
export { centralRules } from "./seats/central-rules.js";
export { type FilledState, fillSeats } from "./seats/fill-seats.js";
export { roleOf, rolesOf } from "./seats/roles.js";
export { type Seating, type SoloOptions, type SoloState, seatingOf, soloRules } from "./seats/solo-rules.js";
export { areAlike, mostActions, rangeOf } from "./seats/spaces.js";
export { type TeamLayout, type TeamView, teamLayoutOf, teamRules, teamView } from "./seats/team-rules.js";
export {
  type AgentGroup,
  SimultaneousVector,
  TurnVector,
  type VectorArenaOptions,
  type VectorArenaSnapshot,
} from "./vector-arena.js";
export {
  AecWrapper,
  agentIndicator,
  assertOutOfBounds,
  blackDeath,
  clipOutOfBounds,
  frameStack,
  orderEnforcing,
  ParallelWrapper,
  padActions,
  padObservations,
  recordStatistics,
  terminateIllegal,
  timeLimit,
} from "./wrappers/index.js";
