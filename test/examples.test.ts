import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const folder = join(root, "examples");
const examples = readdirSync(folder).filter((name) => name.endsWith(".ts"));

test("there is an example for each way of use", () => {
  expect(examples).toEqual([
    "custom-env-class.ts",
    "custom-env-rules.ts",
    "subscribe.ts",
    "train-from-library.ts",
  ]);
});

// As a user runs it: another process, the built package, a fresh runs folder.
test.each(examples)("%s runs and says what it did", (example) => {
  const runs = mkdtempSync(join(tmpdir(), "ludus-example-"));
  try {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", join(folder, example)],
      {
        cwd: root,
        env: { ...process.env, LUDUS_RUNS: runs },
        encoding: "utf8",
      },
    );
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(/\d/);
  } finally {
    rmSync(runs, { recursive: true, force: true });
  }
});
