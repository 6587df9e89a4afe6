import { Generator, type Space, type TypedArray } from "gymnasium-js";
import type { Agent, AgentOptions, AgentState, LearnMetrics } from "../agents/index.js";
import type { ReplayBatch } from "../replay/index.js";
import { batchActions } from "./actions.js";
import { requireSame } from "./assertions.js";

/** What an agent under test is made for: all but its config. */
export type AgentSetting = Required<Omit<AgentOptions<never>, "config" | "eager">>;

/** An agent, whatever it learns from. */
export type TestedAgent = Agent<never>;

/** Makes the agent to be tested. */
export type MakeAgent = (setting: AgentSetting) => TestedAgent;

/** A batch that an agent learns from: its size, and arrays of so many rows, of which `actions` are the actions. */
export type LearntBatch = { readonly size: number } & Readonly<Record<string, unknown>>;

/** Makes a random batch of so many rows, the same for the same random numbers. */
export type MakeBatch = (random: RandomExperience, size: number) => LearntBatch;

/** Random parts of batches, for the spaces of the agent under test. */
export interface RandomExperience {
  readonly rng: Generator;
  /** `[rows, ...(stack > 1 ? [stack] : []), ...shape]` */
  observations(rows: number): TypedArray;
  /** One action of the action space per row. */
  actions(rows: number): Int32Array;
  /** At least one legal action in each row; null if the actions cannot be counted. */
  masks(rows: number): Uint8Array | null;
}

/** What the parts of an agent's contract have in common. */
export interface AgentPlays {
  makeAgent: MakeAgent;
  setting: Omit<AgentSetting, "seed">;
  /** Rounds of acting and learning in each play. */
  steps: number;
  seeds: readonly number[];
  makeBatch: MakeBatch;
  countTensors: (() => number) | undefined;
}

/** Makes one agent per seed, lends them to `use`, and disposes of them whatever happens. */
export function withAgents(
  { makeAgent, setting }: AgentPlays,
  seeds: readonly number[],
  use: (...agents: TestedAgent[]) => void,
): void {
  const made: TestedAgent[] = [];
  try {
    for (const seed of seeds) made.push(makeAgent({ ...setting, seed }));
    use(...made);
  } finally {
    for (const agent of made) agent.dispose();
  }
}

/** Random observations, masks and batches, the same for the same seed. */
export class Experience implements RandomExperience {
  readonly rng: Generator;
  private readonly setting: AgentPlays["setting"];

  constructor(
    private readonly plays: Pick<AgentPlays, "setting" | "makeBatch">,
    seed: number,
  ) {
    this.setting = plays.setting;
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

  actions(rows: number): Int32Array {
    return batchActions(this.samples(this.setting.actionSpace, rows)) as Int32Array;
  }

  batch(size: number): LearntBatch {
    return this.plays.makeBatch(this, size);
  }

  private samples(space: Space<unknown>, count: number): unknown[] {
    space.seed(this.rng.integers(0, 2 ** 31));
    return Array.from({ length: count }, () => space.sample());
  }
}

/** Transitions as a replay gives them: what agents learn from unless they say otherwise. */
export function randomTransitions(random: RandomExperience, size: number): ReplayBatch & LearntBatch {
  const { rng } = random;
  const values = (draw: () => number) => Float32Array.from({ length: size }, draw);
  const actions = random.actions(size);
  return {
    size,
    observations: random.observations(size),
    actions,
    rewards: values(() => rng.normal(0, 1)),
    discounts: values(() => (rng.random() < 0.2 ? 0 : 0.99)),
    nextObservations: random.observations(size),
    nextActionMasks: rng.random() < 0.5 ? null : random.masks(size),
    weights: values(() => rng.uniform(0.5, 1)),
    indices: Int32Array.from({ length: size }, (_, row) => row),
  };
}

/** The number of actions of a Discrete space, null for others. */
export function countActions(space: Space<unknown>): number | null {
  return space.type === "Discrete" ? Number(space.describe()["n"]) : null;
}

/** Rows of the batches that agents learn from here. */
export const batchSize = 16;

/** One update; whoever gave `makeBatch` answers for the batch being of the agent's kind. */
export function learnFrom(agent: TestedAgent, batch: LearntBatch): LearnMetrics {
  return agent.learn(batch as never);
}

/** Acts and learns by turns; everything that came out. */
export function playAgent(
  agent: TestedAgent,
  experience: Experience,
  { setting, steps }: AgentPlays,
): unknown[] {
  const events: unknown[] = [];
  for (let round = 0; round < steps; round++) {
    const { epsilon } = agent;
    const masks = round % 2 === 0 ? null : experience.masks(setting.numEnvs);
    const actions = agent.policy(experience.observations(setting.numEnvs), masks);
    const metrics = learnFrom(agent, experience.batch(batchSize));
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
