import { Command } from "commander";
import {
  type Entrant,
  LudusError,
  openEntrants,
  openVenue,
  type Pointer,
  parseSetting,
  playTournament,
  type Venue,
} from "../../training/index.js";
import { ExitWith } from "../exit.js";
import { onInterrupt } from "../interrupts.js";
import { sharedOptions, wholeNumber } from "../options.js";
import { TournamentReport } from "../tournament-report.js";
import { collect } from "./train.js";

interface TournamentFlags {
  games: number;
  seed: number;
  set: string[];
  checkpoint: Pointer | number;
  runs: string;
  json?: boolean;
}

export function tournamentCommand(): Command {
  return new Command("tournament")
    .description("Let players and runs play each other in an arena of many agents, and rate them.")
    .argument("<arena>", "arena, in full (TicTacToe-v0) or short (tic-tac-toe)")
    .argument(
      "<players...>",
      "players of the arena, such as random or minimax-2, and runs: path or id, or last; RUN@best, RUN@last and RUN@STEP name a checkpoint",
    )
    .option(
      "--games <n>",
      "games of each pair; of each player, where all agents play together",
      wholeNumber(1),
      100,
    )
    .addOption(sharedOptions.seed("game i of each pair is played from seed n + i").default(1))
    .option("--set <key=value>", "change a setting of the arena (may be repeated)", collect, [])
    .addOption(sharedOptions.checkpoint())
    .addOption(sharedOptions.runs())
    .addOption(sharedOptions.json())
    .addHelpText(
      "after",
      "\nExample:\n  $ ludus tournament TicTacToe-v0 random minimax-2 minimax --games 200\n  $ ludus tournament connect-four last last@10000 minimax-2 --seed 7 --json",
    )
    .action(async (name: string, players: string[], flags: TournamentFlags) => {
      if (players.length < 2) {
        throw new LudusError(
          "invalid-value",
          `A tournament wants two players or more, and '${players[0]}' is alone.`,
        );
      }
      const venue = openVenue(name, Object.assign({}, ...flags.set.map(parseSetting)));
      const entrants = await openEntrants(players, venue, flags);
      try {
        await follow(venue, entrants, flags);
      } finally {
        for (const { dispose } of entrants) dispose();
      }
    });
}

/**
 * Plays in the foreground: progress and each pair's result on stderr, tables or JSON lines on stdout.
 * @throws ExitWith 130 after an interruption
 */
async function follow(
  venue: Venue,
  entrants: readonly Entrant[],
  { games, seed, json = false }: TournamentFlags,
): Promise<void> {
  const report = new TournamentReport({ venue, games, seed }, json);
  const { signal, exitCode, release } = onInterrupt(() => {
    report.clear();
    process.stderr.write("Ending with this game ...\n");
  });
  try {
    const result = await playTournament({
      ...{ venue, entrants, games, seed, signal },
      onGame: (progress) => report.game(progress),
      onPair: (pair) => report.pair(pair),
      onPlayer: (player) => report.player(player),
    });
    if (result === null) throw new ExitWith(exitCode());
    report.done(result);
  } finally {
    report.clear();
    release();
  }
}
