// `npm run bench -- <name> [--json] [--quick]`: measures one thing. Without a name: which benches there are.
// Results on stdout (a table, or one JSON object a line with --json), everything else on stderr.
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { nearestSpelling } from "gymnasium-js";
import type { Bench, BenchRecord } from "./harness/bench.js";
import { table } from "./harness/table.js";

const names = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && entry.name !== "main.ts")
  .map((entry) => basename(entry.name, ".ts"))
  .sort();

process.exitCode = await main();

async function main(): Promise<number> {
  const parsed = readArguments();
  if (typeof parsed === "string") return wrongUse(parsed);
  const { name, json, quick } = parsed;
  if (name === undefined) {
    for (const bench of await Promise.all(names.map(load)))
      console.log(`${bench.name.padEnd(16)}${bench.describe}`);
    return 0;
  }
  if (!names.includes(name)) {
    const nearest = nearestSpelling(name, names);
    const advice = nearest === null ? "" : `did you mean '${nearest}'? `;
    return wrongUse(`There is no bench '${name}'; ${advice}There are ${names.join(", ")}.`);
  }
  const bench = await load(name);
  console.error(machine());
  const records: BenchRecord[] = [];
  for await (const record of await bench.run({ effort: quick ? 0.01 : 1 })) {
    if (json) console.log(JSON.stringify({ bench: bench.name, ...record }));
    else records.push(record);
  }
  if (!json) console.log(table(records));
  return 0;
}

function readArguments(): { name: string | undefined; json: boolean; quick: boolean } | string {
  const options = {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
  } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (positionals.length > 1)
      return `One bench at a time, please: ${positionals.join(", ")} are ${positionals.length}.`;
    return { name: positionals[0], ...values };
  } catch (error) {
    return `${(error as Error).message} Usage: npm run bench -- <name> [--json] [--quick].`;
  }
}

async function load(name: string): Promise<Bench> {
  const module = (await import(`./${name}.ts`)) as { default?: Bench };
  const bench = module.default;
  if (bench?.name !== name)
    throw new Error(`bench/${name}.ts must export a bench named '${name}' as default.`);
  return bench;
}

function wrongUse(sentence: string): number {
  console.error(sentence);
  return 2;
}

function machine(): string {
  const processors = cpus();
  return `${processors[0]?.model.trim() ?? "unknown processor"}, ${processors.length} cores; Node ${process.versions.node}`;
}
