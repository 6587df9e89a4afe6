import {
  type Generator,
  GymnasiumError,
  type Info,
  type RenderMode,
  type RgbFrame,
  type Space,
} from "gymnasium-js";
import type { AecArena, ArenaReset, ByAgent, ParallelArena, ParallelStep } from "../arena.js";
import { requireActions, requireElement } from "../checks.js";

/**
 * An arena of turns as a parallel one: a step is one round, in which every agent has one turn, in the order of `agents`. It
 * has to be an arena in which turns go round so. Rewards are those of all turns of the round.
 * Source: PettingZoo's `aec_to_parallel`.
 *
 * @throws GymnasiumError `unsupported` by `step` where turns do not go round in the order of `agents`
 */
export function aecToParallel(aec: AecArena): ParallelArena {
  return new AecAsParallel(aec, playRound);
}

/**
 * The same for arenas in which one agent acts at a time, such as board games: a step is one turn, in which the action of
 * whose turn it is counts, and those of others do not. Infos say whose turn comes, as `active`.
 * Source: PettingZoo's `turn_based_aec_to_parallel`.
 */
export function turnsToParallel(aec: AecArena): ParallelArena {
  return new AecAsParallel(aec, playTurn);
}

type Play = (aec: AecArena, actions: ByAgent<unknown>) => ByAgent<number>;

function playRound(aec: AecArena, actions: ByAgent<unknown>): ByAgent<number> {
  const round = [...aec.agents];
  const rewards: ByAgent<number> = Object.fromEntries(round.map((name) => [name, 0]));
  for (const name of round) {
    // An agent that another's turn has put out has no turn of its own any more.
    if (aec.terminations[name] || aec.truncations[name]) continue;
    if (aec.agentSelection !== name && !isOut(aec, aec.agentSelection)) {
      throw new GymnasiumError(
        "unsupported",
        `${aec.id}: it is ${aec.agentSelection}'s turn, not ${name}'s: turns do not go round, so that they cannot be made at once; try turnsToParallel.`,
      );
    }
    if (aec.agentSelection !== name) continue;
    aec.step(actions[name]);
    for (const [earner, reward] of Object.entries(aec.rewards)) rewards[earner]! += reward;
  }
  return rewards;
}

function playTurn(aec: AecArena, actions: ByAgent<unknown>): ByAgent<number> {
  aec.step(actions[aec.agentSelection!]);
  return { ...aec.rewards };
}

function isOut({ terminations, truncations }: AecArena, agent: string | null): boolean {
  return agent !== null && (terminations[agent] === true || truncations[agent] === true);
}

class AecAsParallel implements ParallelArena {
  readonly id: string;
  readonly possibleAgents: readonly string[];
  readonly renderMode: RenderMode | null;
  readonly stateSpace: Space<unknown> | null;

  constructor(
    private readonly aec: AecArena,
    private readonly play: Play,
  ) {
    this.id = aec.id;
    this.possibleAgents = aec.possibleAgents;
    this.renderMode = aec.renderMode;
    this.stateSpace = aec.stateSpace;
  }

  get rng(): Generator {
    return this.aec.rng;
  }

  get agents(): readonly string[] {
    return this.aec.agents;
  }

  observationSpace(agent: string): Space<unknown> {
    return this.aec.observationSpace(agent);
  }

  actionSpace(agent: string): Space<unknown> {
    return this.aec.actionSpace(agent);
  }

  reset(options: ArenaReset = {}): { observations: ByAgent<unknown>; infos: ByAgent<Info> } {
    this.aec.reset(options);
    return { observations: this.observations(), infos: this.infos() };
  }

  step(actions: ByAgent<unknown>): ParallelStep {
    const { aec } = this;
    if (aec.agents.length === 0) {
      throw new GymnasiumError(
        "reset-needed",
        `${this.id}: step was called before reset or after the end of an episode: call reset() first.`,
      );
    }
    requireActions(this, actions);
    for (const name of aec.agents) requireElement(aec, name, actions[name]);
    const rewards = this.play(aec, actions);
    const step: ParallelStep = {
      observations: this.observations(),
      rewards,
      terminations: { ...aec.terminations },
      truncations: { ...aec.truncations },
      infos: this.infos(),
    };
    while (isOut(aec, aec.agentSelection)) aec.step(null);
    return step;
  }

  state(): unknown {
    return this.aec.state();
  }

  render(): string | RgbFrame | null {
    return this.aec.render();
  }

  close(): void {
    this.aec.close();
  }

  snapshot(): unknown {
    return this.aec.snapshot();
  }

  restore(snapshot: unknown): void {
    this.aec.restore(snapshot);
  }

  private observations(): ByAgent<unknown> {
    return Object.fromEntries(this.aec.agents.map((name) => [name, this.aec.observe(name)]));
  }

  private infos(): ByAgent<Info> {
    const { infos, agentSelection } = this.aec;
    if (this.play !== playTurn) return { ...infos };
    return Object.fromEntries(
      Object.entries(infos).map(([name, info]) => [name, { ...info, active: name === agentSelection }]),
    );
  }
}
