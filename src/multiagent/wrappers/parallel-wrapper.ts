import type { Info } from "gymnasium-js";
import type { ArenaReset, ByAgent, ParallelArena, ParallelStep } from "../arena.js";
import { ArenaWrapper } from "../arena-wrapper.js";

/** A parallel arena around another: forwards everything; a subclass overrides what it changes. */
export abstract class ParallelWrapper extends ArenaWrapper<ParallelArena> implements ParallelArena {
  readonly kind = "parallel";

  reset(options?: ArenaReset): { observations: ByAgent<unknown>; infos: ByAgent<Info> } {
    return this.inner.reset(options);
  }

  step(actions: ByAgent<unknown>): ParallelStep {
    return this.inner.step(actions);
  }
}
