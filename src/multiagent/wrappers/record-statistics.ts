import { type EpisodeStatistics, GymnasiumError, type Info } from "gymnasium-js";
import type {
  AecArena,
  Arena,
  ArenaReset,
  ByAgent,
  LastTurn,
  ParallelArena,
  ParallelStep,
} from "../arena.js";
import type { ArenaMemory } from "../arena-wrapper.js";
import { byAgent, mapByAgent } from "../by-agent.js";
import { isOut } from "../checks.js";
import { AecWrapper } from "./aec-wrapper.js";
import type { Wrapped } from "./agent-view.js";
import { ParallelWrapper } from "./parallel-wrapper.js";

/**
 * Adds `{ r, l }` to the info of an agent that is out: its return, undiscounted, and how often it has acted. As gymnasium-js'
 * `RecordEpisodeStatistics`, for each agent.
 *
 * @param options `statsKey` is the key in the infos; `episode` by default
 * @throws GymnasiumError `invalid-options` where an info already has a value under that key, then
 */
export function recordStatistics<Inner extends Arena>(
  arena: Inner,
  { statsKey = "episode" }: { statsKey?: string } = {},
): Wrapped<Inner> {
  const tallies = new Tallies(arena, statsKey);
  const recorded: Arena =
    arena.kind === "aec" ? new RecordedAec(arena, tallies) : new RecordedParallel(arena, tallies);
  return recorded as Wrapped<Inner>;
}

class Tallies implements ArenaMemory {
  private episodes: ByAgent<EpisodeStatistics> = {};

  constructor(
    private readonly arena: Arena,
    private readonly statsKey: string,
  ) {}

  clear(): void {
    this.episodes = byAgent(this.arena.possibleAgents, () => ({ r: 0, l: 0 }));
  }

  earn(rewards: ByAgent<number>): void {
    for (const [agent, reward] of Object.entries(rewards)) this.episodes[agent]!.r += reward;
  }

  act(agent: string): void {
    this.episodes[agent]!.l++;
  }

  /** The info of an agent that is out. */
  final(info: Info, agent: string): Info {
    const { statsKey } = this;
    if (statsKey in info) {
      throw new GymnasiumError(
        "invalid-options",
        `recordStatistics: the infos of ${this.arena.id} already have the key ${JSON.stringify(statsKey)}: choose another statsKey.`,
      );
    }
    return { ...info, [statsKey]: { ...this.episodes[agent]! } };
  }

  save(): unknown {
    return this.episodes;
  }

  load(episodes: unknown): void {
    this.episodes = episodes as ByAgent<EpisodeStatistics>;
  }
}

class RecordedParallel extends ParallelWrapper {
  constructor(
    inner: ParallelArena,
    private readonly tallies: Tallies,
  ) {
    super(inner, "recordStatistics", tallies);
  }

  override reset(options?: ArenaReset): { observations: ByAgent<unknown>; infos: ByAgent<Info> } {
    const begun = super.reset(options);
    this.tallies.clear();
    return begun;
  }

  override step(actions: ByAgent<unknown>): ParallelStep {
    const { tallies } = this;
    const step = super.step(actions);
    tallies.earn(step.rewards);
    for (const agent of Object.keys(step.rewards)) tallies.act(agent);
    const infos = mapByAgent(step.infos, (info, agent) =>
      step.terminations[agent] || step.truncations[agent] ? tallies.final(info, agent) : info,
    );
    return { ...step, infos };
  }
}

class RecordedAec extends AecWrapper {
  constructor(
    inner: AecArena,
    private readonly tallies: Tallies,
  ) {
    super(inner, "recordStatistics", tallies);
  }

  override get infos(): ByAgent<Info> {
    return mapByAgent(super.infos, (info, agent) => this.told(info, agent));
  }

  override reset(options?: ArenaReset): void {
    super.reset(options);
    this.tallies.clear();
  }

  override last(): LastTurn {
    const turn = super.last();
    return { ...turn, info: this.told(turn.info, this.agentSelection!) };
  }

  override step(action: unknown): void {
    const { inner, tallies } = this;
    const agent = inner.agentSelection;
    super.step(action);
    tallies.act(agent!);
    tallies.earn(inner.rewards);
  }

  private told(info: Info, agent: string): Info {
    return isOut(this.inner, agent) ? this.tallies.final(info, agent) : info;
  }
}
