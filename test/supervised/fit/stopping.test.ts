import { Generator } from "gymnasium-js";
import { concat, firstValueFrom, lastValueFrom, map, share, take, tap, toArray } from "rxjs";
import { beforeAll, describe, expect, test } from "vitest";
import { buildModel, layers, type Model, sequential } from "../../../src/nets/index.js";
import {
  type Batch,
  type BatchSource,
  batchesOf,
  type FitData,
  type FitEvent,
  fit,
} from "../../../src/supervised/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { configOf, points } from "./points.js";

beforeAll(async () => {
  await useEngine("auto");
});

function netOf(): Model {
  return buildModel(
    sequential([2], [layers.dense({ units: 6, activation: "tanh" }), layers.dense({ units: 2 })]),
    new Generator(1),
  );
}

function source(): BatchSource {
  return batchesOf(points(64, 1), { batchSize: 16, seed: 1 });
}

/** Batches that come after the event loop's next turn, and who asked for them. */
function slow(asked: () => void): BatchSource {
  const { size, batchSize, batches, batch } = source();
  return {
    ...{ size, batchSize, batches },
    async batch(epoch, index) {
      asked();
      await turn();
      return batch(epoch, index);
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

function weightsOf(model: Model): number[] {
  return [...model.parameters.values()].flatMap((variable) => [...variable.dataSync()]);
}

/** Subscribes, and unsubscribes when a source has been asked so often. */
async function stoppedAt(
  model: Model,
  asks: number,
  dataOf: (counted: BatchSource) => FitData,
): Promise<number> {
  let asked = 0;
  const subscription = fit(
    model,
    dataOf(
      slow(() => {
        asked++;
        if (asked === asks) queueMicrotask(() => subscription.unsubscribe());
      }),
    ),
    configOf({ epochs: 1 }),
  ).subscribe();
  await turns(30);
  return asked;
}

describe("a fit whose listener leaves", () => {
  test("does not learn from the batch that is on its way", async () => {
    const model = netOf();
    const before = weightsOf(model);
    expect(await stoppedAt(model, 1, (train) => ({ train }))).toBe(1);
    expect(weightsOf(model)).toEqual(before);
    model.dispose();
  });

  test.each(["validation", "trainSample", "test"])(
    "asks for no more batches of the %s split",
    async (split) => {
      const model = netOf();
      expect(await stoppedAt(model, 2, (counted) => ({ train: source(), [split]: counted }))).toBe(2);
      model.dispose();
    },
  );

  test("after the last epoch neither restores the best weights nor judges the test split", async () => {
    const model = netOf();
    let asked = 0;
    const data = { train: source(), validation: source(), test: slow(() => asked++) };
    // The loss grows, so that the first epoch's weights are the best.
    const config = configOf({ epochs: 2, optimizer: { name: "sgd", learningRate: 50 } });
    let last: number[] = [];
    const events = fit(model, data, config).pipe(
      take(10),
      tap(() => {
        last = weightsOf(model);
      }),
    );
    expect((await lastValueFrom(events)).kind).toBe("epoch");
    await turns(5);
    expect(asked).toBe(0);
    expect(weightsOf(model)).toEqual(last);
    model.dispose();
  });

  test("leaves no tensor, and a model that is fit for another", async () => {
    const model = netOf();
    const before = tf.memory().numTensors;
    const data = { train: slow(() => {}), validation: source() };
    for (const events of [1, 3, 5, 6]) {
      await lastValueFrom(fit(model, data, configOf({ accumulate: 2 })).pipe(take(events)));
    }
    await turns(5);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

describe("a model", () => {
  test("is fitted by one subscription at a time", async () => {
    const model = netOf();
    const events = fit(model, { train: source() }, configOf());
    const first = lastValueFrom(events);
    await expect(lastValueFrom(events)).rejects.toThrow(/is being fitted already; .* share\(\)/);
    expect((await first).kind).toBe("done");
    model.dispose();
  });

  test("is free as soon as a fit has ended, failed or was left", async () => {
    const model = netOf();
    const events = fit(model, { train: source() }, configOf());
    const inTurn = await lastValueFrom(concat(events, events).pipe(toArray()));
    expect(inTurn.filter(({ kind }) => kind === "done")).toHaveLength(2);
    const next = new Promise<FitEvent>((resolve, reject) => {
      events.subscribe({ complete: () => lastValueFrom(events).then(resolve, reject) });
    });
    expect((await next).kind).toBe("done");
    await firstValueFrom(events);
    expect((await lastValueFrom(events)).kind).toBe("done");
    const failing = fit(model, { train: source() }, configOf({}, { target: "labels" }));
    await expect(lastValueFrom(failing)).rejects.toThrow(/no field "labels"/);
    expect((await lastValueFrom(events)).kind).toBe("done");
    model.dispose();
  });

  test("tells several who share a fit the same", async () => {
    const model = netOf();
    const shared = fit(model, { train: source() }, configOf()).pipe(share());
    const [one, other] = await Promise.all([
      lastValueFrom(shared.pipe(toArray())),
      lastValueFrom(shared.pipe(toArray())),
    ]);
    expect(one).toEqual(other);
    model.dispose();
  });
});

test("an error of whoever listens through an operator ends the fit, and leaves no tensor", async () => {
  const model = netOf();
  const before = tf.memory().numTensors;
  const events = fit(model, { train: source() }, configOf({ accumulate: 2 })).pipe(
    tap(({ updates }) => {
      if (updates === 3) throw new Error("No more paper.");
    }),
  );
  await expect(lastValueFrom(events)).rejects.toThrow("No more paper.");
  await turns(2);
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

test.each([
  ["that cannot be read", () => Promise.reject(new Error("The disk is gone.")), /The disk is gone/],
  ["with a NaN", (batch: Batch) => withNaN(batch), /diverged after 1 updates: the loss is NaN/],
] as const)(
  "a batch %s ends the fit with one sentence, and leaves no tensor",
  async (_, broken, sentence) => {
    const model = netOf();
    const before = tf.memory().numTensors;
    const { batch, ...whole } = source();
    const train: BatchSource = {
      ...whole,
      batch: async (epoch, index) => (index < 2 ? batch(epoch, index) : broken(await batch(epoch, index))),
    };
    await expect(lastValueFrom(fit(model, { train }, configOf({ accumulate: 2 })))).rejects.toThrow(sentence);
    expect(tf.memory().numTensors).toBe(before);
    expect(weightsOf(model).every(Number.isFinite)).toBe(true);
    model.dispose();
  },
);

function withNaN({ size, fields }: Batch): Batch {
  const { data, shape } = fields["inputs"]!;
  return {
    size,
    fields: { ...fields, inputs: { data: Float32Array.from(data).fill(Number.NaN, 0, 1), shape } },
  };
}

test.each([
  [configOf({ accumulate: 17 }), /An update needs 17 batches \(accumulate\), but the whole fit has 16/],
  [
    configOf({ penalty: { l2: 1, pattern: "^none$" }, accumulate: 2 }),
    /No parameter's name matches \^none\$/,
  ],
])("what cannot be done is said before anything is kept", async (config, sentence) => {
  const model = netOf();
  const before = tf.memory().numTensors;
  await expect(lastValueFrom(fit(model, { train: source() }, config))).rejects.toThrow(sentence);
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

test("a state of another fit is refused, and leaves no tensor", async () => {
  const model = netOf();
  const config = configOf({ accumulate: 2 });
  const state = await firstValueFrom(
    fit(model, { train: source() }, config).pipe(map((event) => event.save())),
  );
  await turns(2);
  const before = tf.memory().numTensors;
  const resume = { ...state, standing: { ...state.standing, batch: 99 } };
  await expect(lastValueFrom(fit(model, { train: source() }, config, { resume }))).rejects.toThrow(
    /has done 99 batches/,
  );
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});
