import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const guide = readFileSync(join(root, "docs", "multiagent.md"), "utf8");

const files = [...guide.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)].map(([, name, text]) => ({
  name: name!,
  text: text!,
}));

const folder = mkdtempSync(join(tmpdir(), "ludus-arenas-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
for (const { name, text } of files) writeFileSync(join(folder, name), text);
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
// What the guide needs of Ludus, without its engines.
const rooms = ["gymnasium-js", join(root, "src/multiagent/index.js")];
writeFileSync(
  join(folder, "ludus-arenas.ts"),
  rooms.map((room) => `export * from ${JSON.stringify(room)};\n`).join(""),
);
const paths = {
  "gymnasium-js": [join(root, "gymnasium-js/src/index.ts")],
  ludus: [join(folder, "ludus-arenas.ts")],
  "ludus/testing": [join(root, "src/testing/index.ts")],
};
const project = { extends: join(root, "tsconfig.json"), compilerOptions: { paths }, include: ["*.ts"] };
writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));

function run(args: readonly string[]): { status: number | null; output: string } {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    env: { ...env, NODE_NO_WARNINGS: "1", TSX_TSCONFIG_PATH: join(folder, "tsconfig.json") },
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

test("the guide has files", () => {
  expect(files.map(({ name }) => name)).toEqual([
    "parallel.ts",
    "turns.ts",
    "conversions.ts",
    "wrapped.ts",
    "team-reward.ts",
    "lake.ts",
    "lake.test.ts",
    "nim.ts",
  ]);
});

test("its files compile as strictly as Ludus", () => {
  const { status, output } = run([join(root, "node_modules/typescript/bin/tsc"), "-p", folder]);
  expect(output).toBe("");
  expect(status).toBe(0);
});

/** What files print, one after the other. */
const printed = [
  /3 predators earned -?\d+\.\d\d\n/,
  /player_[12]: -?[01]\nplayer_[12]: -?[01]\n(?:[XO.] ?[XO.] ?[XO.]\n){3}/,
  /parallel true\n/,
  /\{ r: -1, l: 2 \} \{ r: 0, l: 1 \}\n/,
  /\{ predator_0: (-?[\d.]+), predator_1: \1 \}\n/,
];

test("they do what they say", () => {
  const programs = files.map(({ name }) => name).filter((name) => !name.endsWith(".test.ts"));
  writeFileSync(
    join(folder, "all.ts"),
    programs.map((name) => `import "./${name.replace(".ts", ".js")}";\n`).join(""),
  );
  const { status, output } = run(["--import", tsx, join(folder, "all.ts")]);
  expect(output).toMatch(new RegExp(`^${printed.map(({ source }) => source).join("")}$`));
  expect(status).toBe(0);
});

test("the arena of the guide keeps the contract", () => {
  const { status, output } = run(["--import", tsx, join(folder, "lake.test.ts")]);
  expect(output).toMatch(/# pass 23\n# fail 0/);
  expect(status, output).toBe(0);
});
