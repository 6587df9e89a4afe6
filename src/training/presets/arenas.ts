import type { PartialConfig } from "../config.js";
import type { Preset } from "./preset.js";

interface Tuned {
  env: string;
  summary: string;
  steps: number;
  /** Arenas. */
  numEnvs: number;
  net?: PartialConfig;
  arena: PartialConfig & { league?: PartialConfig };
  evaluation: PartialConfig;
  /** By seed. */
  returnMeans: Readonly<Record<number, number>>;
}

/**
 * Exploration falls over a fifth of the run, the step size over all of it, and ten evaluations are made on the way. In self-play a self
 * joins the league 150 times, and all of them stay.
 */
function preset({ env, summary, steps, numEnvs, returnMeans, ...tuned }: Tuned): Preset {
  const { league, ...arena } = tuned.arena;
  const forSteps = (total: number) => ({
    steps: total,
    pqn: {
      exploration: { type: "linear", start: 1, end: 0.05, steps: Math.ceil(total / 5) },
      learningRate: { type: "linear", end: 0, steps: total },
    },
    evaluation: { every: Math.ceil(total / 10) },
    checkpoint: { every: Math.ceil(total / 10) },
    ...(league === undefined ? {} : { arena: { league: { every: Math.ceil(total / 150) } } }),
  });
  const whole = forSteps(steps);
  return {
    ...{ name: "fast", agent: "pqn", env, summary, forSteps },
    config: {
      ...{ steps, numEnvs },
      pqn: { ...whole.pqn, ...(tuned.net === undefined ? {} : { net: tuned.net }) },
      evaluation: { ...whole.evaluation, ...tuned.evaluation },
      checkpoint: whole.checkpoint,
      arena:
        league === undefined ? arena : { ...arena, league: { ...whole.arena?.league, size: 200, ...league } },
    },
    measured: { engine: "native", steps, returnMeans },
  };
}

/** PQN in arenas: one policy for all, or self-play. */
export const arenas: readonly Preset[] = [
  preset({
    env: "TicTacToe-v0",
    summary: "draws with minimax and does not lose to chance, after a minute of self-play",
    steps: 1_000_000,
    numEnvs: 64,
    arena: { others: "minimax", league: { epsilon: 0.2 } },
    evaluation: { episodes: 200, finalEpisodes: 1000 },
    returnMeans: { 1: 0 },
  }),
  preset({
    env: "ConnectFour-v0",
    summary: "beats a search of two turns more often than not, after ten minutes of self-play",
    steps: 6_000_000,
    numEnvs: 256,
    net: { type: "mlp", hidden: [256, 256] },
    arena: { others: "minimax-2", league: { epsilon: 0.15 } },
    evaluation: { episodes: 200, finalEpisodes: 1000 },
    returnMeans: { 1: 0.14 },
  }),
  preset({
    env: "Pong-v0",
    summary: "beats a player who follows the ball, after two to three minutes of self-play",
    steps: 3_000_000,
    numEnvs: 64,
    arena: { others: "script", league: {} },
    evaluation: { episodes: 20 },
    returnMeans: { 1: 2.67 },
  }),
  preset({
    env: "Pursuit-v0",
    summary: "catches more than scripted hunters do, after a minute: one policy for eight predators",
    steps: 3_000_000,
    numEnvs: 16,
    arena: { agentIds: false },
    // What sees only what is near can walk to and fro for ever.
    evaluation: { episodes: 20, epsilon: 0.05 },
    returnMeans: { 1: 32.06 },
  }),
];
