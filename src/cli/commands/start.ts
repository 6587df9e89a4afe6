import { Command } from "commander";
import { playInTerminal } from "../terminal-player.js";
import { type TrainFlags, trainingFlags, trainOn } from "./train.js";

const showcase = "MinAtar/Breakout-v1";
/** Not the best there is, but one that is done in two minutes. */
const shortPreset = "quick";

/** What `npm start` runs. */
export function startCommand(): Command {
  return trainingFlags(
    new Command("start").argument(
      "[env]",
      `environment, or a module of your own that brings one; by default ${showcase}`,
    ),
  )
    .description(
      `Train on ${showcase} with the viewer open, then play what was learnt in the terminal; what \`npm start\` does.`,
    )
    .addHelpText(
      "after",
      "\nExample:\n  $ npm start\n  $ npm start -- --steps 5000 --seed 1\n  $ npm start -- ./my-env.ts --steps 5000",
    )
    .action(async (name: string | undefined, flags: TrainFlags) => {
      const env = name ?? flags.envModule ?? showcase;
      const short = env === showcase && flags.agent === undefined ? { preset: shortPreset } : {};
      const run = await trainOn(env, { ...short, watch: 0, ...flags });
      if (flags.json) return;
      process.stdout.write("\n");
      await playInTerminal({
        run,
        checkpoint: "best",
        episodes: 1,
        seed: 3_000_000_000,
        maxFrames: 300,
        fps: 12,
      });
      process.stdout.write(
        `\nThe run is in ${run}\nWatch it again: npx ludus watch ${flags.runs === "runs" ? "last" : run}\n`,
      );
    });
}
