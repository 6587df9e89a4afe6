import { discrete, Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  type ArenaRules,
  arenaRules,
  createPlayer,
  type Player,
  requireArena,
  type SimultaneousRules,
} from "../../src/multiagent/index.js";
import { sidesOf } from "../../src/training/arenas/tournament-sides.js";
import {
  type AloneResult,
  type Entrant,
  openEntrants,
  openRun,
  openVenue,
  type PairsResult,
  playTournament,
  resolveConfig,
  type TournamentOptions,
  train,
  type Venue,
} from "../../src/training/index.js";
import { inFolder } from "./tiny-runs.js";

const entrant = (name: string, act: Player["act"]): Entrant => ({
  name,
  player: { name, act },
  dispose: () => {},
});

const always = (name: string, action: number): Entrant => entrant(name, () => action);

/** A tournament that comes to its end. */
async function played(options: Partial<TournamentOptions> & Pick<TournamentOptions, "venue" | "entrants">) {
  const result = await playTournament({ games: 10, seed: 1, ...options });
  if (result === null) throw new Error("The tournament was interrupted.");
  return result;
}

async function pairsPlayed(options: Parameters<typeof played>[0]): Promise<PairsResult> {
  const result = await played(options);
  if (result.kind !== "pairs") throw new Error("The arena has no two sides.");
  return result;
}

describe("sides", () => {
  const namesOf = (id: string): string[] | undefined =>
    sidesOf(arenaRules(requireArena(id)))?.map(({ name }) => name);

  test("are two agents, unless these are paid the same", () => {
    expect(namesOf("TicTacToe-v0")).toEqual(["player_1", "player_2"]);
    expect(namesOf("StagHunt-v0")).toEqual(["player_0", "player_1"]);
    expect(namesOf("TwoStep-v0")).toBeUndefined();
    expect(namesOf("Pursuit-v0")).toBeUndefined();
  });

  test("are two roles, of any number of agents", () => {
    const rules = (agents: string[]): ArenaRules => ({ ...lottery(agents.length), agents });
    expect(sidesOf(rules(["red_0", "red_1", "blue_0"]))).toEqual([
      { name: "red", agents: [0, 1] },
      { name: "blue", agents: [2] },
    ]);
    expect(sidesOf(rules(["red_0", "blue_0", "green_0"]))).toBeNull();
    expect(sidesOf(rules(["agent_0", "agent_1", "agent_2"]))).toBeNull();
  });
});

interface LotteryState {
  drawn: number;
}

/** One step, in which each agent earns what it says. */
function lottery(agents: number): SimultaneousRules<unknown> {
  const space = discrete(10);
  return {
    kind: "simultaneous",
    id: "Lottery-v0",
    agents: Array.from({ length: agents }, (_, i) => (i < agents - 1 ? `many_${i}` : "one_0")),
    observationSpace: () => space,
    actionSpace: () => space,
    init: (rng): LotteryState => ({ drawn: rng.random() }),
    step(_, actions, offset, __, { rewards, terminations, offset: at }) {
      for (let agent = 0; agent < agents; agent++) {
        rewards[at + agent] = actions[offset + agent]!;
        terminations[at + agent] = 1;
      }
    },
    observe: (_, __, out, offset) => {
      out[offset] = 0;
    },
  };
}

const lotteryVenue = (agents: number): Venue => ({
  arena: { id: "Lottery-v0", summary: "", settings: {}, rules: () => lottery(agents) as never },
  settings: {},
  rules: lottery(agents),
});

