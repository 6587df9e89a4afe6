import "../../envs/index.js";
import { Command, Option } from "commander";
import { GymnasiumError, resolveEnvId } from "gymnasium-js";
import { exitCodes, findRun, LudusError, type Pointer } from "../../training/index.js";
import { ExitWith } from "../exit.js";
import { sharedOptions, wholeNumber } from "../options.js";
import { playInTerminal } from "../terminal-player.js";

interface WatchFlags {
  terminal?: boolean;
  agent?: "random";
  episodes: number;
  seed: number;
  fps: number;
  checkpoint: Pointer | number;
  runs: string;
}

export function watchCommand(): Command {
  return new Command("watch")
    .description(
      "Watch a run's policy play, or an environment under random play, with its Q-values beside the board.",
    )
    .argument("<run|env>", "path or id of a run, last, or an environment")
    .option("--terminal", "draw in the terminal")
    .addOption(new Option("--agent <name>", "who plays an environment").choices(["random"]))
    .option("--episodes <n>", "how many episodes", wholeNumber(1), 1)
    .addOption(sharedOptions.seed("episode i is played from seed n + i").default(3_000_000_000))
    .option(
      "--fps <n>",
      "steps per second in a terminal; elsewhere frames are printed without a pause",
      wholeNumber(1),
      12,
    )
    .addOption(sharedOptions.checkpoint())
    .addOption(sharedOptions.runs())
    .addHelpText("after", "\nExample:\n  $ ludus watch last --terminal\n  $ ludus watch breakout --terminal")
    .action(async (name: string, { terminal, agent, ...flags }: WatchFlags) => {
      if (terminal !== true) {
        process.stderr.write(
          "ludus: The browser viewer is not part of this version yet; watch in the terminal with --terminal.\n",
        );
        throw new ExitWith(exitCodes.missing);
      }
      const random = agent === "random" || namesEnvironment(name, flags.runs);
      await playInTerminal(random ? { env: name, ...flags } : { run: name, ...flags });
    });
}

/** Whether the name is an environment's and no run's. */
function namesEnvironment(name: string, runs: string): boolean {
  try {
    findRun(name, runs);
    return false;
  } catch (error) {
    if (!(error instanceof LudusError && error.code === "unknown-run")) throw error;
  }
  try {
    resolveEnvId(name);
    return true;
  } catch (error) {
    if (error instanceof GymnasiumError) return false;
    throw error;
  }
}
