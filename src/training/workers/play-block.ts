import type { EpisodePlayer } from "../../agents/evolution/fitness.js";
import { writeCandidate } from "../../agents/evolution/population.js";
import type { EvaluationBlock, EvaluationTask } from "./evaluation-messages.js";

/** Plays episodes `[from, to)` of a task. */
export function playBlock(
  player: EpisodePlayer,
  { population, seeds }: EvaluationTask,
  { from, to }: { from: number; to: number },
): EvaluationBlock {
  const { dimension } = population;
  const memory = { out: new Float32Array(dimension), noise: new Float64Array(dimension) };
  const block = { returns: new Float64Array(to - from), lengths: new Float64Array(to - from) };
  let written = -1;
  for (let episode = from; episode < to; episode++) {
    const candidate = Math.floor(episode / seeds.length);
    if (candidate !== written) writeCandidate(population, candidate, memory);
    written = candidate;
    const played = player.play(memory.out, seeds[episode % seeds.length]!);
    block.returns[episode - from] = played.return;
    block.lengths[episode - from] = played.length;
  }
  return block;
}
