import type { AgentName, PartialConfig } from "../config.js";

/** A config that was tuned for one pair of agent and environment, with what it was measured to reach. */
export interface Preset {
  name: string;
  agent: AgentName;
  env: string;
  /** One line: what it is for. */
  summary: string;
  config: PartialConfig;
  /** What else is set where a run is of so many environment steps instead: schedules that should end with it. */
  forSteps?: (steps: number) => PartialConfig;
  /** Mean evaluation return over 100 episodes for each seed, as measured; `docs/benchmarks.md` says on what. */
  measured: {
    engine: string;
    steps: number;
    /** By seed. */
    returnMeans: Readonly<Record<number, number>>;
  } | null;
}
