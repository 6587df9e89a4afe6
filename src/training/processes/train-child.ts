import "../../envs/index.js";
import { LudusError } from "../errors.js";
import type { Listeners } from "../run.js";
import { openRun } from "../run-folder.js";
import { resume, train } from "../train.js";
import type { TrainJob, TrainReply, TrainRequest } from "./train-messages.js";

// A process that trains one job for its parent, tells its events, and ends. Signals are the parent's business: Ctrl+C, and the
// closing of the terminal, reach the whole group, and the parent asks for the checkpoint.

const interruption = new AbortController();

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
// A parent that is gone wants nothing any more; what the last checkpoint has is kept.
process.on("disconnect", () => process.exit(1));
process.on("message", (request: TrainRequest) => {
  if (request.type === "interrupt") interruption.abort();
  else void work(request.job);
});

async function work(job: TrainJob): Promise<void> {
  await tell(await outcomeOf(job));
  process.disconnect();
}

async function outcomeOf(job: TrainJob): Promise<TrainReply> {
  try {
    await loadModule(job);
    const listeners: Listeners = {
      signal: interruption.signal,
      ...(job.stopAfter === undefined ? {} : { stopAfter: job.stopAfter }),
      onEvent: (event) => void tell({ type: "event", event }),
    };
    const { config, preset, engine, runs, envModule, moduleLoader } = job;
    const loader = moduleLoader === undefined ? {} : { moduleLoader };
    const module = envModule === undefined ? {} : { envModule };
    const done =
      job.resume === undefined
        ? await train({ config, preset, engine, runs, ...listeners, ...loader, ...module })
        : await resume(openRun(job.resume), {
            ...listeners,
            ...loader,
            ...(envModule === undefined ? {} : { envModule: envModule.path }),
          });
    return { type: "done", done };
  } catch (error) {
    if (error instanceof LudusError) return { type: "failed", code: error.code, message: error.message };
    const message = error instanceof Error ? error.message : String(error);
    return { type: "failed", code: "env-failed", message };
  }
}

async function loadModule({ envModule, moduleLoader }: TrainJob): Promise<void> {
  if (envModule === undefined) return;
  if (moduleLoader === undefined) {
    await import(envModule.path);
    return;
  }
  const { loadEnvModule } = (await import(moduleLoader)) as { loadEnvModule(path: string): Promise<unknown> };
  await loadEnvModule(envModule.path);
}

function tell(reply: TrainReply): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send!(reply, undefined, undefined, () => resolve());
    else resolve();
  });
}
