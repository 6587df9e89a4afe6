import { expect, test } from "vitest";
import { MetricsWindow } from "../../src/training/metrics.js";

const counters = { step: 10, updates: 3, epsilon: 0.5 };

function filled(): MetricsWindow {
  const window = new MetricsWindow();
  for (let i = 0; i < 130; i++) window.addEpisode({ return: i, length: 2 * i });
  window.addUpdate({ loss: 1, meanQ: 4, gradientNorm: 0.5 });
  window.addUpdate({ loss: 2, meanQ: 8, gradientNorm: 1.5 });
  return window;
}

test("nothing has a value before it happened", () => {
  expect(new MetricsWindow().record(counters)).toEqual({
    event: "metrics",
    ...counters,
    episodes: 0,
    returnMean: null,
    lengthMean: null,
    loss: null,
    meanQ: null,
    gradientNorm: null,
  });
});

test("episodes are averaged over the last hundred, updates since the record before", () => {
  const window = filled();
  expect(window.record(counters)).toMatchObject({
    episodes: 130,
    returnMean: 79.5,
    lengthMean: 159,
    loss: 1.5,
    meanQ: 6,
    gradientNorm: 1,
  });
  expect(window.record(counters)).toMatchObject({
    returnMean: 79.5,
    loss: null,
    meanQ: null,
    gradientNorm: null,
  });
});

test("a window goes on from what it saved, and shares nothing with it", () => {
  const window = filled();
  const saved = window.save();
  const other = new MetricsWindow();
  other.restore(saved);
  for (const each of [window, other]) {
    each.addEpisode({ return: 1000, length: 1 });
    each.addUpdate({ loss: 6, meanQ: 0, gradientNorm: 4 });
  }
  const records = [window, other].map((each) => each.record(counters));
  expect(records[0]).toEqual(records[1]);
  const third = new MetricsWindow();
  third.restore(saved);
  expect(third.episodes).toBe(130);
});

test("figures of a method are averaged like the loss, by name", () => {
  const window = new MetricsWindow();
  const update = (entropy: number) =>
    window.addUpdate({ loss: 0, meanQ: 0, gradientNorm: 0, figures: { entropy } });
  update(1);
  update(2);
  expect(window.record(counters).figures).toEqual({ entropy: 1.5 });
  expect(window.record(counters).figures).toEqual({ entropy: null });
  update(3);
  const other = new MetricsWindow();
  other.restore(window.save());
  expect(other.record(counters).figures).toEqual({ entropy: 3 });
});
