import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { curveGroups, findRun } from "../../training/index.js";
import { sharedOptions } from "../options.js";
import { plotSvg } from "../plot-svg.js";

interface PlotFlags {
  output: string;
  runs: string;
  json?: boolean;
}

export function plotCommand(): Command {
  return new Command("plot")
    .description(
      "Draw the learning curves of runs as SVG; runs that differ only in their seed become one line with a band.",
    )
    .argument("<run...>", "paths or ids of runs, or last")
    .option("-o, --output <file>", "where to write", "learning-curve.svg")
    .addOption(sharedOptions.runs())
    .addOption(sharedOptions.json())
    .addHelpText("after", "\nExample:\n  $ ludus plot last -o curve.svg")
    .action((names: string[], { output, runs, json }: PlotFlags) => {
      const groups = curveGroups(names.map((name) => findRun(name, runs)));
      writeFileSync(output, plotSvg(groups));
      if (json) process.stdout.write(`${JSON.stringify({ event: "done", file: output, groups })}\n`);
      else process.stdout.write(`${output}\n`);
    });
}
