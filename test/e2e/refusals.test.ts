import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { asked } from "./asked.js";
import { eventsOf, inFolder, ludus, refusalOf, start, tiny } from "./ludus.js";

/** What is asked, the exit code, and the sentence. */
const wrong: [args: string[], code: number, sentence: RegExp][] = [
  [["train", "CartPoll-v1"], 2, /CartPoll.*CartPole-v1/],
  [["train", "MinAtar/Breakot-v1"], 2, /MinAtar\/Breakout-v1/],
  [["train", "CartPole-v9"], 2, /CartPole/],
  [
    ["train", "CartPole-v1", "--set", "dqn.gama=0.9"],
    2,
    /no config key 'dqn\.gama'; did you mean 'dqn\.gamma'\?/,
  ],
  [["train", "CartPole-v1", "--set", "dqn.gamma=1.5"], 2, /'dqn\.gamma' cannot be 1\.5/],
  [["train", "CartPole-v1", "--set", "dqn.gamma"], 2, /--set wants key=value/],
  [["train", "CartPole-v1", "--set", "dqn.loss=hubr"], 2, /'dqn\.loss' cannot be "hubr"/],
  [["train", "CartPole-v1", "--set", "dqn.net.type=minatar"], 2, /not shape \[4\]; use a net of type mlp/],
  [["train", "CartPole-v1", "--set", "replay.capacity=4"], 2, /capacity is 4/],
  [["train", "CartPole-v1", "--set", "replay.capacity=1e14"], 2, /1e14|100000000000000/],
  [["train", "CartPole-v1", "--set", "envOptions.suttonBarto=true"], 2, /suttonBarto/],
  [["train", "FrozenLake-v1", "--set", "envOptions.mapName=9x9"], 2, /9x9/],
  [["train", "CartPole-v1", "--preset", "quik"], 2, /no preset 'quik' for CartPole-v1.*did you mean 'fast'/],
  [["train", "CartPole-v1", "--steps", "0"], 2, /whole number of at least 1/],
  [["train", "CartPole-v1", "--steps", "many"], 2, /whole number of at least 1/],
  [["train", "CartPole-v1", "--seed", "-1"], 2, /whole number of at least 0/],
  [["train", "CartPole-v1", "--seed", "99999999999"], 2, /'seed' cannot be 99999999999/],
  [["train", "CartPole-v1", "--num-envs", "5000"], 2, /'numEnvs' cannot be 5000/],
  [["train", "CartPole-v1", "--agent", "sac"], 2, /sac.*dqn/],
  [["train", "CartPole-v1", "--sead", "1"], 2, /unknown option '--sead'.*--seed/],
  [["train"], 2, /missing required argument 'env'/],
  [["trian", "CartPole-v1"], 2, /unknown command 'trian'.*train/],
  [["train", "CartPole-v1", "--engine", "node-gpu"], 3, /tfjs-node-gpu is not installed; get it with/],
  [["train", "CartPole-v1", "--engine", "abacus"], 2, /abacus.*wasm/],
  [["train", "CartPole-v1", "--runs", "/dev/null/runs"], 1, /could not be written/],
  [["eval", "last"], 2, /There is no run in .*start one with/],
  [["eval", "nonsense"], 2, /There is no run 'nonsense'/],
  [["eval", "last", "--checkpoint", "newest"], 2, /expected best, last, or the step/],
  [["resume", "nonsense"], 2, /There is no run 'nonsense'/],
  [["plot", "nonsense"], 2, /There is no run 'nonsense'/],
  [["nets", "nonsense"], 2, /nonsense/],
  [["watch", "nonsense", "--terminal"], 2, /nonsense/],
  [["watch", "nonsense", "--terminal", "--agent", "random"], 2, /nonsense/],
  [["watch", "breakout", "--port", "99999"], 2, /expected a port from 0 to 65535/],
  [["watch", "breakout", "--host", "203.0.113.7"], 2, /no address 203\.0\.113\.7/],
];

describe("wrong use is refused in one sentence", () => {
  test.each(wrong)("ludus %j", (args, code, sentence) =>
    inFolder(async (folder) => {
      const outcome = await asked(folder, ...args);
      expect(refusalOf(outcome, code)).toMatch(sentence);
    }),
  );
});

/** A short run, interrupted half way, that each test may damage. */
const stopped = inFolder(async (folder) => {
  const events = eventsOf(
    await ludus(folder, "train", "CartPole-v1", ...tiny, "--stop-after=300", "--json"),
    130,
  );
  const copy = `${folder}-run`;
  cpSync(String(events.at(-1)!["run"]), copy, { recursive: true });
  return copy;
});

function withRun(work: (run: string, folder: string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const run = join(folder, "the-run");
    cpSync(await stopped, run, { recursive: true });
    await work(run, folder);
  });
}

function checkpointFile(run: string, name: string): string {
  return join(run, "checkpoints", "step-304", name);
}

