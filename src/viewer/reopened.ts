import { Box, type Env, GymnasiumError, type Space } from "gymnasium-js";
import { Branch } from "./branch.js";
import { type Episode, EpisodeError } from "./episode.js";
import type { Choice, Mind } from "./mind.js";
import { Playhead } from "./playhead.js";
import type { Stage, Thought } from "./protocol.js";

export interface ReopenOptions {
  openEnv: () => Env;
  stage: Stage;
  /** Who plays on where the episode goes on. */
  mind: Mind;
  /** Of the file, for the sentence about what is wrong with it. */
  name?: string;
}

/**
 * An episode as a branch: played again, and found to be the same.
 * @throws EpisodeError `invalid-episode` for actions that cannot be done, `other-rules` where the environment plays otherwise
 */
export function reopenedBranch(
  episode: Episode,
  { openEnv, stage, mind, name = "The file" }: ReopenOptions,
): Branch {
  const { seed, player, thoughts } = episode;
  const env = openEnv();
  const branch = new Branch(0, seed, null, player);
  const head = new Playhead(env, stage, branch);
  try {
    const actions = actionsOf(episode, env.actionSpace, name);
    mind.restart();
    actions.forEach((action, step) => {
      branch.choices[step] = { action, thought: thoughtOf(thoughts[step]!) };
      if (!head.isLegal(action)) throw noSuchAction(episode, step, name);
      if (mind.remembers) mind.choose(head.observation, head.situation());
      head.perform(action);
      head.keep();
      requireSame(episode, branch, name);
    });
    if (stage.maxEpisodeSteps !== episode.maxEpisodeSteps) throw otherRules(name, limits(episode, stage));
    if (branch.ended === null) {
      const { action } = mind.choose(head.observation, head.situation());
      branch.choices[head.step] = { action, thought: thoughtOf(thoughts[head.step]!) };
    }
    return branch;
  } finally {
    head.close();
  }
}

/** The step that was made last is as it was. */
function requireSame({ rewards, ended, actions }: Episode, branch: Branch, name: string): void {
  const { length } = branch;
  const [was, is] = [rewards[length - 1]!, branch.rewards[length - 1]!];
  if (!Object.is(was, is))
    throw otherRules(name, `step ${length} gave the reward ${was}, and gives ${is} now`);
  const endedThen = length === actions.length ? ended : null;
  if (branch.ended !== endedThen) {
    const [then, now] = [inWords(endedThen), inWords(branch.ended)];
    throw otherRules(name, `after step ${length} the episode ${then} then, and ${now} now`);
  }
}

function inWords(ended: Episode["ended"]): string {
  if (ended === null) return "went on";
  return ended === "terminated" ? "was over" : "was cut by its time limit";
}

function limits(episode: Episode, stage: Stage): string {
  const [was, is] = [episode.maxEpisodeSteps ?? "none", stage.maxEpisodeSteps ?? "none"];
  return `the limit of steps was ${was}, and is ${is} now`;
}

function otherRules(name: string, difference: string): EpisodeError {
  return new EpisodeError("other-rules", `${name} was played with other rules than these: ${difference}.`);
}

function thoughtOf(stored: Episode["thoughts"][number]): Thought | null {
  return stored && { kind: stored.kind, scores: Float32Array.from(stored.scores) };
}

function actionsOf(episode: Episode, space: Space<unknown>, name: string): Choice["action"][] {
  return episode.actions.map((stored, step) => {
    const action = actionOf(stored, space);
    if (action === null) throw noSuchAction(episode, step, name);
    return action;
  });
}

function noSuchAction({ actions, env }: Episode, step: number, name: string): EpisodeError {
  return new EpisodeError(
    "invalid-episode",
    `${name} is no episode that can be opened: its action ${JSON.stringify(actions[step])} of step ${step + 1} is not one of ${env}.`,
  );
}

/** As the space counts it; null where it has no such action. Numbers beyond the bounds of a Box are the rules' to clip. */
function actionOf(stored: Episode["actions"][number], space: Space<unknown>): Choice["action"] | null {
  if (typeof stored === "number") return space.contains(stored) ? stored : null;
  if (space instanceof Box) return stored.length === space.size ? space.fromFlat(stored) : null;
  try {
    const [element] = space.fromJson([stored]);
    return ArrayBuffer.isView(element) && space.contains(element) ? (element as Choice["action"]) : null;
  } catch (error) {
    if (error instanceof GymnasiumError) return null;
    throw error;
  }
}
