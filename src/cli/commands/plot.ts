import { writeFileSync } from "node:fs";
import { Command } from "commander";
import {
  type AnyRun,
  curveGroups,
  findAnyRun,
  fitCurves,
  isFit,
  LudusError,
  type RunFolder,
} from "../../training/index.js";
import { fitCurvesSvg } from "../fit-curves-svg.js";
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
      "Draw the learning curves of runs or fits as SVG; those that differ only in their seed become one line with a band.",
    )
    .argument("<run...>", "paths or ids of runs, or last")
    .option("-o, --output <file>", "where to write", "learning-curve.svg")
    .addOption(sharedOptions.runs())
    .addOption(sharedOptions.json())
    .addHelpText("after", "\nExample:\n  $ ludus plot last -o curve.svg")
    .action((names: string[], { output, runs, json }: PlotFlags) => {
      const found = names.map((name) => findAnyRun(name, runs));
      // A run that is named twice is no second seed.
      const { groups, svg } = drawn([...new Map(found.map((run) => [run.path, run])).values()]);
      writeFileSync(output, svg);
      if (json) process.stdout.write(`${JSON.stringify({ event: "done", file: output, groups })}\n`);
      else process.stdout.write(`${output}\n`);
    });
}

function drawn(runs: readonly AnyRun[]): { groups: readonly unknown[]; svg: string } {
  const fits = runs.filter(isFit);
  if (fits.length === 0) {
    const groups = curveGroups(runs as readonly RunFolder[]);
    return { groups, svg: plotSvg(groups) };
  }
  const other = runs.find((run) => !isFit(run));
  if (other === undefined) {
    const groups = fitCurves(fits);
    return { groups, svg: fitCurvesSvg(groups) };
  }
  throw new LudusError(
    "unsupported",
    `${fits[0]!.path} is a fit and ${other.path} a run of an agent, whose curves have nothing in common; draw them apart.`,
  );
}
