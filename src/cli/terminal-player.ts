import "../envs/index.js";
import { setTimeout as pause } from "node:timers/promises";
import {
  type Batch,
  defaultRng,
  type Env,
  make,
  RulesEnv,
  resolveEnvId,
  type StepResult,
  type TypedArray,
} from "gymnasium-js";
import {
  type ActingChoice,
  type ActingPolicy,
  exitCodes,
  findRun,
  openActing,
  type Pointer,
} from "../training/index.js";
import { ExitWith } from "./exit.js";
import { onInterrupt } from "./interrupts.js";
import { drawPlay, inWords } from "./play-frame.js";
import { Screen } from "./screen.js";

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
  choose(observation: unknown): ActingChoice;
  /** Called before each episode. */
  restart(): void;
  dispose(): void;
}

/**
 * Plays in the terminal: the board in colour, the value of each action beside it. In a terminal each frame is drawn
 * over the last; in a pipe or a log only the first and last frame of an episode are printed.
 * @throws ExitWith 130 after Ctrl+C, with the terminal as it was
 */
export async function playInTerminal(
  options: PlayOptions,
  out: NodeJS.WriteStream = process.stdout,
): Promise<void> {
  const { env, player } = await openPlay(options);
  const screen = new Screen(out);
  const { signal, release } = out.isTTY
    ? onInterrupt(() => {})
    : { signal: new AbortController().signal, release: () => {} };
  try {
    for (let episode = 0; episode < options.episodes; episode++) {
      await playEpisode({ env, player, options, episode, out, screen, signal });
    }
  } finally {
    release();
    screen.close();
    player.dispose();
    env.close();
  }
}

async function openPlay(options: PlayOptions): Promise<{ env: Env; player: Player }> {
  if (options.run === undefined) {
    const env = make(resolveEnvId(options.env ?? ""), { renderMode: "ansi" });
    const chooseAny = randomActions(env, options.seed);
    return {
      env,
      player: {
        name: "random play",
        choose: () => ({ action: chooseAny(), values: null, valuesAre: "Policy" }),
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

function randomActions({ actionSpace }: Env, seed: number): () => ActingChoice["action"] {
  if (actionSpace.type === "Discrete") {
    const rng = defaultRng(seed);
    const count = Number(actionSpace.describe()["n"]);
    return () => rng.integers(0, count);
  }
  actionSpace.seed(seed);
  return () => actionSpace.sample() as TypedArray;
}

interface Episode {
  env: Env;
  player: Player;
  options: PlayOptions;
  /** Counted from 0. */
  episode: number;
  out: NodeJS.WriteStream;
  screen: Screen;
  signal: AbortSignal;
}

async function playEpisode({ env, player, options, episode, out, screen, signal }: Episode): Promise<void> {
  const seed = options.seed + episode;
  const draw = (step: number, score: number, choice: ActingChoice | null): void => {
    const frame = drawPlay({
      board: String(env.render() ?? ""),
      title: `${env.spec?.id}  ${player.name}`,
      step,
      score,
      seed,
      action: typeof choice?.action === "number" ? choice.action : null,
      values: choice?.values ?? null,
      valuesAre: choice?.valuesAre,
      actionNames: env.unwrapped instanceof RulesEnv ? env.unwrapped.rules.actionNames : undefined,
      columns: out.columns ?? 100,
    });
    if (out.isTTY) screen.draw(frame);
    else if (choice === null || step === 0) out.write(`${frame}\n`);
  };
  player.restart();
  let { observation } = env.reset({ seed });
  let score = 0;
  for (let step = 0; ; ) {
    const choice = player.choose(observation);
    draw(step, score, choice);
    if (out.isTTY) await untilNextFrame(options.fps, signal);
    if (signal.aborted) throw new ExitWith(exitCodes.interrupted);
    const result = env.step(choice.action);
    observation = result.observation;
    score += result.reward;
    step++;
    const end = whyEnded(result, step >= (options.maxFrames ?? Infinity));
    if (end === null) continue;
    draw(step, score, null);
    screen.leave();
    out.write(`episode ${episode + 1}: return ${inWords(score)} in ${step} steps (${end})\n`);
    return;
  }
}

function whyEnded({ terminated, truncated }: StepResult<unknown>, enough: boolean): string | null {
  if (terminated) return "ended";
  if (truncated) return "cut by its time limit";
  return enough ? "left after enough to see" : null;
}

/** Ctrl+C does not have to wait for it. */
async function untilNextFrame(fps: number, signal: AbortSignal): Promise<void> {
  await pause(1000 / fps, undefined, { signal }).catch(() => {});
}
