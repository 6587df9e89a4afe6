import type { BranchSummary, Frame, Stage } from "../../src/viewer/protocol.js";
import type { Seated } from "./scenes/arenas/seated.js";

type Shown = Pick<Frame, "state" | "return" | "ended">;

/** Name of the agent whose seat is held; null where that is not known, or there is one agent alone. */
export function seatOf({ arena }: Stage, { state }: Pick<Shown, "state">): string | null {
  if (arena === null) return null;
  const { seat = -1 } = (state ?? {}) as Partial<Seated<unknown>>;
  return arena.agents[seat] ?? arena.seat;
}

/** Who wins, loses, or that nobody does; null while it is played, and where nobody can. */
export function resultOf({ arena }: Stage, { return: total, ended }: Shown): "won" | "lost" | "drawn" | null {
  if (arena?.contest !== true || ended === null) return null;
  if (total === 0) return "drawn";
  return total > 0 ? "won" : "lost";
}

/** How an episode came to its end, for whoever watches. */
export function endInWords(stage: Stage, shown: Shown): string {
  const result = resultOf(stage, shown);
  const seat = seatOf(stage, shown);
  if (result === "drawn") return "A draw";
  if (result !== null && seat !== null) return `${seat} ${result === "won" ? "wins" : "loses"}`;
  return shown.ended === "terminated" ? "The episode is over" : "Cut by its time limit";
}

/** How many games a person has won, lost and drawn. */
export function tallyOf(
  stage: Stage,
  branches: readonly BranchSummary[],
): Record<"won" | "lost" | "drawn", number> {
  const tally = { won: 0, lost: 0, drawn: 0 };
  for (const { player, ended, return: total } of branches) {
    const result = resultOf(stage, { state: null, ended, return: total });
    if (player === "you" && result !== null) tally[result]++;
  }
  return tally;
}
