import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const folder = join(root, "examples");
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const examples = readdirSync(folder).filter((name) => name.endsWith(".ts"));

test("there is an example for each way of use", () => {
  expect(examples).toEqual([
    "callbacks.ts",
    "custom-env-class.ts",
    "custom-env-rules.ts",
    "fit-digits.ts",
    "many-agents.ts",
    "readme.ts",
    "subscribe.ts",
    "train-from-library.ts",
  ]);
});

test("the README shows the example as it is", () => {
  expect(readFileSync(join(root, "README.md"), "utf8")).toContain(
    readFileSync(join(folder, "readme.ts"), "utf8"),
  );
});

// As a user runs it: another process, the built package, a fresh runs folder.
test.each(examples)("%s runs and says what it did", (example) => {
  const runs = mkdtempSync(join(tmpdir(), "ludus-example-"));
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", tsx, join(folder, example)], {
      cwd: runs,
      env: { ...process.env, LUDUS_RUNS: runs },
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    console.log(stdout.trim());
    expect(stdout).toMatch(/\d/);
  } finally {
    rmSync(runs, { recursive: true, force: true });
  }
});
