import { nearestSpelling } from "gymnasium-js";
import { LudusError } from "../errors.js";
import { arenas } from "./arenas.js";
import { cartPole } from "./cart-pole.js";
import { classicControl } from "./classic-control.js";
import { evolution } from "./evolution.js";
import { frozenLake } from "./frozen-lake.js";
import { memoryGridworlds } from "./memory-gridworlds.js";
import { minatarBreakout } from "./minatar-breakout.js";
import { minatarFast } from "./minatar-fast.js";
import { minatarReference } from "./minatar-reference.js";
import { ppo } from "./ppo.js";
import type { Preset } from "./preset.js";
import { tabular } from "./tabular.js";

export type { Preset } from "./preset.js";

/** All presets; the first that fits an environment is the one that `ludus train <env>` takes. */
export const presets: readonly Preset[] = [
  ...minatarFast,
  ...minatarBreakout,
  ...minatarReference,
  ...classicControl,
  ...cartPole,
  ...tabular,
  ...frozenLake,
  ...evolution,
  ...ppo,
  ...memoryGridworlds,
  ...arenas,
].map((preset) => ({
  ...preset,
  config: { agent: preset.agent, ...preset.config },
}));

/**
 * The preset of that name for an environment, or without a name the first one.
 * @param agent of this kind of agent only; any will do without it
 * @returns null where no name was given and there is no preset
 */
export function findPreset(env: string, agent?: string, name?: string): Preset | null {
  const fitting = presets.filter(
    (preset) => preset.env === env && (agent === undefined || preset.agent === agent),
  );
  if (name === undefined) return fitting[0] ?? null;
  const found = fitting.find((preset) => preset.name === name);
  if (found !== undefined) return found;
  const names = fitting.map((preset) => preset.name);
  const hint =
    names.length === 0
      ? "there is none for it"
      : `did you mean '${nearestSpelling(name, names) ?? names[0]}'?`;
  const whose = agent === undefined ? "" : ` with ${agent}`;
  throw new LudusError("unknown-preset", `There is no preset '${name}' for ${env}${whose}; ${hint}`);
}
