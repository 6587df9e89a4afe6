import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { main } from "./ludus.js";

const root = resolve(import.meta.dirname, "../..");
const guide = readFileSync(join(root, "docs", "custom-environments.md"), "utf8");
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

// A project of someone's own, as the guide has it: files of its blocks, packages installed.
const folder = mkdtempSync(join(tmpdir(), "ludus-guide-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
mkdirSync(join(folder, "node_modules"));
for (const [name, target] of [
  ["ludus", root],
  ["gymnasium-js", join(root, "gymnasium-js")],
  ["vitest", join(root, "node_modules", "vitest")],
] as const)
  symlinkSync(target, join(folder, "node_modules", name), "dir");

const blocks = [...guide.matchAll(/^```(ts|sh)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
  language,
  text: text!,
}));

for (const { language, text } of blocks) {
  if (language !== "ts") continue;
  const name = /^\/\/ (\S+\.ts)\n/.exec(text)?.[1];
  if (name === undefined)
    throw new Error(`This block of the guide has no file name in its first line:\n${text}`);
  writeFileSync(join(folder, name), text);
}

/** What each program of the guide's commands is here. */
const programs: Record<string, string[]> = {
  ludus: [main],
  "npx vitest run": [
    join(root, "node_modules", "vitest", "vitest.mjs"),
    "run",
    "--root",
    folder,
    "--testTimeout=60000",
  ],
  "npx tsx": ["--import", tsx],
};

function run(line: string): SpawnSyncReturns<string> {
  const [name, command] = Object.entries(programs).find(([program]) => line.startsWith(program)) ?? [];
  if (name === undefined || command === undefined)
    throw new Error(`The guide has an unknown command: ${line}`);
  const rest = line.slice(name.length).trim();
  const { LUDUS_RUNS: _, VITEST: __, NODE_OPTIONS: ___, ...env } = process.env;
  return spawnSync(process.execPath, [...command, ...(rest === "" ? [] : rest.split(" "))], {
    cwd: folder,
    env,
    encoding: "utf8",
    timeout: 170_000,
  });
}

const commands = blocks
  .filter(({ language }) => language === "sh")
  .flatMap(({ text }) => text.trimEnd().split("\n"))
  .map((line) => {
    const [command = "", exit = "0"] = line.split(" # exit ");
    return [command, Number(exit)] as const;
  });

test("the guide has commands and files", () => {
  expect(commands.length).toBeGreaterThan(10);
  expect(blocks.filter(({ language }) => language === "ts").length).toBeGreaterThanOrEqual(4);
});

test("its files compile as strictly as Ludus", () => {
  const paths = {
    "gymnasium-js": [join(root, "gymnasium-js/dist/index.d.ts")],
    "ludus/testing": [join(root, "dist/testing/index.d.ts")],
    vitest: [join(root, "node_modules/vitest/dist/index.d.ts")],
  };
  const compilerOptions = { typeRoots: [join(root, "node_modules/@types")], paths };
  const project = { extends: join(root, "tsconfig.json"), compilerOptions, include: ["*.ts"] };
  // Not under the name that tsx reads: it would run what `paths` says are types.
  const config = join(folder, "tsconfig.types.json");
  writeFileSync(config, JSON.stringify(project));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", config], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

// In order: the later ones build on the earlier ones.
test.each(commands)("%s", (command, exit) => {
  const { status, stdout, stderr } = run(command);
  expect(status, `${stdout}\n${stderr}`).toBe(exit);
  expect(stdout).not.toBe("");
});