describe("pairs", () => {
  test("meet the same seeds, and change sides after each game", async () => {
    const seen: [name: string, agent: number, drawn: number][] = [];
    const spy = (name: string) =>
      entrant(name, (state, agent) => {
        seen.push([name, agent, (state as LotteryState).drawn]);
        return 0;
      });
    await pairsPlayed({
      ...{ venue: lotteryVenue(2), games: 3, seed: 40, entrants: ["a", "b", "c"].map(spy) },
    });
    const expected = [
      ["a", "b"],
      ["a", "c"],
      ["b", "c"],
    ].flatMap(([first, second]) =>
      [first, second, first].flatMap((starts, game) => {
        const drawn = new Generator(40 + game).random();
        return [
          [starts, 0, drawn],
          [starts === first ? second : first, 1, drawn],
        ];
      }),
    );
    expect(seen).toEqual(expected);
  });

  test("are decided by what all agents of a side earn together", async () => {
    // Two agents that say 3 beat one that says 5; it beats two that say 2.
    const bySide = entrant("by side", (_, agent) => (agent === 2 ? 5 : 3));
    const { players, sides, draws, table } = await pairsPlayed({
      venue: lotteryVenue(3),
      entrants: [bySide, always("two", 2)],
      games: 4,
    });
    expect(sides).toEqual([
      { name: "many", wins: 2 },
      { name: "one", wins: 2 },
    ]);
    expect(draws).toBe(0);
    expect(players).toMatchObject([
      { name: "by side", wins: 4, losses: 0, returnMean: 5.5, lengthMean: 1 },
      { name: "two", wins: 0, losses: 4, returnMean: 3 },
    ]);
    expect(table[0]![1]).toEqual({ score: 1, wins: 4, draws: 0, losses: 0 });
    expect(table[0]![0]).toBeNull();
  });

  test("tell which side won, whoever played there", async () => {
    // Two agents that say 4 beat one that does.
    const entrants = [always("four", 4), always("quatre", 4)];
    const { sides, players } = await pairsPlayed({ venue: lotteryVenue(3), entrants, games: 3 });
    expect(sides).toEqual([
      { name: "many", wins: 3 },
      { name: "one", wins: 0 },
    ]);
    expect(players).toMatchObject([
      { name: "four", wins: 2, losses: 1 },
      { name: "quatre", wins: 1, losses: 2 },
    ]);
  });

  test("count draws as halves, and tell each pair once it is played", async () => {
    const pairs: unknown[] = [];
    const { players, draws } = await pairsPlayed({
      venue: lotteryVenue(2),
      entrants: [always("four", 4), always("quatre", 4), always("one", 1)],
      games: 10,
      onPair: (pair) => pairs.push(pair),
    });
    expect(pairs).toMatchObject([
      { players: ["four", "quatre"], draws: 10, score: 0.5, returnMeans: [4, 4] },
      { players: ["four", "one"], wins: 10, score: 1, returnMeans: [4, 1] },
      { players: ["quatre", "one"], wins: 10 },
    ]);
    expect(players.map(({ name, score, games }) => [name, score, games])).toEqual([
      ["four", 0.75, 20],
      ["quatre", 0.75, 20],
      ["one", 0, 20],
    ]);
    expect(players[0]!.rating).toBeCloseTo(players[1]!.rating, 6);
    expect(draws).toBe(10);
  });
});

describe("exploitability", () => {
  const venue = openVenue("RockPaperScissors-v0", { rounds: 21 });

  test("is what the best answer to the frequencies gains a round", async () => {
    const even = entrant("even", (state, agent) => {
      const { row, column } = state as { row: number; column: number };
      return ((agent === 0 ? row : column) + 1) % 3;
    });
    const { players } = await pairsPlayed({ venue, entrants: [even, always("rock", 0)], games: 6 });
    const of = Object.fromEntries(players.map(({ name, exploitability }) => [name, exploitability]));
    expect(of["rock"]).toBe(1);
    expect(of["even"]).toBeCloseTo(0, 12);
  });

  test("takes both seats on their own: who is predictable on each is so, even where both together look even", async () => {
    const { players } = await pairsPlayed({
      venue: openVenue("PrisonersDilemma-v0", { rounds: 5 }),
      entrants: [entrant("by seat", (_, agent) => agent), always("traitor", 1)],
      games: 2,
    });
    const of = Object.fromEntries(players.map(({ name, exploitability }) => [name, exploitability]));
    // Against itself, the row would gain 1 by defecting, too, and the column nothing by anything.
    expect(of["by seat"]).toBe(0.5);
    expect(of["traitor"]).toBe(0);
  });

  test("is not known of who sat on one seat only, nor where nothing is in normal form", async () => {
    const once = await pairsPlayed({ venue, entrants: [always("paper", 1), always("rock", 0)], games: 1 });
    expect(once.players.map(({ exploitability }) => exploitability)).toEqual([null, null]);
    const board = openVenue("TicTacToe-v0", {});
    const entrants = await openEntrants(["random", "minimax-2"], board, { runs: "none", checkpoint: "best" });
    const { players } = await pairsPlayed({ venue: board, entrants, games: 2 });
    expect(players.map(({ exploitability }) => exploitability)).toEqual([null, null]);
  });
});

