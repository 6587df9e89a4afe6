import "../envs/index.js";
import { setTimeout as pause } from "node:timers/promises";
import {
  type Batch,
  defaultRng,
  type Env,
  make,
  RulesEnv,
  resolveEnvId,
  type TypedArray,
} from "gymnasium-js";
import { type ActingPolicy, findRun, openActing, type Pointer } from "../training/index.js";
import { drawPlay } from "./play-frame.js";

export interface PlayOptions {
  /** Whose policy plays; or else `env` names an environment for random play. */
  run?: string;
  env?: string;
  runs?: string;
  checkpoint?: Pointer | number;
  episodes: number;
  /** Episode i is played from seed `seed + i`. */
  seed: number;
  /** Steps per second in a terminal; elsewhere frames follow one another at once. */
  fps: number;
  /** Ends an episode that goes on for longer than anyone wants to watch. */
  maxFrames?: number;
}

interface Player {
  name: string;
  /** The action, and the values it was chosen by; null where there are none. */
  choose(observation: unknown): { action: number; values: Float32Array | null };
  /** Called before each episode. */
  restart(): void;
  dispose(): void;
}

/**
 * Plays in the terminal: the board in colour, the value of each action beside it. In a terminal each frame is drawn
 * over the last; in a pipe or a log only the first and last frame of an episode are printed.
 */
export async function playInTerminal(
  options: PlayOptions,
  out: NodeJS.WriteStream = process.stdout,
): Promise<void> {
  const { env, player } = await openPlay(options);
  try {
    for (let episode = 0; episode < options.episodes; episode++) {
      await playEpisode({ env, player, options, episode, out });
    }
  } finally {
    if (out.isTTY) out.write("\x1b[?25h");
    player.dispose();
    env.close();
  }
}

async function openPlay(options: PlayOptions): Promise<{ env: Env; player: Player }> {
  if (options.run === undefined) {
    const env = make(resolveEnvId(options.env ?? ""), { renderMode: "ansi" });
    const rng = defaultRng(options.seed);
    const count = actionCount(env);
    return {
      env,
      player: {
        name: "random play",
        choose: () => ({ action: rng.integers(0, count), values: null }),
        restart: () => {},
        dispose: () => {},
      },
    };
  }
  const run = findRun(options.run, options.runs ?? "runs");
  const acting = await openActing(run, options.checkpoint ?? "best");
  const { env: id, envOptions, evaluation } = acting.config;
  const limit = evaluation.maxSteps;
  const probe = make(id, envOptions);
  const maxEpisodeSteps = probe.spec?.maxEpisodeSteps ?? limit;
  probe.close();
  const env = make(id, { ...envOptions, maxEpisodeSteps, renderMode: "ansi" });
  return { env, player: policyPlayer(acting) };
}

function policyPlayer(acting: ActingPolicy): Player {
  return {
    name: `${acting.config.agent}, checkpoint of step ${acting.step.toLocaleString("en")}`,
    choose: (observation) => acting.choose(asBatch(observation)),
    restart: acting.restart,
    dispose: acting.dispose,
  };
}

/** One observation as a batch of one. */
function asBatch(observation: unknown): Batch {
  return typeof observation === "number" ? Int32Array.of(observation) : (observation as TypedArray);
}

function actionCount(env: Env): number {
  return Number(env.actionSpace.describe()["n"]);
}

async function playEpisode(play: {
  env: Env;
  player: Player;
  options: PlayOptions;
  episode: number;
  out: NodeJS.WriteStream;
}): Promise<void> {
  const { env, player, options, episode, out } = play;
  const seed = options.seed + episode;
  const actionNames = env.unwrapped instanceof RulesEnv ? env.unwrapped.rules.actionNames : undefined;
  player.restart();
  let { observation } = env.reset({ seed });
  let score = 0;
  let lines = 0;
  if (out.isTTY) out.write("\x1b[?25l");
  for (let step = 0; ; step++) {
    const { action, values } = player.choose(observation);
    const frame = drawPlay({
      board: String(env.render() ?? ""),
      title: `${env.spec?.id}  ${player.name}`,
      step,
      score,
      seed,
      action,
      values,
      actionNames,
    });
    if (out.isTTY || step === 0) {
      if (out.isTTY && lines > 0) out.write(`\x1b[${lines}A\x1b[J`);
      out.write(`${frame}\n`);
      lines = frame.split("\n").length;
    }
    if (out.isTTY) await pause(1000 / options.fps);
    const result = env.step(action);
    observation = result.observation;
    score += result.reward;
    if (result.terminated || result.truncated || step + 1 >= (options.maxFrames ?? Infinity)) {
      const ended = result.terminated
        ? "ended"
        : result.truncated
          ? "cut by its time limit"
          : "left after enough to see";
      const last = drawPlay({
        board: String(env.render() ?? ""),
        title: `${env.spec?.id}  ${player.name}`,
        step: step + 1,
        score,
        seed,
        action: null,
        values: null,
        actionNames,
      });
      if (out.isTTY) out.write(`\x1b[${lines}A\x1b[J`);
      out.write(`${last}\nepisode ${episode + 1}: return ${score} in ${step + 1} steps (${ended})\n`);
      return;
    }
  }
}
