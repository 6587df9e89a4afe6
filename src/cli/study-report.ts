import { shellWord } from "../datasets/shell-word.js";
import {
  type RankedTrial,
  type Study,
  settingsOf,
  type TrainEvent,
  type TrialEvent,
  type TrialRun,
  type TuneResult,
} from "../training/index.js";
import { clip, columnsOf } from "./ansi.js";
import { table } from "./table.js";

/** Rows of the table of the best. */
const shown = 10;

/** What a study says: how it goes on stderr, what it came to on stdout, or all of it as JSON lines. */
export class StudyReport {
  private readonly startedAt = performance.now();

  constructor(
    private readonly study: Study,
    private readonly json: boolean,
  ) {}

  start(): void {
    const { path, record } = this.study;
    const { env, agent, preset, engine, method, rungs, seeds, seed, space } = record;
    if (this.json)
      this.line({
        event: "start",
        study: path,
        env,
        agent,
        preset,
        engine,
        method,
        rungs,
        seed,
        seeds,
        space,
      });
    const plan = rungs
      .map(({ trials, steps }) => `${trials} to step ${steps.toLocaleString("en")}`)
      .join(", ");
    const lines = [
      `${env} with ${agent} (preset ${preset ?? "none"}, engine ${engine}), ${method} search: ${plan}`,
      `seed ${seed}; trained with ${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(", ")}`,
      ...Object.entries(space).map(([key, spec]) => `  ${key}=${spec}`),
      `study ${path}`,
    ];
    process.stderr.write(`${lines.join("\n")}\n\n`);
  }

  /** Where one of the trainings is, on a terminal that can show it; the next line takes its place. */
  event({ trial, seed }: TrialRun, event: TrainEvent): void {
    if (!process.stderr.isTTY || event.event !== "metrics") return;
    const steps = `step ${event.step.toLocaleString("en")}/${this.study.record.base.steps.toLocaleString("en")}`;
    const text = `trial ${trial}, seed ${seed}: ${steps}, return ${event.returnMean?.toFixed(2) ?? "-"}`;
    process.stderr.write(`\r${clip(text, columnsOf(process.stderr) - 1)}\x1b[K`);
  }

  /** Ends the line that `event` may have begun. */
  clear(): void {
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  }

  trial(event: TrialEvent): void {
    this.clear();
    if (this.json) this.line(event);
    const { rungs } = this.study.record;
    const place = rungs.length === 1 ? "" : `rung ${event.rung + 1}/${rungs.length}  `;
    const score = event.score === null ? `failed: ${event.failure}` : `score ${scoreText(event)}`;
    const digits = String((rungs[0]?.trials ?? 1) - 1).length;
    process.stderr.write(
      `${place}trial ${String(event.trial).padStart(digits)}  ${score}  ${settingsOf(event.values).join(" ")}\n`,
    );
  }

  /** @param command the arguments of `ludus` that train the best config */
  done({ study, ranking, interrupted }: TuneResult, command: readonly string[]): void {
    const { env, agent, preset, engine, method, rungs } = this.study.record;
    const best = ranking.find(({ score }) => score !== null) ?? null;
    const failed = ranking.filter(({ score }) => score === null).map(({ trial }) => trial);
    if (this.json) {
      const seconds = (performance.now() - this.startedAt) / 1000;
      this.line({
        ...{ event: "done", study, env, agent, preset, engine, method, trials: rungs[0]?.trials },
        ...{ best, failed, command: best === null ? null : ["ludus", ...command], interrupted, seconds },
      });
      return;
    }
    process.stdout.write(interrupted ? this.resumeText() : resultText({ study, ranking, command }));
  }

  private resumeText(): string {
    return `Interrupted; what is done is kept. Go on with: ludus tune --resume ${shellWord(this.study.path)}\n`;
  }

  private line(event: object): void {
    process.stdout.write(`${JSON.stringify(event)}\n`);
  }
}

interface Outcome {
  study: string;
  ranking: readonly RankedTrial[];
  command: readonly string[];
}

function resultText({ study, ranking, command }: Outcome): string {
  const keys = Object.keys(ranking[0]?.values ?? {});
  const rows = ranking
    .slice(0, shown)
    .map((trial, i) => [
      ...[i + 1, trial.trial, trial.steps, trial.score === null ? "failed" : scoreText(trial)],
      ...keys.map((key) => cell(trial.values[key])),
    ]);
  const more =
    ranking.length > shown ? [`... and ${ranking.length - shown} more in ${study}/trials.jsonl`] : [];
  const failed = ranking.filter(({ score }) => score === null);
  const lines = [
    table(["rank", "trial", "steps", "score", ...keys], rows),
    ...more,
    ...failed.map(({ trial, failure }) => `Trial ${trial} failed: ${failure}`),
    `study ${study}`,
    "",
    "Train with the best values, on a seed that they were not chosen by:",
    `ludus ${command.map(shellWord).join(" ")}`,
  ];
  return `${lines.join("\n")}\n`;
}

function cell(value: unknown): string | number {
  return typeof value === "number" ? value : typeof value === "string" ? value : JSON.stringify(value);
}

/** Mean over the seeds, with its deviation where there are several. */
function scoreText({
  score,
  spread,
  returnMeans,
}: Pick<RankedTrial, "score" | "spread" | "returnMeans">): string {
  const mean = score?.toFixed(2) ?? "-";
  return returnMeans.length === 1 ? mean : `${mean} ± ${spread?.toFixed(2)}`;
}
