import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EngineMissingError, type EngineName, engineReport, tf, useEngine } from "../../src/tensors/index.js";
import { localEngines } from "../engines.js";

test("an engine that is asked for computes", async () => {
  for (const name of localEngines) {
    expect(await useEngine(name)).toMatchObject({ name });
    expect(tf.getBackend()).toBe(name);
    expect(Array.from(tf.tidy(() => tf.add(1, 2).dataSync()))).toEqual([3]);
  }
});

test("auto takes the first engine that works", async () => {
  const reports = await engineReport();
  const first = (["native", "wasm", "cpu"] as const).find(
    (name) => reports.find((report) => report.name === name)!.available,
  );
  expect((await useEngine("auto")).name).toBe(first);
});

test("the report covers every engine and leaves the one in use in use", async () => {
  await useEngine("cpu");
  const reports = await engineReport();
  expect(reports.map(({ name }) => name)).toEqual(["native", "wasm", "cpu", "webgpu", "node", "node-gpu"]);
  for (const { available, missing } of reports) expect(missing === null).toBe(available);
  expect(reports.filter(({ available }) => available).map(({ name }) => name)).toEqual(
    expect.arrayContaining(["wasm", "cpu"]),
  );
  expect(tf.getBackend()).toBe("cpu");
});

test("a missing engine is one clear sentence that says how to get it", async () => {
  await useEngine("wasm");
  for (const { name, missing } of await engineReport()) {
    if (missing === null) continue;
    const error = await useEngine(name).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineMissingError);
    expect(error).toMatchObject({ code: "engine-missing", message: missing });
    expect(missing).toMatch(/npm install|--engine/);
  }
  expect(tf.getBackend(), "the engine before stays").toBe("wasm");
});

test("an unknown engine is refused with the names of those that there are", async () => {
  await expect(useEngine("gpu" as EngineName)).rejects.toThrow(/no engine "gpu"; there are native, wasm/);
});

/** Runs TypeScript in a process of its own, in a folder of its own, without the native engine. */
function run(code: string): string {
  const folder = mkdtempSync(join(tmpdir(), "ludus-engine-"));
  const script = join(folder, "start.mts");
  const index = join(import.meta.dirname, "../../src/tensors/index.ts");
  writeFileSync(script, `import { tf, useEngine } from ${JSON.stringify(index)};\n${code}`);
  const loader = join(import.meta.dirname, "../../node_modules/tsx/dist/cli.mjs");
  return execFileSync(process.execPath, [loader, script], {
    cwd: folder,
    encoding: "utf8",
    stdio: "pipe",
    env: { ...process.env, LUDUS_NATIVE: join(folder, "none.node") },
  });
}

test("a process outside the repository starts wasm without a word and keeps its own error hooks only", () => {
  const output = run(`
    await useEngine("cpu");
    await useEngine("wasm");
    const events = ["uncaughtException", "unhandledRejection"];
    console.log(tf.add(1, 2).dataSync()[0], ...events.map((event) => process.listenerCount(event)));`);
  expect(output).toBe("3 0 0\n");
});

test.each([
  ["no WebAssembly", 'Reflect.deleteProperty(globalThis, "WebAssembly");', /does not start/],
  [
    "no WebAssembly SIMD",
    `const instantiate = WebAssembly.instantiate;
     WebAssembly.instantiate = (bytes, imports) =>
       imports.env?.memory ? Promise.reject(new WebAssembly.CompileError("SIMD")) : instantiate(bytes, imports);`,
    /needs WebAssembly SIMD/,
  ],
])("where there is %s, wasm says so and auto goes on to cpu", (_, sabotage, message) => {
  const output = run(`${sabotage}
    await useEngine("wasm").catch(({ code, message }) => console.log(code, message));
    console.log((await useEngine("auto")).name, tf.add(1, 2).dataSync()[0]);`);
  expect(output).toMatch(/^engine-missing /);
  expect(output).toMatch(message);
  expect(output).toMatch(/\ncpu 3\n$/);
});

test("using engines again and again leaves no tensors behind", async () => {
  await useEngine("wasm");
  const { numTensors } = tf.memory();
  for (let i = 0; i < 3; i++) {
    await useEngine("cpu");
    await useEngine("wasm");
  }
  expect(tf.memory().numTensors).toBe(numTensors);
});
