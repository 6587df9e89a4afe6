import { expect, test, vi } from "vitest";
import { StatusLine } from "../../src/cli/fit-status-line.js";
import { doneText, eventText, figuresText, progressText, reportText } from "../../src/cli/fit-text.js";

const progress = { epoch: 2, epochs: 4, batch: 5, batches: 10, loss: 1, rows: 1000 };

test("progress tells how far, how well, how fast and how long yet, once there is a speed", () => {
  const first = { ...progress, epoch: 1, batch: 5, rows: 200 };
  expect(progressText({ progress, first, loss: 0.123456, seconds: 10 })).toBe(
    " 37%  epoch 2/4  batch  5/10  loss 0.1235  80 rows/s  ETA 25s",
  );
  expect(progressText({ progress, first: progress, loss: 1, seconds: 0 })).toContain("? rows/s  ETA ?");
});

test("figures have four digits that count; what is none is a dash", () => {
  expect(figuresText({ loss: 0.000123456, accuracy: 1, perplexity: 12345.6, f1: Number.NaN })).toBe(
    "loss 0.0001235, accuracy 1, perplexity 12,350, f1 -",
  );
});

test("an epoch is a line, with what there is of it", () => {
  const epoch = { event: "epoch", epoch: 3, updates: 9, learningRate: 1, best: false } as const;
  const alone = { ...epoch, train: { loss: 0.5 }, trainSample: null, validation: null };
  expect(eventText(alone)).toBe("epoch 3: train loss 0.5");
  expect(eventText({ ...alone, validation: { loss: 1, accuracy: 0.25 }, best: true })).toBe(
    "epoch 3: train loss 0.5; validation loss 1, accuracy 0.25, the best so far",
  );
});

test("a report has its text and its tables, with a line between them", () => {
  const tables = [{ title: "Classes", columns: ["class", "f1"], rows: [["cat", 0.5]] }];
  expect(reportText({ text: "Hello.\n", tables })).toBe("Hello.\n\nClasses\nclass   f1\ncat    0.5\n");
  expect(reportText({ text: null })).toBe("");
});

test("without a test split the figures are those of the validation", () => {
  const about = { event: "done", run: "r", task: "t", engine: "cpu", seed: 0, interrupted: false } as const;
  const outcome = { epochs: 2, updates: 4, ended: "epochs", bestEpoch: 1, seconds: 61 } as const;
  expect(doneText({ ...about, ...outcome, metrics: {}, validation: { loss: 2 } })).toBe(
    "figure  value\nloss    2\n(2 epochs, 4 updates, 1m01s, best validation after epoch 1)\nrun r",
  );
});

test("a status line is drawn over in a terminal, and now and then elsewhere", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    for (const [isTTY, expected] of [
      [true, "\rab\x1b[K\rab\x1b[K\r\x1b[Kstays\n"],
      [false, "abc\nstays\n"],
    ] as const) {
      let written = "";
      const write = (text: string): boolean => {
        written += text;
        return true;
      };
      const line = new StatusLine({ isTTY, columns: 3, write } as unknown as NodeJS.WriteStream);
      line.show(() => "abc");
      line.show(() => "too soon");
      vi.advanceTimersByTime(200);
      line.show(() => "abd");
      line.line("stays");
      expect(written).toBe(expected);
    }
  } finally {
    vi.useRealTimers();
  }
});
