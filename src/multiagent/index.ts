export { AecRulesArena } from "./aec-rules-arena.js";
export type { AecArena, ArenaReset, ByAgent, LastTurn, ParallelArena, ParallelStep } from "./arena.js";
export { connectFour, ticTacToe } from "./arenas/line-game.js";
export {
  type MatrixGameOptions,
  matrixGame,
  type Payoffs,
  prisonersDilemma,
  rockPaperScissors,
  stagHunt,
} from "./arenas/matrix-game.js";
export { type PursuitOptions, pursuit } from "./arenas/pursuit.js";
export { twoStep } from "./arenas/two-step.js";
export { aecToParallel, turnsToParallel } from "./conversions/aec-to-parallel.js";
export { parallelToAec } from "./conversions/parallel-to-aec.js";
export { exploitability } from "./exploitability.js";
export { ParallelRulesArena } from "./parallel-rules-arena.js";
export { type Minimax, type MinimaxOptions, minimax } from "./players/minimax.js";
export type { ArenaOutcome, ArenaRules, SimultaneousRules, TurnRules } from "./rules.js";
export type { RulesArenaOptions } from "./rules-arena.js";
export {
  type AgentGroup,
  SimultaneousVector,
  TurnVector,
  type VectorArenaOptions,
  type VectorArenaSnapshot,
} from "./vector-arena.js";
