import "../envs/index.js";
import {
  type Batch,
  type Env,
  GymnasiumError,
  make,
  NativeVectorEnv,
  type RgbFrame,
  RulesEnv,
  registry,
  type TypedArray,
} from "gymnasium-js";
import {
  type ActingPolicy,
  checkpointSteps,
  type Listeners,
  type OpenRun,
  openActing,
  type Pointer,
  type RunConfig,
  type RunFolder,
  stackOf,
} from "../training/index.js";
import type { Mind } from "../viewer/mind.js";
import { hasSnapshots, PlaySession } from "../viewer/play-session.js";
import { PlayShow } from "../viewer/play-show.js";
import type { Hello, Picture, Stage } from "../viewer/protocol.js";
import { type Boards, TrainingShow } from "../viewer/training-show.js";

/** Environments that the page knows the rules of: those that are there before any module of one's own is loaded. */
const known: ReadonlySet<string> = new Set(registry.keys());

export interface RunView {
  run: RunFolder;
  checkpoint: Pointer | number;
  seed: number;
}

/** A run's policy at play, with all its checkpoints to choose from. */
export async function showRun({ run, checkpoint, seed }: RunView): Promise<PlayShow> {
  const acting = await openActing(run, checkpoint);
  const { env, envOptions, evaluation } = acting.config;
  const { play, stage } = openStage(env, envOptions, evaluation.maxSteps);
  const mind = policyMind(acting);
  const openMind = async (step: number): Promise<Mind> => policyMind(await openActing(run, step));
  const session = new PlaySession({ env: play, stage, mind, seed, openMind });
  const checkpoints = checkpointSteps(run.path);
  const about: Omit<Hello, "type" | "version"> = {
    ...{ mode: "watch", stage, player: mind.name, checkpoints, run: run.path },
  };
  return new PlayShow(session, about);
}

/** An environment that chance plays, or a person. */
export function showEnv(env: string, seed: number, mode: "watch" | "play"): PlayShow {
  const { play, stage } = openStage(env, {}, null);
  const mind = randomMind(play, seed);
  const controller = mode === "play" ? "human" : "policy";
  const session = new PlaySession({ env: play, stage, mind, seed, openMind: null, controller });
  return new PlayShow(session, { mode, stage, player: mind.name, checkpoints: [], run: null });
}

/** The wall of boards that a run trains on, its first board's Q-values, and its metrics as they come. */
export function showTraining(config: RunConfig): { show: TrainingShow; listeners: Listeners } {
  const { play, stage } = openStage(config.env, config.envOptions, null);
  play.close();
  const show = new TrainingShow({ stage, player: config.agent });
  const listeners: Listeners = {
    // Of agents that see stacks of frames, or remember, one frame says nothing.
    onOpen: (parts) => {
      const plain = stackOf(config) === 1 && config.agent !== "drqn";
      show.open(parts.run, () => boardsOf(parts, stage, plain));
    },
    onEvent: (event) => show.tell({ ...event }),
  };
  return { show, listeners };
}

/** As many boards as one can look at; fewer where each is a picture. */
const mostBoards = { states: 64, pictures: 16 } as const;

/** Of native vectors; of others, such as those in threads, there are no states to be had. */
function boardsOf(
  { envs, learner, episodes, standing }: OpenRun,
  { hasState }: Stage,
  plain: boolean,
): Boards | null {
  if (!(envs instanceof NativeVectorEnv)) return null;
  const { renderRgb } = envs.rules;
  if (!hasState && renderRgb === undefined) return null;
  const count = Math.min(hasState ? mostBoards.states : mostBoards.pictures, envs.numEnvs);
  const states = Array.from({ length: count }, (_, env) => envs.stateOf(env));
  const { observations } = envs;
  const scores =
    plain && ArrayBuffer.isView(observations)
      ? (learner.agent.qValues?.(observations.subarray(0, observations.length / envs.numEnvs), 1) ?? null)
      : null;
  return {
    step: standing.steps,
    states: hasState ? states : [],
    pictures: hasState ? [] : states.map((state) => bytesOf(renderRgb!.call(envs.rules, state))),
    returns: Float32Array.from(episodes.save().returns.subarray(0, count)),
    thought: scores === null ? null : { kind: "values", scores, distribution: null },
  };
}

function bytesOf({ width, height, data }: RgbFrame): Picture {
  return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** @param limit of steps, where the environment has none; null for none */
function openStage(
  id: string,
  envOptions: Record<string, unknown>,
  limit: number | null,
): { play: Env; stage: Stage } {
  const probe = make(id, envOptions);
  const hasState = known.has(id) && probe.unwrapped instanceof RulesEnv;
  const maxEpisodeSteps = probe.spec?.maxEpisodeSteps ?? limit;
  probe.close();
  const play = make(id, {
    ...envOptions,
    ...(maxEpisodeSteps === null ? {} : { maxEpisodeSteps }),
    ...(hasState || !hasPictures(id, envOptions) ? {} : { renderMode: "rgb_array" as const }),
  });
  const { unwrapped } = play;
  const { start = 0 } = play.actionSpace.describe() as { start?: number };
  const names = unwrapped instanceof RulesEnv ? unwrapped.rules.actionNames : undefined;
  play.reset({ seed: 0 });
  const stage: Stage = {
    env: id,
    envOptions,
    actionNames: [...(names ?? [])],
    actionStart: Number(start),
    hasState,
    hasSnapshots: hasSnapshots(play),
    maxEpisodeSteps,
  };
  return { play, stage };
}

function hasPictures(id: string, envOptions: Record<string, unknown>): boolean {
  try {
    make(id, { ...envOptions, renderMode: "rgb_array" }).close();
    return true;
  } catch (error) {
    if (error instanceof GymnasiumError && error.code === "unsupported") return false;
    throw error;
  }
}

function policyMind(acting: ActingPolicy): Mind {
  const { agent } = acting.config;
  return {
    name: `${agent}, checkpoint of step ${acting.step.toLocaleString("en")}`,
    checkpoint: acting.step,
    remembers: acting.remembers,
    choose: (observation) => {
      const { action, values, valuesAre } = acting.choose(asBatch(observation));
      const kind = valuesAre === "Policy" ? ("probabilities" as const) : ("values" as const);
      return {
        action: typeof action === "number" ? action : action.slice(),
        thought: values === null ? null : { kind, scores: values.slice(), distribution: null },
      };
    },
    restart: acting.restart,
    dispose: acting.dispose,
  };
}

/** One observation as a batch of one. */
function asBatch(observation: unknown): Batch {
  return typeof observation === "number" ? Int32Array.of(observation) : (observation as TypedArray);
}

function randomMind({ actionSpace }: Env, seed: number): Mind {
  actionSpace.seed(seed);
  return {
    name: "random play",
    checkpoint: null,
    remembers: false,
    choose: () => ({ action: actionSpace.sample() as number | TypedArray, thought: null }),
    restart: () => {},
    dispose: () => {},
  };
}
