import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { engineReport } from "../../src/tensors/index.js";

const { missing } = (await engineReport()).find(({ name }) => name === "native")!;
const script = join(import.meta.dirname, "updates.ts");

/** Makes DQN updates in a process of its own. @returns digest of the weights and losses */
async function digest(env: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script], {
    env: { ...process.env, ...env },
  });
  return stdout.trim();
}

describe("the bits of the native engine", () => {
  if (missing !== null) {
    test("need the native engine", (context) => context.skip(missing));
    return;
  }

  test("are the same with any number of threads", async () => {
    const alone = await digest({ LUDUS_THREADS: "1" });
    expect(alone).toMatch(/^[0-9a-f]{64}$/);
    for (const threads of ["2", "3"]) expect(await digest({ LUDUS_THREADS: threads }), threads).toBe(alone);
  });

  test("are the same in a worker thread, and ending workers in the midst of it harms nobody", async () => {
    const alone = await digest({ LUDUS_THREADS: "1" });
    const inWorker = (endAfter: number | null) =>
      new Promise<string>((resolve, reject) => {
        const start = `import("tsx/esm/api").then(({ register }) => {
          register();
          return import(require("node:worker_threads").workerData);
        });`;
        const worker = new Worker(start, {
          eval: true,
          stdout: true,
          workerData: pathToFileURL(script).href,
        });
        let output = "";
        worker.stdout.on("data", (text: Buffer) => {
          output += text.toString();
        });
        worker.on("error", reject);
        worker.on("exit", () => resolve(output.trim()));
        if (endAfter !== null) setTimeout(() => void worker.terminate(), endAfter);
      });
    const results = await Promise.all([inWorker(null), inWorker(400), inWorker(700), inWorker(null)]);
    expect(results[0]).toBe(alone);
    expect(results[3]).toBe(alone);
  });

  test("a wrong LUDUS_THREADS or LUDUS_ISA is one sentence", async () => {
    for (const [env, sentence] of [
      [{ LUDUS_THREADS: "many" }, /LUDUS_THREADS is many; a whole number from 1 to 64 is needed/],
      [{ LUDUS_ISA: "mmx" }, /LUDUS_ISA is mmx, which this processor or build has not/],
    ] as const) {
      await expect(digest(env)).rejects.toThrow(sentence);
    }
  });
});
