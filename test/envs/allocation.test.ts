import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { registry } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import "../../src/envs/index.js";
import { mostBytesPerStep, mostCollections } from "./allocation-bounds.js";
import type { AllocationRecord } from "./allocation-meter.js";

const root = resolve(import.meta.dirname, "../..");

const records: AllocationRecord[] = [];

function recordOf(id: string, mode: AllocationRecord["mode"]): AllocationRecord {
  const record = records.find((candidate) => candidate.id === id && candidate.mode === mode);
  if (record === undefined) throw new Error(`The meter did not measure ${id} (${mode}).`);
  return record;
}

beforeAll(() => {
  const youngGeneration = ["--max-semi-space-size=1", "--min-semi-space-size=1"];
  const inlining = "--max-inlined-bytecode-size-cumulative=0";
  const flags = ["--expose-gc", ...youngGeneration, inlining, "--import", "tsx"];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, "test/envs/allocation-meter.ts"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`The meter ended with status ${status}: ${stderr}`);
  for (const line of stdout.trim().split("\n")) records.push(JSON.parse(line) as AllocationRecord);
  const slow = records.filter(({ steps }) => steps < 1_000_000);
  if (slow.length === 0) return;
  const counts = slow.map(({ id, mode, steps }) => `${id} ${mode} ${steps}`).join(", ");
  console.log(`allocation: fewer than a million steps, because these take too long here: ${counts}`);
  // The better part of a minute by itself, and several times as long on a busy machine.
}, 600_000);

test("an environment that makes the smallest object in each step is noticed", () => {
  for (const mode of ["vector", "single"] as const) {
    const record = recordOf("Leaky-v0", mode);
    expect(record.steps).toBe(1_000_000);
    expect(record.bytesPerStep).toBeGreaterThan(mostBytesPerStep);
    expect(record.collections).toBeGreaterThan(mostCollections(record.steps));
  }
});

describe.each([...registry.keys()])("%s", (id) => {
  test.each([
    ["a million steps in a vector leave next to nothing for the garbage collector", "vector"],
    ["a million single steps do the same", "single"],
  ] as const)("%s", (_, mode) => {
    const record = recordOf(id, mode);
    expect(record.bytesPerStep).toBeLessThan(mostBytesPerStep);
    expect(record.collections).toBeLessThanOrEqual(mostCollections(record.steps));
  });
});
