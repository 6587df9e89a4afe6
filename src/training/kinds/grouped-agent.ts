import type { Generator, TypedArray } from "gymnasium-js";
import type { AgentState, LearnMetrics, Policy } from "../../agents/index.js";
import type { NamedArrays } from "../../tensors/index.js";
import { LudusError } from "../errors.js";
import type { GroupRows } from "./group-rows.js";
import type { AnyAgent } from "./kind.js";

/** Agents of an arena that share a policy. */
export interface LearnerGroup {
  /** In the names of its weights. */
  readonly name: string;
  /** Indices among the agents that learn. */
  readonly agents: readonly number[];
}

/** One agent for each group, as if they were one. */
export class GroupedAgent implements AnyAgent {
  readonly name: string;
  readonly policy: Policy;
  private readonly groupOf: readonly number[];

  constructor(
    private readonly groups: readonly LearnerGroup[],
    private readonly rows: readonly GroupRows[],
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
    if (policies.some(({ endEpisodes }) => endEpisodes !== undefined)) this.remember(act, policies);
    return act;
  }

  /** Policies with a memory are told where episodes end. */
  private remember(act: Policy, policies: readonly Policy[]): void {
    act.endEpisodes = ({ terminations, truncations }) => {
      policies.forEach((policy, i) => {
        const take = (name: string, values: Uint8Array): Uint8Array =>
          this.rows[i]!.take(name, values, values.length);
        policy.endEpisodes?.({
          terminations: take("ended", terminations),
          truncations: take("cut", truncations),
        });
      });
    };
    act.restart = () => {
      for (const policy of policies) policy.restart?.();
    };
  }
}
