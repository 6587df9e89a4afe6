import { setImmediate as breath } from "node:timers/promises";
import { Generator } from "gymnasium-js";
import { payoffsOf, playGame } from "../../multiagent/index.js";
import { mean } from "../evaluation.js";
import type { Entrant, Venue } from "./tournament-entrants.js";
import { ActionFrequencies } from "./tournament-exploitability.js";
import {
  type AloneResult,
  aloneResult,
  type PairResult,
  type PairsResult,
  type PlayedPair,
  pairResult,
  pairsResult,
} from "./tournament-results.js";
import { type Side, sidesOf } from "./tournament-sides.js";

export interface TournamentOptions {
  venue: Venue;
  /** At least two, in the order of their names. */
  entrants: readonly Entrant[];
  /** Of each pair; or of each player, where all agents play for each other. */
  games: number;
  /** Game i of each pair is played from seed `seed + i`. */
  seed: number;
  /** Ends the tournament before the next game, without a result. */
  signal?: AbortSignal;
  /** Hears of every game that begins. */
  onGame?: (progress: TournamentProgress) => void;
  onPair?: (result: PairResult) => void;
  /** Hears of a player that has held all seats, where all agents play for each other. */
  onPlayer?: (result: AloneResult) => void;
}

export interface TournamentProgress {
  /** Who plays: a pair, or one on all seats. */
  players: readonly string[];
  /** Games played before, of all. */
  played: number;
  games: number;
}

/** Steps after which a game is cut where its arena has no limit: players may go round in circles for ever. */
const longest = 100_000;

/** Of an arena whose agents play for each other. */
export interface AloneRanking {
  kind: "alone";
  /** Best first. */
  players: readonly AloneResult[];
}

export type TournamentResult = PairsResult | AloneRanking;

/**
 * Where an arena has two sides, every pair plays its games, and they change sides after each; the higher return of a side wins.
 * Where all agents play for each other, each player plays all of them.
 *
 * @returns null if `signal` came first
 */
export function playTournament(options: TournamentOptions): Promise<TournamentResult | null> {
  const sides = sidesOf(options.venue.rules);
  return sides === null ? playAlone(options) : playPairs(options, sides);
}

async function playPairs(
  options: TournamentOptions,
  sides: readonly [Side, Side],
): Promise<PairsResult | null> {
  const { entrants, venue, onPair } = options;
  const names = entrants.map(({ name }) => name);
  const payoffs = payoffsOf(venue.rules);
  const frequencies = payoffs && new ActionFrequencies(payoffs, entrants.length);
  const couples = entrants.flatMap((_, first) =>
    entrants.slice(first + 1).map((_, i) => [first, first + 1 + i] as const),
  );
  const pairs: PlayedPair[] = [];
  for (const players of couples) {
    const pair = await playPair(options, { sides, players, frequencies, before: pairs.length });
    if (pair === null) return null;
    pairs.push(pair);
    onPair?.(pairResult(pair, names));
  }
  return pairsResult(pairs, {
    names,
    sides: [sides[0].name, sides[1].name],
    exploitabilities: entrants.map((_, player) => frequencies?.exploitabilityOf(player) ?? null),
  });
}

interface Couple {
  sides: readonly [Side, Side];
  players: readonly [number, number];
  frequencies: ActionFrequencies | null;
  /** Pairs that have played already. */
  before: number;
}

async function playPair(
  { venue: { rules }, entrants, games, seed, signal, onGame }: TournamentOptions,
  { sides, players, frequencies, before }: Couple,
): Promise<PlayedPair | null> {
  const [first, second] = players;
  const returns: [number[], number[]] = [[], []];
  const lengths: number[] = [];
  const total = (games * entrants.length * (entrants.length - 1)) / 2;
  for (let game = 0; game < games; game++) {
    await breath();
    if (signal?.aborted) return null;
    onGame?.({
      players: [entrants[first]!.name, entrants[second]!.name],
      played: before * games + game,
      games: total,
    });
    const seated = game % 2 === 0 ? sides : ([sides[1], sides[0]] as const);
    const playerAt = (agent: number): number => (seated[0].agents.includes(agent) ? first : second);
    const played = playGame(rules, (agent) => entrants[playerAt(agent)]!.player, new Generator(seed + game), {
      maxCycles: rules.maxCycles ?? longest,
      ...(frequencies && {
        onAction: (agent: number, action: number) => frequencies.saw(playerAt(agent), agent, action),
      }),
    });
    for (const i of [0, 1] as const) {
      returns[i].push(seated[i].agents.reduce((sum, agent) => sum + played.returns[agent]!, 0));
    }
    lengths.push(played.length);
  }
  return { players, returns, lengths };
}

async function playAlone(options: TournamentOptions): Promise<AloneRanking | null> {
  const { entrants, venue, games, seed, signal, onGame, onPlayer } = options;
  const results: AloneResult[] = [];
  for (const { name, player } of entrants) {
    const returns: number[] = [];
    const lengths: number[] = [];
    for (let game = 0; game < games; game++) {
      await breath();
      if (signal?.aborted) return null;
      onGame?.({ players: [name], played: results.length * games + game, games: games * entrants.length });
      const maxCycles = venue.rules.maxCycles ?? longest;
      const played = playGame(venue.rules, () => player, new Generator(seed + game), { maxCycles });
      returns.push(mean([...played.returns]));
      lengths.push(played.length);
    }
    const result = aloneResult(name, { returns, lengths });
    results.push(result);
    onPlayer?.(result);
  }
  return { kind: "alone", players: results.sort((a, b) => b.returnMean - a.returnMean) };
}
