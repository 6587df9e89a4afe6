import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { envTemplate, testTemplate } from "../../src/cli/templates/env.js";
import { namesFrom } from "../../src/cli/templates/names.js";

describe("names of a new environment", () => {
  test.each([
    ["grid-walk", "grid-walk", "gridWalk", "GridWalk-v0"],
    ["GridWalk", "grid-walk", "gridWalk", "GridWalk-v0"],
    ["grid walk", "grid-walk", "gridWalk", "GridWalk-v0"],
    ["GRID_WALK", "grid-walk", "gridWalk", "GridWalk-v0"],
    ["grid-walk.ts", "grid-walk", "gridWalk", "GridWalk-v0"],
    ["GridWalk-v0", "grid-walk", "gridWalk", "GridWalk-v0"],
    ["Grid2D", "grid2d", "grid2D", "Grid2D-v0"],
    ["x", "x", "x", "X-v0"],
    ["class", "class", "classEnv", "Class-v0"],
    ["size", "size", "sizeEnv", "Size-v0"],
  ])("%s", (name, file, variable, id) => {
    expect(namesFrom(name)).toMatchObject({ file, variable, id });
  });

  test.each(["", "9lives", "---", "../x", "a/b", "é"])("%j is refused", (name) => {
    expect(() => namesFrom(name)).toThrow(
      /An environment cannot be called '.*'; give a name of letters and digits/,
    );
  });
});

test("the template carries the names, in lines that fit", () => {
  const text = envTemplate(namesFrom("snake-pit"));
  for (const part of [
    'id: "SnakePit-v0"',
    "export const snakePit = defineEnv({",
    "interface SnakePitState",
    "ludus check-env ./snake-pit.ts",
  ])
    expect(text).toContain(part);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
});

const root = resolve(import.meta.dirname, "../..");

/** Settings of a strict project in which the packages are found. */
const project = {
  extends: join(root, "tsconfig.json"),
  compilerOptions: {
    typeRoots: [join(root, "node_modules/@types")],
    paths: {
      "gymnasium-js": [join(root, "gymnasium-js/src/index.ts")],
      "ludus/testing": [join(root, "src/testing/index.ts")],
      vitest: [join(root, "node_modules/vitest/dist/index.d.ts")],
    },
  },
  include: ["*.ts"],
};

test("what is written compiles as strictly as Ludus, whatever the name", () => {
  const folder = mkdtempSync(join(tmpdir(), "ludus-new-"));
  try {
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
    for (const name of ["snake pit", "class", "state", "Box"]) {
      const names = namesFrom(name);
      writeFileSync(join(folder, `${names.file}.ts`), envTemplate(names));
      writeFileSync(join(folder, `${names.file}.test.ts`), testTemplate(names));
    }
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    expect(stdout.split("\n").filter((line) => !line.includes(root))).toEqual([""]);
    expect(status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
