import { type Discrete, GymnasiumError } from "gymnasium-js";
import type { AecArena } from "../arena.js";
import { byAgent } from "../by-agent.js";
import { isOut } from "../checks.js";
import { EndingAec } from "./ending-aec.js";

/**
 * Ends the game where an agent does what the `action_mask` in its info forbids: it earns `illegalReward`, the others nothing, all are
 * terminated and truncated, and what they see stays as it was. Actions outside the space are left to the arena.
 * Source: PettingZoo's `TerminateIllegalWrapper`.
 *
 * @throws GymnasiumError `unsupported` by `step` where an info has no `action_mask`
 */
export function terminateIllegal(arena: AecArena, illegalReward: number): AecArena {
  return new TerminateIllegal(arena, illegalReward);
}

class TerminateIllegal extends EndingAec {
  constructor(
    inner: AecArena,
    private readonly illegalReward: number,
  ) {
    super(inner, "terminateIllegal");
  }

  protected override play(action: unknown): void {
    const { inner, illegalReward } = this;
    const { agents, agentSelection: mover } = inner;
    if (mover === null || isOut(inner, mover) || this.allows(mover, action)) {
      this.playInside(action);
      return;
    }
    this.end({
      selection: agents[0]!,
      rewards: byAgent(agents, (agent) => (agent === mover ? illegalReward : 0)),
      cumulative: { ...this.earned, [mover]: illegalReward },
      terminations: byAgent(agents, () => true),
      truncations: byAgent(agents, () => true),
    });
  }

  /** Whether the arena inside is to answer for an action. */
  private allows(mover: string, action: unknown): boolean {
    const { inner } = this;
    const space = inner.actionSpace(mover);
    if (!space.contains(action)) return true;
    const mask = inner.infos[mover]?.["action_mask"] as Uint8Array | undefined;
    if (mask === undefined || space.type !== "Discrete") {
      throw new GymnasiumError(
        "unsupported",
        `terminateIllegal: the info of ${mover} in ${this.id} has no action_mask, so that nothing is known to be illegal.`,
      );
    }
    return mask[(action as number) - (space as Discrete).start] === 1;
  }
}
