/** Entry of an evaluation thread: plays the episodes that it is asked for until it is ended from outside. */
import "../../envs/index.js";
import { parentPort, workerData } from "node:worker_threads";
import { sentError } from "gymnasium-js";
import { EpisodePlayer } from "../../agents/evolution/fitness.js";
import type {
  EvaluationReply,
  EvaluationRequest,
  EvaluationTask,
  EvaluationThreadData,
} from "./evaluation-messages.js";
import { playBlock } from "./play-block.js";

const { setting, modules, moduleLoader } = workerData as EvaluationThreadData;
let task: EvaluationTask | null = null;
const player = await start();

parentPort?.on("message", (request: EvaluationRequest) => {
  if (request.type === "task") task = request.task;
  else parentPort?.postMessage(answer(request));
});

async function start(): Promise<EpisodePlayer | EvaluationReply> {
  try {
    const load: (path: string) => Promise<unknown> =
      moduleLoader === null ? (path) => import(path) : (await import(moduleLoader)).loadEnvModule;
    for (const path of modules) await load(path);
    return new EpisodePlayer(setting);
  } catch (error) {
    return { ok: false, error: sentError(error) };
  }
}

/** Whatever is asked of an environment that could not be made, the answer is why. */
function answer(block: { from: number; to: number }): EvaluationReply {
  if (!(player instanceof EpisodePlayer)) return player;
  try {
    if (task === null) throw new Error("it was asked for episodes of no task");
    return { ok: true, value: playBlock(player, task, block) };
  } catch (error) {
    return { ok: false, error: sentError(error) };
  }
}
