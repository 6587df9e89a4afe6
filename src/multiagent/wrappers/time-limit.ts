import { GymnasiumError } from "gymnasium-js";
import type { AecArena, Arena, ArenaReset, ByAgent, ParallelArena, ParallelStep } from "../arena.js";
import { mapByAgent } from "../by-agent.js";
import { isOut, resetNeeded } from "../checks.js";
import type { Wrapped } from "./agent-view.js";
import { EndingAec } from "./ending-aec.js";
import { ParallelWrapper } from "./parallel-wrapper.js";

/**
 * Truncates everybody after `maxCycles` steps, or actions where agents take turns; whoever's task ends in that very step is terminated
 * and not truncated. It does what `maxCycles` of arenas made of rules does, for any arena.
 *
 * @throws GymnasiumError `invalid-options` unless `maxCycles` is a positive integer
 */
export function timeLimit<Inner extends Arena>(arena: Inner, maxCycles: number): Wrapped<Inner> {
  if (!Number.isSafeInteger(maxCycles) || maxCycles < 1) {
    throw new GymnasiumError(
      "invalid-options",
      `timeLimit: maxCycles is ${maxCycles}, expected a positive integer number of steps.`,
    );
  }
  const limited: Arena =
    arena.kind === "aec" ? new LimitedAec(arena, maxCycles) : new LimitedParallel(arena, maxCycles);
  return limited as Wrapped<Inner>;
}

class LimitedParallel extends ParallelWrapper {
  private cycles = 0;

  constructor(
    inner: ParallelArena,
    private readonly maxCycles: number,
  ) {
    super(inner, "timeLimit");
  }

  override get agents(): readonly string[] {
    return this.cycles < this.maxCycles ? super.agents : [];
  }

  override reset(options?: ArenaReset): ReturnType<ParallelArena["reset"]> {
    const begun = super.reset(options);
    this.cycles = 0;
    return begun;
  }

  override step(actions: ByAgent<unknown>): ParallelStep {
    if (this.agents.length === 0) throw resetNeeded(this.id);
    const step = super.step(actions);
    this.cycles++;
    return this.cycles < this.maxCycles ? step : { ...step, truncations: unlessTerminated(step) };
  }

  protected override ownState(): number {
    return this.cycles;
  }

  protected override restoreOwnState(state: unknown): void {
    this.cycles = state as number;
  }
}

class LimitedAec extends EndingAec {
  /** Actions of this episode. */
  private cycles = 0;

  constructor(
    inner: AecArena,
    private readonly maxCycles: number,
  ) {
    super(inner, "timeLimit");
  }

  override reset(options?: ArenaReset): void {
    super.reset(options);
    this.cycles = 0;
  }

  protected override play(action: unknown): void {
    const { inner } = this;
    const leaves = isOut(inner, inner.agentSelection);
    this.playInside(action);
    if (leaves) return;
    this.cycles++;
    if (this.cycles < this.maxCycles) return;
    const { agentSelection: selection, rewards, terminations } = inner;
    this.end({
      ...{ selection, rewards, terminations, cumulative: this.earned },
      truncations: unlessTerminated(inner),
    });
  }

  protected override ownState(): ReturnType<EndingAec["ownState"]> & { cycles: number } {
    return { ...super.ownState(), cycles: this.cycles };
  }

  protected override restoreOwnState(state: unknown): void {
    super.restoreOwnState(state);
    ({ cycles: this.cycles } = state as { cycles: number });
  }
}

function unlessTerminated({
  terminations,
  truncations,
}: Pick<ParallelStep, "terminations" | "truncations">): ByAgent<boolean> {
  return mapByAgent(truncations, (truncated, agent) => truncated || !terminations[agent]);
}
