import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { endUnread, onInterrupt } from "../../src/cli/interrupts.js";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Those of the test runner. */
let before: Record<string, unknown[]>;
const exit = vi.fn<(code?: number | string | null) => never>();

beforeEach(() => {
  before = Object.fromEntries(signals.map((signal) => [signal, process.listeners(signal)]));
  exit.mockReset().mockImplementation(() => {
    throw new Error("exited");
  });
  vi.spyOn(process, "exit").mockImplementation(exit);
});

afterEach(() => {
  vi.restoreAllMocks();
  for (const signal of signals) expect(process.listeners(signal)).toEqual(before[signal]);
});

/** Tells our own listener: a signal would reach those of the test runner, too. */
function send(signal: (typeof signals)[number]): void {
  process.listeners(signal).find((listener) => !before[signal]!.includes(listener))!(signal);
}

describe("an interruption", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "the first %s asks, the second aborts, and afterwards all is as before",
    (name) => {
      const say = vi.fn();
      const { signal, exitCode, release } = onInterrupt(say);
      expect(signal.aborted).toBe(false);
      send(name);
      expect(signal.aborted).toBe(true);
      expect(say).toHaveBeenCalledTimes(1);
      expect(exit).not.toHaveBeenCalled();
      expect(exitCode()).toBe(130);
      expect(() => send(name)).toThrow("exited");
      expect(exit).toHaveBeenCalledWith(130);
      expect(say).toHaveBeenCalledTimes(1);
      release();
    },
  );

  test("a closed terminal asks, however often it is told, and ends with 129", () => {
    const say = vi.fn();
    const { signal, exitCode, release } = onInterrupt(say);
    send("SIGHUP");
    send("SIGHUP");
    expect(signal.aborted).toBe(true);
    expect(say).toHaveBeenCalledTimes(1);
    expect(exit).not.toHaveBeenCalled();
    expect(exitCode()).toBe(129);
    release();
  });

  test.each([
    ["closed", 130],
    ["hung-up", 129],
  ] as const)("by output that is %s asks, until the command has come to its end", (why, code) => {
    const { signal, exitCode, release } = onInterrupt(() => {});
    expect(endUnread(why)).toBe(true);
    expect(signal.aborted).toBe(true);
    expect(exitCode()).toBe(code);
    release();
    // What it says last is as unread.
    expect(endUnread(why)).toBe(true);
    onInterrupt(() => {}).release();
    expect(endUnread(why)).toBe(false);
  });
});
