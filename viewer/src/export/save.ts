import { signal } from "@preact/signals";
import { episodeText } from "../../../src/viewer/episode.js";
import type { BranchSummary, Recording, Stage } from "../../../src/viewer/protocol.js";
import { ask, frame, hello, notice, status } from "../model.js";
import { animationOf, mostFrames } from "./animation.js";
import { download, fileName } from "./files.js";
import { Painter } from "./painter.js";
import { standalonePage } from "./standalone.js";

/** What an episode, or a step of it, can be saved as. */
export type Kind = "episode" | "picture" | "animation" | "replay";

/** How far an animation is: frames drawn, of how many; null while there is none. */
export const progress = signal<{ drawn: number; frames: number } | null>(null);

let running = new AbortController();

export function cancelAnimation(): void {
  running.abort();
}

/** Saves what is shown as a file; says in a notice why that is not possible. */
export async function save(kind: Kind): Promise<void> {
  try {
    await savers[kind]({ stage: hello.value!.stage, branch: branchShown() });
  } catch (error) {
    if (running.signal.aborted && error === running.signal.reason) return;
    notice.value = `The ${kind} could not be saved: ${(error as Error).message}`;
  }
}

interface Shown {
  stage: Stage;
  branch: BranchSummary;
}

const savers: Record<Kind, (shown: Shown) => Promise<void>> = {
  episode: async (shown) => {
    const { episode } = await record();
    download(nameOf(shown, "json"), episodeText(episode), "application/json");
  },
  picture: async (shown) => {
    const now = frame.value!;
    const painter = new Painter(shown.stage, now, 960);
    try {
      download(fileName(shown.stage, shown.branch, now, "png"), await painter.png(now), "image/png");
    } finally {
      painter.close();
    }
  },
  animation: async (shown) => {
    running = new AbortController();
    try {
      await saveAnimation(shown, running.signal);
    } finally {
      progress.value = null;
    }
  },
  replay: async (shown) => {
    const page = await standalonePage({ stage: shown.stage, recording: await record() });
    download(nameOf(shown, "html"), page, "text/html");
  },
};

/** Of an episode that is too long, the part that begins with the step that is shown. */
async function saveAnimation(shown: Shown, cancelled: AbortSignal): Promise<void> {
  const from = frame.value!.step;
  const fps = status.value?.speed ?? 12;
  const { frames } = await record();
  const start = Math.max(0, Math.min(from, frames.length - mostFrames));
  const part = frames.length > mostFrames ? frames.slice(start, start + mostFrames) : frames;
  const bytes = await animationOf(shown.stage, part, {
    ...{ fps, signal: cancelled },
    onProgress: (drawn) => {
      progress.value = { drawn, frames: part.length };
    },
  });
  download(nameOf(shown, "png"), bytes, "image/png");
  if (part.length === frames.length) return;
  notice.value = `An animation has ${mostFrames} pictures at most: this one begins with step ${start}. It begins with the step that is shown, where as many follow.`;
}

function record(): Promise<Recording> {
  return ask({ type: "record" }, "recording");
}

function branchShown(): BranchSummary {
  const { branch, branches } = status.value!;
  return branches.find(({ id }) => id === branch)!;
}

function nameOf({ stage, branch }: Shown, ending: "json" | "png" | "html"): string {
  return fileName(stage, branch, branch, ending);
}
