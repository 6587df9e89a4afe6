import { GymnasiumError, makeVec, SeedSequence, type VectorEnv } from "gymnasium-js";
import type { AgentState } from "../agents/index.js";
import { EpisodeTracker } from "../streams/index.js";
import { decodeSafetensors, encodeSafetensors } from "../tensors/index.js";
import { type Actor, createActor } from "./actor.js";
import { type ArenaRunConfig, arenaMaker } from "./arenas/env-maker.js";
import { League, type LeagueState } from "./arenas/league.js";
import { type CheckpointFiles, readCheckpoint } from "./checkpoint.js";
import type { RunConfig } from "./config.js";
import type { EnvMaker } from "./env-maker.js";
import { LudusError } from "./errors.js";
import { type AgentKind, kindOf, type Learner, stackOf } from "./kinds/index.js";
import { MetricsWindow } from "./metrics.js";
import { stateFromJson, stateToJson } from "./plain-json.js";
import { type EvaluationRecord, newEvaluationRecord } from "./stopping.js";

/** The parts that learn from one another, and where they stand. All of it goes into a checkpoint. */
export interface Circle {
  makeEnvs: EnvMaker;
  envs: VectorEnv;
  /** Whether the environments can be saved; without it a run is trained and played, but not resumed. */
  resumable: boolean;
  /** The agent with its memory. */
  learner: Learner;
  /** The agent's behaviour policy on these environments. */
  actor: Actor;
  /** Which files its checkpoints have. */
  files: AgentKind["files"];
  /** Selves that it plays against; null where it does not. */
  league: League | null;
  episodes: EpisodeTracker;
  window: MetricsWindow;
  standing: Standing;
}

export interface Standing {
  /** Environment steps made. */
  steps: number;
  /** Step of the last evaluation; -1 before the first. */
  evaluatedAt: number;
  best: { step: number; returnMean: number } | null;
  evaluations: EvaluationRecord;
  /** Bytes of the metrics file that belong to this state. */
  metricsBytes: number;
}

/** Builds the parts at their start: environments reset, nets initialised, memory empty. */
export function openCircle(config: RunConfig, makeEnvs: EnvMaker = makeVec): Circle {
  const league = leagueOf(config);
  const makeTrained = league === null ? makeEnvs : arenaMaker(league.config, league);
  const envs = makeTrained(config.env, {
    numEnvs: config.numEnvs,
    kwargs: config.envOptions,
    autoresetMode: "same-step",
  });
  try {
    const [agentSeed, sampleSeed] = new SeedSequence(config.seed).generateState(2, "uint32");
    const kind = kindOf(config);
    const seeds = { agent: Number(agentSeed), sampling: Number(sampleSeed) };
    envs.reset({ seed: config.seed });
    const learner = kind.createLearner(envs, config, seeds);
    if (league !== null) {
      league.open(learner.agent, () => kind.createAgent(envs, config, seeds.agent));
      envs.reset({ seed: config.seed });
    }
    return {
      makeEnvs,
      envs,
      resumable: canBeSaved(envs),
      learner,
      actor: createActor(learner.agent.policy, envs, stackOf(config)),
      files: kind.files,
      league,
      episodes: new EpisodeTracker(envs.numEnvs),
      window: new MetricsWindow(),
      standing: {
        steps: 0,
        evaluatedAt: -1,
        best: null,
        evaluations: newEvaluationRecord(),
        metricsBytes: 0,
      },
    };
  } catch (error) {
    league?.dispose();
    envs.close();
    throw error;
  }
}

function leagueOf(config: RunConfig): League | null {
  return config.arena?.learn === "self-play" ? new League(config as ArenaRunConfig & RunConfig) : null;
}

function canBeSaved(envs: VectorEnv): boolean {
  try {
    envs.snapshot();
    return true;
  } catch (error) {
    if (error instanceof GymnasiumError && error.code === "unsupported") return false;
    throw error;
  }
}

