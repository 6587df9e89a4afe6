import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type AecArena,
  AecRulesArena,
  connectFour,
  matrixGame,
  ParallelRulesArena,
  parallelToAec,
  rockPaperScissors,
  ticTacToe,
} from "../../src/multiagent/index.js";

interface Turn {
  agent: string;
  reward: number;
  terminated: boolean;
  truncated: boolean;
  action: number | null;
  observation: number[];
  mask?: number[];
  agents: string[];
  rewards: Record<string, number>;
}

/** Random games, recorded turn by turn; the source of the file says by which version. */
const { games } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../golden/data/pettingzoo-turns.json"), "utf8"),
) as { games: { id: string; seed: number; turns: Turn[] }[] };

const arenas: Record<string, () => AecArena> = {
  "TicTacToe-v0": () => new AecRulesArena(ticTacToe()),
  "ConnectFour-v0": () => new AecRulesArena(connectFour()),
  "RockPaperScissors-v0": () =>
    parallelToAec(new ParallelRulesArena(matrixGame({ ...rockPaperScissors(), rounds: 6 }))),
};

/** There the observation is what the other did, and 3 before the first round. */
function seenOf(id: string, observation: unknown): number[] {
  if (id !== "RockPaperScissors-v0") return [...(observation as Uint8Array)];
  const code = Number(observation);
  return [code === 0 ? 3 : (code - 1) % 3];
}

describe("turns are those of PettingZoo", () => {
  test.each(games)("$id, seed $seed", ({ id, turns }) => {
    const arena = arenas[id]!();
    arena.reset({ seed: 0 });
    const iterated: string[] = [];
    let at = 0;
    for (const agent of arena.agentIter()) {
      const turn = turns[at++]!;
      iterated.push(agent);
      expect(agent).toBe(turn.agent);
      expect(arena.agents).toEqual(turn.agents);
      expect(arena.rewards).toEqual(turn.rewards);
      const { observation, reward, terminated, truncated, info } = arena.last();
      expect({ reward, terminated, truncated }).toEqual({
        reward: turn.reward,
        terminated: turn.terminated,
        truncated: turn.truncated,
      });
      expect(seenOf(id, observation)).toEqual(turn.observation);
      // Of those that are out, no action counts.
      if (turn.mask !== undefined && turn.action !== null)
        expect([...(info["action_mask"] as Uint8Array)]).toEqual(turn.mask);
      arena.step(turn.action);
    }
    expect(iterated).toHaveLength(turns.length);
    expect(arena.agents).toEqual([]);
  });
});
