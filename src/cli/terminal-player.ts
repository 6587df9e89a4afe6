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
import { findArena } from "../multiagent/index.js";
import {
  type ActingChoice,
  type ActingPolicy,
  exitCodes,
  findRun,
  openActing,
  type Pointer,
} from "../training/index.js";
import type { Situation } from "../viewer/mind.js";
import { alone, situationInArena } from "../viewer/situation.js";
import { columnsOf } from "./ansi.js";
import { ExitWith } from "./exit.js";
import { onInterrupt } from "./interrupts.js";
import { drawPlay, inWords } from "./play-frame.js";
import { Screen } from "./screen.js";
import type { Seats } from "./viewing/seats.js";

export interface PlayOptions {
  /** Whose policy plays; or else `env` names an environment for random play. */
  run?: string;
  env?: string;
  /** Of an arena; by default the first agent's is held, and chance plays on the others. */
  seats?: Seats;
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
  choose(observation: unknown, situation: Situation): ActingChoice;
  /** Called at the start of each episode. @param seat index of the agent that is held in an arena, else 0 */
  restart(seat: number): void;
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
    options.seats?.dispose();
    env.close();
  }
}

async function openPlay(options: PlayOptions): Promise<{ env: Env; player: Player }> {
  const seating = options.seats?.seating ?? {};
  if (options.run === undefined) {
    const env = make(resolveEnvId(options.env ?? ""), { ...seating, renderMode: "ansi" });
    const chooseAny = randomActions(env, options.seed);
    return {
      env,
      player: {
        name: "random play",
        choose: (_observation, { legal }) => ({
          action: chooseAny(legal),
          values: null,
          valuesAre: "Policy",
        }),
        restart: () => {},
        dispose: () => {},
      },
    };
  }
  const run = findRun(options.run, options.runs ?? "runs");
  const acting = await openActing(run, options.checkpoint ?? "best");
  const { env: id, evaluation } = acting.config;
  const envOptions = { ...acting.config.envOptions, ...seating };
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
    choose: (observation, { legal }) => acting.choose(asBatch(observation), legal),
    restart: acting.restart,
    dispose: acting.dispose,
  };
}

/** One observation as a batch of one. */
function asBatch(observation: unknown): Batch {
  return typeof observation === "number" ? Int32Array.of(observation) : (observation as TypedArray);
}

function randomActions(
  { actionSpace }: Env,
  seed: number,
): (legal: Uint8Array | null) => ActingChoice["action"] {
  if (actionSpace.type === "Discrete") {
    const rng = defaultRng(seed);
    const count = Number(actionSpace.describe()["n"]);
    const all = Array.from({ length: count }, (_, action) => action);
    return (legal) => {
      const open = legal === null ? all : all.filter((action) => legal[action] === 1);
      return open[rng.integers(0, open.length)]!;
    };
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
      columns: columnsOf(out, 100),
    });
    if (out.isTTY) screen.draw(frame);
    else if (choice === null || step === 0) out.write(`${frame}\n`);
  };
  const isArena = findArena(env.spec?.id ?? "") !== null;
  let { observation } = env.reset({ seed });
  player.restart(isArena ? situationInArena(env).seat : 0);
  let score = 0;
  for (let step = 0; ; ) {
    const choice = player.choose(observation, isArena ? situationInArena(env) : alone);
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
