import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { fromBytes } from "../../src/viewer/codec.js";
import type { Metrics, Wall } from "../../src/viewer/protocol.js";
import { type Boards, TrainingShow } from "../../src/viewer/training-show.js";

const stage = {
  ...{ env: "MinAtar/Breakout-v1", envOptions: {}, actionNames: [], actionStart: 0, human: null },
  ...{ hasState: true, hasSnapshots: false, maxEpisodeSteps: null, arena: null },
};

function boardsAt(step: number): Boards {
  return { step, states: [step], pictures: [], returns: Float32Array.of(1), thought: null, finished: null };
}

const wallOf = (message: unknown): Wall => fromBytes(message as Uint8Array) as Wall;

test("tells every record once and in order, in pieces, then what is played now", () => {
  const show = new TrainingShow({ stage, player: "dqn" });
  show.open("runs/1", () => boardsAt(7));
  for (let i = 0; i < 1200; i++) show.tell({ event: "metrics", i });
  const told = {};
  const records = [0, 1, 2].flatMap(() => (show.next(told) as Metrics).records);
  expect(records.map(({ i }) => i)).toEqual(Array.from({ length: 1200 }, (_, i) => i));
  expect(wallOf(show.next(told))).toMatchObject({ type: "wall", step: 7 });
  expect(show.next(told)).toBeNull();
  show.tell({ event: "done" });
  expect(show.next(told)).toMatchObject({ type: "metrics", from: 1200, records: [{ event: "done" }] });
  // A page that comes later is told all of it.
  expect(show.next({})).toMatchObject({ from: 0 });
});

test("looks once for all pages, and spends at most a fiftieth of the time on it", async () => {
  const show = new TrainingShow({ stage, player: "dqn" });
  const looks: { start: number; end: number }[] = [];
  show.open("runs/1", () => {
    const start = performance.now();
    while (performance.now() - start < 4);
    looks.push({ start, end: performance.now() });
    return boardsAt(looks.length);
  });
  const pages = [{}, {}, {}];
  const seen = new Set<number>();
  show.onChange(() => {
    for (const page of pages) {
      const message = show.next(page);
      if (message !== null) seen.add(wallOf(message).step);
    }
  });
  show.watched(pages.length);
  await expect.poll(() => looks.length, { timeout: 60_000 }).toBeGreaterThan(2);
  show.watched(0);
  expect(seen.size).toBe(looks.length);
  for (const [i, { start }] of looks.entries()) {
    const before = looks[i - 1];
    // Timers count whole milliseconds, and begin with a whole one.
    if (before !== undefined)
      expect(start - before.end).toBeGreaterThan((before.end - before.start) * 50 - 2);
  }
  const after = looks.length;
  await setTimeout(300);
  expect(looks.length).toBe(after);
});

test("a picture that cannot be drawn ends no training", () => {
  const show = new TrainingShow({ stage, player: "dqn" });
  show.open("runs/1", () => {
    throw new Error("no picture");
  });
  expect(show.next({})).toBeNull();
});
