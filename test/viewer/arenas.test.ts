// Arenas of many agents in the viewer: who sits where, moves that wait and are refused, and how scenes read a game.
import { clonePlain, type Env, make } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { boardSourceOf, boardsOf } from "../../src/cli/viewing/boards.js";
import { chancePlayers } from "../../src/cli/viewing/chance-players.js";
import { randomMind } from "../../src/cli/viewing/minds.js";
import { takeSeats, usualPlayer } from "../../src/cli/viewing/seats.js";
import { openStage } from "../../src/cli/viewing/stage.js";
import { AgentRows, arenaRules, requireArena, type SimultaneousRules } from "../../src/multiagent/index.js";
import { episodeOf } from "../../src/viewer/episode.js";
import { PlaySession } from "../../src/viewer/play-session.js";
import type { Frame } from "../../src/viewer/protocol.js";
import { reopenedBranch } from "../../src/viewer/reopened.js";
import { endInWords, resultOf, seatOf, tallyOf } from "../../viewer/src/arena.js";
import { nextPlace } from "../../viewer/src/board-cursor.js";
import { standings } from "../../viewer/src/scenes/arenas/crowd.js";
import { fallen, inTurn, newStones, winningLine } from "../../viewer/src/scenes/arenas/line-moves.js";
import { payoffsOf } from "../../viewer/src/scenes/arenas/payoffs.js";
import { gamesOf } from "../../viewer/src/scenes/arenas/seated.js";

interface LineGame {
  game: { cells: Int8Array };
}

function sessionIn(env: string, { controller = "human", ...seating }: Seated = {}) {
  const { openEnv, stage } = openStage(env, seating, null);
  const mind = randomMind(openEnv, 3);
  const session = new PlaySession({ openEnv, stage, mind, seed: 5, openMind: null, controller });
  const act = (action: number) => session.handle({ type: "act", action });
  return { session, stage, openEnv, mind, act };
}

interface Seated {
  controller?: "human" | "policy";
  seat?: string;
  others?: string;
}

const stonesIn = ({ state }: Frame): number =>
  (state as LineGame).game.cells.reduce((count, owner) => count + Math.sign(owner), 0);

describe("a person on a seat", () => {
  test("is waited for, however long time would go on", async () => {
    const { session, stage, act } = sessionIn("ConnectFour-v0", { seat: "player_1", others: "minimax-2" });
    expect(stage.arena).toEqual({
      ...{ agents: ["player_0", "player_1"], seat: "player_1", others: "minimax-2" },
      ...{ waits: true, contest: true },
    });
    // The other one has begun.
    expect(stonesIn(session.frame(0))).toBe(1);
    await session.handle({ type: "play" });
    expect(session.advance()).toBe(false);
    expect(session.pace).toBe(0);
    expect(stonesIn(session.frame(0))).toBe(1);
    await act(3);
    expect(stonesIn(session.frame(0))).toBe(3);
  });

  test("is told of an illegal move in a sentence, and loses nothing by it", async () => {
    const { session, act } = sessionIn("ConnectFour-v0");
    const fullColumn = (): number => session.frame(0).legal?.indexOf(0) ?? -1;
    for (let seed = 0; fullColumn() < 0; seed++) {
      await session.handle({ type: "restart", seed });
      for (let turn = 0; turn < 6 && session.frame(0).ended === null && fullColumn() < 0; turn++) {
        await act(turn % 2);
      }
    }
    const before = structuredClone(session.frame(0));
    await expect(act(fullColumn())).rejects.toThrow(`column ${fullColumn() + 1} is not a legal move here.`);
    expect(session.frame(0)).toEqual(before);
  });

  test("takes back by moving where it has gone back to", async () => {
    const { session, act } = sessionIn("TicTacToe-v0");
    await act(4);
    await act(session.frame(0).legal!.indexOf(1));
    await session.handle({ type: "seek", step: 1 });
    const other = session.frame(0).legal!.lastIndexOf(1);
    await act(other);
    const { branches, branch } = session.status();
    expect(branches).toHaveLength(2);
    expect(branches[1]).toMatchObject({ id: branch, parent: { branch: 0, step: 1 }, player: "you" });
    expect((session.frame(0).state as LineGame).game.cells[other]).toBe(1);
    expect(branches[0]!.length).toBe(2);
  });

  test("is not waited for where doing nothing is a move, and an illegal one is not made", async () => {
    const { session, stage, act } = sessionIn("Soccer-v0", { others: "script" });
    expect(stage.arena).toMatchObject({ waits: false, seat: "red_0" });
    await session.handle({ type: "play" });
    // Nobody passes who has no ball; it stands still instead.
    const pass = stage.actionNames.indexOf("pass");
    for (let step = 0; step < 30 && session.frame(0).legal?.[pass] !== 0; step++) session.advance();
    expect(session.frame(0).legal![pass]).toBe(0);
    await act(pass);
    expect(session.advance()).toBe(true);
    expect(session.branch.actions.at(-1)).toBe(stage.actionNames.indexOf("stay"));
  });
});

