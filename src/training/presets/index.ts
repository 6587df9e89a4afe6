import { nearestSpelling } from "gymnasium-js";
import { LudusError } from "../errors.js";
import { cartPole } from "./cart-pole.js";
import { frozenLake } from "./frozen-lake.js";
import { minatarBreakout } from "./minatar-breakout.js";
import type { Preset } from "./preset.js";

export type { Preset } from "./preset.js";

/** All presets; the first that fits an environment is the one that `ludus train <env>` takes. */
export const presets: readonly Preset[] = [...minatarBreakout, ...cartPole, ...frozenLake];

/**
 * The preset of that name for a pair of agent and environment, or without a name the first one.
 * @returns null where no name was given and there is no preset
 */
export function findPreset(env: string, agent: string, name?: string): Preset | null {
  const fitting = presets.filter((preset) => preset.agent === agent && preset.env === env);
  if (name === undefined) return fitting[0] ?? null;
  const found = fitting.find((preset) => preset.name === name);
  if (found !== undefined) return found;
  const names = fitting.map((preset) => preset.name);
  const hint =
    names.length === 0
      ? "there is none for it"
      : `did you mean '${nearestSpelling(name, names) ?? names[0]}'?`;
  throw new LudusError("unknown-preset", `There is no preset '${name}' for ${env} with ${agent}; ${hint}`);
}