export function closeCircle(circle: Circle): void {
  circle.league?.dispose();
  circle.learner.agent.dispose();
  circle.envs.close();
}

interface SavedState {
  standing: Standing;
  agent: unknown;
  optimizer: Omit<AgentState["optimizer"], "arrays">;
  resumable: boolean;
  envs: unknown;
  rng: unknown;
  episodes: unknown;
  window: unknown;
  frames: Uint8Array | null;
  league?: LeagueState;
}

/** The whole circle as files of a checkpoint. */
export function saveCircle(circle: Circle): CheckpointFiles {
  const { files, learner } = circle;
  const league = circle.league?.save();
  const { weights, target, optimizer, counters } = learner.agent.save();
  const { arrays, ...optimizerState } = optimizer;
  const state: SavedState = {
    standing: circle.standing,
    agent: counters,
    optimizer: optimizerState,
    resumable: circle.resumable,
    envs: circle.resumable ? circle.envs.snapshot() : null,
    rng: learner.rng.state,
    episodes: circle.episodes.save(),
    window: circle.window.save(),
    frames: circle.actor.stacker?.save() ?? null,
    ...(league === undefined ? {} : { league: league.state }),
  };
  return {
    "weights.safetensors": encodeSafetensors(weights),
    ...(files.target ? { "target.safetensors": encodeSafetensors(target) } : {}),
    "optimizer.safetensors": encodeSafetensors(arrays),
    ...(files.memory === null ? {} : { [files.memory]: learner.memory.save() }),
    ...(league === undefined ? {} : { "league.safetensors": encodeSafetensors(league.weights) }),
    "state.json": stateToJson(state),
  };
}

/** Puts a circle of the same config where a checkpoint stood. Everything is read and verified before anything is changed. */
export function restoreCircle(circle: Circle, run: string, step: number): void {
  const { files: kept, learner } = circle;
  const files = readCheckpoint(run, step, [
    "weights.safetensors",
    "optimizer.safetensors",
    "state.json",
    ...(kept.memory === null ? [] : [kept.memory]),
    ...(kept.target ? (["target.safetensors"] as const) : []),
    ...(circle.league === null ? [] : (["league.safetensors"] as const)),
  ]);
  const state = stateFromJson<SavedState>(new TextDecoder().decode(files["state.json"]));
  if (!state.resumable) {
    throw new LudusError(
      "unsupported",
      `The run ${run} cannot be resumed, because its environment has no snapshot(); \`ludus eval\` can play what it learnt, and a new run starts with \`ludus train\`.`,
    );
  }
  try {
    if (kept.memory !== null) learner.memory.load(files[kept.memory]);
    learner.agent.restore({
      weights: decodeSafetensors(files["weights.safetensors"]),
      target: kept.target ? decodeSafetensors(files["target.safetensors"]) : {},
      optimizer: { ...state.optimizer, arrays: decodeSafetensors(files["optimizer.safetensors"]) },
      counters: state.agent,
    });
    if (circle.league !== null && state.league !== undefined) {
      circle.league.restore(state.league, decodeSafetensors(files["league.safetensors"]));
    }
    circle.envs.restore(state.envs);
    if (state.frames !== null) circle.actor.stacker?.load(state.frames);
  } catch (error) {
    throw new LudusError(
      "corrupt-checkpoint",
      `The checkpoint of step ${step} in ${run} does not fit its config: ${(error as Error).message}`,
      { cause: error },
    );
  }
  learner.rng.setState(state.rng);
  circle.episodes.restore(state.episodes);
  circle.window.restore(state.window);
  // Runs of before there were reasons to stop have no record.
  circle.standing = { ...state.standing, evaluations: state.standing.evaluations ?? newEvaluationRecord() };
}

/** Gives the agent the weights of another checkpoint, for playing; not for learning on. */
export function restoreWeights(circle: Circle, run: string, step: number): void {
  const files = readCheckpoint(run, step, ["weights.safetensors"]);
  circle.learner.agent.restoreWeights(decodeSafetensors(files["weights.safetensors"]));
}
