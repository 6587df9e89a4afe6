import {
  clonePlain,
  type Generator,
  GymnasiumError,
  type RenderMode,
  type RgbFrame,
  type Space,
} from "gymnasium-js";
import type { Arena, ArenaBase } from "./arena.js";

/** What `snapshot` of an arena around another returns. */
export interface ArenaWrapperSnapshot {
  readonly wrapper: string;
  /** What the wrapper itself remembers; null if nothing. */
  readonly own: unknown;
  readonly inner: unknown;
}

/** Where a wrapper keeps what it remembers. */
export interface ArenaMemory {
  /** Plain data. */
  save(): unknown;
  /** @param saved to keep */
  load(saved: unknown): void;
}

/**
 * An arena around another, of the same interface or of the other one: what both have in common is forwarded. Whatever a subclass
 * remembers between calls belongs into `ownState` and `restoreOwnState`, so that `snapshot` stays exact.
 */
export abstract class ArenaWrapper<Inner extends Arena> implements ArenaBase {
  readonly id: string;
  readonly possibleAgents: readonly string[];
  readonly renderMode: RenderMode | null;
  readonly stateSpace: Space<unknown> | null;

  /** @param wrapper what this kind of wrapper is called, in snapshots and messages */
  constructor(
    protected readonly inner: Inner,
    private readonly wrapper: string,
    private readonly memory: ArenaMemory | null = null,
  ) {
    this.id = inner.id;
    this.possibleAgents = inner.possibleAgents;
    this.renderMode = inner.renderMode;
    this.stateSpace = inner.stateSpace;
  }

  get agents(): readonly string[] {
    return this.inner.agents;
  }

  get rng(): Generator {
    return this.inner.rng;
  }

  observationSpace(agent: string): Space<unknown> {
    return this.inner.observationSpace(agent);
  }

  actionSpace(agent: string): Space<unknown> {
    return this.inner.actionSpace(agent);
  }

  state(): unknown {
    return this.inner.state();
  }

  render(): string | RgbFrame | null {
    return this.inner.render();
  }

  close(): void {
    this.inner.close();
  }

  snapshot(): ArenaWrapperSnapshot {
    return { wrapper: this.wrapper, own: clonePlain(this.ownState()), inner: this.inner.snapshot() };
  }

  restore(snapshot: unknown): void {
    const { wrapper, own, inner } = (snapshot ?? {}) as Partial<ArenaWrapperSnapshot>;
    if (wrapper !== this.wrapper) {
      throw new GymnasiumError(
        "invalid-snapshot",
        `${this.id}: this snapshot is ${wrapper === undefined ? "of no wrapper" : `one of ${wrapper}`}, but ${this.wrapper} was to be restored: build the same wrappers, in the same order, as when it was taken.`,
      );
    }
    this.inner.restore(inner);
    this.restoreOwnState(clonePlain(own));
  }

  /** What this wrapper remembers, as plain data. */
  protected ownState(): unknown {
    return this.memory?.save() ?? null;
  }

  /** Takes back what `ownState` gave, as its own to keep. */
  protected restoreOwnState(state: unknown): void {
    this.memory?.load(state);
  }
}