test("chance plays what is legal, and what it played opens again from a file", () => {
  const { session, stage, openEnv, mind } = sessionIn("ConnectFour-v0", {
    ...{ controller: "policy", others: "minimax-1" },
  });
  while (session.advance());
  const { branch } = session;
  expect(branch.ended).toBe("terminated");
  const episode = episodeOf(branch, stage, { run: null, checkpoint: null });
  expect(episode.envOptions).toEqual({ others: "minimax-1" });
  expect(reopenedBranch(episode, { openEnv, stage, mind }).rewards).toEqual(branch.rewards);
  const impossible = { ...episode, actions: [7, ...episode.actions.slice(1)] };
  expect(() => reopenedBranch(impossible, { openEnv, stage, mind })).toThrow(/its action 7 of step 1/);
  const full = { ...episode, actions: Array.from({ length: 7 }, () => 0), rewards: Array(7).fill(0) };
  const illegal = { ...full, thoughts: Array(7).fill(null), ended: null };
  expect(() => reopenedBranch(illegal, { openEnv, stage, mind })).toThrow(/its action 0 of step \d/);
});

describe("seats", () => {
  const runs = "no-such-folder";

  test("go to players by their names", async () => {
    const seats = await takeSeats("ConnectFour-v0", { seat: "random", others: "minimax-3" }, runs);
    expect(seats.seating).toEqual({ seat: "random", others: "minimax-3" });
    expect((await takeSeats("CartPole-v1", {}, runs)).seating).toEqual({});
  });

  test.each([
    ["CartPole-v1", { seat: "player_0" }, /CartPole-v1 is for one agent/],
    ["ConnectFour-v0", { others: "minmax" }, /no player 'minmax'.*random, minimax, minimax-2/],
    ["Pong-v0", { others: "minimax" }, /its players are random, script;/],
  ])("of %s refuse %o", async (env, flags, sentence) => {
    await expect(takeSeats(env, flags, runs)).rejects.toThrow(sentence);
  });

  test("have somebody on them where nobody is asked for", () => {
    expect(usualPlayer("TicTacToe-v0")).toBe("minimax-2");
    expect(usualPlayer("Pong-v0")).toBe("script");
    expect(usualPlayer("StagHunt-v0")).toBe("random");
  });
});

describe("what came of a game", () => {
  const { stage } = openStage("TicTacToe-v0", { seat: "random" }, null);
  const shown = { state: { seat: 1 }, ended: "terminated", return: -1 } as const;

  test("is told of whoever is held", () => {
    expect(seatOf(stage, shown)).toBe("player_2");
    expect(endInWords(stage, shown)).toBe("player_2 loses");
    expect(endInWords(stage, { ...shown, return: 0 })).toBe("A draw");
    expect(resultOf(stage, { ...shown, ended: null })).toBeNull();
  });

  test("is no victory where all earn together", () => {
    const { stage: team } = openStage("Pursuit-v0", {}, null);
    expect(resultOf(team, { ...shown, return: 5 })).toBeNull();
    expect(endInWords(team, { ...shown, ended: "truncated" })).toBe("Cut by its time limit");
  });

  test("is counted for the person alone", () => {
    const branch = { id: 0, parent: null, seed: 1, length: 3, ended: "terminated" } as const;
    const played = [1, -1, -1, 0].map((total) => ({ ...branch, return: total, player: "you" }));
    const open = { ...branch, ended: null, return: 0, player: "you" };
    const others = { ...branch, return: 1, player: "random play" };
    expect(tallyOf(stage, [...played, open, others])).toEqual({ won: 1, lost: 2, drawn: 1 });
  });
});

