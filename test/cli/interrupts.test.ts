import { afterEach, expect, test, vi } from "vitest";
import { onInterrupt } from "../../src/cli/interrupts.js";

afterEach(() => {
  vi.restoreAllMocks();
});

test("the first Ctrl+C asks, the second aborts, and afterwards all is as before", () => {
  const before = process.listeners("SIGINT");
  const exit = vi.spyOn(process, "exit").mockImplementation(() => {
    throw new Error("exited");
  });
  const say = vi.fn();
  const { signal, release } = onInterrupt(say);
  // Only our own listener: the test runner has one, too.
  const interrupt = process.listeners("SIGINT").find((listener) => !before.includes(listener))!;
  expect(signal.aborted).toBe(false);
  interrupt("SIGINT");
  expect(signal.aborted).toBe(true);
  expect(say).toHaveBeenCalledTimes(1);
  expect(exit).not.toHaveBeenCalled();
  expect(() => interrupt("SIGINT")).toThrow("exited");
  expect(exit).toHaveBeenCalledWith(130);
  expect(say).toHaveBeenCalledTimes(1);
  release();
  expect(process.listeners("SIGINT")).toEqual(before);
});
