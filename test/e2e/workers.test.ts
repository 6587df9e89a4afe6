import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsOf, ludus, tiny } from "./ludus.js";

/** A walk whose motor burns out after so many steps, counted over all its episodes. */
const motor = `
import { box, defineEnv, discrete, proceed, terminate } from "gymnasium-js";

interface State { place: number; steps: number }

export default defineEnv("Motor-v0", ({ lastsFor = Infinity }: { lastsFor?: number }) => ({
  id: "Motor-v0",
  observationSpace: box({ low: 0, high: 20, shape: [1], dtype: "float32" }),
  actionSpace: discrete(2),
  maxEpisodeSteps: 30,
  init: (rng, _options, previous: State | null): State => ({ place: rng.integers(0, 5), steps: previous?.steps ?? 0 }),
  step(state: State, action: number) {
    if (++state.steps > lastsFor) throw new Error("the motor burnt out");
    state.place += action;
    return state.place >= 15 ? terminate(1) : proceed(-0.1);
  },
  observe(state, out, offset) {
    out[offset] = state.place;
  },
}));
`;

let folder = "";
// Each evaluation starts threads of its own.
const flags = ["--json", ...tiny, "--eval-every=300"];
const train = (...args: string[]) => ludus(folder, "train", "./motor.ts", ...flags, ...args);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ludus-workers-"));
  writeFileSync(join(folder, "motor.ts"), motor);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("threads change no number of a run, and a run in threads is resumed bit for bit", async () => {
  const run = async (...args: string[]) => String(eventsOf(await train("--seed=4", ...args)).at(-1)!["run"]);
  const metrics = (path: string) => readFileSync(join(path, "metrics.jsonl"), "utf8");
  const alone = await run();
  const shared = await run("--set=workers.count=2");
  expect(metrics(shared)).toBe(metrics(alone));
  const stopped = await train("--seed=4", "--set=workers.count=2", "--stop-after=160");
  const path = String(eventsOf(stopped, 130).at(-1)!["run"]);
  eventsOf(await ludus(folder, "resume", path, "--json"));
  expect(metrics(path)).toBe(metrics(alone));
});

test("a failing environment ends the run with one sentence, which says what is kept", async () => {
  const result = await train("--set=workers.count=2", "--set=envOptions.lastsFor=30");
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(
    /ludus: Motor-v0: worker \d, with sub-environments .*, failed: the motor burnt out. Of the run, the checkpoint of step \d+ is whole: `ludus resume .*`\.\n$/,
  );
});

test("or is started anew, with a warning", async () => {
  // Each motor makes 75 steps: starting a thread anew takes long, so once for each is enough.
  const set = ["--set=workers.count=2", "--set=workers.onCrash=restart", "--set=envOptions.lastsFor=60"];
  const result = await train(...set);
  expect(eventsOf(result).at(-1)!["event"]).toBe("done");
  expect(result.stderr).toMatch(
    /Warning: Motor-v0: worker 0, .* failed: the motor burnt out. It is started anew; the episodes it played count as truncated./,
  );
});
