import { describe, expect, test } from "vitest";
import { playgroundNames } from "../../../src/supervised/data/index.js";
import { featureNames } from "../../../viewer/src/playground/features.js";
import {
  activationNames,
  changed,
  defaultSettings,
  learningRates,
  lossesFor,
  optimizerNames,
  penaltyNames,
  penaltyRates,
  readAddress,
  type Settings,
  writeAddress,
} from "../../../viewer/src/playground/settings.js";
import fc from "../../properties.js";

const settingsOf = fc.constantFrom(...playgroundNames).chain((data) =>
  fc.record<Settings>({
    data: fc.constant(data),
    train: fc.integer({ min: 10, max: 90 }),
    noise: fc.integer({ min: 0, max: 50 }),
    batch: fc.integer({ min: 1, max: 50 }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    features: fc.subarray(featureNames, { minLength: 1 }),
    layers: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 6 }),
    activation: fc.constantFrom(...activationNames),
    loss: fc.constantFrom(...lossesFor(data)),
    optimizer: fc.constantFrom(...optimizerNames),
    learningRate: fc.constantFrom(...learningRates),
    penalty: fc.constantFrom(...penaltyNames),
    penaltyRate: fc.constantFrom(...penaltyRates),
    dropout: fc.integer({ min: 0, max: 90 }),
    test: fc.boolean(),
    discrete: fc.boolean(),
  }),
);

test("what is written to an address is read from it", () => {
  fc.assert(
    fc.property(settingsOf, (settings) => {
      expect(readAddress(`?${writeAddress(settings)}`)).toEqual({ settings, faults: [] });
    }),
  );
});

test("an address is there for people to read", () => {
  expect(writeAddress(defaultSettings)).toBe(
    "data=circle&train=50&noise=0&batch=10&seed=1&features=x1,x2&layers=4,2&activation=tanh&loss=logistic&optimizer=adam&learning-rate=0.01&penalty=none&penalty-rate=0.001&dropout=0&test=no&discrete=no",
  );
});

describe("an address that is not right", () => {
  test.each([
    ["data=moon", "data is “moon” in the address, but has to be one of circle, xor"],
    ["noise=51", "a whole number from 0 to 50; it is 0 now."],
    ["noise=", "a whole number from 0 to 50"],
    ["seed=4294967296", "a whole number from 0 to 4294967295"],
    ["features=x1,x9", "some of x1, x2"],
    ["layers=4,9", "none, or up to 6 numbers from 1 to 8"],
    ["layers=1,1,1,1,1,1,1", "none, or up to 6 numbers from 1 to 8"],
    ["learning-rate=-1", "a number above 0, up to 10; it is 0.01 now."],
    ["learning-rate=NaN", "a number above 0"],
    ["test=1", "yes or no"],
    ["data=plane&loss=hinge", "has to be one of mse, mae, huber with data=plane; it is mse now."],
    ["colour=red", "The playground has no setting “colour”."],
    ["colour=red&size=1&colour=blue", "The playground has no setting “colour”, “size”."],
    [`data=${"x".repeat(2000)}`, `data is “${"x".repeat(39)}…” in the address`],
  ])("%s is told in one sentence, and the rest holds", (query, sentence) => {
    const { settings, faults } = readAddress(`${query}&batch=7`);
    expect(faults).toEqual([expect.stringContaining(sentence)]);
    expect(settings.batch).toBe(7);
  });
});

test("another problem brings a loss of its own, and the same one keeps it", () => {
  const hinge = changed(defaultSettings, { loss: "hinge" });
  expect(changed(hinge, { data: "spiral" }).loss).toBe("hinge");
  expect(changed(hinge, { data: "plane" }).loss).toBe("mse");
});
