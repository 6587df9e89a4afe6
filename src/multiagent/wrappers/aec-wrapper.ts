import type { Info } from "gymnasium-js";
import type { AecArena, ArenaReset, ByAgent, LastTurn } from "../arena.js";
import { ArenaWrapper } from "../arena-wrapper.js";
import { iterateTurns } from "../turn-ledger.js";

/** An arena of turns around another: forwards everything; a subclass overrides what it changes. */
export abstract class AecWrapper extends ArenaWrapper<AecArena> implements AecArena {
  readonly kind = "aec";

  get agentSelection(): string | null {
    return this.inner.agentSelection;
  }

  get rewards(): ByAgent<number> {
    return this.inner.rewards;
  }

  get terminations(): ByAgent<boolean> {
    return this.inner.terminations;
  }

  get truncations(): ByAgent<boolean> {
    return this.inner.truncations;
  }

  get infos(): ByAgent<Info> {
    return this.inner.infos;
  }

  reset(options?: ArenaReset): void {
    this.inner.reset(options);
  }

  observe(agent: string): unknown {
    return this.inner.observe(agent);
  }

  last(): LastTurn {
    return this.inner.last();
  }

  step(action: unknown): void {
    this.inner.step(action);
  }

  agentIter(): Iterable<string> {
    return iterateTurns(this);
  }
}
