import { batchSpace, concatenate, GymnasiumError, type Info, type Space } from "gymnasium-js";
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
import { AecWrapper } from "./aec-wrapper.js";
import type { Wrapped } from "./agent-view.js";
import { ParallelWrapper } from "./parallel-wrapper.js";

/**
 * Shows each agent its last `stackSize` observations together, oldest first, `[stackSize, ...shape]`; its first one stands for those
 * before it, as in gymnasium-js' `FrameStackObservation`. Where agents take turns, they are what it saw in its own last turns, and what it
 * sees now. Source: SuperSuit's `frame_stack_v2`, which stacks along the last dimension.
 *
 * @throws GymnasiumError `invalid-options` unless `stackSize` is a positive integer
 */
export function frameStack<Inner extends Arena>(arena: Inner, stackSize: number): Wrapped<Inner> {
  if (!Number.isSafeInteger(stackSize) || stackSize < 1) {
    throw new GymnasiumError(
      "invalid-options",
      `frameStack: stackSize is ${stackSize}, expected a positive integer number of observations.`,
    );
  }
  const frames = new Frames(arena, stackSize);
  const stacked: Arena =
    arena.kind === "aec" ? new StackedAec(arena, frames) : new StackedParallel(arena, frames);
  return stacked as Wrapped<Inner>;
}

/** What each agent saw before, and how it looks together with what it sees now. */
class Frames implements ArenaMemory {
  private readonly spaces: ReadonlyMap<string, Space<unknown>>;
  /** Oldest first, at most `stackSize - 1`. */
  private seen: ByAgent<unknown[]> = {};

  constructor(
    private readonly arena: Arena,
    private readonly stackSize: number,
  ) {
    this.spaces = new Map(
      arena.possibleAgents.map((agent) => [agent, batchSpace(arena.observationSpace(agent), stackSize)]),
    );
  }

  space(agent: string): Space<unknown> {
    // Asks the arena about strangers, so that it refuses them.
    return this.spaces.get(agent) ?? this.arena.observationSpace(agent);
  }

  clear(): void {
    this.seen = byAgent(this.arena.possibleAgents, () => []);
  }

  stack(agent: string, observation: unknown): unknown {
    const before = this.seen[agent] ?? [];
    const missing = this.stackSize - 1 - before.length;
    const padding = new Array<unknown>(missing).fill(before[0] ?? observation);
    return concatenate(this.arena.observationSpace(agent), [...padding, ...before, observation]);
  }

  push(agent: string, observation: unknown): void {
    const seen = [...(this.seen[agent] ?? []), observation];
    this.seen[agent] = seen.slice(Math.max(0, seen.length - this.stackSize + 1));
  }

  save(): ByAgent<unknown[]> {
    return this.seen;
  }

  load(seen: unknown): void {
    this.seen = seen as ByAgent<unknown[]>;
  }
}

class StackedParallel extends ParallelWrapper {
  constructor(
    inner: ParallelArena,
    private readonly frames: Frames,
  ) {
    super(inner, "frameStack", frames);
  }

  override observationSpace(agent: string): Space<unknown> {
    return this.frames.space(agent);
  }

  override reset(options?: ArenaReset): { observations: ByAgent<unknown>; infos: ByAgent<Info> } {
    const { observations, infos } = super.reset(options);
    this.frames.clear();
    return { observations: this.stackAll(observations), infos };
  }

  override step(actions: ByAgent<unknown>): ParallelStep {
    const step = super.step(actions);
    return { ...step, observations: this.stackAll(step.observations) };
  }

  private stackAll(observations: ByAgent<unknown>): ByAgent<unknown> {
    return mapByAgent(observations, (observation, agent) => {
      const stack = this.frames.stack(agent, observation);
      this.frames.push(agent, observation);
      return stack;
    });
  }
}

class StackedAec extends AecWrapper {
  constructor(
    inner: AecArena,
    private readonly frames: Frames,
  ) {
    super(inner, "frameStack", frames);
  }

  override observationSpace(agent: string): Space<unknown> {
    return this.frames.space(agent);
  }

  override reset(options?: ArenaReset): void {
    super.reset(options);
    this.frames.clear();
  }

  override observe(agent: string): unknown {
    return this.frames.stack(agent, super.observe(agent));
  }

  override last(): LastTurn {
    const turn = super.last();
    return { ...turn, observation: this.frames.stack(this.agentSelection!, turn.observation) };
  }

  override step(action: unknown): void {
    const { inner, frames } = this;
    const agent = inner.agentSelection;
    const observation = agent === null ? null : inner.observe(agent);
    super.step(action);
    frames.push(agent!, observation);
  }
}
