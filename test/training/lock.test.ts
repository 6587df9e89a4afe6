import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { lockRun } from "../../src/training/lock.js";
import { inFolder } from "./tiny-runs.js";

function held(path: string, holder: unknown): void {
  writeFileSync(path, typeof holder === "string" ? holder : JSON.stringify(holder));
}

test("one holder at a time, and free again afterwards", () =>
  inFolder((folder) => {
    const path = join(folder, "lock");
    const unlock = lockRun(path);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ pid: process.pid, host: hostname() });
    expect(() => lockRun(path)).toThrow(new RegExp(`in use by process ${process.pid} on`));
    unlock();
    expect(readdirSync(folder)).toEqual([]);
    lockRun(path)();
  }));

test("the lock of a living process holds", () =>
  inFolder((folder) => {
    const path = join(folder, "lock");
    held(path, { pid: process.ppid, host: hostname() });
    expect(() => lockRun(path)).toThrow(/run-in-use|in use by process/);
    expect(readdirSync(folder)).toEqual(["lock"]);
  }));

const gone: Record<string, () => unknown> = {
  "a process that is gone": () => ({ pid: spawnSync(process.execPath, ["-e", ""]).pid, host: hostname() }),
  "an earlier process of our own number": () => ({ pid: process.pid, host: hostname() }),
  "a power cut, half written": () => '{"pid":12',
  "a power cut, empty": () => "",
  "something else": () => "[]",
};

test.each(Object.entries(gone))("the lock of %s is taken over", (_, holder) =>
  inFolder((folder) => {
    const path = join(folder, "lock");
    held(path, holder());
    const unlock = lockRun(path);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
    unlock();
    expect(existsSync(path)).toBe(false);
  }),
);

test("of two that find the lock of a process that is gone, one takes it over", () =>
  inFolder((folder) => {
    const path = join(folder, "lock");
    held(path, { pid: spawnSync(process.execPath, ["-e", ""]).pid, host: hostname() });
    const other = { pid: process.ppid, host: hostname() };
    // The other one is a moment faster: it has the lock when this one has learnt that its process is gone.
    const kill = vi.spyOn(process, "kill").mockImplementationOnce(() => {
      rmSync(path);
      held(path, other);
      throw Object.assign(new Error("kill ESRCH"), { code: "ESRCH" });
    });
    try {
      expect(() => lockRun(path)).toThrow(`in use by process ${process.ppid} on`);
      expect(readdirSync(folder)).toEqual(["lock"]);
      expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(other);
    } finally {
      kill.mockRestore();
    }
  }));

test("a lock from another machine is not ours to judge", () =>
  inFolder((folder) => {
    const path = join(folder, "lock");
    held(path, { pid: 1, host: "elsewhere.invalid" });
    expect(() => lockRun(path)).toThrow(/process 1 on elsewhere.invalid; wait for it, stop it, or .* delete/);
  }));

test("a lock that cannot be written is told as that", () =>
  inFolder((folder) => {
    expect(() => lockRun(join(folder, "missing", "lock"))).toThrow(/lock could not be written \(ENOENT/);
    mkdirSync(join(folder, "missing"));
    lockRun(join(folder, "missing", "lock"))();
  }));
