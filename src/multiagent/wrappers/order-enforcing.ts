import { GymnasiumError, type Info, type RgbFrame } from "gymnasium-js";
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
import { resetNeeded } from "../checks.js";
import { AecWrapper } from "./aec-wrapper.js";
import type { Wrapped } from "./agent-view.js";
import { ParallelWrapper } from "./parallel-wrapper.js";

/**
 * Refuses (`reset-needed`) to step, observe, tell the state or draw before the first reset, and to step when nobody is left; before the
 * reset nobody takes part. An iteration over turns in which nobody acts is refused, too. For arenas written as classes; those made of rules
 * see to it themselves. Source: PettingZoo's `OrderEnforcingWrapper`.
 */
export function orderEnforcing<Inner extends Arena>(arena: Inner): Wrapped<Inner> {
  const ordered: Arena = arena.kind === "aec" ? new OrderedAec(arena) : new OrderedParallel(arena);
  return ordered as Wrapped<Inner>;
}

/** Whether there was a reset. */
class Order implements ArenaMemory {
  hasReset = false;

  constructor(private readonly id: string) {}

  require(): void {
    if (!this.hasReset) throw resetNeeded(this.id);
  }

  save(): boolean {
    return this.hasReset;
  }

  load(hasReset: unknown): void {
    this.hasReset = hasReset as boolean;
  }
}

class OrderedParallel extends ParallelWrapper {
  constructor(
    inner: ParallelArena,
    private readonly order = new Order(inner.id),
  ) {
    super(inner, "orderEnforcing", order);
  }

  override get agents(): readonly string[] {
    return this.order.hasReset ? super.agents : [];
  }

  override reset(options?: ArenaReset): { observations: ByAgent<unknown>; infos: ByAgent<Info> } {
    const begun = super.reset(options);
    this.order.hasReset = true;
    return begun;
  }

  override step(actions: ByAgent<unknown>): ParallelStep {
    if (this.agents.length === 0) throw resetNeeded(this.id);
    return super.step(actions);
  }

  override state(): unknown {
    this.order.require();
    return super.state();
  }

  override render(): string | RgbFrame | null {
    this.order.require();
    return super.render();
  }

  override close(): void {
    super.close();
    this.order.hasReset = false;
  }
}

class OrderedAec extends AecWrapper {
  /** Since `agentIter` gave the last turn. */
  private hasActed = false;

  constructor(
    inner: AecArena,
    private readonly order = new Order(inner.id),
  ) {
    super(inner, "orderEnforcing", order);
  }

  override get agents(): readonly string[] {
    return this.order.hasReset ? super.agents : [];
  }

  override get agentSelection(): string | null {
    return this.agents.length === 0 ? null : super.agentSelection;
  }

  override get rewards(): ByAgent<number> {
    return this.order.hasReset ? super.rewards : {};
  }

  override get terminations(): ByAgent<boolean> {
    return this.order.hasReset ? super.terminations : {};
  }

  override get truncations(): ByAgent<boolean> {
    return this.order.hasReset ? super.truncations : {};
  }

  override get infos(): ByAgent<Info> {
    return this.order.hasReset ? super.infos : {};
  }

  override reset(options?: ArenaReset): void {
    super.reset(options);
    this.order.hasReset = true;
    this.hasActed = true;
  }

  override observe(agent: string): unknown {
    this.order.require();
    return super.observe(agent);
  }

  override last(): LastTurn {
    this.requireTurn();
    return super.last();
  }

  override step(action: unknown): void {
    this.requireTurn();
    super.step(action);
    this.hasActed = true;
  }

  override *agentIter(): Iterable<string> {
    for (const agent of super.agentIter()) {
      this.hasActed = false;
      yield agent;
      if (this.hasActed) continue;
      throw new GymnasiumError(
        "invalid-action",
        `${this.id}: ${agent} had its turn in agentIter() and did nothing: call step() once for each turn.`,
      );
    }
  }

  override state(): unknown {
    this.order.require();
    return super.state();
  }

  override render(): string | RgbFrame | null {
    this.order.require();
    return super.render();
  }

  override close(): void {
    super.close();
    this.order.hasReset = false;
  }

  private requireTurn(): void {
    if (this.agentSelection === null) throw resetNeeded(this.id);
  }
}
