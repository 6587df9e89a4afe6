import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { pointedStep } from "../../src/training/checkpoint.js";
import { listAnyRuns } from "../../src/training/index.js";
import { type Event, eventsOf, inFolder, ludus, main, start, tiny } from "./ludus.js";

/** So long that none ever comes to its end by itself. */
const train = ["train", "CartPole-v1", ...tiny, "--steps=100000000", "--set=metrics.every=100", "--json"];
const fit = ["fit", "spiral-mlp", "--seed=1", "--epochs=1000000", "--json"];

function runOf(event: Event | undefined | null): string {
  return String(event!["run"]);
}

/** What was saved last, and all that was recorded until then. */
function savedIn(run: string, weights: string): Buffer[] {
  const checkpoint = join(run, "checkpoints", `step-${pointedStep(run, "last")}`);
  return [join(run, "metrics.jsonl"), join(checkpoint, weights)].map((path) => readFileSync(path));
}

/** A run that was hung up saved, and goes on as one that was not. */
async function requireSaved(
  folder: string,
  { run, asked, weights }: { run: string; asked: readonly string[]; weights: string },
): Promise<void> {
  expect(existsSync(join(run, "lock"))).toBe(false);
  const saved = pointedStep(run, "last") ?? 0;
  expect(saved).toBeGreaterThan(0);
  const until = `--stop-after=${saved + 100}`;
  const [resumed, whole] = await Promise.all([
    ludus(folder, "resume", run, until, "--json"),
    ludus(folder, ...asked, until, "--runs=other"),
  ]);
  const [own, other] = [resumed, whole].map((outcome) => runOf(eventsOf(outcome, 130).at(-1)));
  expect(pointedStep(own!, "last")).toBeGreaterThanOrEqual(saved + 100);
  expect(savedIn(own!, weights)).toEqual(savedIn(other!, weights));
}

test("a training whose terminal is closed saves, ends with 129, and goes on to the same bytes", () =>
  inFolder(async (folder) => {
    const training = start(folder, train);
    await training.first("metrics");
    // As the system tells it, and the shell once more.
    training.child.kill("SIGHUP");
    training.child.kill("SIGHUP");
    const done = eventsOf(await training.ended, 129).at(-1);
    expect(done).toMatchObject({ interrupted: true });
    await requireSaved(folder, { run: runOf(done), asked: train, weights: "weights.safetensors" });
  }));

test("a fit loses nothing where its terminal is closed and nobody reads what it writes", () =>
  inFolder(async (folder) => {
    const fitting = start(folder, fit);
    const run = runOf(await fitting.first("start"));
    await fitting.first("epoch");
    fitting.child.kill("SIGHUP");
    fitting.child.stdout!.destroy();
    fitting.child.stderr!.destroy();
    // By the signal, or by the first line that cannot be written.
    expect([129, 130]).toContain((await fitting.ended).code);
    await requireSaved(folder, { run, asked: fit, weights: "model.safetensors" });
  }));

test("a fit in a terminal that is gone saves", (context) =>
  inFolder(async (folder) => {
    const isThere =
      process.platform === "linux" && spawnSync("bash", ["-c", "script --version"]).status === 0;
    if (!isThere) context.skip("needs script of util-linux, to have a terminal");
    const command = [process.execPath, main, ...fit.filter((word) => word !== "--json")].join(" ");
    const terminal = spawn("bash", ["-c", 'exec script -qefc "$0" /dev/null', command], {
      cwd: folder,
      stdio: ["pipe", "pipe", "ignore"],
    });
    let shown = "";
    for await (const text of terminal.stdout) {
      shown += String(text);
      if (shown.includes("epoch 3: ")) break;
    }
    const [run] = listAnyRuns(join(folder, "runs"));
    terminal.kill("SIGKILL");
    await vi.waitUntil(() => !existsSync(join(run!.path, "lock")), { timeout: 60_000 });
    expect(pointedStep(run!.path, "last")).toBeGreaterThan(0);
    expect(existsSync(join(run!.path, "report.json"))).toBe(false);
  }));

test("a fit saves when the reader of its lines has gone", () =>
  inFolder((folder) => {
    const { stdout, stderr } = spawnSync(
      "bash",
      ["-c", 'set -o pipefail; "$0" "$@" | head -1; echo "$?"', process.execPath, main, ...fit],
      { cwd: folder, encoding: "utf8", timeout: 100_000 },
    );
    const [first, code] = stdout.split("\n");
    expect(code).toBe("130");
    expect(stderr).toContain("Saving a checkpoint ...");
    const run = runOf(JSON.parse(first!) as Event);
    expect(existsSync(join(run, "lock"))).toBe(false);
    expect(pointedStep(run, "last")).toBeGreaterThan(0);
  }));
