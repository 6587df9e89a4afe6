import { GymnasiumError, type Info } from "gymnasium-js";
import type { AecArena, ArenaReset, ByAgent, ParallelArena, ParallelStep } from "../arena.js";
import { ArenaWrapper } from "../arena-wrapper.js";
import { byAgent, mapByAgent } from "../by-agent.js";
import { isOut, requireActions, requireElement, resetNeeded } from "../checks.js";

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
  const rewards: ByAgent<number> = byAgent(round, () => 0);
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

class AecAsParallel extends ArenaWrapper<AecArena> implements ParallelArena {
  readonly kind = "parallel";

  constructor(
    aec: AecArena,
    private readonly play: Play,
  ) {
    super(aec, play === playTurn ? "turnsToParallel" : "aecToParallel");
  }

  reset(options: ArenaReset = {}): { observations: ByAgent<unknown>; infos: ByAgent<Info> } {
    this.inner.reset(options);
    return { observations: this.observations(), infos: this.infos() };
  }

  step(actions: ByAgent<unknown>): ParallelStep {
    const aec = this.inner;
    if (aec.agents.length === 0) throw resetNeeded(this.id);
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

  private observations(): ByAgent<unknown> {
    return byAgent(this.inner.agents, (name) => this.inner.observe(name));
  }

  private infos(): ByAgent<Info> {
    const { infos, agentSelection } = this.inner;
    if (this.play !== playTurn) return { ...infos };
    return mapByAgent(infos, (info, name) => ({ ...info, active: name === agentSelection }));
  }
}