/** What is damaged, what is asked then, and the sentence. */
const damages: Record<string, [damage: (run: string) => void, command: string, sentence: RegExp]> = {
  "truncated weights": [
    (run) => truncateSync(checkpointFile(run, "weights.safetensors"), 100),
    "eval",
    /step-304 is damaged: weights\.safetensors has 100 bytes instead of \d+; .*can judge the others, of step 0/,
  ],
  "altered weights": [
    (run) => {
      const bytes = readFileSync(checkpointFile(run, "weights.safetensors"));
      bytes[bytes.length - 3]! ^= 4;
      writeFileSync(checkpointFile(run, "weights.safetensors"), bytes);
    },
    "eval",
    /weights\.safetensors does not have the checksum/,
  ],
  "altered replay": [
    (run) => {
      const bytes = readFileSync(checkpointFile(run, "replay.bin"));
      bytes[bytes.length >> 1]! ^= 4;
      writeFileSync(checkpointFile(run, "replay.bin"), bytes);
    },
    "resume",
    /replay\.bin does not have the checksum/,
  ],
  "a missing optimizer": [
    (run) => rmSync(checkpointFile(run, "optimizer.safetensors")),
    "resume",
    /optimizer\.safetensors is missing/,
  ],
  "metrics cut short": [
    (run) => truncateSync(join(run, "metrics.jsonl"), 10),
    "resume",
    /metrics\.jsonl has 10 bytes, and had \d+ when the checkpoint was made/,
  ],
  "a garbled config": [
    (run) => appendFileSync(join(run, "config.json"), "}"),
    "resume",
    /config\.json cannot be read/,
  ],
  "a garbled manifest": [
    (run) => truncateSync(join(run, "manifest.json"), 30),
    "eval",
    /manifest\.json cannot be read/,
  ],
  "a newer format": [
    (run) => {
      const file = join(run, "manifest.json");
      writeFileSync(file, readFileSync(file, "utf8").replace('"format": 1', '"format": 2'));
    },
    "resume",
    /run format 2.*update Ludus/,
  ],
  "a lock of a living process": [
    (run) => writeFileSync(join(run, "lock"), JSON.stringify({ pid: process.pid, host: hostname() })),
    "resume",
    new RegExp(`in use by process ${process.pid}`),
  ],
};

describe("a damaged run is refused in one sentence, with exit code 1", () => {
  test.each(Object.entries(damages))("%s", (_, [damage, command, sentence]) =>
    withRun(async (run, folder) => {
      damage(run);
      expect(refusalOf(await asked(folder, command, run), 1)).toMatch(sentence);
    }),
  );

  test("and resumes once it is whole again", () =>
    withRun(async (run, folder) => {
      expect(eventsOf(await ludus(folder, "resume", run, "--json")).at(-1)).toMatchObject({
        interrupted: false,
      });
    }));
});

test("a step that has no checkpoint, and fewer steps than were made", () =>
  withRun(async (run, folder) => {
    const [evaluated, resumed] = await Promise.all([
      asked(folder, "eval", run, "--checkpoint", "7"),
      asked(folder, "resume", run, "--steps", "100"),
    ]);
    expect(refusalOf(evaluated, 2)).toMatch(/no checkpoint of step 7; it has those of 0, .*304\./);
    expect(refusalOf(resumed, 2)).toMatch(/made 304 steps cannot be resumed to 100/);
  }));

test("two processes do not train one run", () =>
  withRun(async (run, folder) => {
    const first = start(folder, ["resume", run, "--steps=1000000", "--json"]);
    await first.first("start");
    expect(refusalOf(await ludus(folder, "resume", run), 1)).toMatch(
      new RegExp(`in use by process ${first.child.pid}`),
    );
    first.child.kill("SIGINT");
    expect((await first.ended).code).toBe(130);
  }));

/** @throws if the command fails; `"$0"` in it is the path */
function shell(command: string, path: string): void {
  execFileSync("sh", ["-c", command, path], { stdio: "pipe" });
}

test("a full disk ends a run with one sentence, and loses nothing that was saved", (context) =>
  inFolder(async (folder) => {
    const disk = join(folder, "disk");
    mkdirSync(disk);
    try {
      shell('mount -t tmpfs -o size=200k tmpfs "$0"', disk);
    } catch {
      context.skip("mounting a small tmpfs needs to be root with CAP_SYS_ADMIN");
    }
    try {
      const flags = ["--steps=20000", "--set=replay.capacity=20000", "--set=checkpoint.every=500"];
      const full = await ludus(folder, "train", "CartPole-v1", ...tiny, ...flags, "--runs=disk");
      expect(refusalOf(full, 1)).toMatch(
        /The disk is full: .* could not be written; the checkpoint of step \d+ is whole/,
      );
      const [evaluated] = eventsOf(
        await ludus(folder, "eval", "last", "--runs=disk", "--episodes=2", "--json"),
      );
      expect(evaluated!["checkpoint"]).toBeGreaterThan(0);
      const again = await ludus(folder, "resume", "last", "--runs=disk");
      expect(refusalOf(again, 1)).toMatch(/The disk is full/);
      const none = await ludus(
        folder,
        "train",
        "CartPole-v1",
        "--set=dqn.net.hidden=[256,256]",
        "--runs=disk",
      );
      expect(refusalOf(none, 1)).toMatch(/The disk is full: .*no run was started/);
      shell('mount -o remount,size=20m "$0"', disk);
      const resumed = eventsOf(await ludus(folder, "resume", "last", "--runs=disk", "--json"));
      expect(resumed.at(-1)).toMatchObject({ steps: 20_000, interrupted: false });
    } finally {
      shell('umount "$0"', disk);
    }
  }));
