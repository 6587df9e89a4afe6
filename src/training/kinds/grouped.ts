import { type Generator, SeedSequence, type TypedArray, type VectorEnv } from "gymnasium-js";
import type { AgentState, LearnMetrics, Policy } from "../../agents/index.js";
import type { RolloutStep } from "../../streams/index.js";
import type { NamedArrays } from "../../tensors/index.js";
import type { AgentName, RunConfigOf } from "../config.js";
import { LudusError } from "../errors.js";
import type { AgentKind, AnyAgent, Learner, LearnerSeeds, Memory } from "./kind.js";

/** Agents of an arena that share a policy. */
export interface LearnerGroup {
  /** In the names of its weights. */
  readonly name: string;
  /** Indices among the agents that learn. */
  readonly agents: readonly number[];
}

/**
 * Several learners of one kind, each of which learns from the rows of its own group of agents. In environments of `numAgents` rows
 * per arena, row `arena * numAgents + agent`.
 */
export function groupedKind<Name extends AgentName>(
  kind: AgentKind<Name>,
  groups: readonly LearnerGroup[],
): AgentKind<Name> {
  const numAgents = groups.reduce((sum, { agents }) => sum + agents.length, 0);
  const gathers = groups.map(({ agents }) => new Rows(agents, numAgents));
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
  }: { kind: AgentKind<Name>; groups: readonly LearnerGroup[]; gathers: readonly Rows[] },
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

/** The rows of a group, taken out of all and put back. */
class Rows {
  private readonly taken = new Map<string, TypedArray>();

  constructor(
    private readonly agents: readonly number[],
    private readonly numAgents: number,
  ) {}

  get share(): number {
    return this.agents.length / this.numAgents;
  }

  /** Of this many rows of all agents. */
  count(rows: number): number {
    return (rows / this.numAgents) * this.agents.length;
  }

  /** The group's rows, in memory that is used again for what goes by the same name. */
  take<Values extends TypedArray>(name: string, values: Values, rows: number): Values {
    const size = values.length / rows;
    const length = this.count(rows) * size;
    let taken = this.taken.get(name) as Values | undefined;
    if (taken?.length !== length || taken.constructor !== values.constructor) {
      taken = new (values.constructor as new (length: number) => Values)(length);
      this.taken.set(name, taken);
    }
    let to = 0;
    for (let first = 0; first < rows; first += this.numAgents) {
      for (const agent of this.agents) {
        const from = (first + agent) * size;
        for (let i = from; i < from + size; i++) taken[to++] = values[i]!;
      }
    }
    return taken;
  }

  put(part: TypedArray, all: TypedArray, rows: number): void {
    const size = all.length / rows;
    let from = 0;
    for (let first = 0; first < rows; first += this.numAgents) {
      for (const agent of this.agents) {
        const to = (first + agent) * size;
        for (let i = to; i < to + size; i++) all[i] = part[from++]!;
      }
    }
  }

  /** Environments of the group's rows, as far as a learner asks. */
  part(envs: VectorEnv): VectorEnv {
    const { singleObservationSpace, singleActionSpace, autoresetMode, spec } = envs;
    return {
      ...{ singleObservationSpace, singleActionSpace, autoresetMode, spec },
      numEnvs: this.count(envs.numEnvs),
      actionMasks: envs.actionMasks && this.take("masks", envs.actionMasks, envs.numEnvs),
    } as VectorEnv;
  }

  step({ next, ...step }: RolloutStep): RolloutStep {
    const rows = next.rewards.length;
    const take = <Values>(name: string, values: Values): Values =>
      values === null || values === undefined ? values : this.take(name, values as never, rows);
    return {
      ...step,
      observations: take("observations", step.observations),
      actions: take("actions", step.actions),
      actionMasks: take("actionMasks", step.actionMasks),
      nextActionMasks: take("nextActionMasks", step.nextActionMasks),
      next: {
        observations: take("next", next.observations),
        rewards: take("rewards", next.rewards),
        terminations: take("terminations", next.terminations),
        truncations: take("truncations", next.truncations),
        finalObservations: take("finals", next.finalObservations),
        ...(next.absent === undefined ? {} : { absent: take("absent", next.absent) }),
        infos: {},
        finalInfos: null,
      },
    };
  }
}

