import { Box, type Discrete, GymnasiumError, type Space } from "gymnasium-js";
import type { ByAgent, ParallelArena, ParallelStep } from "../arena.js";
import { byAgent } from "../by-agent.js";
import { requireActions, requireElement, resetNeeded } from "../checks.js";
import { ParallelWrapper } from "./parallel-wrapper.js";

/**
 * Lets agents that are out stay until nobody is left, so that their number never changes: they see zeros, earn nothing, and what
 * they do does not count. All end in the last step, each terminated or truncated as it was. Boxes are widened by 0 where they have
 * to be. Source: SuperSuit's `black_death_v3`, in which an episode ends only when all are terminated and truncated at once.
 *
 * @throws GymnasiumError `invalid-options` unless observations are Boxes, or Discrete with 0 among them
 */
export function blackDeath(arena: ParallelArena): ParallelArena {
  return new BlackDeath(arena);
}

interface Fate {
  terminated: boolean;
  truncated: boolean;
}

class BlackDeath extends ParallelWrapper {
  private readonly spaces: ReadonlyMap<string, Space<unknown>>;
  /** Of those that are out; of the others, from an episode before. */
  private fates: ByAgent<Fate> = {};

  constructor(inner: ParallelArena) {
    super(inner, "blackDeath");
    this.spaces = new Map(
      inner.possibleAgents.map((agent) => [agent, withZero(inner.observationSpace(agent), agent)]),
    );
  }

  override get agents(): readonly string[] {
    return super.agents.length === 0 ? [] : this.possibleAgents;
  }

  override observationSpace(agent: string): Space<unknown> {
    return this.spaces.get(agent) ?? super.observationSpace(agent);
  }

  override step(actions: ByAgent<unknown>): ParallelStep {
    const { inner, possibleAgents } = this;
    if (this.agents.length === 0) throw resetNeeded(this.id);
    requireActions(this, actions);
    for (const agent of possibleAgents) requireElement(inner, agent, actions[agent]);
    const step = inner.step(byAgent(inner.agents, (agent) => actions[agent]));
    for (const agent of Object.keys(step.rewards)) {
      const [terminated, truncated] = [step.terminations[agent]!, step.truncations[agent]!];
      if (terminated || truncated) this.fates[agent] = { terminated, truncated };
    }
    const isOver = inner.agents.length === 0;
    return {
      observations: byAgent(possibleAgents, (agent) =>
        agent in step.observations ? step.observations[agent] : zeroOf(this.observationSpace(agent)),
      ),
      rewards: byAgent(possibleAgents, (agent) => step.rewards[agent] ?? 0),
      terminations: byAgent(possibleAgents, (agent) => isOver && this.fates[agent]!.terminated),
      truncations: byAgent(possibleAgents, (agent) => isOver && this.fates[agent]!.truncated),
      infos: byAgent(possibleAgents, (agent) => step.infos[agent] ?? {}),
    };
  }

  protected override ownState(): unknown {
    return this.fates;
  }

  protected override restoreOwnState(state: unknown): void {
    this.fates = state as ByAgent<Fate>;
  }
}

function zeroOf(space: Space<unknown>): unknown {
  return space.type === "Discrete" ? 0 : (space as Box).fromFlat(new Float64Array((space as Box).size));
}

function withZero(space: Space<unknown>, agent: string): Space<unknown> {
  const isKnown = space.type === "Box" || (space as Discrete).contains(0);
  if (!isKnown) {
    throw new GymnasiumError(
      "invalid-options",
      `blackDeath: ${agent} observes a ${space.type} in which there is no 0; expected a Box, or Discrete with 0.`,
    );
  }
  if (space.contains(zeroOf(space))) return space;
  const { low, high } = (space as Box).bounds();
  return new Box({
    low: Array.from(low as number[], (value) => (value < 0 ? value : 0)),
    high: Array.from(high as number[], (value) => (value > 0 ? value : 0)),
    shape: (space as Box).shape,
    dtype: (space as Box).dtype,
  });
}
