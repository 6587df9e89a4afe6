import { nearestSpelling } from "gymnasium-js";
import { rainbowConfig } from "../../agents/index.js";
import { type PartialConfig, type RunConfig, resolveConfig } from "../config.js";
import { LudusError } from "../errors.js";
import { findPreset } from "../presets/index.js";

/** One line of a suite: a config that is trained with several seeds. */
export interface BenchEntry {
  label: string;
  preset: string | null;
  /** With the seed 0; the seeds come later. */
  config: RunConfig;
  /** Mean evaluation return that counts as learnt; null where there is none. */
  target: number | null;
}

export interface BenchSuite {
  name: string;
  /** What it shows, in one sentence. */
  about: string;
  /** Label of the entry that the others are compared with. */
  reference?: string;
  entries(layer: PartialConfig): BenchEntry[];
}

interface PresetEntry {
  env: string;
  preset?: string;
  /** Over the preset. */
  config?: PartialConfig;
  target: number | null;
}

/** @param layer laid over each preset; its steps stretch the preset's schedules, too */
function fromPreset(
  { env, preset: name, config: own = {}, target }: PresetEntry,
  layer: PartialConfig,
): BenchEntry {
  const preset = findPreset(env, undefined, name);
  const { steps } = layer;
  const stretched = typeof steps === "number" ? (preset?.forSteps?.(steps) ?? {}) : {};
  const config = resolveConfig(preset?.config ?? {}, stretched, { env }, own, layer);
  return {
    label: `${env}, ${config.agent} ${preset === null ? "without a preset" : `(${preset.name})`}`,
    preset: preset?.name ?? null,
    config,
    target,
  };
}

function presetSuite(name: string, about: string, entries: readonly PresetEntry[]): BenchSuite {
  return { name, about, entries: (layer) => entries.map((entry) => fromPreset(entry, layer)) };
}

/** The best possible mean of 100 starts of Taxi is itself 7.93 with a standard error of 0.26. */
const manyEpisodes: PartialConfig = { evaluation: { finalEpisodes: 1000 } };

const minatar = { Breakout: 20, Asterix: 17, Freeway: 50, Seaquest: 20, SpaceInvaders: 44 } as const;

/** Rainbow on MinAtar Breakout, for a run of minutes: a larger step size, and returns as high as they get. */
export const rainbowAblation: PartialConfig = {
  env: "MinAtar/Breakout-v1",
  agent: "dqn",
  steps: 100_000,
  numEnvs: 8,
  learn: { startAt: 1000, every: 2, batchSize: 32 },
  replay: { capacity: 100_000 },
  dqn: {
    ...rainbowConfig,
    target: { type: "hard", every: 500 },
    distribution: { type: "c51", atoms: 51, vMin: -1, vMax: 20 },
    optimizer: { name: "adam", learningRate: 2.5e-4, epsilon: 1.5e-4 },
    sampling: { type: "prioritised", alpha: 0.5, betaStart: 0.4, betaEnd: 1, betaUpdates: 50_000 },
  },
  evaluation: { every: 10_000, episodes: 20, maxSteps: 1000, finalEpisodes: 100 },
  checkpoint: { every: 50_000 },
  metrics: { every: 1000 },
};

const withoutNoise = {
  noise: { type: "none" },
  exploration: { type: "linear", start: 1, end: 0.02, steps: 20_000 },
};

const withoutPart: Readonly<Record<string, PartialConfig>> = {
  Rainbow: {},
  "without double": { double: false },
  "without dueling": { dueling: false },
  "without prioritised replay": { sampling: { type: "uniform" } },
  "without n-step returns": { nStep: 1 },
  "without noisy nets": withoutNoise,
  "without C51": { distribution: { type: "none" } },
  "plain DQN": {
    double: false,
    dueling: false,
    nStep: 1,
    sampling: { type: "uniform" },
    distribution: { type: "none" },
    ...withoutNoise,
  },
};

const ablation: BenchSuite = {
  name: "ablation",
  about: "Rainbow without each of its parts, on MinAtar Breakout.",
  reference: "Rainbow",
  entries: (layer) =>
    Object.entries(withoutPart).map(([label, dqn]) => ({
      ...{ label, preset: null, target: null },
      config: resolveConfig(rainbowAblation, { dqn }, layer),
    })),
};

export const benchSuites: readonly BenchSuite[] = [
  presetSuite("cartpole", "The preset of CartPole, against the registered threshold.", [
    { env: "CartPole-v1", target: 475 },
  ]),
  presetSuite("classic", "The presets of classic control, against the registered thresholds.", [
    { env: "CartPole-v1", target: 475 },
    { env: "Acrobot-v1", target: -100 },
    { env: "MountainCar-v0", target: -110 },
  ]),
  presetSuite("toy-text", "Tables on toy text.", [
    { env: "CliffWalking-v1", target: -13 },
    { env: "FrozenLake-v1", config: manyEpisodes, target: 0.72 },
    { env: "Taxi-v4", config: manyEpisodes, target: 7.7 },
  ]),
  presetSuite(
    "minatar-fast",
    "PQN on MinAtar, against what MinAtar's own DQN was published to reach in as many frames (Breakout: 20).",
    Object.entries(minatar).map(([game, target]) => ({ env: `MinAtar/${game}-v1`, preset: "fast", target })),
  ),
  presetSuite(
    "minatar-reference",
    "MinAtar's own DQN as published.",
    Object.keys(minatar).map((game) => ({ env: `MinAtar/${game}-v1`, preset: "reference", target: null })),
  ),
  ablation,
];

/** @throws {LudusError} `invalid-value` with the nearest right spelling */
export function findSuite(name: string): BenchSuite {
  const suite = benchSuites.find((each) => each.name === name);
  if (suite !== undefined) return suite;
  const names = benchSuites.map((each) => each.name);
  const hint = nearestSpelling(name, names);
  throw new LudusError(
    "invalid-value",
    `There is no suite '${name}'; there are ${names.join(", ")}${hint === null ? "." : `; did you mean '${hint}'?`}`,
  );
}
