import { extname } from "node:path";
import { Command, Option } from "commander";
import { GymnasiumError, resolveEnvId } from "gymnasium-js";
import { exitCodes, findRun, LudusError, type Pointer, type RunFolder } from "../../training/index.js";
import { findEnv, loadEnvModule, loadModuleOf, looksLikeModule } from "../env-module.js";
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
  envModule?: string;
  runs: string;
}

export function watchCommand(): Command {
  return new Command("watch")
    .description(
      "Watch a run's policy play, or an environment under random play, with its Q-values beside the board.",
    )
    .argument("<run|env>", "path or id of a run, last, or an environment (an id, or a module of your own)")
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
    .addOption(sharedOptions.envModule())
    .addOption(sharedOptions.runs())
    .addHelpText(
      "after",
      "\nExample:\n  $ ludus watch last --terminal\n  $ ludus watch breakout --terminal\n  $ ludus watch ./my-env.ts --terminal",
    )
    .action(async (name: string, { terminal, agent, envModule, ...flags }: WatchFlags) => {
      if (terminal !== true) {
        process.stderr.write(
          "ludus: The browser viewer is not part of this version yet; watch in the terminal with --terminal.\n",
        );
        throw new ExitWith(exitCodes.missing);
      }
      const { runs } = flags;
      const run = agent === "random" ? null : await runOf(name, runs, envModule);
      if (run === null) {
        const { env } = await findEnv(name, envModule);
        await playInTerminal({ env, ...flags });
      } else {
        await loadModuleOf(run, envModule);
        await playInTerminal({ run: run.path, ...flags });
      }
    });
}

/** The run of this name; null if it is an environment's name and no run's. */
async function runOf(name: string, runs: string, envModule: string | undefined): Promise<RunFolder | null> {
  try {
    return findRun(name, runs);
  } catch (error) {
    if (!(error instanceof LudusError && error.code === "unknown-run")) throw error;
    if (await namesEnvironment(name, envModule)) return null;
    throw error;
  }
}

async function namesEnvironment(name: string, envModule: string | undefined): Promise<boolean> {
  if (looksLikeModule(name) && extname(name) !== "") return true;
  if (envModule !== undefined) await loadEnvModule(envModule);
  try {
    resolveEnvId(name);
    return true;
  } catch (error) {
    if (error instanceof GymnasiumError) return false;
    throw error;
  }
}
