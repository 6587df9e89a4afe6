import type { AloneResult, PairsResult, Standing, TournamentResult, Venue } from "../training/index.js";
import { configText, wrapped } from "./config-text.js";
import { table } from "./table.js";

/** What is played, where and from which seed. */
export interface TournamentPlan {
  venue: Venue;
  games: number;
  seed: number;
}

const columns = 80;

/** Of a player's name; of a longer one, the end is shown, which tells checkpoints apart. */
const nameLength = 29;

/** What a tournament came to, for people: in 80 columns with up to six players. */
export function tournamentText(result: TournamentResult, { venue, games, seed }: TournamentPlan): string {
  const arena = [venue.arena.id, configText(venue.settings)].filter((part) => part !== "").join(" ");
  const played = `${games} ${games === 1 ? "game" : "games"} of each ${result.kind === "pairs" ? "pair" : "player on all seats"}`;
  const title = `${arena}: ${played}, seed ${seed}`;
  const parts = result.kind === "pairs" ? pairsParts(result) : [aloneTable(result.players)];
  return [wrapped(title, columns), ...parts].join("\n\n");
}

function pairsParts(result: PairsResult): string[] {
  const { players, sides, draws } = result;
  const wins = sides.map(({ name, wins: won }) => `${name} won ${won}`).join(", ");
  const known = players.filter(({ exploitability }) => exploitability !== null);
  const gains = known.map(({ name, exploitability }) => `${shortened(name)} ${exploitability!.toFixed(3)}`);
  return [
    standingsTable(players),
    `Points in % against each, and wins-draws-losses:\n${crossTable(result)}`,
    wrapped(`By side: ${wins}, drawn ${draws}.`, columns),
    ...(gains.length === 0
      ? []
      : [
          wrapped(
            `Exploitability (by its action frequencies, what the best answer gains a round): ${gains.join(", ")}.`,
            columns,
          ),
        ]),
  ];
}

function standingsTable(players: readonly Standing[]): string {
  return table(
    ["", "", "rating", "score", "95 % interval", "return", "length"],
    players.map(({ name, rating, score, low, high, returnMean, lengthMean }, place) => [
      place + 1,
      shortened(name),
      Math.round(rating),
      percent(score).padStart(5),
      `${percent(low).padStart(4)} to ${percent(high)}`,
      returnMean.toFixed(2).padStart(6),
      lengthMean.toFixed(1).padStart(6),
    ]),
  );
}

/** Two lines for each player: points, and below them how they came about. */
function crossTable({ table: cells }: PairsResult): string {
  const rows = cells.flatMap((row, place) => [
    [String(place + 1), ...row.map((cell) => (cell === null ? "-" : percent(cell.score)))],
    ["", ...row.map((cell) => (cell === null ? "" : `${cell.wins}-${cell.draws}-${cell.losses}`))],
  ]);
  return table(["", ...cells.map((_, place) => String(place + 1))], rows);
}

function aloneTable(players: readonly AloneResult[]): string {
  return table(
    ["", "", "return", "95 % interval", "length"],
    players.map(({ name, returnMean, interval, lengthMean }, place) => [
      place + 1,
      shortened(name),
      returnMean.toFixed(2).padStart(6),
      interval === null ? "-" : `${interval.low.toFixed(2)} to ${interval.high.toFixed(2)}`,
      lengthMean.toFixed(1).padStart(6),
    ]),
  );
}

function shortened(name: string): string {
  return name.length <= nameLength ? name : `…${name.slice(1 - nameLength)}`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
