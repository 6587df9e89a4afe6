import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { make, registry } from "gymnasium-js";
import { afterAll, describe, expect, test } from "vitest";
import { findEnv, loadEnvModule, looksLikeModule } from "../../src/cli/env-module.js";

// Outside the repository: there is no node_modules above it.
const folder = mkdtempSync(join(tmpdir(), "ludus-env-module-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** The members of rules, without the id. */
const walk = `
  observationSpace: discrete(8),
  actionSpace: discrete(2),
  maxEpisodeSteps: 20,
  init: (rng) => ({ position: rng.integers(0, 4) }),
  step(state, action) {
    state.position = Math.min(7, Math.max(0, state.position + (action === 1 ? 1 : -1)));
    return state.position === 7 ? terminate(1) : proceed(0);
  },
  observe(state, out, offset) {
    out[offset] = state.position;
  },`;
const imports = `import { defineEnv, discrete, proceed, register, terminate } from "gymnasium-js";\n`;
const rules = (id: string) => `{ id: "${id}", ${walk} }`;

/** Modules that bring environments, by file, and the ids. */
const good: Record<string, [text: string, ids: string[]]> = {
  "as-default.ts": [`${imports}export default defineEnv(${rules("AsDefault-v0")});`, ["AsDefault-v0"]],
  "by-name.mts": [`${imports}export const any: object = defineEnv(${rules("ByName-v0")});`, ["ByName-v0"]],
  "plain-rules.mjs": [`${imports}export const some = ${rules("PlainRules-v0")};`, ["PlainRules-v0"]],
  "typescript.ts": [
    `import { box, defineEnv, type EnvRules, discrete, proceed, terminate } from "ludus";
enum Move { Left, Right }
export const rules = { ...${rules("Typed-v0")}, actionNames: [Move[0], Move[1]] } satisfies object as EnvRules<{ position: number }, number, number>;
const later = await Promise.resolve(defineEnv(rules));
export default later;`,
    ["Typed-v0"],
  ],
  "registers.js": [`${imports}register(defineEnv(${rules("Registers-v0")}));`, ["Registers-v0"]],
  "class.ts": [
    `import { BaseEnv, discrete, register } from "ludus";
class Still extends BaseEnv<number, number> {
  readonly observationSpace = discrete(2);
  readonly actionSpace = discrete(2);
  override reset(options?: { seed?: number }) { this.reseed(options?.seed); return { observation: 0, info: {} }; }
  override step() { return { observation: 1, reward: 0, terminated: false, truncated: false, info: {} }; }
}
register({ id: "Mine/Still-v0", entryPoint: () => new Still(), maxEpisodeSteps: 5 });`,
    ["Mine/Still-v0"],
  ],
  "with-settings.ts": [
    `${imports}export const one = defineEnv("Settings-v0", (kwargs: { length?: number }) => ({ ...${rules("Settings-v0")}, maxEpisodeSteps: kwargs.length ?? 9 }));
export const two = { id: "Settings-v1", entryPoint: one, kwargs: { length: 3 } };
export const three = ${rules("Settings-v2")};
export const four = three;
export function helper() { return 4; }`,
    ["Settings-v0", "Settings-v1", "Settings-v2"],
  ],
  "beside.ts": [
    `import { rulesOf } from "./parts/rules.js";\nexport default rulesOf("Beside-v0");`,
    ["Beside-v0"],
  ],
};

describe("a module brings environments", () => {
  write(
    "parts/rules.ts",
    `${imports}export const rulesOf = (id: string) => (${rules("x").replace('"x"', "id")});`,
  );
  test.each(Object.entries(good))("%s", async (file, [text, ids]) => {
    const path = write(file, text);
    const module = await loadEnvModule(path);
    expect([...module.ids].sort()).toEqual(ids);
    expect(module).toMatchObject({ path, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    for (const id of ids) {
      const env = make(id);
      env.reset({ seed: 1 });
      expect(env.step(1).reward).toBe(0);
    }
    // Again, and as a URL: the same module.
    expect(await loadEnvModule(pathToFileURL(path).href)).toBe(module);
  });

  test("by settings of its own", () => {
    expect(registry.get("Settings-v0")?.maxEpisodeSteps).toBe(9);
    expect(make("Settings-v0", { length: 4 }).spec?.kwargs).toEqual({ length: 4 });
    expect(make("Settings-v1").spec?.kwargs).toEqual({ length: 3 });
  });
});

const bad: Record<string, [text: string | null, sentence: RegExp]> = {
  "gone.ts": [
    null,
    /^There is no environment module .*gone\.ts: give the path of a \.ts, \.mts, \.js or \.mjs file\.$/,
  ],
  "as-default": [null, /as-default: did you mean .*as-default\.ts\?$/],
  "parts/": [null, /parts is a folder and no environment module/],
  "data.json": ["{}", /data\.json is no environment module: give the path/],
  "syntax.ts": [
    "export default {\n  id: 'x',,\n};",
    /^.*syntax\.ts is not valid TypeScript: unexpected token \(line 2, column \d+\), at `id: 'x',,`\.$/,
  ],
  "throws.ts": [
    `const a: number = 1;\n\nthrow new Error("boom " + a);`,
    /throws\.ts threw "boom 1" while it was loaded \(line 3\)\.$/,
  ],
  "misspelt.ts": [
    `import { dicsrete } from "ludus";\nexport const a = dicsrete(3);`,
    /threw "dicsrete is not a function" while it was loaded \(line 2\)\.$/,
  ],
  "package.ts": [
    `import a from "no-such-package-here";\nexport default a;`,
    /package\.ts imports 'no-such-package-here', which is not there; install it/,
  ],
  "neighbour.ts": [
    `import "./parts/broken.js";`,
    /parts\/broken\.ts imports '\.\/nowhere\.js', which is not there; correct the path\.$/,
  ],
  "nothing.ts": [
    `console.assert(true);`,
    /nothing\.ts brings no environment: it exports nothing; export one, as in export default defineEnv/,
  ],
  "other.ts": [
    `export const a = 1;\nexport function b() {}`,
    /other\.ts brings no environment: it exports a, b; export one/,
  ],
  "half.ts": [
    `export const mine = { id: "Half-v0", init() {}, step() {} };`,
    /its export mine looks like rules, but has no observe\.$/,
  ],
  "only-class.ts": [
    `import { BaseEnv } from "ludus";\nexport class Mine extends BaseEnv { reset() {} step() {} }`,
    /the class Mine has to be registered, as in register\(\{ id: "Mine-v0", entryPoint: \(\) => new Mine\(\) \}\)\.$/,
  ],
  "taken.ts": [
    `${imports}export default defineEnv(${rules("CartPole-v1")});`,
    /taken\.ts brings no environment that can be registered: CartPole-v1 is already registered by another environment: choose another id/,
  ],
  "bad-id.ts": [`${imports}export default defineEnv(${rules("my env!")});`, /"my env!" is no environment id/],
};

test.each(Object.entries(bad))("%s is refused in a sentence", async (file, [text, sentence]) => {
  write("parts/broken.ts", `import "./nowhere.js";`);
  write("as-default.ts", good["as-default.ts"]![0]);
  if (text !== null) write(file, text);
  const error = await loadEnvModule(join(folder, file)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "LudusError", exitCode: 2 });
  expect((error as Error).message).toMatch(sentence);
  expect((error as Error).message).not.toContain("\n");
});

test("CartPole is still Ludus's own", () => {
  expect(make("CartPole-v1").observationSpace.shape).toEqual([4]);
});

test("the fingerprint is of the module and of what it imports, and not of where they lie", async () => {
  const texts = {
    main: `import { id } from "./id.js";\n${imports}export default defineEnv({ ...${rules("x")}, id });`,
    id: "F",
  };
  const load = async (place: string, id: string): Promise<string> => {
    write(`${place}/id.ts`, `export const id = "${texts.id}${id}-v0" as string;`);
    return (await loadEnvModule(write(`${place}/main.ts`, texts.main))).sha256;
  };
  const [first, other] = [await load("first", "print"), await load("other", "mark")];
  expect(first).not.toBe(other);
  // The same text at another place; its id is taken by now, so it has to go first.
  const { unregister } = await import("gymnasium-js");
  unregister("Fprint-v0");
  expect(await load("moved", "print")).toBe(first);
});

test("a path means the only environment that a module brings, or one is to be named", async () => {
  const [one, several] = [join(folder, "as-default.ts"), join(folder, "with-settings.ts")];
  expect((await findEnv(one, undefined)).env).toBe("AsDefault-v0");
  expect((await findEnv("settings", several)).env).toBe("Settings-v2");
  expect((await findEnv("CartPole-v1", several)).module).toBeNull();
  await expect(findEnv(several, undefined)).rejects.toThrow(
    /with-settings\.ts brings 3 environments, Settings-v0, Settings-v1 and Settings-v2: name one, as in Settings-v0 --env-module/,
  );
  for (const name of ["./a", "../a.ts", "/a", "file:///a.ts", "a.mjs"])
    expect(looksLikeModule(name)).toBe(true);
  for (const name of ["CartPole-v1", "MinAtar/Breakout-v1", "last"])
    expect(looksLikeModule(name)).toBe(false);
});
