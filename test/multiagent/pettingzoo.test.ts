import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type AecArena,
  AecRulesArena,
  connectFour,
  frameStack,
  matrixGame,
  ParallelRulesArena,
  parallelToAec,
  rockPaperScissors,
  terminateIllegal,
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

interface Game {
  id: string;
  turns: Turn[];
}

/** Recorded turn by turn; the source of a file says by which version, its script how. */
function records<Records>(name: string): Records {
  const path = join(import.meta.dirname, "../golden/data", name);
  return JSON.parse(readFileSync(path, "utf8")) as Records;
}

const { games } = records<{ games: (Game & { seed: number })[] }>("pettingzoo-turns.json");
const { illegal, stacked } = records<{ illegal: (Game & { illegalReward: number })[]; stacked: Game[] }>(
  "pettingzoo-wrappers.json",
);

const arenas: Record<string, () => AecArena> = {
  "TicTacToe-v0": () => new AecRulesArena(ticTacToe()),
  "ConnectFour-v0": () => new AecRulesArena(connectFour()),
  "RockPaperScissors-v0": () =>
    parallelToAec(new ParallelRulesArena(matrixGame({ ...rockPaperScissors(), rounds: 6 }))),
};

/** There the observation is what the other did, and 3 before the first round. */
function othersMove(code: number): number {
  return code === 0 ? 3 : (code - 1) % 3;
}

function seenOf(id: string, observation: unknown): number[] {
  if (id !== "RockPaperScissors-v0") return [...(observation as Uint8Array)];
  if (typeof observation === "number") return [othersMove(observation)];
  // There a stack of numbers below 4 is one number, of which they are the digits.
  return [[...(observation as Int32Array)].reduce((code, frame) => code * 4 + othersMove(frame), 0)];
}

function replay(arena: AecArena, { id, turns }: Game): void {
  arena.reset({ seed: 0 });
  let at = 0;
  for (const agent of arena.agentIter()) {
    const turn = turns[at++]!;
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
  expect(at).toBe(turns.length);
  expect(arena.agents).toEqual([]);
}

describe("turns are those of PettingZoo", () => {
  test.each(games)("$id, seed $seed", (game) => replay(arenas[game.id]!(), game));
});

describe("illegal moves end a game as with PettingZoo's TerminateIllegalWrapper", () => {
  test.each(illegal)("$id, $illegalReward for them", (game) =>
    replay(terminateIllegal(arenas[game.id]!(), game.illegalReward), game),
  );

  test("in half of the records there was one", () => {
    expect(illegal.filter(({ turns }) => turns.at(-1)!.truncated)).toHaveLength(illegal.length / 2);
  });
});

test.each(stacked)("stacks of three are those of SuperSuit's frame_stack_v2", (game) =>
  replay(frameStack(arenas[game.id]!(), 3), game),
);
