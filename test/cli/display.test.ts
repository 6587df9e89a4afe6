import { stripVTControlCharacters } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { clip, columnsOf, styled, visibleLength } from "../../src/cli/ansi.js";
import { configText, wrapped } from "../../src/cli/config-text.js";
import { StatusLine } from "../../src/cli/fit-status-line.js";
import { drawPlay, type PlayFrame } from "../../src/cli/play-frame.js";
import { ProgressLine, progressText } from "../../src/cli/progress-line.js";
import { Screen } from "../../src/cli/screen.js";
import { duration, sparkline } from "../../src/cli/sparkline.js";
import { table } from "../../src/cli/table.js";
import type { Progress } from "../../src/training/index.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A terminal that remembers what was written. */
function terminal(columns: number, rows = 24): { out: NodeJS.WriteStream; written: string[] } {
  const written: string[] = [];
  const out = { isTTY: true, columns, rows, write: (text: string) => written.push(text) > 0 };
  return { out: out as unknown as NodeJS.WriteStream, written };
}

const plain = stripVTControlCharacters;

const progress: Progress = {
  step: 5000,
  steps: 20_000,
  episodes: 40,
  updates: 900,
  returnMean: 1.234,
  epsilon: 0.5,
  doing: "training",
};

describe("ansi", () => {
  test("a line is cut by what is seen, and its colours end", () => {
    const line = `${styled("abc", "bold", "green")}def${styled("ghi", "dim")}`;
    expect(visibleLength(line)).toBe(9);
    for (const width of [0, 2, 4, 7, 9, 20]) {
      const cut = clip(line, width);
      expect(plain(cut)).toBe("abcdefghi".slice(0, width));
      expect(cut.lastIndexOf("\x1b[0m")).toBeGreaterThanOrEqual(cut.lastIndexOf("\x1b[1;32m"));
    }
    expect(clip("▁▂▃", 2)).toBe("▁▂");
  });

  test("a terminal that does not know its columns has as many as most", () => {
    for (const columns of [0, undefined]) {
      const { out, written } = terminal(columns as number);
      const line = new StatusLine(out);
      line.show(() => "a".repeat(100));
      expect(plain(written.join(""))).toBe(`\r${"a".repeat(79)}`);
      expect(columnsOf(out, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    }
  });

  test("NO_COLOR is respected", () => {
    vi.stubEnv("NO_COLOR", "1");
    expect(styled("abc", "bold")).toBe("abc");
  });
});

test("sparklines go from the lowest to the highest, and of many values show means", () => {
  expect(sparkline([0, 1, 2, 7], 10)).toBe("▁▂▃█");
  expect(sparkline([3, 3], 10)).toBe("▁▁");
  expect(sparkline([0, 0, 4, 4, 8, 8], 3)).toBe("▁▅█");
  expect(
    sparkline(
      Array.from({ length: 1000 }, (_, i) => i),
      30,
    ),
  ).toHaveLength(30);
  expect(sparkline([], 5)).toBe("");
});

test.each([
  [0, "0s"],
  [59.4, "59s"],
  [59.6, "1m00s"],
  [187, "3m07s"],
  [3900, "1h05m"],
  [Infinity, "?"],
])("%d seconds are %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test("tables put numbers to the right and words to the left", () => {
  expect(
    table(
      ["a", "long"],
      [
        ["x", 1],
        ["yyy", 1000],
      ],
    ),
  ).toBe("a    long\nx       1\nyyy  1000");
  expect(table(["a"], [])).toBe("a");
});

test("a config reads as --set would say it", () => {
  expect(configText({ env: "E", seed: 1, dqn: { gamma: 0.9, net: { hidden: [8] } }, envOptions: {} })).toBe(
    "env=E seed=1\ndqn.gamma=0.9\ndqn.net.hidden=[8]",
  );
});

test("lines break between words", () => {
  expect(wrapped("a=1 bb=2 c=3 long-word d=4", 8)).toBe("a=1 bb=2\n  c=3\n  long-word\n  d=4");
  expect(wrapped("a b", Infinity)).toBe("a b");
});

describe("progress", () => {
  const shown = { progress, stepsPerSecond: 1000, returns: [0, 1, 2], width: 100 };

  test("says what matters", () => {
    expect(plain(progressText(shown))).toBe(
      " 25%  return   1.23  ETA 15s      1,000 steps/s  step  5,000/20,000  ▁▅█",
    );
  });

  test("fits any width, most wanted first", () => {
    for (let width = 1; width < 120; width++) {
      expect(visibleLength(progressText({ ...shown, width }))).toBeLessThanOrEqual(width);
    }
    expect(plain(progressText({ ...shown, width: 30 }))).toBe(" 25%  return   1.23  ETA 15s  ");
  });

  test("keeps its columns as numbers grow", () => {
    const lengths = [1, 10, 1234, 20_000].map(
      (step) => plain(progressText({ ...shown, progress: { ...progress, step }, returns: [] })).length,
    );
    expect(new Set(lengths).size).toBe(1);
  });

  test("knows no rate and no return at the start", () => {
    const start = { ...progress, step: 0, returnMean: null, doing: "evaluating" as const };
    expect(plain(progressText({ ...shown, progress: start, stepsPerSecond: 0, returns: [] }))).toMatch(
      /^ {2}0% {2}return {6}- {2}ETA \? .*evaluating$/,
    );
  });

  test("is drawn in place in a terminal, and leaves a fresh line", () => {
    const { out, written } = terminal(60);
    const line = new ProgressLine(out);
    line.progress(progress);
    line.progress(progress);
    expect(written).toHaveLength(1);
    expect([written[0]?.at(0), written[0]?.slice(-3)]).toEqual(["\r", "\x1b[K"]);
    line.close();
    line.close();
    expect(written).toEqual([written[0], "\r\x1b[K"]);
  });
});

describe("play", () => {
  const frame: PlayFrame = {
    board: "ab\ncdef\n",
    title: "Env",
    step: 3,
    score: 0.1 + 0.2,
    seed: 7,
    action: 1,
    values: Float32Array.of(-1, 10, 4.5),
    actionNames: ["left", "right"],
    columns: 80,
  };

  test("the board stands beside score and values; the action is marked", () => {
    expect(plain(drawPlay(frame)).split("\n")).toEqual([
      "Env",
      "ab     score 0.3",
      "cdef   step 3",
      "       seed 7",
      "",
      "       Q-values",
      "         left     ················ -1.000",
      "       ▸ right    ████████████████ 10.000",
      "         action 2 ████████········  4.500",
    ]);
  });

  test("what is not a value stands under its own name, with actions that are no choice unmarked", () => {
    const drawn = plain(drawPlay({ ...frame, action: null, valuesAre: "Policy" }));
    expect(drawn).toContain("       Policy\n         left ");
    expect(drawn).not.toContain("Q-values");
    expect(drawn).not.toContain("▸");
  });

  test("bars shrink before anything is cut", () => {
    const lines = drawPlay({ ...frame, columns: 34 }).split("\n");
    expect(Math.max(...lines.map(visibleLength))).toBe(34);
  });

  test("equal values have no bars, and a player without values no panel", () => {
    expect(plain(drawPlay({ ...frame, values: Float32Array.of(2, 2) }))).not.toContain("█");
    expect(plain(drawPlay({ ...frame, values: null }))).not.toContain("Q-values");
  });
});

describe("screen", () => {
  test("draws each frame in one write over the last, within the terminal, and gives the cursor back", () => {
    const { out, written } = terminal(5, 4);
    const screen = new Screen(out);
    const listeners = process.listenerCount("exit");
    screen.draw("1234567\nb");
    screen.draw("1\n2\n3\n4\n5");
    screen.draw("z");
    expect(written).toEqual([
      "\x1b[?25l12345\x1b[K\nb\x1b[K\n\x1b[J",
      "\x1b[2A1\x1b[K\n2\x1b[K\n3\x1b[K\n\x1b[J",
      "\x1b[3Az\x1b[K\n\x1b[J",
    ]);
    screen.close();
    screen.close();
    expect(written.slice(3)).toEqual(["\x1b[?25h"]);
    expect(process.listenerCount("exit")).toBe(listeners);
  });

  test("what is written after leaving stays", () => {
    const { out, written } = terminal(80);
    const screen = new Screen(out);
    screen.draw("a");
    screen.leave();
    screen.draw("b");
    screen.close();
    expect(written[1]).toBe("b\x1b[K\n\x1b[J");
  });
});
