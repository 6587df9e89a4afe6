import { registry } from "gymnasium-js";
import { test } from "vitest";
import "../../src/envs/index.js";
import { GoldenTally, goldenFile } from "./golden.js";
import { goldenOrStandingCopy } from "./standing-copy.js";
import { checkMade, checkResetOptions, checkRun, type TrajectoryFile } from "./trajectory-case.js";

test("trajectories.json: every observation, reward, flag, info and draw of Gymnasium's runs", () => {
  const { file, label } = goldenOrStandingCopy<TrajectoryFile>("trajectories.json");
  checkFile(file, label);
});

test("trajectories-numpy2.json: the same for the environments that differ under NumPy 2", (context) => {
  const file = goldenFile<TrajectoryFile>("trajectories-numpy2.json");
  if (file === null)
    context.skip("trajectories-numpy2.json is not there, and it holds no environment that Ludus has yet");
  else checkFile(file, "trajectories-numpy2.json");
});

function checkFile(file: TrajectoryFile, label: string): void {
  const tally = new GoldenTally(label);
  for (const golden of file.cases) {
    if (!registry.has(golden.env_id)) {
      for (const _ of [golden, ...golden.runs]) tally.unsupported(golden.env_id);
      continue;
    }
    tally.record(`${golden.id}: what make gives`, () => checkMade(golden));
    for (const run of golden.runs) {
      tally.record(`${golden.id}, seed ${run.seed}, ${run.policy}`, () => checkRun(golden, run));
    }
  }
  for (const golden of file.reset_options ?? []) {
    if (registry.has(golden.env_id)) {
      tally.record(`${golden.env_id}: reset options`, () => checkResetOptions(golden));
    } else tally.unsupported(golden.env_id);
  }
  tally.report();
}
