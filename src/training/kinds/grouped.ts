import { SeedSequence, type VectorEnv } from "gymnasium-js";
import type { LearnMetrics } from "../../agents/index.js";
import type { RolloutStep } from "../../streams/index.js";
import type { AgentName, RunConfigOf } from "../config.js";
import { GroupRows } from "./group-rows.js";
import { GroupedAgent, type LearnerGroup } from "./grouped-agent.js";
import type { AgentKind, Learner, LearnerSeeds, Memory } from "./kind.js";

/**
 * Several learners of one kind, each of which learns from the rows of its own group of agents, as one.
 */
export function groupedKind<Name extends AgentName>(
  kind: AgentKind<Name>,
  groups: readonly LearnerGroup[],
): AgentKind<Name> {
  const numAgents = groups.reduce((sum, { agents }) => sum + agents.length, 0);
  const gathers = groups.map(({ agents }) => new GroupRows(agents, numAgents));
  return {
    ...kind,
    createAgent: (envs, config, seed) =>
      new GroupedAgent(
        groups,
        gathers,
        seedsOf(seed, groups.length).map((own, i) => kind.createAgent(gathers[i]!.part(envs), config, own)),
        rowSizeOf(envs),
      ),
    createLearner: (envs, config, seeds) => createLearner({ kind, groups, gathers }, { envs, config, seeds }),
  };
}

function createLearner<Name extends AgentName>(
  {
    kind,
    groups,
    gathers,
  }: { kind: AgentKind<Name>; groups: readonly LearnerGroup[]; gathers: readonly GroupRows[] },
  { envs, config, seeds }: { envs: VectorEnv; config: RunConfigOf<Name>; seeds: LearnerSeeds },
): Learner {
  const ofAgents = seedsOf(seeds.agent, groups.length);
  const ofSampling = seedsOf(seeds.sampling, groups.length);
  const learners: Learner[] = [];
  try {
    groups.forEach((_, i) => {
      const own = { agent: ofAgents[i]!, sampling: ofSampling[i]! };
      learners.push(kind.createLearner(gathers[i]!.part(envs), config, own));
    });
    return new GroupedLearner({ groups, rows: gathers, learners, rowSize: rowSizeOf(envs) });
  } catch (error) {
    for (const { agent } of learners) agent.dispose();
    throw error;
  }
}

function rowSizeOf({ singleObservationSpace: { shape } }: VectorEnv): number {
  return (shape ?? []).reduce((size, extent) => size * extent, 1);
}

function seedsOf(seed: number, count: number): number[] {
  return [...new SeedSequence(seed).generateState(count, "uint32")].map(Number);
}

/** One learner for each group, as if they were one. */
class GroupedLearner implements Learner {
  readonly agent: GroupedAgent;
  readonly memory: Memory;
  readonly rng: Learner["rng"];
  private readonly rows: readonly GroupRows[];
  private readonly learners: readonly Learner[];

  constructor(parts: {
    groups: readonly LearnerGroup[];
    rows: readonly GroupRows[];
    learners: readonly Learner[];
    rowSize: number;
  }) {
    const { groups, rows, learners, rowSize } = parts;
    this.rows = rows;
    this.learners = learners;
    const members = learners.map(({ agent }) => agent);
    this.agent = new GroupedAgent(groups, rows, members, rowSize);
    this.memory = new GroupedMemory(
      rows,
      learners.map(({ memory }) => memory),
    );
    this.rng = {
      get state() {
        return learners.map(({ rng }) => rng.state);
      },
      setState(states) {
        learners.forEach(({ rng }, i) => {
          rng.setState((states as unknown[])[i]);
        });
      },
    };
  }

  learn(steps: number, onUpdate: (metrics: LearnMetrics) => void): void {
    this.learners.forEach((learner, i) => {
      learner.learn(Math.floor(steps * this.rows[i]!.share), onUpdate);
    });
  }
}

class GroupedMemory implements Memory {
  constructor(
    private readonly rows: readonly GroupRows[],
    private readonly memories: readonly Memory[],
  ) {}

  add(step: RolloutStep): void {
    this.memories.forEach((memory, i) => {
      memory.add(this.rows[i]!.step(step));
    });
  }

  /** How long each is, as 32-bit numbers in little-endian order, then all of them. */
  save(): Uint8Array {
    const parts = this.memories.map((memory) => memory.save());
    const lengths = new DataView(new ArrayBuffer(4 * parts.length));
    parts.forEach(({ length }, i) => {
      lengths.setUint32(4 * i, length, true);
    });
    const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, lengths.byteLength));
    bytes.set(new Uint8Array(lengths.buffer));
    let at = lengths.byteLength;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  load(bytes: Uint8Array): void {
    const lengths = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 4 * this.memories.length;
    this.memories.forEach((memory, i) => {
      const end = at + lengths.getUint32(4 * i, true);
      memory.load(bytes.subarray(at, end));
      at = end;
    });
  }
}
