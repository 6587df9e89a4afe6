import { extname } from "node:path";
import { Command, Option } from "commander";
import { GymnasiumError, resolveEnvId } from "gymnasium-js";
import { findRun, LudusError, type Pointer, type RunFolder } from "../../training/index.js";
import type { Show } from "../../viewer/show.js";
import { findEnv, loadEnvModule, loadModuleOf, looksLikeModule } from "../env-module.js";
import { sharedOptions, wholeNumber } from "../options.js";
import { serveUntilInterrupted, viewerOptions } from "../serve.js";
import { playInTerminal } from "../terminal-player.js";
import { mostBoards } from "../viewing/boards.js";
import { isEpisodeFile, showEpisode } from "../viewing/episode.js";
import { showEnv, showRun } from "../viewing/play.js";
import { type Seats, seatsOfRun, takeSeats } from "../viewing/seats.js";
import { showWall } from "../viewing/wall.js";

interface WatchFlags {
  terminal?: boolean;
  port: number;
  host: string;
  open?: boolean;
  agent?: "random";
  seat?: string;
  others?: string;
  boards?: number;
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
    .argument(
      "<run|env|episode>",
      "path or id of a run, last, an environment (an id, or a module of your own), or an episode that was saved (a .json file)",
    )
    .option("--terminal", "draw in the terminal instead of the browser")
    .addOption(viewerOptions.port())
    .addOption(viewerOptions.host())
    .addOption(viewerOptions.open())
    .addOption(new Option("--agent <name>", "who plays an environment").choices(["random"]))
    .option(
      "--seat <agent>",
      "whose seat of an arena is held, or random for one that is drawn; by default the first agent's",
    )
    .option(
      "--others <player>",
      "who plays on the other seats of an arena: random, minimax-2, a script, or path or id of a run",
    )
    .option(
      "--boards <n>",
      `so many games side by side, each followed by another; up to ${mostBoards.states}, and ${mostBoards.pictures} where games are shown as pictures`,
      wholeNumber(1),
    )
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
      "\nExample:\n  $ ludus watch last\n  $ ludus watch breakout --terminal\n  $ ludus watch ./my-env.ts --port 8080\n  $ ludus watch last --boards 64\n  $ ludus watch connect-four --others minimax-2\n  $ ludus watch episode.json",
    )
    .action(async (name: string, { terminal, agent, envModule, host, port, open, ...flags }: WatchFlags) => {
      const { runs } = flags;
      if (isEpisodeFile(name)) {
        requireBrowser(name, terminal);
        if (envModule !== undefined) await loadEnvModule(envModule);
        await serveUntilInterrupted(await showEpisode(name, runs), { host, port, open, runs });
      }
      const run = agent === "random" ? null : await runOf(name, runs, envModule);
      if (run !== null) await loadModuleOf(run, envModule);
      const env = run === null ? (await findEnv(name, envModule)).env : run.manifest.env;
      const asFlagsSay = run === null || flags.boards !== undefined;
      const seats = await (asFlagsSay ? takeSeats(env, flags, runs) : seatsOfRun(run, flags, flags));
      if (terminal === true) {
        await playInTerminal({ ...(run === null ? { env } : { run: run.path }), seats, ...flags });
        return;
      }
      const show = await showFor(run ?? env, seats, flags);
      await serveUntilInterrupted(show, { host, port, open, runs });
    });
}

function showFor(
  played: RunFolder | string,
  seats: Seats,
  { boards, seed, checkpoint }: Pick<WatchFlags, "boards" | "seed" | "checkpoint">,
): Promise<Show> | Show {
  if (boards !== undefined) {
    const source = typeof played === "string" ? { env: played } : { run: played, checkpoint };
    return showWall({ source, seats, boards, seed });
  }
  return typeof played === "string"
    ? showEnv(played, seed, seats)
    : showRun({ run: played, checkpoint, seed, seats });
}

function requireBrowser(episode: string, terminal: boolean | undefined): void {
  if (terminal !== true) return;
  throw new LudusError(
    "unsupported",
    `${episode} is an episode, and episodes are shown in the browser alone: leave out --terminal.`,
  );
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
