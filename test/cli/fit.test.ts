import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runCli } from "../../src/cli/cli.js";
import { dottedKeys } from "../../src/training/config.js";
import { resolveTaskConfig } from "../../src/training/index.js";
import { bytesOfFit, toyTasks } from "../training/fits/toy-tasks.js";
import { inFolder } from "../training/tiny-runs.js";

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

let said = { stdout: "", stderr: "" };

beforeEach(() => {
  for (const name of ["stdout", "stderr"] as const) {
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      said[name] += String(text);
      return true;
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function ludus(...args: readonly string[]): Promise<Outcome> {
  said = { stdout: "", stderr: "" };
  const before = process.stdout.listeners("error");
  const code = await runCli(args, async () => toyTasks);
  for (const listener of process.stdout.listeners("error")) {
    if (!before.includes(listener)) process.stdout.off("error", listener as () => void);
  }
  return { code, ...said };
}

type Event = Record<string, unknown>;

function eventsOf({ code, stdout, stderr }: Outcome, expected = 0): Event[] {
  expect(code, stderr).toBe(expected);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
}

/** The one sentence that is said. */
function refusalOf({ code, stdout, stderr }: Outcome, expected: number): string {
  const sentences = stderr.split("\n").filter((line) => line.startsWith("ludus: "));
  expect(sentences, stderr).toHaveLength(1);
  expect(code).toBe(expected);
  expect(stdout).toBe("");
  return sentences[0]!;
}

describe("ludus fit", () => {
  test("alone lists the tasks, and what data they lack", () =>
    inFolder(async (data) => {
      vi.stubEnv("LUDUS_SHARED", "");
      const { stdout } = await ludus("fit", "--data", data);
      expect(stdout).toMatch(/^clouds +- +two clouds by a small net$/m);
      expect(stdout).toMatch(/^hungry +mnist \(missing\) +digits/m);
      const events = eventsOf(await ludus("fit", "--data", data, "--json"));
      expect(events).toContainEqual({
        ...{ event: "task", name: "hungry", kind: "fit", about: "digits that are not there" },
        ...{ data: ["mnist"], missing: ["mnist"] },
      });
      expect(events.at(-1)).toEqual({ event: "done", count: 3 });
    }));

  test("--json tells a fit from its start to its figures, which the files have as well", () =>
    inFolder(async (runs) => {
      const args = ["fit", "clouds", "--seed=7", "--epochs=2", "--set=units=5", "--runs", runs, "--json"];
      const events = eventsOf(await ludus(...args));
      expect(events.map(({ event }) => event)).toEqual([
        ...["start", "epoch", "checkpoint", "epoch", "checkpoint", "report", "done"],
      ]);
      const done = events.at(-1)!;
      expect(done).toMatchObject({ task: "clouds", engine: "native", seed: 7, epochs: 2, updates: 8 });
      expect(done).toMatchObject({ ended: "epochs", interrupted: false, seconds: expect.any(Number) });
      expect(Object.keys(done["metrics"] as object)).toEqual(["loss", "accuracy", "weights.sum"]);
      // 2 x 5 + 5 + 5 x 2 + 2
      expect(events[0]).toMatchObject({ epoch: 0, epochs: 2, parameters: 27 });
      const run = String(done["run"]);
      expect(run.startsWith(join(runs, "fit", "clouds"))).toBe(true);
      const epochs = events.filter(({ event }) => event === "epoch");
      expect(readFileSync(join(run, "metrics.jsonl"), "utf8")).toBe(
        epochs.map((event) => `${JSON.stringify(event)}\n`).join(""),
      );
      expect(readFileSync(join(run, "metrics.jsonl"), "utf8")).not.toMatch(/second/i);
      expect(readFileSync(join(run, "timing.jsonl"), "utf8").trim().split("\n")).toHaveLength(2);
      expect(readdirSync(run).sort()).toEqual([
        ...[
          "checkpoints",
          "config.json",
          "last",
          "manifest.json",
          "metrics.jsonl",
          "model.json",
          "report.json",
        ],
        "timing.jsonl",
      ]);
      const manifest = JSON.parse(readFileSync(join(run, "manifest.json"), "utf8")) as Event;
      expect(manifest).toMatchObject({ format: 1, kind: "fit", task: "clouds", seed: 7, data: null });
      const config = JSON.parse(readFileSync(join(run, "config.json"), "utf8")) as Event;
      expect(config).toMatchObject({ task: "clouds", seed: 7, settings: { units: 5 }, fit: { epochs: 2 } });
      const report = JSON.parse(readFileSync(join(run, "report.json"), "utf8")) as Event;
      expect(report).toMatchObject({ metrics: done["metrics"], text: "Two clouds." });
    }));

  test("without --json the figures, the text and the tables are words on stdout", () =>
    inFolder(async (runs) => {
      const { code, stdout, stderr } = await ludus("fit", "clouds", "--epochs=2", "--runs", runs);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^Two clouds\.\n\nParameters\nname +values\ndense1\.weights +16\n/);
      expect(stdout).toMatch(/\naccuracy +[\d.]+\n/);
      expect(stdout).toMatch(
        /\(2 epochs, 8 updates, .*best validation after epoch [12]\)\nrun .*clouds.*\n$/,
      );
      expect(stderr).toContain("settings.size=120");
      expect(stderr).toMatch(/^epoch 2: train loss [\d.]+; train sample loss .*validation loss/m);
    }));

  test("an interrupted fit ends with 130, and goes on to the same bytes", () =>
    inFolder(async (runs) => {
      const args = ["fit", "clouds", "--seed=3", "--set=dropout=0.3", "--runs", runs, "--json"];
      const whole = eventsOf(await ludus(...args)).at(-1)!;
      const stopped = eventsOf(await ludus(...args, "--stop-after=6"), 130).at(-1)!;
      expect(stopped).toMatchObject({
        interrupted: true,
        ended: "interrupted",
        epochs: 1,
        updates: 6,
        metrics: {},
      });
      const resumed = eventsOf(await ludus("resume", "last", "--runs", runs, "--json"));
      expect(resumed[0]).toMatchObject({ event: "start", epoch: 1 });
      expect(resumed.at(-1)!["metrics"]).toEqual(whole["metrics"]);
      expect(bytesOfFit(String(stopped["run"]))).toEqual(bytesOfFit(String(whole["run"])));
      const words = await ludus("fit", "clouds", "--stop-after=2", "--runs", runs);
      expect(words.stdout).toMatch(/^Interrupted at update 2, with a checkpoint; go on with: ludus resume /);
    }));

  const refusals: [string[], number, RegExp][] = [
    [["fit", "cloud"], 2, /There is no task 'cloud'; did you mean 'clouds'\?/],
    [["fit", "clouds", "--set", "unitz=3"], 2, /no config key 'unitz'; did you mean 'units'\?/],
    [
      ["fit", "clouds", "--set", "qqqqqqqqqqqq=3"],
      2,
      /'qqq.*'; `ludus fit clouds --keys` lists those that there are/,
    ],
    [["fit", "clouds", "--set", "fit.epoch=3"], 2, /no config key 'fit.epoch'; did you mean 'fit.epochs'\?/],
    [["fit", "clouds", "--set", "learningRate=1"], 2, /did you mean 'fit.optimizer.learningRate'\?/],
    [["fit", "clouds", "--set", "units=none"], 2, /'settings.units' cannot be "none"/],
    [["fit", "clouds", "--set", "fit.earlyStopping.metric=recal"], 2, /cannot be "recal": .* but loss, acc/],
    [["fit", "clouds", "--set", "fit.trainable=xyz"], 2, /No parameter's name matches xyz/],
    [["fit", "hungry", "--data", "/nowhere"], 3, /mnist is not in \/nowhere.*ludus data get mnist/],
    [["fit", "counting", "--epochs", "2"], 2, /counting is a study .* takes no --epochs/],
    [["fit", "counting", "--stop-after", "2"], 2, /counting is a study .* takes no --stop-after/],
  ];
  test.each(refusals)("%j is refused in a sentence, and leaves no run", (args, code, sentence) =>
    inFolder(async (runs) => {
      vi.stubEnv("LUDUS_SHARED", "");
      expect(refusalOf(await ludus(...args, "--runs", runs), code)).toMatch(sentence);
      expect(readdirSync(runs)).toEqual([]);
    }),
  );

  test("a learning rate that is too large is told with what is kept", () =>
    inFolder(async (runs) => {
      const args = ["fit", "clouds", "--set=fit.optimizer.name=sgd", "--set=fit.optimizer.learningRate=1e38"];
      const sentence = refusalOf(await ludus(...args, "--runs", runs), 1);
      expect(sentence).toMatch(
        /diverged after \d+ updates.*smaller learning rate.*checkpoint of step 0, from before/,
      );
    }));
});

describe("a fit's run", () => {
  test("eval judges the best weights as the fit did, and those of any checkpoint", () =>
    inFolder(async (runs) => {
      const done = eventsOf(await ludus("fit", "clouds", "--runs", runs, "--json")).at(-1)!;
      const best = eventsOf(await ludus("eval", "last", "--runs", runs, "--json")).at(-1)!;
      expect(best).toMatchObject({ event: "done", task: "clouds", split: "test", metrics: done["metrics"] });
      expect(best["epoch"]).toBe(done["bestEpoch"]);
      const first = eventsOf(await ludus("eval", "last", "--checkpoint=4", "--runs", runs, "--json")).at(-1)!;
      expect(first).toMatchObject({ checkpoint: 4, epoch: 1 });
      expect(first["metrics"]).not.toEqual(best["metrics"]);
      const { stdout } = await ludus("eval", "last", "--checkpoint=0", "--runs", runs);
      expect(stdout).toMatch(/^clouds, checkpoint of step 0, weights of epoch 0, test split\nfigure/);
      expect(refusalOf(await ludus("eval", "last", "--episodes=3", "--runs", runs), 2)).toMatch(
        /is a fit, which plays no episodes; leave out --episodes/,
      );
      expect(refusalOf(await ludus("eval", "last", "--checkpoint=5", "--runs", runs), 2)).toMatch(
        /no checkpoint of step 5; it has those of 0, 4, 8, 12, 16/,
      );
    }));

  test("runs and plot show it, and nobody watches it", () =>
    inFolder(async (runs) => {
      for (const seed of [1, 2]) await ludus("fit", "clouds", `--seed=${seed}`, "--runs", runs);
      await ludus("fit", "clouds", "--seed=1", "--set=units=3", "--runs", runs);
      expect((await ludus("runs", "--runs", runs)).stdout).toMatch(
        /clouds +native +1 +4\/4 +accuracy [\d.]+\n$/,
      );
      const [row] = eventsOf(await ludus("runs", "--runs", runs, "--json"));
      expect(row).toMatchObject({ event: "run", kind: "fit", task: "clouds", epochs: 4, ofEpochs: 4 });
      const ids = readdirSync(join(runs, "fit", "clouds"));
      const file = join(runs, "curves.svg");
      const plotted = eventsOf(await ludus("plot", ...ids, "-o", file, "--runs", runs, "--json")).at(-1)!;
      // Which differ in their seed only are one.
      const groups = (plotted["groups"] as { seeds: number[]; label: string }[]).toSorted(
        (a, b) => a.seeds.length - b.seeds.length,
      );
      expect(groups).toMatchObject([
        { seeds: [1], label: expect.stringContaining("settings.units=3") },
        { seeds: expect.arrayContaining([1, 2]), label: expect.stringMatching(/, 2 seeds$/) },
      ]);
      expect(readFileSync(file, "utf8")).toContain("settings.units=3");
      const twice = eventsOf(await ludus("plot", "last", "last", "-o", file, "--runs", runs, "--json"));
      expect(twice[0]).toMatchObject({ groups: [{ seeds: [1], label: expect.stringMatching(/seed 1$/) }] });
      expect(refusalOf(await ludus("watch", "last", "--runs", runs), 2)).toMatch(/no agent plays/);
      expect(refusalOf(await ludus("resume", "last", "--steps=9", "--runs", runs), 2)).toMatch(
        /leave out --steps/,
      );
    }));

  test("whose folder has another name is found by that, as runs lists it", () =>
    inFolder(async (runs) => {
      const done = eventsOf(await ludus("fit", "clouds", "--epochs=1", "--runs", runs, "--json")).at(-1)!;
      renameSync(String(done["run"]), join(runs, "fit", "clouds", "Mein Lauf ä"));
      const [row] = eventsOf(await ludus("runs", "--runs", runs, "--json"));
      expect(row).toMatchObject({ id: "Mein Lauf ä", task: "clouds" });
      expect((await ludus("runs", "--runs", runs)).stdout).toMatch(/^Mein Lauf ä +clouds /m);
      const [judged] = eventsOf(await ludus("eval", "Mein Lauf ä", "--runs", runs, "--json"));
      expect(judged!["metrics"]).toEqual(done["metrics"]);
      const words = await ludus("fit", "clouds", "--stop-after=2", "--runs", join(runs, "der Ort"));
      expect(words.stdout).toMatch(/go on with: ludus resume '.*\/der Ort\/fit\/clouds\/[\w-]+'\n$/);
    }));

  test("is where it always is if the folder of all runs is named by nothing", () =>
    inFolder(async (folder) => {
      vi.spyOn(process, "cwd").mockReturnValue(folder);
      vi.stubEnv("LUDUS_RUNS", "");
      for (const flags of [[], ["--runs", ""], ["--data", ""]]) {
        const done = eventsOf(await ludus("fit", "clouds", "--epochs=1", ...flags, "--json")).at(-1)!;
        expect(String(done["run"]).startsWith(join(folder, "runs", "fit", "clouds"))).toBe(true);
        const { data } = JSON.parse(readFileSync(join(String(done["run"]), "manifest.json"), "utf8"));
        expect(data).toBe(null);
      }
    }));

  const damages: [string, (run: string) => void, RegExp][] = [
    [
      "weights",
      (run) => writeFileSync(join(run, "checkpoints", "step-16", "model.safetensors"), "ha"),
      /step-16 is damaged: model.safetensors has 2 bytes/,
    ],
    [
      "best weights",
      (run) => rmSync(join(run, "checkpoints", "step-16", "best.safetensors")),
      /best.safetensors is missing/,
    ],
    ["config", (run) => writeFileSync(join(run, "config.json"), "{\nx"), /config.json cannot be read: .*\.$/],
    [
      "whole config",
      (run) => writeFileSync(join(run, "config.json"), "null"),
      /config.json cannot be read: expected an object, but found null\.$/,
    ],
    [
      "config keys",
      (run) => writeFileSync(join(run, "config.json"), "{}"),
      /config.json is no config of clouds/,
    ],
    [
      "model",
      (run) => writeFileSync(join(run, "model.json"), "{}"),
      /another model \(model.json\) than clouds makes/,
    ],
  ];
  test.each(damages)("damage to its %s is told in a sentence", (_, damage, sentence) =>
    inFolder(async (runs) => {
      const done = eventsOf(await ludus("fit", "clouds", "--runs", runs, "--json")).at(-1)!;
      damage(String(done["run"]));
      expect(refusalOf(await ludus("eval", "last", "--runs", runs), 1)).toMatch(sentence);
      const { code, stdout } = await ludus("runs", "--runs", runs);
      expect([code, stdout]).toEqual([0, expect.stringContaining("clouds")]);
    }),
  );
});

describe("a study", () => {
  test("keeps its records and its report", () =>
    inFolder(async (runs) => {
      const args = ["fit", "counting", "--seed=2", "--set=to=4", "--runs", runs, "--json"];
      const events = eventsOf(await ludus(...args));
      expect(events.map(({ event }) => event)).toEqual([
        ...["start", ...Array.from({ length: 8 }, () => "record"), "report", "done"],
      ]);
      const done = events.at(-1)!;
      expect(done).toMatchObject({
        task: "counting",
        epochs: null,
        metrics: { sum: 12, half: 4 / 3 },
        ended: "finished",
      });
      const run = String(done["run"]);
      expect(existsSync(join(run, "checkpoints"))).toBe(false);
      expect(events.at(-2)).toMatchObject({ tables: [{ title: "Numbers" }], plots: ["plots/numbers.svg"] });
      expect(readFileSync(join(run, "plots", "numbers.svg"), "utf8")).toBe("<svg/>");
      expect(readFileSync(join(run, "metrics.jsonl"), "utf8").split("\n")[6]).toBe(
        '{"event":"record","i":4,"word":"one"}',
      );
      expect(refusalOf(await ludus("eval", run, "--runs", runs), 2)).toMatch(
        /is a study, which keeps no weights/,
      );
      expect(refusalOf(await ludus("resume", run, "--stop-after=2", "--runs", runs), 2)).toMatch(
        /no updates/,
      );
      expect(refusalOf(await ludus("plot", run, "--runs", runs), 2)).toMatch(
        /is a study, which has no learning/,
      );
      expect((await ludus("runs", "--runs", runs)).stdout).toMatch(/counting +native +2 +- +sum 12\n$/);
    }));

  test("Ctrl+C ends it with 130, and it goes on with the parts that are left", () =>
    inFolder(async (runs) => {
      const count = ["fit", "counting", "--set=to=3000", "--json"];
      const whole = eventsOf(await ludus(...count, "--runs", join(runs, "whole")));
      const before = process.listeners("SIGINT");
      const ended = ludus("fit", "counting", "--set=to=3000", "--runs", runs);
      await vi.waitUntil(() => said.stderr.includes("i 3"), { timeout: 60_000 });
      const interrupt = process.listeners("SIGINT").find((listener) => !before.includes(listener))!;
      interrupt("SIGINT");
      const { code, stdout } = await ended;
      expect(code).toBe(130);
      const run = /^Interrupted; the parts that are done are kept, go on with: ludus resume (.+)\n$/.exec(
        stdout,
      )![1]!;
      const parts = () => readFileSync(join(run, "parts.jsonl"), "utf8").split("\n").slice(0, -1);
      const done = parts();
      expect(done.length).toBeGreaterThan(1);
      expect(done.length).toBeLessThan(3000);
      appendFileSync(join(run, "parts.jsonl"), '{"name":"number 4');
      const resumed = eventsOf(await ludus("resume", run, "--runs", runs, "--json"));
      expect(parts()).toHaveLength(3000);
      expect(parts().slice(0, done.length)).toEqual(done);
      const read = (name: string) =>
        [run, String(whole.at(-1)!["run"])].map((folder) => readFileSync(join(folder, name), "utf8"));
      for (const name of ["metrics.jsonl", "report.json", "parts.jsonl"]) {
        const [own, other] = read(name);
        expect(own === other, name).toBe(true);
      }
      expect(resumed.slice(1, -1)).toEqual(whole.slice(1, -1));
    }));

  test("whose parts are damaged says so", () =>
    inFolder(async (runs) => {
      const run = String(eventsOf(await ludus("fit", "counting", "--runs", runs, "--json")).at(-1)!["run"]);
      writeFileSync(join(run, "parts.jsonl"), "null\n");
      expect(refusalOf(await ludus("resume", run, "--runs", runs), 1)).toMatch(
        /parts.jsonl cannot be read .*; delete it, and the study begins anew\.$/,
      );
    }));
});

test("--keys lists what --set takes for a task, and starts nothing", () =>
  inFolder(async (runs) => {
    const keysOf = async (task: string) =>
      eventsOf(await ludus("fit", task, "--keys", "--json", "--runs", runs)).slice(0, -1);
    const keys = await keysOf("clouds");
    expect(keys).toEqual(
      expect.arrayContaining([
        { event: "key", key: "seed", default: 0, about: expect.stringContaining("seed of everything") },
        { event: "key", key: "units", default: 8, about: "of the hidden layer" },
        {
          ...{ event: "key", key: "fit.optimizer.learningRate", default: 0.01 },
          about: expect.stringContaining('name = "adam"'),
        },
      ]),
    );
    const names = keys.map(({ key }) => key);
    for (const key of configKeysOf(resolveTaskConfig(toyTasks.clouds))) expect(names).toContain(key);
    expect((await keysOf("counting")).map(({ key }) => key)).toEqual(["seed", "to"]);
    expect(readdirSync(runs)).toEqual([]);
    const { stdout } = await ludus("fit", "clouds", "--keys");
    expect(stdout).toMatch(/^units +8 +of the hidden layer$/m);
  }));

/** As `--set` takes them. */
function configKeysOf({ settings, task: _, ...config }: ReturnType<typeof resolveTaskConfig>): string[] {
  const { objective: _objective, ...fit } = (config as { fit: Record<string, unknown> }).fit;
  return [...dottedKeys(settings), ...dottedKeys({ ...config, fit })].filter((key) => !isOfNoPart(key));
}

/** Parts that are null have keys of their own. */
function isOfNoPart(key: string): boolean {
  return ["fit.plateau", "fit.penalty"].includes(key);
}

test.each([
  [["data", "get"], "missing required argument 'name'"],
  [["data", "get", "iris", "--dta", "x"], "unknown option '--dta' (Did you mean --data?)"],
  [["data", "list", "iris"], "too many arguments for 'list'. Expected 0 arguments but got 1."],
])("wrong use of %s is refused in a sentence, with exit code 2", async (args, sentence) => {
  expect(refusalOf(await ludus(...args), 2)).toBe(`ludus: ${sentence}`);
});

test("every command says how it is used, with an example", async () => {
  for (const command of ["fit", "resume", "eval", "plot", "runs"]) {
    const { code, stdout } = await ludus(command, "--help");
    expect(code).toBe(0);
    expect(stdout).toContain(`$ ludus ${command}`);
  }
});