describe("boards of stones", () => {
  const board = (text: string) => Int8Array.from(text.replaceAll(/\s/g, ""), (cell) => ".XO".indexOf(cell));

  test("have a line where the rules say that somebody has won", () => {
    const env = make("ConnectFour-v0", { others: "minimax-1" });
    let [won, drawn] = [0, 0];
    for (let seed = 0; seed < 20; seed++) {
      for (const { cells, reward, terminated } of playAtRandom(env, seed)) {
        expect(winningLine(cells, 7, 4) !== null).toBe(terminated && reward !== 0);
        if (!terminated) continue;
        if (reward === 0) drawn++;
        else won++;
        const line = winningLine(cells, 7, 4) ?? [];
        expect(new Set(line.map((cell) => cells[cell])).size).toBe(reward === 0 ? 0 : 1);
      }
    }
    expect(won + drawn).toBe(20);
    expect(won).toBeGreaterThan(5);
  });

  test("have none round the edge", () => {
    expect(winningLine(board(".......  ....XXX  X......"), 7, 4)).toBeNull();
    expect(winningLine(board("X..  .X.  ..X"), 3, 3)).toEqual([0, 4, 8]);
    expect(winningLine(board("..O  .O.  O.."), 3, 3)).toEqual([2, 4, 6]);
  });

  test("got the stone of whoever is held first", () => {
    const [from, to] = [board("...  ...  ..."), board("O..  ..X  ...")];
    expect(newStones(from, to, 0)).toEqual([5, 0]);
    expect(newStones(from, to, 1)).toEqual([0, 5]);
    expect(newStones(to, from, 0)).toBeNull();
  });

  test("let stones fall one after the other, faster and faster", () => {
    expect([0, 0.25, 0.5, 1].map((share) => inTurn(share, 0, 2))).toEqual([0, 0.5, 1, 1]);
    expect([0, 0.5, 0.75, 1].map((share) => inTurn(share, 1, 2))).toEqual([0, 0, 0.5, 1]);
    expect([fallen(0), fallen(0.75), fallen(1)]).toEqual([0, 1, 1]);
    expect(fallen(0.6) - fallen(0.5)).toBeGreaterThan(fallen(0.2) - fallen(0.1));
  });
});

/** Each state of an episode, the first one left out. */
function* playAtRandom(env: Env, seed: number) {
  const openEnv = () => make("ConnectFour-v0", { others: "minimax-1" });
  const mind = randomMind(openEnv, seed);
  env.reset({ seed });
  const rules = env.unwrapped as unknown as {
    state: LineGame;
    writeActionMask(out: Uint8Array, at: number): void;
  };
  for (;;) {
    const legal = new Uint8Array(7);
    rules.writeActionMask(legal, 0);
    const { reward, terminated } = env.step(mind.choose(null, { seat: 0, legal }).action);
    yield { cells: clonePlain(rules.state).game.cells, reward, terminated };
    if (terminated) return;
  }
}

describe("games as pages get them", () => {
  const shown = (state: unknown) => ({ state, picture: null });

  test("go on from the one before, unless another seat is held", () => {
    const [was, is] = [shown({ game: { cells: 1 }, seat: 0 }), shown({ game: { cells: 2 }, seat: 0 })];
    expect(gamesOf(was, is)).toEqual({ from: { cells: 1 }, to: { cells: 2 }, seat: 0 });
    expect(gamesOf(null, is)).toEqual({ from: { cells: 2 }, to: { cells: 2 }, seat: 0 });
    const other = shown({ game: { cells: 3 }, seat: 1 });
    expect(gamesOf(is, other)).toEqual({ from: { cells: 3 }, to: { cells: 3 }, seat: 1 });
  });

  test("may be within another, where players fill some seats, and held by nobody", () => {
    const within = shown({ game: { game: { cells: 4 }, out: [] } });
    expect(gamesOf(null, within)).toEqual({ from: { cells: 4 }, to: { cells: 4 }, seat: -1 });
  });
});

