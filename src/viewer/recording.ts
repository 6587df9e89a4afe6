import type { Env } from "gymnasium-js";
import type { Branch } from "./branch.js";
import { type Episode, episodeOf } from "./episode.js";
import { Playhead } from "./playhead.js";
import type { Frame, Recording, Stage } from "./protocol.js";

/** What a head shows, with rewards and values of its branch from step `from` on. */
export function frameOf(head: Playhead, from: number, { actionStart }: Stage): Frame {
  const { branch, step, atEnd } = head;
  const choice = branch.choices[step];
  const action = branch.actions[step] ?? (atEnd ? null : choice?.action);
  return {
    type: "frame",
    branch: branch.id,
    step,
    length: branch.length,
    return: branch.returnAt(step),
    ...head.view(),
    action: typeof action === "number" ? action - actionStart : null,
    thought: choice?.thought ?? null,
    legal: atEnd ? null : head.situation().legal,
    inside: null,
    ended: atEnd ? branch.ended : null,
    since: {
      from,
      rewards: Float32Array.from(branch.rewards.slice(from)),
      values: Float32Array.from({ length: Math.max(0, branch.choices.length - from) }, (_, i) =>
        branch.valueAt(from + i),
      ),
    },
    beside: null,
  };
}

export interface RecordingOptions {
  openEnv: () => Env;
  stage: Stage;
  /** Whose policy played. */
  by: Pick<Episode, "run" | "checkpoint">;
}

/** Bytes of pictures beyond which a recording is refused. */
const mostBytes = 2 ** 27;

/** A branch from its start to its end, as it was shown. @throws Error with one sentence if it would be too large */
export function recordingOf(branch: Branch, { openEnv, stage, by }: RecordingOptions): Recording {
  const head = new Playhead(openEnv(), stage, branch);
  try {
    const frames: Frame[] = [];
    for (let bytes = 0; ; repeatAlike(head)) {
      const { since: _, ...shown } = frameOf(head, branch.length, stage);
      bytes += shown.picture?.data.length ?? 0;
      if (bytes > mostBytes) {
        throw new Error(`The episode is too long to be saved as pictures: ${branch.length} steps.`);
      }
      frames.push({ ...structuredClone(shown), since: sinceOf(branch, head.step) });
      if (head.step === branch.length) break;
    }
    return { type: "recording", episode: episodeOf(branch, stage, by), frames };
  } finally {
    head.close();
  }
}

function repeatAlike(head: Playhead): void {
  const { branch, step } = head;
  if (!Object.is(head.repeat(), branch.rewards[step]))
    throw new Error(
      `The same seed and actions played otherwise at step ${step + 1}, so the episode cannot be saved.`,
    );
}

/** What came with one step. */
function sinceOf(branch: Branch, step: number): Frame["since"] {
  return {
    from: step,
    rewards: Float32Array.from(branch.rewards.slice(step, step + 1)),
    values: Float32Array.of(branch.valueAt(step)),
  };
}
