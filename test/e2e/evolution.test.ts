import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Event, eventsOf, ludus, refusalOf, start } from "./ludus.js";

const short = ["--agent=evolution", "--seed=1", "--eval-episodes=3", "--set=evaluation.episodes=2"] as const;

/** An environment with two actions at a time. */
const pair = `
import { box, defineEnv, multiDiscrete, proceed } from "gymnasium-js";

export default defineEnv({
  id: "Pair-v0",
  observationSpace: box({ low: 0, high: 1, shape: [1], dtype: "float32" }),
  actionSpace: multiDiscrete([2, 3]),
  maxEpisodeSteps: 10,
  init: () => ({ steps: 0 }),
  step: (state: { steps: number }) => {
    state.steps++;
    return proceed(1);
  },
  observe(state, out, offset) {
    out[offset] = state.steps / 10;
  },
});
`;

/** A walk whose motor burns out in the step after `lastsFor` of an episode. */
const motor = `
import { box, defineEnv, discrete, proceed } from "gymnasium-js";

export default defineEnv("Motor-v0", ({ lastsFor = Infinity }: { lastsFor?: number }) => ({
  id: "Motor-v0",
  observationSpace: box({ low: 0, high: 1000, shape: [1], dtype: "float32" }),
  actionSpace: discrete(2),
  maxEpisodeSteps: 30,
  init: () => ({ place: 0, steps: 0 }),
  step(state: { place: number; steps: number }, action: number) {
    state.place += action;
    if (++state.steps > lastsFor) throw new Error("the motor burnt out");
    return proceed(action);
  },
  observe(state, out, offset) {
    out[offset] = state.place;
  },
}));
`;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ludus-evolution-"));
  writeFileSync(join(folder, "pair.ts"), pair);
  writeFileSync(join(folder, "motor.ts"), motor);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const metricsOf = ({ run }: Event): string => readFileSync(join(String(run), "metrics.jsonl"), "utf8");

test("Ctrl+C keeps the generations so far; the run goes on to the same bytes, and is played, listed and plotted", async () => {
  const args = ["CartPole-v1", ...short, "--steps=80000", "--set=metrics.every=1", "--json"];
  const began = start(folder, ["train", ...args, "--set=workers.count=2", "--runs=runs"]);
  await began.first("metrics");
  began.child.kill("SIGINT");
  const outcome = await began.ended;
  const stopped = eventsOf(outcome, 130).at(-1)!;
  expect(outcome.stderr).toContain("CartPole-v1 with evolution (preset evolution,");
  expect(stopped).toMatchObject({ agent: "evolution", interrupted: true, resumable: true });
  const run = String(stopped["run"]);
  expect(readFileSync(join(run, "last"), "utf8")).toBe(`step-${stopped["steps"]}\n`);
  expect(existsSync(join(run, "lock"))).toBe(false);
  const [resumed, whole] = await Promise.all([
    ludus(folder, "resume", run, "--json"),
    ludus(folder, "train", ...args, "--runs=other"),
  ]);
  const [end, other] = [eventsOf(resumed).at(-1)!, eventsOf(whole).at(-1)!];
  expect(metricsOf(end)).toBe(metricsOf(other));
  expect(end["evalReturnMean"]).toBe(other["evalReturnMean"]);
  expect(end["evalReturnMean"]).toBeGreaterThan(400);

  const [played, watched, listed, plotted] = await Promise.all([
    ludus(folder, "eval", run, "--episodes=3", "--json"),
    ludus(folder, "watch", run, "--terminal"),
    ludus(folder, "runs", "--json"),
    ludus(folder, "plot", run, "--output=curve.svg", "--json"),
  ]);
  expect(eventsOf(played).at(-1)).toMatchObject({ checkpoint: end["bestStep"], calibration: null });
  expect(watched.stdout).toMatch(/CartPole-v1 {2}evolution, checkpoint of step[\s\S]*episode 1: return \d+/);
  expect(eventsOf(listed)[0]).toMatchObject({ agent: "evolution", preset: "evolution" });
  expect(plotted.code, plotted.stderr).toBe(0);
  expect(readFileSync(join(folder, "curve.svg"), "utf8")).toContain("<svg");
});

test("the algorithm is chosen with --set, which alone says that it is a search", async () => {
  const set = ["--set=evolution.algorithm.name=ga", "--set=evolution.algorithm.populationSize=6"];
  const args = ["./motor.ts", "--steps=400", "--eval-episodes=2", "--seed=2", "--json"];
  const { stderr, ...outcome } = await ludus(folder, "train", ...args, ...set);
  expect(eventsOf({ stderr, ...outcome }).at(-1)).toMatchObject({ agent: "evolution", evalReturnMean: 30 });
  expect(stderr).toMatch(/evolution\.algorithm\.name=ga evolution\.algorithm\.populationSize=6 /);
});

test("a thread that fails ends the run with one sentence, and every kind of run is listed", async () => {
  const threads = ["--set=workers.count=2", "--set=envOptions.lastsFor=20"];
  const [failed, listed] = await Promise.all([
    ludus(folder, "train", "./motor.ts", ...short, ...threads, "--runs=failed", "--json"),
    ludus(folder, "agents"),
  ]);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(
    /ludus: Motor-v0: evaluation worker \d, with candidates .*, failed: the motor burnt out\. Of the run, the checkpoint of step 0 is whole: `ludus resume .*`\.\n$/,
  );
  expect(readdirSync(join(folder, "failed", "Motor-v0"))).toHaveLength(1);
  for (const name of ["dqn", "tabular", "evolution"])
    expect(listed.stdout).toMatch(new RegExp(`^${name} {2}\\S`, "m"));
});

test("what cannot be searched is refused in one sentence", async () => {
  const [actions, envs, tuned] = await Promise.all([
    ludus(folder, "train", "./pair.ts", ...short),
    ludus(folder, "train", "CartPole-v1", ...short, "--num-envs=4"),
    ludus(
      folder,
      ...["tune", "CartPole-v1", "--agent=evolution", "--trials=2", "--steps=4000"],
      "--space=evolution.algorithm.sigma=uniform(0.1,1)",
    ),
  ]);
  expect(refusalOf(actions, 2)).toMatch(/The agent evolution chooses among Discrete actions, not from Multi/);
  expect(refusalOf(envs, 2)).toContain("'numEnvs' cannot be 4: its episodes are played one at a time");
  expect(refusalOf(tuned, 2)).toContain("trained but not tuned");
  expect(existsSync(join(folder, "runs", "Pair-v0"))).toBe(false);
});
