// Each arena here breaks one promise of the contract of arenas of turns, which has to say which.
import { describe, expect, test } from "vitest";
import type { AecArena } from "../../src/multiagent/index.js";
import { aecFailures, type Change, type Fault, mapValues, promises } from "./contract-failures.js";

const turns = "says of each turn what is true of those who take part";
const rewards = "gives what was earned since the agent's own last action";
const ends = "lets those leave who are out, one turn each";

const isOut = ({ terminations, agentSelection }: AecArena): boolean =>
  agentSelection !== null && terminations[agentSelection] === true;

/** What `last` says, changed. */
const saying =
  (say: (turn: ReturnType<AecArena["last"]>) => object): Change<AecArena> =>
  (arena) => ({
    last() {
      const turn = arena.last();
      return { ...turn, ...say(turn) };
    },
  });

describe("of turns", () => {
  const faults: Fault<AecArena>[] = [
    [
      "the turn of a stranger",
      /^after reset: it is stranger's turn, who does not take part/,
      (arena) => ({
        get agentSelection() {
          return arena.agentSelection === null ? null : "stranger";
        },
      }),
    ],
    [
      "rewards of some only",
      /^step 0: the agents of rewards: found \["player_1"\]/,
      (arena) => ({
        get rewards() {
          return { player_1: arena.rewards["player_1"] ?? 0 };
        },
      }),
    ],
    [
      "rewards that are no numbers",
      /^step 0: the reward of player_1 is NaN/,
      (arena) => ({
        get rewards() {
          return mapValues(arena.rewards, () => Number.NaN);
        },
      }),
    ],
    [
      "observations outside their space",
      /^after reset: the observation of player_1 is not in its space/,
      () => ({ observe: () => 3 }),
    ],
    [
      "observations that depend on how one asks",
      /^step 0: the observation of last\(\), as observe\(\) has it: found/,
      saying(({ observation }) => ({ observation: (observation as Uint8Array).map(() => 1) })),
    ],
    [
      "ends that depend on how one asks",
      /^step 0: terminated, as terminations have it/,
      saying(() => ({ terminated: true })),
    ],
    [
      "cuts that depend on how one asks",
      /^step 0: truncated, as truncations have it/,
      saying(() => ({ truncated: true })),
    ],
    [
      "infos that depend on how one asks",
      /^step 0: the info of last\(\), as infos have it/,
      saying(() => ({ info: {} })),
    ],
    [
      "a turn in which nothing is legal",
      /^step 0: it is player_1's turn, who has no legal action by its action_mask/,
      (arena) => {
        const info = { action_mask: new Uint8Array(9) };
        return {
          last: () => ({ ...arena.last(), info }),
          get infos() {
            return mapValues(arena.infos, () => info);
          },
        };
      },
    ],
    [
      "steps that return something",
      /^step 0: what step returned: found 7/,
      (arena) => ({
        step(action) {
          arena.step(action);
          return 7 as never;
        },
      }),
    ],
    [
      "agents that leave without a turn",
      /^step \d+: agents after the turn of player_\d: found \[\], expected \["player_1","player_2"\]/,
      (arena) => ({
        get agents() {
          return isOut(arena) ? [] : arena.agents;
        },
      }),
    ],
    [
      "agents that are out at the start",
      /^after reset: player_1 is out already/,
      (arena) => ({
        get terminations() {
          return mapValues(arena.terminations, () => true);
        },
      }),
    ],
    [
      "somebody's turn when nobody is left",
      /^step \d+: agentSelection of nobody: found "player_1", expected null/,
      (arena) => ({
        get agentSelection() {
          return arena.agentSelection ?? "player_1";
        },
      }),
    ],
    [
      "a reset that leaves somebody out",
      /^agents after reset: found \["player_1"\]/,
      (arena) => ({
        get agents() {
          return arena.agents.slice(0, 1);
        },
      }),
    ],
  ];
  test.each(faults)("%s", (_, message, change) => {
    expect(aecFailures(change)[turns]).toMatch(message);
  });
});

test("of rewards: one that tells of the last step only", () => {
  const change: Change<AecArena> = (arena) => ({
    last: () => ({ ...arena.last(), reward: arena.rewards[arena.agentSelection!] ?? 0 }),
  });
  expect(aecFailures(change)[rewards]).toMatch(
    /^step \d+: what player_\d has earned since its last action: found 0, expected -?1/,
  );
});

describe("of ends", () => {
  const faults: Fault<AecArena>[] = [
    [
      "doing nothing in a game",
      /^null of player_1, who is in, was let through/,
      (arena) => ({
        step: (action) => arena.step(action ?? (isOut(arena) || arena.agentSelection === null ? null : 0)),
      }),
    ],
    [
      "acting after the game",
      /^An action of player_\d, who is out, was let through/,
      (arena) => ({ step: (action) => arena.step(isOut(arena) ? null : action) }),
    ],
    [
      "iterations that give another agent",
      /^turn 0: the agent that iteration gives: found "player_2"/,
      () => ({ agentIter: () => ["player_2"] }),
    ],
    [
      "iterations that end before the game",
      /^agents when the iteration has ended: found \["player_1","player_2"\]/,
      () => ({ agentIter: () => [] }),
    ],
    [
      "last() when nobody is left",
      /^last\(\) when nobody is left was let through/,
      (arena) => {
        let turn: ReturnType<AecArena["last"]> | undefined;
        return {
          last() {
            if (arena.agentSelection !== null) turn = arena.last();
            return turn ?? arena.last();
          },
        };
      },
    ],
    [
      "steps when nobody is left",
      /^A step when nobody is left was let through/,
      (arena) => ({
        step(action) {
          if (arena.agentSelection !== null || action !== null) arena.step(action);
        },
      }),
    ],
    [
      "an agent that has two turns to leave",
      /^turn \d+: agents after the turn of player_\d: found \["player_1","player_2"\], expected/,
      (arena) => {
        let leaves = 0;
        return {
          step(action) {
            // The first null is lost.
            if (isOut(arena) && action === null && leaves++ === 0) return;
            arena.step(action);
          },
        };
      },
    ],
  ];
  test.each(faults)("%s", (_, message, change) => {
    expect(aecFailures(change)[ends]).toMatch(message);
  });

  test("a limit that is not there", () => {
    expect(aecFailures(() => ({}), 3)[ends]).toBe(
      "After 3 steps, player_1, player_2 still take part; maxCycles cuts.",
    );
  });
});

describe("of refusals", () => {
  const faults: Fault<AecArena>[] = [
    [
      "last() before reset",
      /^last\(\) before reset was let through/,
      (arena) => ({
        last() {
          if (arena.agentSelection === null) arena.reset();
          return arena.last();
        },
      }),
    ],
    [
      "steps before reset",
      /^An action before reset was let through/,
      (arena) => ({
        step(action) {
          if (arena.agentSelection !== null) arena.step(action);
        },
      }),
    ],
    [
      "actions outside their space",
      /^The action 9 of player_1 was let through/,
      (arena) => ({ step: (action) => arena.step(action === 9 ? 8 : action) }),
    ],
    [
      "refusals in which something happens",
      /^The action undefined of player_1 was refused; the snapshot after it: found/,
      (arena) => ({
        step(action) {
          arena.rng.random();
          arena.step(action);
        },
      }),
    ],
    [
      "what strangers see",
      /^The observation of a stranger was let through/,
      (arena) => ({ observe: (agent) => arena.observe(agent === "nobody" ? "player_1" : agent) }),
    ],
  ];
  test.each(faults)("%s", (_, message, change) => {
    expect(aecFailures(change)[promises.refusals]).toMatch(message);
  });
});
