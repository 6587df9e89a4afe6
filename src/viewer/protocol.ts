import { z } from "zod";
import type { Insight } from "../agents/index.js";
import type { Episode } from "./episode.js";

/**
 * What server and page say to each other over one WebSocket, each message a MessagePack value in a binary frame (see
 * `codec.ts`). The page says hello with the version that it speaks; a server of another version says so and closes.
 */
export const protocolVersion = 3;

/** Numbers of a step that a page cannot see in the state. */
export interface Thought {
  /** What the numbers are: values of the actions, or probabilities that they are taken. */
  kind: "values" | "probabilities";
  /** One per action. */
  scores: Float32Array;
}

/** What the policy does in all of the states, where they are numbered. */
export interface StateTable {
  /** The first state is counted as. */
  start: number;
  /** V of each: the best of its action values. */
  values: Float32Array;
  /** The action of each, counted from 0; -1 where all are as good, as at an end. */
  actions: Int32Array;
}

/** What goes on in a policy; computed only where a page asks for it. */
export interface Inside {
  /** Of a policy with a net. */
  net: Insight | null;
  /** Of an environment with numbered states. */
  table: StateTable | null;
}

/** A picture, where no scene can draw the state. */
export interface Picture {
  width: number;
  height: number;
  /** `[height, width, 3]` */
  data: Uint8Array;
}

/** Where an arena of many agents is played: on one seat, with players on all others. */
export interface SeatedAt {
  /** Their names, in the order of their numbers. */
  agents: string[];
  /** Whose seat is held; null where it is drawn at the start of each episode. */
  seat: string | null;
  /** Name of the player on all other seats. */
  others: string;
  /** Whether time stands still until a person acts: where turns are taken, and where doing nothing is no action. */
  waits: boolean;
  /** Whether what one wins the others lose, so that a return above 0 is a victory. */
  contest: boolean;
}

/** What is played. */
export interface Stage {
  /** Id of the environment. */
  env: string;
  envOptions: Record<string, unknown>;
  /** In the order of their numbers; empty where actions are not numbered. */
  actionNames: string[];
  /** What a person can do, and which of it is done while no key is held; null where keys are not enough. */
  human: { names: string[]; idle: number } | null;
  /** What the action space counts the first one as; pages count from 0. */
  actionStart: number;
  /** Whether frames carry the state of rules that the page knows, instead of pictures. */
  hasState: boolean;
  maxEpisodeSteps: number | null;
  /** Whether the environment can be saved, so that there is a way back and branches. */
  hasSnapshots: boolean;
  /** Null where there is one agent alone. */
  arena: SeatedAt | null;
}

/** Who plays what, and what else there is to see. */
export interface Hello {
  type: "hello";
  version: number;
  mode: "watch" | "play" | "train" | "replay" | "wall";
  stage: Stage;
  /** Who acts, in words, such as `dqn, checkpoint of step 50,000`. */
  player: string;
  /** Steps of the checkpoints that can be chosen; empty where there is no run. */
  checkpoints: number[];
  /** Path of the run; null where there is none. */
  run: string | null;
}

/** Where the play stands. */
export interface Status {
  type: "status";
  playing: boolean;
  /** Steps per second; null for as many as can be made. */
  speed: number | null;
  /** Who acts next. */
  controller: "policy" | "human";
  player: string;
  checkpoint: number | null;
  branch: number;
  /** The branch that is shown beside it; null for none. */
  beside: number | null;
  branches: BranchSummary[];
  /** Who plays the same episode against the person; null for nobody. */
  rival: Rival | null;
  /** What is kept of what the person plays; null where nothing is. */
  saved: SavedEpisodes | null;
}

/** Another player at the episode that is shown. */
export interface Rival {
  /** In words, such as `dqn, checkpoint of step 50,000`. */
  player: string;
  /** Sum of the rewards so far. */
  return: number;
  length: number;
  /** Null while it still plays. */
  ended: BranchSummary["ended"];
  /** How it did when its run was evaluated; null where that is not known. */
  evaluation: { returnMean: number; episodes: number } | null;
}

/** Episodes of a person that were written to files. */
export interface SavedEpisodes {
  folder: string;
  episodes: number;
  /** Why the last one could not be written, in one sentence; null where it was. */
  trouble: string | null;
}

/** An episode, or what became of it from some step on. */
export interface BranchSummary {
  id: number;
  /** The branch that it left, and the step at which; null for an episode from its start. */
  parent: { branch: number; step: number } | null;
  seed: number;
  length: number;
  return: number;
  ended: "terminated" | "truncated" | null;
  /** Who played it, in words. */
  player: string;
}

