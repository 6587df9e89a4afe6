import { Command } from "commander";
import { findArena } from "../../multiagent/index.js";
import { findRun } from "../../training/index.js";
import { findEnv } from "../env-module.js";
import { sharedOptions } from "../options.js";
import { serveUntilInterrupted, viewerOptions } from "../serve.js";
import { DemonstrationFolder } from "../viewing/demonstration-folder.js";
import { bestRunOf, type Game, showGame } from "../viewing/game.js";
import { seatsAgainst, takeSeats } from "../viewing/seats.js";

interface PlayFlags {
  against?: string;
  seat?: string;
  save: string | false;
  seed: number;
  port: number;
  host: string;
  open?: boolean;
  envModule?: string;
  runs: string;
}

export function playCommand(): Command {
  return new Command("play")
    .description(
      "Play yourself in the browser, against what a run has learnt; each episode is kept as a demonstration.",
    )
    .argument("<env>", "environment (an id, or a module of your own)")
    .option(
      "--against <run|player>",
      "path or id of a run, or last; by default the best run on the environment. It plays the same episodes, or, in an arena, on the other seats, where a player of the arena can sit, too, such as minimax-2",
    )
    .option("--seat <agent>", "whose seat of an arena you hold, or random; by default the first agent's")
    .addOption(sharedOptions.seed("episode i is played from seed n + i").default(3_000_000_000))
    .option("--save <dir>", "folder of the episodes, with one for each environment", "demonstrations")
    .option("--no-save", "keep no episodes")
    .addOption(viewerOptions.port())
    .addOption(viewerOptions.host())
    .addOption(viewerOptions.open())
    .addOption(sharedOptions.envModule())
    .addOption(sharedOptions.runs())
    .addHelpText(
      "after",
      "\nExample:\n  $ ludus play breakout\n  $ ludus play CartPole-v1 --against last --seed 7\n  $ ludus play connect-four --against minimax-2\n  $ ludus play ./my-env.ts --no-save",
    )
    .action(async (name: string, { save, seed, envModule, runs, against, seat, ...serving }: PlayFlags) => {
      const { env } = await findEnv(name, envModule);
      const folder = save === false ? null : new DemonstrationFolder(save, env);
      const game = { env, seed, folder };
      const show = await (findArena(env) === null
        ? showRace(game, { name, against, seat, runs })
        : showMatch(game, { against, seat, runs }));
      if (folder !== null) process.stderr.write(`Episodes are kept in ${folder.path}.\n`);
      await serveUntilInterrupted(show, { ...serving, runs });
    });
}

type Opposition = Pick<PlayFlags, "against" | "seat" | "runs">;
type Played = Pick<Game, "env" | "seed" | "folder">;

/** Another plays the same episodes. */
async function showRace(game: Played, { name, against, seat, runs }: Opposition & { name: string }) {
  const seats = await takeSeats(game.env, { seat }, runs);
  const opponent = against === undefined ? await bestRunOf(game.env, runs) : findRun(against, runs);
  const show = await showGame({ ...game, seats, against: opponent });
  process.stderr.write(
    opponent === null
      ? `Nobody plays against you: there is no evaluated run on ${game.env} in ${runs} yet; \`ludus train ${name}\` makes one.\n`
      : `You play against ${show.hello().player} of ${opponent.path}.\n`,
  );
  return show;
}

/** Others play in the person's own episodes. */
async function showMatch(game: Played, { against, seat, runs }: Opposition) {
  const { env } = game;
  const seats = await (against === undefined
    ? seatsAgainst(env, { seat, best: await bestRunOf(env, runs) }, runs)
    : takeSeats(env, { seat, others: against }, runs));
  const show = await showGame({ ...game, seats, against: null });
  const { seat: held, others } = show.hello().stage.arena!;
  process.stderr.write(
    `You play ${held ?? "on a seat that is drawn"}; ${others} plays on the other seats of ${env}.\n`,
  );
  return show;
}
