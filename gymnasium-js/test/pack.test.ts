import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const packageFolder = fileURLToPath(new URL("..", import.meta.url));
const rootFolder = fileURLToPath(new URL("../..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "gymnasium-js-pack-"));

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Builds a copy of the sources, so that the test neither needs nor touches `dist`. */
function packedTarball(): string {
  const copy = join(scratch, "checkout", "gymnasium-js");
  mkdirSync(copy, { recursive: true });
  for (const name of ["src", "package.json", "README.md", "LICENSE", "tsconfig.build.json"]) {
    cpSync(join(packageFolder, name), join(copy, name), { recursive: true });
  }
  cpSync(join(rootFolder, "tsconfig.json"), join(scratch, "checkout", "tsconfig.json"));
  symlinkSync(join(rootFolder, "node_modules"), join(scratch, "checkout", "node_modules"));
  const tsc = join(rootFolder, "node_modules", "typescript", "bin", "tsc");
  run(process.execPath, [tsc, "-p", "tsconfig.build.json"], copy);
  run(process.execPath, [join(rootFolder, "scripts", "bundle.mjs"), copy], copy);
  const listing = JSON.parse(run("npm", ["pack", "--json", "--offline", "--ignore-scripts"], copy)) as {
    filename: string;
  }[];
  return join(copy, listing[0]?.filename ?? "");
}

/** Puts the tarball where `npm install` would, without a network. */
function install(tarball: string): string {
  const project = join(scratch, "project");
  const target = join(project, "node_modules", "gymnasium-js");
  mkdirSync(target, { recursive: true });
  run("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"], project);
  writeFileSync(join(project, "package.json"), '{ "type": "module" }\n');
  return project;
}

/** The first example of the README. */
function readmeExample(): string {
  const code = /```js\n(.*?)```/s.exec(readFileSync(join(packageFolder, "README.md"), "utf8"))?.[1];
  if (code === undefined) throw new Error("README.md has no example");
  return code;
}

it("is packed, installed into a fresh folder and imported by plain node", () => {
  const project = install(packedTarball());
  writeFileSync(join(project, "example.js"), readmeExample());
  expect(run(process.execPath, ["example.js"], project)).toBe("reached 9\n32 32\n");
  const names = run(
    process.execPath,
    ["-e", 'import("gymnasium-js").then((m) => console.log(Object.keys(m).join()))'],
    project,
  );
  expect(names.trim().split(",")).toEqual(
    expect.arrayContaining(["checkEnv", "Generator", "TimeLimit", "box"]),
  );
}, 120_000);
