import { isRegression, type PlaygroundName, playgroundNames } from "../../../src/supervised/data/index.js";
import { type FeatureName, featureNames } from "./features.js";

export const activationNames = ["tanh", "relu", "sigmoid", "linear", "elu", "leakyRelu", "silu"] as const;
export const optimizerNames = ["sgd", "adam"] as const;
export const penaltyNames = ["none", "l1", "l2"] as const;
export const classificationLosses = ["logistic", "hinge", "squaredHinge", "exponential"] as const;
export const regressionLosses = ["mse", "mae", "huber"] as const;
export const learningRates = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10] as const;
export const penaltyRates = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3] as const;

const lossNames = [...classificationLosses, ...regressionLosses] as const;

export type LossName = (typeof lossNames)[number];

export const mostLayers = 6;
export const mostUnits = 8;

/** Everything that a training in the playground depends on, and what is shown of it. */
export interface Settings {
  data: PlaygroundName;
  /** Per cent of the points that are trained on. */
  train: number;
  /** Per cent, 0 to 50. */
  noise: number;
  /** Points in a batch. */
  batch: number;
  /** Of points, split, order and starting weights. */
  seed: number;
  features: readonly FeatureName[];
  /** Neurons of each hidden layer. */
  layers: readonly number[];
  activation: (typeof activationNames)[number];
  loss: LossName;
  optimizer: (typeof optimizerNames)[number];
  learningRate: number;
  penalty: (typeof penaltyNames)[number];
  penaltyRate: number;
  /** Per cent of the neurons of each hidden layer that are dropped in a training step. */
  dropout: number;
  /** Whether test points are shown. */
  test: boolean;
  /** Whether the output is shown as one class or the other. */
  discrete: boolean;
}

export const defaultSettings: Settings = {
  data: "circle",
  train: 50,
  noise: 0,
  batch: 10,
  seed: 1,
  features: ["x1", "x2"],
  layers: [4, 2],
  activation: "tanh",
  loss: "logistic",
  optimizer: "adam",
  learningRate: 0.01,
  penalty: "none",
  penaltyRate: 0.001,
  dropout: 0,
  test: false,
  discrete: false,
};

/** How a setting is written in an address. */
interface Parameter<Value> {
  name: string;
  /** Null if the text says nothing of the kind. */
  read(text: string): Value | null;
  write(value: Value): string;
  /** What may be written, for the sentence about what may not. */
  expected: string;
}

const parameters: { readonly [Key in keyof Settings]: Parameter<Settings[Key]> } = {
  data: oneOf("data", playgroundNames),
  train: wholeNumber("train", 10, 90),
  noise: wholeNumber("noise", 0, 50),
  batch: wholeNumber("batch", 1, 50),
  seed: wholeNumber("seed", 0, 2 ** 32 - 1),
  features: {
    name: "features",
    expected: `some of ${featureNames.join(", ")}`,
    read(text) {
      const names = text.split(",");
      const known = featureNames.filter((name) => names.includes(name));
      return known.length === names.length ? known : null;
    },
    write: (names) => names.join(","),
  },
  layers: {
    name: "layers",
    expected: `none, or up to ${mostLayers} numbers from 1 to ${mostUnits}, such as 4,2`,
    read(text) {
      if (text === "none") return [];
      const units = text.split(",").map((part) => wholeNumber("", 1, mostUnits).read(part));
      return units.length <= mostLayers && units.every((count) => count !== null) ? units : null;
    },
    write: (layers) => (layers.length === 0 ? "none" : layers.join(",")),
  },
  activation: oneOf("activation", activationNames),
  loss: oneOf("loss", lossNames),
  optimizer: oneOf("optimizer", optimizerNames),
  learningRate: positive("learning-rate", 10),
  penalty: oneOf("penalty", penaltyNames),
  penaltyRate: positive("penalty-rate", 10),
  dropout: wholeNumber("dropout", 0, 90),
  test: yesOrNo("test"),
  discrete: yesOrNo("discrete"),
};

const keys = Object.keys(parameters) as (keyof Settings)[];

export interface Reading {
  settings: Settings;
  /** A sentence for each part of the address that says nothing. */
  faults: string[];
}

/** The settings in an address's query, such as `data=spiral&layers=8,8`; what is missing or wrong is as by default. */
export function readAddress(query: string): Reading {
  const given = new URLSearchParams(query);
  const settings: Settings = { ...defaultSettings };
  const faults: string[] = [];
  const read = <Key extends keyof Settings>(key: Key): void => {
    const { name, expected, ...parameter } = parameters[key];
    const text = given.get(name);
    given.delete(name);
    if (text === null) return;
    const value = parameter.read(text);
    if (value !== null) settings[key] = value;
    else faults.push(faultOf(name, text, expected, parameter.write(settings[key])));
  };
  for (const key of keys) read(key);
  const losses = lossesFor(settings.data);
  if (!losses.includes(settings.loss)) {
    const [loss] = losses as [LossName];
    if (new URLSearchParams(query).has("loss")) {
      faults.push(
        faultOf("loss", settings.loss, `one of ${losses.join(", ")} with data=${settings.data}`, loss),
      );
    }
    settings.loss = loss;
  }
  const unknown = [...new Set(given.keys())];
  if (unknown.length > 0) faults.push(`The playground has no setting ${unknown.map(quoted).join(", ")}.`);
  return { settings, faults };
}

/** The query of an address that has these settings, all of them. */
export function writeAddress(settings: Settings): string {
  const written = <Key extends keyof Settings>(key: Key): string => {
    const { name, write } = parameters[key];
    return `${name}=${write(settings[key])}`;
  };
  return keys.map(written).join("&");
}

/** The settings with some changed, and a loss that fits the data. */
export function changed(settings: Settings, changes: Partial<Settings>): Settings {
  const next = { ...settings, ...changes };
  const losses = lossesFor(next.data);
  return losses.includes(next.loss) ? next : { ...next, loss: losses[0]! };
}

export function lossesFor(data: PlaygroundName): readonly LossName[] {
  return isRegression(data) ? regressionLosses : classificationLosses;
}

function faultOf(name: string, text: string, expected: string, used: string): string {
  return `${name} is ${quoted(text)} in the address, but has to be ${expected}; it is ${used} now.`;
}

/** In quotation marks, and not longer than people read. */
function quoted(text: string): string {
  return text.length > 40 ? `“${text.slice(0, 39)}…”` : `“${text}”`;
}

function oneOf<const Name extends string>(name: string, names: readonly Name[]): Parameter<Name> {
  return {
    name,
    expected: `one of ${names.join(", ")}`,
    read: (text) => names.find((each) => each === text) ?? null,
    write: (value) => value,
  };
}

function wholeNumber(name: string, least: number, most: number): Parameter<number> {
  return {
    name,
    expected: `a whole number from ${least} to ${most}`,
    read(text) {
      const value = Number(text);
      return /^\d+$/.test(text) && value >= least && value <= most ? value : null;
    },
    write: String,
  };
}

function positive(name: string, most: number): Parameter<number> {
  return {
    name,
    expected: `a number above 0, up to ${most}`,
    read(text) {
      const value = Number(text);
      return value > 0 && value <= most ? value : null;
    },
    write: String,
  };
}

function yesOrNo(name: string): Parameter<boolean> {
  return {
    name,
    expected: "yes or no",
    read: (text) => (text === "yes" || text === "no" ? text === "yes" : null),
    write: (value) => (value ? "yes" : "no"),
  };
}
