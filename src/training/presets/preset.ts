import type { PartialConfig } from "../config.js";

/** A config that was tuned for one pair of agent and environment, with what it was measured to reach. */
export interface Preset {
  name: string;
  agent: "dqn";
  env: string;
  /** One line: what it is for. */
  summary: string;
  config: PartialConfig;
  /** Mean evaluation return over 100 episodes for each seed, as measured; `docs/benchmarks.md` says on what. */
  measured: { engine: string; steps: number; returnMeans: Readonly<Record<number, number>> } | null;
}