describe("many boards", () => {
  test("are played by chance, legally, and the same from the same seed", () => {
    const players = chancePlayers("ConnectFour-v0", { seat: "random", others: "minimax-1" }, 3);
    const play = (seed: number) => {
      players.restart(seed);
      return Array.from({ length: 120 }, () => [...players.step().rewards]);
    };
    const first = play(4);
    expect(first.flat()).toContain(-1);
    expect(play(4)).toEqual(first);
    expect(play(5)).not.toEqual(first);
    players.dispose();
  });

  test("are those of arenas, however many agents have rows in them", () => {
    const rules = arenaRules(requireArena("Pursuit-v0"), { predators: 2, prey: 3 }) as SimultaneousRules<{
      prey: Int32Array;
    }>;
    const envs = new AgentRows(rules, { numArenas: 3, agentIds: true });
    envs.reset({ seed: 1 });
    const source = boardSourceOf(envs)!;
    const returns = Float64Array.of(1, 2, 3, 4, 5, 6);
    const { states, ...rest } = boardsOf(source, { hasState: true, returns });
    expect(rest).toEqual({ pictures: [], returns: Float32Array.of(1, 3, 5) });
    expect(
      states.map((state) => gamesOf<{ prey: Int32Array }>(null, { state, picture: null }).to.prey),
    ).toEqual([0, 1, 2].map((arena) => envs.stateOf(arena)!.prey));
  });
});

test("whoever shares a cell stands beside the others, and nobody else moves over", () => {
  const all = standings([4, 7, 4, -1]);
  expect(all[1]).toEqual({ x: 0, y: 0, scale: 1 });
  expect(all[0]!.x).toBeCloseTo(-all[2]!.x, 10);
  expect(Math.hypot(all[0]!.x - all[2]!.x, all[0]!.y - all[2]!.y)).toBeCloseTo(0.4, 10);
});

test("payoffs are those that the rules pay", () => {
  const rules = arenaRules<never>(requireArena("PrisonersDilemma-v0"));
  expect(payoffsOf(rules, () => ({ row: -1, column: -1 }))).toEqual([
    [
      [3, 3],
      [0, 5],
    ],
    [
      [5, 0],
      [1, 1],
    ],
  ]);
  const twoStep = arenaRules<never>(requireArena("TwoStep-v0"));
  expect(payoffsOf(twoStep, () => ({ place: 2 })).flat()).toEqual([
    [0, 0],
    [1, 1],
    [1, 1],
    [8, 8],
  ]);
  const board = arenaRules<never>(requireArena("ConnectFour-v0"));
  expect(() => payoffsOf(board, () => ({}))).toThrow(/two act at once/);
});

describe("arrow keys", () => {
  const cells = Array.from({ length: 9 }, (_, i) => ({
    ...{ x: 50 * (i % 3), y: 50 * Math.floor(i / 3), width: 50, height: 50 },
  }));
  const columns = Array.from({ length: 7 }, (_, i) => ({ x: 60 * i, y: 0, width: 60, height: 400 }));

  test("begin in the middle, and go to what lies next", () => {
    expect(nextPlace(cells, -1, [1, 0])).toBe(4);
    expect(nextPlace(cells, 4, [1, 0])).toBe(5);
    expect(nextPlace(cells, 4, [0, -1])).toBe(1);
    expect(nextPlace(columns, 3, [-1, 0])).toBe(2);
  });

  test("go nowhere beyond the edge", () => {
    expect(nextPlace(cells, 2, [1, 0])).toBe(-1);
    expect(nextPlace(columns, 3, [0, 1])).toBe(-1);
  });
});
