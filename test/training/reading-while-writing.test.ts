import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import {
  checkpointSteps,
  findCheckpoint,
  readCheckpoint,
  readNewest,
  sweepCheckpoints,
  writeCheckpoint,
} from "../../src/training/checkpoint.js";
import { lockRun } from "../../src/training/lock.js";
import { inFolder } from "./tiny-runs.js";

/** What another process does right after a folder has been listed. */
const { meanwhile } = vi.hoisted(() => ({ meanwhile: [] as (() => void)[] }));

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const readdirSync = (...args: Parameters<typeof fs.readdirSync>) => {
    const names = fs.readdirSync(...args);
    meanwhile.shift()?.();
    return names;
  };
  return { ...fs, readdirSync };
});

beforeEach(() => {
  meanwhile.length = 0;
});

function write(run: string, step: number): void {
  const bytes = Uint8Array.of(step);
  const files = { "weights.safetensors": bytes, "optimizer.safetensors": bytes, "state.json": "{}" };
  writeCheckpoint(run, step, files, true);
}

test.each(["last", "best"] as const)("%s is found while a newer checkpoint is being written", (pointer) =>
  inFolder((run) => {
    write(run, 1);
    // It is listed twice: for leftovers first.
    meanwhile.push(
      () => {},
      () => write(run, 2),
    );
    expect([1, 2]).toContain(findCheckpoint(run, pointer));
    expect(findCheckpoint(run, pointer)).toBe(2);
  }),
);

test("what only the newest checkpoint has is read of the newest", () =>
  inFolder((run) => {
    write(run, 1);
    const asked: number[] = [];
    const read = (step: number): number | undefined => {
      asked.push(step);
      if (asked.length === 1) write(run, 2);
      return readCheckpoint(run, step, ["optimizer.safetensors"])["optimizer.safetensors"][0];
    };
    expect(readNewest(run, read)).toBe(2);
    expect(asked).toEqual([1, 2]);
    expect(() => readNewest(run, () => readCheckpoint(run, 1, ["optimizer.safetensors"]))).toThrow(
      /kept for evaluation only/,
    );
  }));

test("a checkpoint that steps aside for a new one is left alone while its run is written", () =>
  inFolder((run) => {
    write(run, 1);
    const folder = join(run, "checkpoints", "step-2");
    mkdirSync(folder);
    const unlock = lockRun(join(run, "lock"));
    renameSync(folder, `${folder}.old`);
    expect(checkpointSteps(run)).toEqual([1]);
    expect(existsSync(folder)).toBe(false);
    sweepCheckpoints(run);
    expect(existsSync(folder)).toBe(true);
    renameSync(folder, `${folder}.old`);
    unlock();
    expect(checkpointSteps(run)).toEqual([1, 2]);
  }));
