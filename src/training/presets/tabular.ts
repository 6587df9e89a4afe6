import { type TabularPreset, tabularPresets } from "../../agents/index.js";
import type { Preset } from "./preset.js";

/** By preset, what it is for, and what runs of these seeds came to: mean returns of 100 episodes of the best checkpoint. */
const runs: Readonly<Record<string, { summary: string; returnMeans: Readonly<Record<number, number>> }>> = {
  "q-learning of CliffWalking-v1": {
    summary: "finds the shortest way along the cliff, at once",
    returnMeans: { 101: -13, 102: -13, 103: -13 },
  },
  "sarsa of CliffWalking-v1": {
    summary: "the same by Sarsa, whose values are those of the policy that explores",
    returnMeans: { 101: -13, 102: -13, 103: -13 },
  },
  "q-learning of FrozenLake-v1": {
    summary: "finds a best policy of the slippery lake, in seconds",
    returnMeans: { 101: 0.73, 102: 0.73, 103: 0.73 },
  },
  "sarsa of FrozenLake-v1": {
    summary: "the same by Sarsa",
    returnMeans: { 101: 0.73, 102: 0.76, 103: 0.73 },
  },
  "q-learning of Taxi-v4": {
    summary: "drives the shortest ways, in seconds",
    returnMeans: { 101: 7.76, 102: 7.79, 103: 7.78 },
  },
  "sarsa of Taxi-v4": { summary: "the same by Sarsa", returnMeans: { 101: 7.76, 102: 7.79, 103: 7.78 } },
};

/** Tables on the environments that are small enough for them, as tuned for `trainTabular`. */
export const tabular: readonly Preset[] = tabularPresets.map(presetOf);

function presetOf({ name, env, config, steps }: TabularPreset): Preset {
  const { summary, returnMeans } = runs[`${name} of ${env}`]!;
  return {
    ...{ name, agent: "tabular", env, summary },
    config: { steps, numEnvs: 1, tabular: config, evaluation: { every: steps / 10, episodes: 1000 } },
    measured: { engine: "none", steps, returnMeans },
  };
}
