import { describe, expect, test, vi } from "vitest";
import { TournamentReport } from "../../src/cli/tournament-report.js";
import { tournamentText } from "../../src/cli/tournament-text.js";
import { pairsResult } from "../../src/training/arenas/tournament-results.js";
import { openVenue, type PairsResult } from "../../src/training/index.js";

/** Everybody against everybody, with as many wins, draws and losses for the first of each pair. */
function allPlayed(names: string[], outcome: readonly [number, number, number]): PairsResult {
  const points = outcome.flatMap((count, i) => new Array<number>(count).fill([1, 0, -1][i]!));
  const pairs = names.flatMap((_, first) =>
    names.slice(first + 1).map((_, i) => ({
      players: [first, first + 1 + i] as const,
      returns: [points, points.map((point) => -point)] as const,
      lengths: points.map((_, game) => 5 + (game % 2)),
    })),
  );
  return pairsResult(pairs, {
    names,
    sides: ["red", "blue"],
    exploitabilities: names.map(() => null),
  });
}

const plan = { venue: openVenue("TicTacToe-v0", {}), games: 4, seed: 9 };

test("the table has everybody, best first, and how each did against each", () => {
  expect(tournamentText(allPlayed(["a", "b"], [2, 1, 1]), plan)).toBe(
    [
      "TicTacToe-v0: 4 games of each pair, seed 9",
      "",
      "      rating  score  95 % interval  return  length",
      "1  a    1239   62.5  21.9 to 90.8     0.25     5.5",
      "2  b    1161   37.5   9.2 to 78.1    -0.25     5.5",
      "",
      "Points in % against each, and wins-draws-losses:",
      "   1      2",
      "1  -      62.5",
      "          2-1-1",
      "2  37.5   -",
      "   1-1-2",
      "",
      "By side: red won 2, blue won 1, drawn 1.",
    ].join("\n"),
  );
});

test("six players with long names and 999 games of each pair fit into 80 columns", () => {
  const names = Array.from({ length: 6 }, (_, i) => `20261128-122418-9dbefe@${100_000_000 + i}`);
  const text = tournamentText(allPlayed(names, [333, 333, 333]), plan);
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  expect(text).toContain("…1128-122418-9dbefe@100000005");
  expect(text).toContain("333-333-333");
});

test("what could be gained is told for those of whom it is known", () => {
  const result = allPlayed(["rock", "chance"], [2, 0, 2]);
  const players = result.players.map((player) => ({
    ...player,
    exploitability: player.name === "rock" ? 1 : null,
  }));
  const venue = openVenue("RockPaperScissors-v0", { rounds: 20 });
  const text = tournamentText({ ...result, players }, { ...plan, venue });
  expect(text).toMatch(/^RockPaperScissors-v0 rounds=20: 4 games of each pair, seed 9\n/);
  expect(text.replaceAll(/\s+/g, " ")).toMatch(
    /Exploitability \(by its action frequencies, what the best answer gains a round\): rock 1\.000\.$/,
  );
});

test("players who play alone are told by what they earn", () => {
  const players = [
    { name: "good", games: 1, returnMean: 8, interval: null, lengthMean: 2 },
    { name: "bad", games: 1, returnMean: -1.5, interval: { low: -2, high: -1.25 }, lengthMean: 12 },
  ];
  expect(tournamentText({ kind: "alone", players }, { ...plan, games: 1 })).toBe(
    [
      "TicTacToe-v0: 1 game of each player on all seats, seed 9",
      "",
      "         return  95 % interval   length",
      "1  good    8.00  -                  2.0",
      "2  bad    -1.50  -2.00 to -1.25    12.0",
    ].join("\n"),
  );
});

describe("progress", () => {
  const game = { players: ["a", "b"], played: 250, games: 1000 };

  function report(isTTY: boolean): { report: TournamentReport; written: string[] } {
    const written: string[] = [];
    const err = { isTTY, columns: 30, write: (text: string) => written.push(text) > 0 };
    return { report: new TournamentReport(plan, false, err as unknown as NodeJS.WriteStream), written };
  }

  test("is one line of a terminal, drawn ten times a second at most, and cut to it", () => {
    const now = vi.spyOn(performance, "now").mockReturnValue(1000);
    const { report: terminal, written } = report(true);
    terminal.game(game);
    now.mockReturnValue(1050);
    terminal.game({ ...game, played: 251 });
    now.mockReturnValue(1101);
    terminal.game({ ...game, players: ["a", "somebody with a long name"] });
    terminal.clear();
    now.mockRestore();
    expect(written).toEqual([
      "\r 25%  game 251/1,000  a - b\x1b[K",
      "\r 25%  game 251/1,000  a - som\x1b[K",
      "\r\x1b[K",
    ]);
  });

  test("elsewhere is each result alone", () => {
    const { report: log, written } = report(false);
    log.game(game);
    log.player({ name: "a", games: 1, returnMean: 2, interval: null, lengthMean: 1 });
    expect(written).toEqual(["a: return 2.00\n"]);
  });
});
