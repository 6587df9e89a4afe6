import { Command } from "commander";
import { findRun } from "../../training/index.js";
import { findEnv } from "../env-module.js";
import { sharedOptions } from "../options.js";
import { serveUntilInterrupted, viewerOptions } from "../serve.js";
import { DemonstrationFolder } from "../viewing/demonstration-folder.js";
import { bestRunOf, showGame } from "../viewing/game.js";

interface PlayFlags {
  against?: string;
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
      "--against <run>",
      "path or id of a run, or last, that plays the same episodes; by default the best run on the environment",
    )
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
      "\nExample:\n  $ ludus play breakout\n  $ ludus play CartPole-v1 --against last --seed 7\n  $ ludus play ./my-env.ts --no-save",
    )
    .action(async (name: string, { against, save, seed, envModule, runs, ...serving }: PlayFlags) => {
      const { env } = await findEnv(name, envModule);
      const opponent = against === undefined ? await bestRunOf(env, runs) : findRun(against, runs);
      const folder = save === false ? null : new DemonstrationFolder(save, env);
      const show = await showGame({ env, seed, against: opponent, folder });
      process.stderr.write(
        opponent === null
          ? `Nobody plays against you: there is no evaluated run on ${env} in ${runs} yet; \`ludus train ${name}\` makes one.\n`
          : `You play against ${show.hello().player} of ${opponent.path}.\n`,
      );
      if (folder !== null) process.stderr.write(`Episodes are kept in ${folder.path}.\n`);
      await serveUntilInterrupted(show, { ...serving, runs });
    });
}