/** The step that is shown, and what has been played since the last frame that this page got. */
export interface Frame {
  type: "frame";
  branch: number;
  /** Steps made before what is shown. */
  step: number;
  /** Steps played in this branch. */
  length: number;
  return: number;
  /** State of the rules as plain data; null where there is a picture. */
  state: unknown;
  picture: Picture | null;
  /** The action that was, or is about to be, done here; null at an end. */
  action: number | null;
  thought: Thought | null;
  /** 1 for each action that is legal here, in their order; null where all are, and at an end. */
  legal: Uint8Array | null;
  ended: "terminated" | "truncated" | null;
  /** Null where no page has asked for it. */
  inside: Inside | null;
  /** Rewards and values of the steps `from, from + 1, ...` of the branch. */
  since: { from: number; rewards: Float32Array; values: Float32Array };
  /** What another branch had come to at this step; null where none is compared. */
  beside: Omit<Frame, "type" | "since" | "thought" | "legal" | "inside" | "beside"> | null;
}

/** All boards of a training at one moment. */
export interface Wall {
  type: "wall";
  /** Environment steps made. */
  step: number;
  /** One of both is empty. */
  states: unknown[];
  pictures: Picture[];
  returns: Float32Array;
  /** Of the first board. */
  thought: Thought | null;
  /** Episodes that have come to an end, and the mean of their returns; null where others count them. */
  finished: { episodes: number; returnMean: number } | null;
}

/** Records of a run's metrics, as its file has them, from one number on. */
export interface Metrics {
  type: "metrics";
  from: number;
  records: Record<string, unknown>[];
}

/** An episode with all that is to be seen of it: what `record` asks for. */
export interface Recording {
  type: "recording";
  episode: Episode;
  /** Of every step from 0 on, the end included; `since` holds what came with that step. */
  frames: Frame[];
}

/** A run of the folder of runs, in a line. */
export interface RunSummary {
  /** Its name in the folder. */
  id: string;
  env: string;
  agent: string;
  seed: number;
  /** Environment steps made, and asked for. */
  step: number;
  steps: number;
  state: "running" | "done" | "stopped";
  /** Best mean return of an evaluation; null before the first. */
  bestReturn: number | null;
}

/** The runs of the folder, newest first: what `runs` asks for. */
export interface Runs {
  type: "runs";
  runs: RunSummary[];
  /** Id of the run that is watched; null where there is none. */
  current: string | null;
}

/** One of them, to be laid over others: what `run` asks for. */
export interface RunCurves {
  type: "run";
  id: string;
  /** As stored. */
  config: Record<string, unknown>;
  /** Records of its metrics; thinned out evenly where there are too many to draw. */
  records: Record<string, unknown>[];
}

/** One sentence for whoever watches. */
export interface Notice {
  type: "notice";
  level: "info" | "error";
  text: string;
}

export type ServerMessage = Hello | Status | Frame | Wall | Metrics | Notice | Reply;

/** What a command is answered with, to the page that asked. */
export type Reply = Recording | Runs | RunCurves;

const step = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

/** What a page may ask for. Unknown or malformed messages close the connection. */
export const commandSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("hello"), version: z.int() }),
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("play") }),
  z.strictObject({ type: z.literal("pause") }),
  z.strictObject({ type: z.literal("step") }),
  z.strictObject({ type: z.literal("speed"), speed: z.number().min(0.1).max(1000).nullable() }),
  z.strictObject({ type: z.literal("seek"), step }),
  z.strictObject({
    type: z.literal("restart"),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .nullable(),
  }),
  z.strictObject({ type: z.literal("branch"), branch: step }),
  z.strictObject({ type: z.literal("compare"), branch: step.nullable() }),
  z.strictObject({
    type: z.literal("fork"),
    controller: z.enum(["policy", "human"]),
    /** Step of the checkpoint that plays on; left out for the one that plays now. */
    checkpoint: step.optional(),
  }),
  z.strictObject({ type: z.literal("act"), action: step }),
  z.strictObject({ type: z.literal("checkpoint"), step }),
  z.strictObject({ type: z.literal("inside"), on: z.boolean() }),
  z.strictObject({ type: z.literal("record") }),
  z.strictObject({ type: z.literal("runs") }),
  z.strictObject({ type: z.literal("run"), id: z.string().min(1).max(255) }),
]);

export type Command = z.output<typeof commandSchema>;
