import { Generator, type Space, type TypedArray } from "gymnasium-js";
import type { Agent, AgentOptions, AgentState } from "../agents/index.js";
import type { ReplayBatch } from "../replay/index.js";
import { batchActions } from "./actions.js";
import { requireSame } from "./assertions.js";

/** What an agent under test is made for: all but its config. */
export type AgentSetting = Required<Omit<AgentOptions<never>, "config" | "eager">>;

/** Makes the agent to be tested. */
export type MakeAgent = (setting: AgentSetting) => Agent;

/** What the parts of an agent's contract have in common. */
export interface AgentPlays {
  makeAgent: MakeAgent;
  setting: Omit<AgentSetting, "seed">;
  /** Rounds of acting and learning in each play. */
  steps: number;
  seeds: readonly number[];
  countTensors: (() => number) | undefined;
}

/** Makes one agent per seed, lends them to `use`, and disposes of them whatever happens. */
export function withAgents(
  { makeAgent, setting }: AgentPlays,
  seeds: readonly number[],
  use: (...agents: Agent[]) => void,
): void {
  const made: Agent[] = [];
  try {
    for (const seed of seeds) made.push(makeAgent({ ...setting, seed }));
    use(...made);
  } finally {
    for (const agent of made) agent.dispose();
  }
}

/** Random observations, masks and batches, the same for the same seed. */
export class Experience {
  private readonly rng: Generator;

  constructor(
    private readonly setting: Omit<AgentSetting, "seed">,
    seed: number,
  ) {
    this.rng = new Generator(seed);
  }

  /** `[rows, ...(stack > 1 ? [stack] : []), ...shape]` */
  observations(rows: number): TypedArray {
    const { observationSpace, stack } = this.setting;
    return batchActions(this.samples(observationSpace, rows * stack)) as TypedArray;
  }

  /** At least one legal action in each row; null if the actions cannot be counted. */
  masks(rows: number): Uint8Array | null {
    const n = countActions(this.setting.actionSpace);
    if (n === null) return null;
    const masks = Uint8Array.from({ length: rows * n }, () => this.rng.integers(0, 2));
    for (let row = 0; row < rows; row++) masks[row * n + this.rng.integers(0, n)] = 1;
    return masks;
  }

  batch(size: number): ReplayBatch {
    const values = (draw: () => number) => Float32Array.from({ length: size }, draw);
    const actions = batchActions(this.samples(this.setting.actionSpace, size)) as Int32Array;
    return {
      size,
      observations: this.observations(size),
      actions,
      rewards: values(() => this.rng.normal(0, 1)),
      discounts: values(() => (this.rng.random() < 0.2 ? 0 : 0.99)),
      nextObservations: this.observations(size),
      nextActionMasks: this.rng.random() < 0.5 ? null : this.masks(size),
      weights: values(() => this.rng.uniform(0.5, 1)),
      indices: Int32Array.from({ length: size }, (_, row) => row),
    };
  }

  private samples(space: Space<unknown>, count: number): unknown[] {
    space.seed(this.rng.integers(0, 2 ** 31));
    return Array.from({ length: count }, () => space.sample());
  }
}

/** The number of actions of a Discrete space, null for others. */
export function countActions(space: Space<unknown>): number | null {
  return space.type === "Discrete" ? Number(space.describe()["n"]) : null;
}

/** Rows of the batches that agents learn from here. */
export const batchSize = 16;

/** Acts and learns by turns; everything that came out. */
export function playAgent(agent: Agent, experience: Experience, { setting, steps }: AgentPlays): unknown[] {
  const events: unknown[] = [];
  for (let round = 0; round < steps; round++) {
    const { epsilon } = agent;
    const masks = round % 2 === 0 ? null : experience.masks(setting.numEnvs);
    const actions = agent.policy(experience.observations(setting.numEnvs), masks);
    const metrics = agent.learn(experience.batch(batchSize));
    events.push(structuredClone({ epsilon, actions, metrics }));
  }
  return events;
}

/** A copy of a state as it comes back from a checkpoint: arrays whole, counters as JSON. */
export function throughFiles({ counters, ...arrays }: AgentState): AgentState {
  return { ...structuredClone(arrays), counters: JSON.parse(JSON.stringify(counters)) };
}

/** Says in which part two states differ. */
export function requireSameState(found: AgentState, expected: AgentState, where: string): void {
  const copy = throughFiles(found);
  for (const part of Object.keys(expected) as (keyof AgentState)[])
    requireSame(copy[part], expected[part], `${where}, ${part}`);
}