test("where all agents play for each other, each player plays all of them", async () => {
  const told: string[] = [];
  const result = await played({
    venue: openVenue("TwoStep-v0", {}),
    entrants: [always("A", 0), always("B", 1), entrant("chance", (_, __, rng) => rng.integers(0, 2))],
    games: 30,
    onPlayer: ({ name }) => told.push(name),
  });
  expect(told).toEqual(["A", "B", "chance"]);
  expect(result).toMatchObject({
    kind: "alone",
    players: [
      { name: "B", returnMean: 8, interval: { low: 8, high: 8 }, lengthMean: 2, games: 30 },
      { name: "A", returnMean: 7 },
      { name: "chance" },
    ],
  });
  const { returnMean, interval } = (result.players as readonly AloneResult[])[2]!;
  expect(interval!.low).toBeLessThan(returnMean);
  expect(interval!.high).toBeGreaterThan(returnMean);
});

test("an interruption ends it before the next game", async () => {
  const controller = new AbortController();
  const games: number[] = [];
  const result = await playTournament({
    ...{ venue: lotteryVenue(2), entrants: [always("a", 1), always("b", 2)], games: 10, seed: 1 },
    signal: controller.signal,
    onGame: ({ played: before }) => {
      games.push(before);
      if (before === 3) controller.abort();
    },
  });
  expect(result).toBeNull();
  expect(games).toEqual([0, 1, 2, 3]);
});

describe("entrants", () => {
  const venue = openVenue("TicTacToe-v0", {});
  const options = { runs: "no-such-folder", checkpoint: "best" } as const;

  test("come in the order of their names, so that nobody else's order matters", async () => {
    const tables = [];
    for (const names of [
      ["random", "minimax-2", "minimax-1"],
      ["minimax-1", "random", "minimax-2"],
    ]) {
      const entrants = await openEntrants(names, venue, options);
      expect(entrants.map(({ name }) => name)).toEqual(["minimax-1", "minimax-2", "random"]);
      tables.push(JSON.stringify(await played({ venue, entrants, games: 8 })));
    }
    expect(tables[1]).toBe(tables[0]);
  });

  test("who are not there are named, with the nearest who is", async () => {
    await expect(openEntrants(["random", "minimx"], venue, options)).rejects.toMatchObject({
      code: "unknown-run",
      message: expect.stringMatching(
        /TicTacToe-v0 has no player 'minimx', but random, .*did you mean 'minimax'\? There is no run/,
      ),
    });
  });

  test("play once each", async () => {
    await expect(openEntrants(["random", "random"], venue, options)).rejects.toMatchObject({
      code: "invalid-value",
      message: expect.stringContaining("random is named twice"),
    });
  });
});

describe("runs", () => {
  const withRun = (work: (runs: string, id: string) => Promise<void>): Promise<void> =>
    inFolder(async (runs) => {
      const config = resolveConfig({
        ...{ env: "PrisonersDilemma-v0", envOptions: { rounds: 10 }, arena: { learn: "shared" } },
        ...{ agent: "dqn", numEnvs: 1, steps: 200, dqn: { net: { type: "mlp", hidden: [8] } } },
        evaluation: { every: 100, episodes: 1, finalEpisodes: 1 },
      });
      const { run } = await train({ config, runs, engine: "cpu" });
      await work(runs, openRun(run).manifest.id);
    });

  test("play with the checkpoint that is named, or else the one that all shall have", () =>
    withRun(async (runs, id) => {
      const venue = openVenue("prisoners-dilemma", { rounds: 10 });
      const names = ["random", "last@last", `${id}@0`];
      const entrants = await openEntrants(names, venue, { runs, checkpoint: "best" });
      expect(entrants.map(({ name }) => name)).toEqual([`${id}@0`, `${id}@200`, "random"]);
      const { players } = await pairsPlayed({ venue, entrants, games: 2 });
      expect(players.map(({ lengthMean }) => lengthMean)).toEqual([10, 10, 10]);
      for (const { dispose } of entrants) dispose();
      const twice = openEntrants([id, `${id}@0`], venue, { runs, checkpoint: 0 });
      await expect(twice).rejects.toMatchObject({
        message: expect.stringContaining(`${id}@0 is named twice`),
      });
      expect(() => createPlayer(`${id}@0`, venue.arena, venue)).toThrow(/has no player/);
    }));

  test("of another arena, or with other settings, are refused", () =>
    withRun(async (runs) => {
      const refused = (venue: Venue) => openEntrants(["random", "last"], venue, { runs, checkpoint: "best" });
      await expect(refused(openVenue("StagHunt-v0", {}))).rejects.toMatchObject({
        code: "unsupported",
        message: expect.stringMatching(/has learnt PrisonersDilemma-v0, and cannot play StagHunt-v0\.$/),
      });
      await expect(refused(openVenue("PrisonersDilemma-v0", {}))).rejects.toMatchObject({
        code: "unsupported",
        message: expect.stringMatching(/other settings than are played; --set rounds=10 has its own\.$/),
      });
    }));
});
