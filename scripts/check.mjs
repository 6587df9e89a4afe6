// `npm run check`: everything a change must pass, in the order of what is quickest to fail.
import { spawnSync } from "node:child_process";

const steps = [
  ["format and lint", "npx", ["biome", "check", "."]],
  ["types, tests", "node", ["scripts/ensure.mjs", "test"]],
  ["dead code and dependencies", "npx", ["knip"]],
  ["package ludus", "npx", ["publint", "--strict"]],
  ["package gymnasium-js", "npx", ["publint", "--strict", "gymnasium-js"]],
];
for (const [name, command, args] of steps) {
  process.stderr.write(`\n== ${name}: ${command} ${args.join(" ")}\n`);
  const { status } = spawnSync(command, args, { stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) {
    process.stderr.write(`check stopped at: ${name}\n`);
    process.exit(status ?? 1);
  }
}
