import { mean } from "../evaluation.js";
import { bootstrapInterval, type Interval } from "../statistics.js";
import { fitRatings } from "./ratings.js";

/** All games of two players, by game; the first of them was on the first side in games 0, 2, 4 ... */
export interface PlayedPair {
  /** Their places among all players. */
  players: readonly [number, number];
  /** What the side of each earned. */
  returns: readonly [readonly number[], readonly number[]];
  lengths: readonly number[];
}

/** Games of one, as a player or as a pair. */
export interface Tally {
  games: number;
  wins: number;
  draws: number;
  losses: number;
  /** Points a game: 1 for a win, a half for a draw. */
  score: number;
  /** 95 % interval of the score. */
  low: number;
  high: number;
}

/** Of one pair, as the first of the two sees it. */
export interface PairResult extends Tally {
  players: readonly [string, string];
  returnMeans: readonly [number, number];
  lengthMean: number;
}

export interface Standing extends Tally {
  name: string;
  /** Elo, 1200 in the mean. */
  rating: number;
  /** What its side earned in a game. */
  returnMean: number;
  lengthMean: number;
  /** By its action frequencies, a round; null where the arena is no game in normal form. */
  exploitability: number | null;
}

export interface PairsResult {
  kind: "pairs";
  /** How often which side won. */
  sides: readonly { name: string; wins: number }[];
  draws: number;
  /** Best first. */
  players: readonly Standing[];
  /** `[player][opponent]`, in the order of `players`. */
  table: readonly (readonly (Pick<Tally, "score" | "wins" | "draws" | "losses"> | null)[])[];
}

/** Of one player that held all seats. */
export interface AloneResult {
  name: string;
  games: number;
  /** An agent and a game. */
  returnMean: number;
  /** 95 % interval of the mean by bootstrap over games; a single game has none. */
  interval: Interval | null;
  lengthMean: number;
}

/** For `sides`, their names; `exploitabilities` by player. */
export interface PairsFacts {
  names: readonly string[];
  sides: readonly [string, string];
  exploitabilities: readonly (number | null)[];
}

export function pairResult({ players, returns, lengths }: PlayedPair, names: readonly string[]): PairResult {
  return {
    players: [names[players[0]]!, names[players[1]]!],
    ...tallied(pointsOf(returns)),
    returnMeans: [mean(returns[0]), mean(returns[1])],
    lengthMean: mean(lengths),
  };
}

export function pairsResult(pairs: readonly PlayedPair[], facts: PairsFacts): PairsResult {
  const { names, sides, exploitabilities } = facts;
  const views = pairs.flatMap((pair) => [pair, seenBySecond(pair)]);
  const points = names.map((_, player) =>
    names.map((_, opponent) => {
      const view = views.find(({ players: [own, other] }) => own === player && other === opponent);
      return view === undefined ? [] : pointsOf(view.returns);
    }),
  );
  const ratings = fitRatings(points.map((row) => row.map(sumOf)));
  const ranking = [...names.keys()].sort((a, b) => ratings[b]! - ratings[a]! || a - b);
  const standing = (player: number): Standing => {
    const own = views.filter(({ players }) => players[0] === player);
    return {
      name: names[player]!,
      rating: ratings[player]!,
      ...tallied(points[player]!.flat()),
      returnMean: mean(own.flatMap(({ returns }) => returns[0])),
      lengthMean: mean(own.flatMap(({ lengths }) => lengths)),
      exploitability: exploitabilities[player]!,
    };
  };
  const cell = (player: number, opponent: number) => {
    if (player === opponent) return null;
    const { score, wins, draws, losses } = tallied(points[player]![opponent]!);
    return { score, wins, draws, losses };
  };
  const bySide = tallied(pairs.flatMap(pointsOfFirstSide));
  return {
    kind: "pairs",
    sides: [
      { name: sides[0], wins: bySide.wins },
      { name: sides[1], wins: bySide.losses },
    ],
    draws: bySide.draws,
    players: ranking.map(standing),
    table: ranking.map((player) => ranking.map((opponent) => cell(player, opponent))),
  };
}

/** @param returns by game, the mean over agents */
export function aloneResult(
  name: string,
  { returns, lengths }: { returns: readonly number[]; lengths: readonly number[] },
): AloneResult {
  return {
    name,
    games: returns.length,
    returnMean: mean(returns),
    interval: returns.length < 2 ? null : bootstrapInterval([returns], mean),
    lengthMean: mean(lengths),
  };
}

/**
 * 95 % interval of a share of games. Draws, as halves, only make results less scattered than it supposes.
 * Source: Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953
 */
export function wilsonInterval(share: number, games: number): Interval {
  const z = 1.959963984540054;
  const weight = z ** 2 / games;
  const centre = (share + weight / 2) / (1 + weight);
  const reach = (z * Math.sqrt((share * (1 - share)) / games + weight / (4 * games))) / (1 + weight);
  return { low: Math.max(0, centre - reach), high: Math.min(1, centre + reach) };
}

function seenBySecond({ players, returns, lengths }: PlayedPair): PlayedPair {
  return { players: [players[1], players[0]], returns: [returns[1], returns[0]], lengths };
}

function pointsOf([own, others]: PlayedPair["returns"]): number[] {
  return own.map((earned, game) => (earned > others[game]! ? 1 : earned < others[game]! ? 0 : 0.5));
}

function pointsOfFirstSide({ returns }: PlayedPair): number[] {
  return pointsOf(returns).map((points, game) => (game % 2 === 0 ? points : 1 - points));
}

function tallied(points: readonly number[]): Tally {
  const count = (worth: number): number => points.filter((point) => point === worth).length;
  const score = mean(points);
  return {
    games: points.length,
    ...{ wins: count(1), draws: count(0.5), losses: count(0) },
    score,
    ...wilsonInterval(score, points.length),
  };
}

function sumOf(points: readonly number[]): number {
  return points.reduce((sum, point) => sum + point, 0);
}
