import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { asked } from "./asked.js";
import { type Event, eventsOf, inFolder, ludus, type Outcome, refusalOf, start } from "./ludus.js";

/** A study of a second or two. */
const small = [
  ...["CartPole-v1", "--steps=1600", "--seed=3", "--out=study", "--json"],
  ...["--set=dqn.net.hidden=[8]", "--set=evaluation.episodes=2", "--set=evaluation.maxSteps=50"],
  ...["--set=learn.startAt=100", "--set=learn.every=16", "--set=learn.batchSize=8", "--set=numEnvs=4"],
  ...["--space=dqn.optimizer.learningRate=log(1e-4,1e-2)", "--space=dqn.nStep=int(1,3)"],
] as const;

/** 2 trials, of which 1 goes on, each with 2 seeds. */
const twoSeeds = [...small, "--trials=2", "--eta=2", "--seeds=2"];

/** 3 trials, of which 1 goes on, in runs long enough to be interrupted. */
const longer = [...small, "--trials=3", "--steps=20000"];

/** What a study came to, but for where it lies and how long it took. */
function resultOf(outcome: Outcome): unknown {
  const { seconds: _, study: __, command: ___, ...rest } = eventsOf(outcome).at(-1)!;
  return rest;
}

function trainedRuns(folder: string): string[] {
  const lines = readFileSync(join(folder, "study", "trials.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  return lines
    .filter((line) => line !== "")
    .map((line) => withoutFolder(JSON.parse(line)))
    .sort();
}

function withoutFolder({ folder: _, ...line }: Record<string, unknown>): string {
  return JSON.stringify(line);
}

test("tells every trial and the best one, whose command line trains that very config", () =>
  inFolder(async (folder) => {
    const events = eventsOf(await ludus(folder, "tune", ...twoSeeds));
    const count = (event: string): number => events.filter((one) => one.event === event).length;
    expect([count("start"), count("trial"), count("done")]).toEqual([1, 2 + 1, 1]);
    const done = events.at(-1) as Event & {
      best: { values: Record<string, unknown>; trial: number };
      command: string[];
    };
    expect(done).toMatchObject({
      env: "CartPole-v1",
      agent: "dqn",
      trials: 2,
      failed: [],
      interrupted: false,
    });
    expect(done.best).toMatchObject({ rung: 1, steps: 1600 });
    const [first, ...command] = done.command;
    expect(first).toBe("ludus");
    const trained = eventsOf(await ludus(folder, ...command, "--eval-episodes=2", "--json")).at(-1)!;
    const configOf = (run: string): Record<string, Record<string, unknown>> =>
      JSON.parse(readFileSync(join(run, "config.json"), "utf8"));
    const config = configOf(String(trained["run"]));
    // Seeds 3 and 4 chose it.
    expect(config["seed"]).toBe(5);
    expect(config).toMatchObject({ dqn: { nStep: done.best.values["dqn.nStep"], net: { hidden: [8] } } });
    const runs = eventsOf(
      await ludus(folder, "runs", `--runs=study/runs/trial-${done.best.trial}`, "--json"),
    );
    const trial = configOf(String(runs[0]!["run"] ?? runs[0]!["path"]));
    const chosen = ({ seed: _, evaluation: __, ...rest }: typeof config): unknown => rest;
    expect(chosen(config)).toEqual(chosen(trial));
    const layer = ["--config=study/best.json", "--seed=5", "--eval-episodes=2", "--json"];
    const layered = await ludus(folder, "train", "CartPole-v1", ...layer);
    expect(configOf(String(eventsOf(layered).at(-1)!["run"]))).toEqual(config);
  }));

test("without --json the best trials are a table on stdout, the progress on stderr", () =>
  inFolder(async (folder) => {
    const args = [...small, "--trials=2", "--eta=2"].filter(
      (arg) => arg !== "--json" && !arg.startsWith("--space"),
    );
    const { code, stdout, stderr } = await ludus(folder, "tune", ...args, "--space=dqn.nStep=choice(1,2)");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^rank {2}trial {2}steps {2}score +dqn\.nStep\n {3}1 +\d +1600 +[\d.]+ +[12]\n/);
    expect(stdout).toMatch(/\nludus train CartPole-v1 --agent dqn .*--seed 4 .*'dqn\.net\.hidden=\[8\]'/);
    expect(stderr).toMatch(/2 to step 800, 1 to step 1,600/);
    expect(stderr).toMatch(/rung 2\/2 {2}trial \d {2}score [\d.]+ {2}dqn\.nStep=[12]/);
  }));

describe("whatever happens to it, a study comes to the same end:", () => {
  const whole = inFolder(async (folder) => {
    const result = resultOf(await ludus(folder, "tune", ...longer, "--processes=2"));
    return { result, runs: trainedRuns(folder) };
  });

  test("after Ctrl+C, which says how to go on, then in one process", () =>
    inFolder(async (folder) => {
      const study = start(folder, ["tune", ...longer.filter((arg) => arg !== "--json")]);
      const isOn = (): boolean => study.child.exitCode === null;
      const ended = (): boolean =>
        existsSync(join(folder, "study", "trials.jsonl")) && trainedRuns(folder).length > 0;
      while (isOn() && !ended()) await pause(20);
      study.child.kill("SIGINT");
      const { code, stdout, stderr } = await study.ended;
      expect(code, stderr).toBe(130);
      expect(stdout).toMatch(
        /^Interrupted; what is done is kept\. Go on with: ludus tune --resume \S+study\n$/,
      );
      expect(stderr).toContain("Ctrl+C again aborts");
      expect(trainedRuns(folder).length).toBeLessThan(4);
      expect(existsSync(join(folder, "study", "lock"))).toBe(false);
      expect(resultOf(await ludus(folder, "tune", "--resume=study", "--processes=1", "--json"))).toEqual(
        (await whole).result,
      );
      expect(trainedRuns(folder)).toEqual((await whole).runs);
    }));

  test("after kill -9", () =>
    inFolder(async (folder) => {
      const study = start(folder, ["tune", ...longer]);
      await study.first("trial");
      await pause(150);
      study.child.kill("SIGKILL");
      expect((await study.ended).code).toBe(null);
      expect(resultOf(await ludus(folder, "tune", "--resume=study", "--json"))).toEqual((await whole).result);
      expect(trainedRuns(folder)).toEqual((await whole).runs);
    }));
});

const wrong: [args: string[], sentence: RegExp][] = [
  [["tune"], /tune wants an environment.*--resume <dir>/],
  [["tune", "CartPole-v1", "--space=dqn.gama=uniform(0.9,1)"], /did you mean 'dqn\.gamma'\?/],
  [["tune", "CartPole-v1", "--set=dqn.net.type=minatar"], /not shape \[4\]/],
  [["tune", "--resume=nowhere", "--trials=4"], /--resume does not take --trials/],
  [["train", "CartPole-v1", "--config=nowhere.json"], /--config wants a JSON file.*nowhere\.json/],
];

describe("wrong use is refused in one sentence", () => {
  test.each(wrong)("ludus %j", (args, sentence) =>
    inFolder(async (folder) => {
      expect(refusalOf(await asked(folder, ...args), 2)).toMatch(sentence);
      expect(existsSync(join(folder, "studies"))).toBe(false);
    }),
  );
});
