import { describe, expect, test } from "vitest";
import { asked } from "./asked.js";
import { eventsOf, inFolder, ludus, refusalOf, start } from "./ludus.js";

const tictactoe = ["tournament", "TicTacToe-v0", "random", "minimax"] as const;

/** What is asked, and the sentence. */
const wrong: [args: string[], sentence: RegExp][] = [
  [["TicTacToe-v0", "random"], /wants two players or more, and 'random' is alone/],
  [["TicTacToe-v0", "random", "minimx"], /no player 'minimx'.*did you mean 'minimax'/],
  [["TicTacToe-v0", "random", "minimax", "--games", "0"], /whole number of at least 1/],
  [["CartPole-v1", "random", "minimax"], /CartPole-v1 is no arena of many agents; there are TicTacToe-v0/],
  [["StagHunt-v0", "random", "last"], /no player 'last', but random\. There is no run in /],
  [["StagHunt-v0", "random", "last", "--set", "rouns=3"], /no setting "rouns".*did you mean "rounds"/],
  [["TicTacToe-v0"], /missing required argument 'players'/],
];

describe("wrong use is refused in one sentence", () => {
  test.each(wrong)("ludus tournament %j", (args, sentence) =>
    inFolder(async (folder) => {
      expect(refusalOf(await asked(folder, "tournament", ...args), 2)).toMatch(sentence);
    }),
  );
});

test("--help says how it is used, with an example", () =>
  inFolder(async (folder) => {
    const { code, stdout } = await asked(folder, "tournament", "--help");
    expect(code).toBe(0);
    expect(stdout).toContain("$ ludus tournament TicTacToe-v0 random minimax-2 minimax --games 200");
  }));

test("who looks to the end of tic-tac-toe never loses, and comes first", () =>
  inFolder(async (folder) => {
    const { code, stdout, stderr } = await ludus(folder, ...tictactoe, "minimax-2", "--games=30");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^TicTacToe-v0: 30 games of each pair, seed 1\n/);
    expect(stdout).toMatch(/^1 {2}minimax +\d+ /m);
    expect(stdout).toMatch(/^3 {2}random +\d+ /m);
    expect(stderr).toMatch(/^minimax - minimax-2: \d+-\d+-0\nminimax - random: \d+-\d+-0\n/);
  }));

test("--json tells each pair and then everything, the same in whatever order players are named", () =>
  inFolder(async (folder) => {
    const flags = ["--games=11", "--seed=5", "--json"];
    const [a, b, c] = await Promise.all([
      ludus(folder, ...tictactoe, ...flags),
      ludus(folder, "tournament", "tic-tac-toe", "minimax", "random", ...flags),
      ludus(folder, ...tictactoe, "--games=11", "--seed=6", "--json"),
    ]);
    const [pair, done] = eventsOf(a);
    expect(pair).toMatchObject({ event: "pair", players: ["minimax", "random"], games: 11, losses: 0 });
    expect(done).toMatchObject({
      ...{ arena: "TicTacToe-v0", settings: {}, games: 11, seed: 5 },
      players: [
        { name: "minimax", losses: 0, games: 11 },
        { name: "random", wins: 0 },
      ],
      table: [
        [null, { losses: 0 }],
        [{ wins: 0 }, null],
      ],
    });
    const sides = done!["sides"] as { wins: number }[];
    expect(sides.map(({ wins }) => wins).reduce((sum, wins) => sum + wins, Number(done!["draws"]))).toBe(11);
    expect(b.stdout).toBe(a.stdout);
    expect(c.stdout).not.toBe(a.stdout);
  }));

test("runs play where they have learnt", () =>
  inFolder(async (folder) => {
    const trained = await ludus(
      ...[folder, "train", "TwoStep-v0", "--agent=dqn", "--steps=300", "--seed=1"],
      ...["--set=dqn.net.type=mlp", "--set=dqn.net.hidden=[8]", "--eval-episodes=2", "--json"],
    );
    const run = String(eventsOf(trained).at(-1)!["run"]);
    const id = run.split("/").at(-1)!;
    const events = eventsOf(
      await ludus(folder, "tournament", "TwoStep-v0", `${run}@0`, "last", "random", "--games=20", "--json"),
    );
    expect(events.map(({ event }) => event)).toEqual(["player", "player", "player", "done"]);
    expect(events[0]).toMatchObject({ name: `${id}@0`, games: 20, lengthMean: 2 });
    const returns = (events[3]!["players"] as { returnMean: number }[]).map(({ returnMean }) => returnMean);
    expect(returns).toEqual(returns.toSorted((a, b) => b - a));
    const refused = await asked(folder, "tournament", "StagHunt-v0", "random", "last");
    expect(refusalOf(refused, 2)).toMatch(/has learnt TwoStep-v0, and cannot play StagHunt-v0/);
  }));

test("Ctrl+C ends it with 130 and without a table", () =>
  inFolder(async (folder) => {
    const players = ["minimax-1", "minimax-2", "minimax-4"];
    const begun = start(folder, ["tournament", "TicTacToe-v0", ...players, "--games=2000", "--json"]);
    await begun.first("pair");
    begun.child.kill("SIGINT");
    const { code, stdout, stderr } = await begun.ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toContain("Ending with this game ...");
    expect(stdout).not.toContain('"done"');
  }));