/** One agent for each group, as if they were one. */
export class GroupedAgent implements AnyAgent {
  readonly name: string;
  readonly policy: Policy;
  private readonly groupOf: readonly number[];

  constructor(
    private readonly groups: readonly LearnerGroup[],
    private readonly rows: readonly Rows[],
    private readonly members: readonly AnyAgent[],
    /** Numbers of an observation. */
    private readonly rowSize: number,
  ) {
    this.name = members[0]!.name;
    const numAgents = groups.reduce((sum, { agents }) => sum + agents.length, 0);
    this.groupOf = Array.from({ length: numAgents }, (_, agent) =>
      groups.findIndex(({ agents }) => agents.includes(agent)),
    );
    this.policy = this.joined(members.map(({ policy }) => policy));
  }

  /** Whose policy an agent follows. */
  memberOf(agent: number): AnyAgent {
    return this.members[this.groupOf[agent]!]!;
  }

  get epsilon(): number {
    return this.members[0]!.epsilon;
  }

  get updates(): number {
    return this.members.reduce((sum, { updates }) => sum + updates, 0);
  }

  get envSteps(): number {
    return this.members.reduce((sum, { envSteps }) => sum + envSteps, 0);
  }

  greedyPolicy(epsilon?: number, rng?: Generator): Policy {
    return this.joined(this.members.map((member) => member.greedyPolicy(epsilon, rng)));
  }

  learn(): LearnMetrics {
    throw new LudusError("unsupported", "Agents in groups learn by their own learners.");
  }

  save(): AgentState {
    const states = this.members.map((member) => member.save());
    const joined = (part: (state: AgentState) => NamedArrays): NamedArrays =>
      Object.fromEntries(
        states.flatMap((state, i) =>
          Object.entries(part(state)).map(([name, array]) => [`${this.groups[i]!.name}/${name}`, array]),
        ),
      );
    return {
      weights: joined(({ weights }) => weights),
      target: joined(({ target }) => target),
      optimizer: {
        ...states[0]!.optimizer,
        arrays: joined(({ optimizer }) => optimizer.arrays),
      },
      counters: states.map(({ counters, optimizer: { arrays: _, ...optimizer } }) => ({
        counters,
        optimizer,
      })),
    };
  }

  restoreWeights(weights: NamedArrays): void {
    this.members.forEach((member, i) => {
      member.restoreWeights(this.ofGroup(weights, i));
    });
  }

  restore({ weights, target, optimizer, counters }: AgentState): void {
    const saved = counters as { counters: unknown; optimizer: Omit<AgentState["optimizer"], "arrays"> }[];
    this.members.forEach((member, i) => {
      const own = saved[i]!;
      member.restore({
        weights: this.ofGroup(weights, i),
        target: this.ofGroup(target, i),
        optimizer: { ...own.optimizer, arrays: this.ofGroup(optimizer.arrays, i) },
        counters: own.counters,
      });
    });
  }

  dispose(): void {
    for (const member of this.members) member.dispose();
  }

  private ofGroup(arrays: NamedArrays, group: number): NamedArrays {
    const prefix = `${this.groups[group]!.name}/`;
    return Object.fromEntries(
      Object.entries(arrays)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, array]) => [name.slice(prefix.length), array]),
    );
  }

  private joined(policies: readonly Policy[]): Policy {
    let actions = new Int32Array(0);
    const act: Policy = (observations, masks) => {
      const seen = observations as TypedArray;
      const rows = seen.length / this.rowSize;
      if (actions.length !== rows) actions = new Int32Array(rows);
      policies.forEach((policy, i) => {
        const own = this.rows[i]!;
        const chosen = policy(own.take("seen", seen, rows), masks && own.take("masks", masks, rows));
        own.put(chosen as TypedArray, actions, rows);
      });
      return actions;
    };
    return act;
  }
}

/** One learner for each group, as if they were one. */
class GroupedLearner implements Learner {
  readonly agent: GroupedAgent;
  readonly memory: Memory;
  readonly rng: Learner["rng"];
  private readonly rows: readonly Rows[];
  private readonly learners: readonly Learner[];

  constructor(parts: {
    groups: readonly LearnerGroup[];
    rows: readonly Rows[];
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
    private readonly rows: readonly Rows[],
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
