import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import {
  type BenchEntry,
  type BenchResult,
  type BenchRow,
  type BenchSuite,
  benchCurves,
} from "../training/index.js";
import { benchMarkdown } from "./bench-text.js";
import { learningCurvesSvg } from "./learning-curves-svg.js";

export interface BenchPage {
  suite: BenchSuite;
  entries: readonly BenchEntry[];
  results: readonly BenchResult[];
  rows: readonly BenchRow[];
  /** That makes it again. */
  command: string;
}

/** Table and curves between the suite's markers of a page; the picture lies beside it. */
export function writeBenchPage(page: string, { suite, entries, results, rows, command }: BenchPage): void {
  const picture = `benchmarks/${suite.name}.svg`;
  mkdirSync(join(dirname(page), "benchmarks"), { recursive: true });
  const curves = benchCurves(entries, results);
  writeFileSync(join(dirname(page), picture), learningCurvesSvg(curves, suite.reference));
  const episodes = [...new Set(rows.map((row) => row.episodes))].join(" or ");
  const section = [
    `**${suite.about}** \`${command}\``,
    "",
    `Returns are those of the best checkpoint of each run, mean of ${episodes} episodes on fresh seeds; IQM is the interquartile mean over`,
    "runs, intervals are bootstraps over seeds (Agarwal et al. 2021). Seconds and steps/s are medians by the clock, on whatever the machine",
    `was doing. ${provenance(results)}`,
    "",
    benchMarkdown(rows, suite.reference),
    "",
    `![learning curves](${picture})`,
  ].join("\n");
  const text = existsSync(page) ? readFileSync(page, "utf8") : "# Benchmarks\n";
  writeFileSync(page, withSection(text, suite.name, section));
}

/** Where runs were taken up, the machine is not told by them: it is that of the page. */
function provenance(results: readonly BenchResult[]): string {
  const manifests = results.map(({ run }) => run.manifest);
  const distinct = (values: readonly string[]): string => [...new Set(values)].sort().join(" and ");
  const days = distinct(manifests.map(({ createdAt }) => createdAt.slice(0, 10)));
  const versions = distinct(manifests.map(({ ludus }) => ludus));
  const engines = distinct(manifests.map(({ engine }) => engine));
  const cores = cpus();
  const machine = `${cores.length} cores of ${cores[0]?.model ?? "an unknown processor"}, Node ${process.versions.node}`;
  const today = new Date().toISOString().slice(0, 10);
  return `Trained on ${days} by Ludus ${versions}, engine ${engines}; written on ${today}, ${machine}.`;
}

/** Puts a section between the markers of its suite, in the place of what stood there; at the end where there are none. */
export function withSection(text: string, suite: string, section: string): string {
  const [begin, end] = [`<!-- bench-learning:${suite} -->`, `<!-- /bench-learning:${suite} -->`];
  const block = `${begin}\n${section}\n${end}`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) return `${text.trimEnd()}\n\n${block}\n`;
  return `${text.slice(0, from)}${block}${text.slice(to + end.length)}`;
}
