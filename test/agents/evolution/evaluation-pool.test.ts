import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Generator, make, type TypedArray } from "gymnasium-js";
import { afterEach, describe, expect, test } from "vitest";
import "../../../src/envs/index.js";
import "../../training/workers/envs/faulty.mjs";
import {
  type Population,
  planPolicy,
  searchPolicy,
  writeCandidate,
} from "../../../src/agents/evolution/index.js";
import { netSpecSchema } from "../../../src/nets/index.js";
import { EvaluationPool, type EvaluationPoolOptions } from "../../../src/training/workers/evaluation-pool.js";

const faulty = fileURLToPath(new URL("../../training/workers/envs/faulty.mjs", import.meta.url));
const opened: EvaluationPool[] = [];

function settingOf(env: string, maxSteps = 20) {
  const { observationSpace, actionSpace } = make(env);
  const net = netSpecSchema.parse({ type: "mlp", hidden: [4] });
  const policy = planPolicy({ observationSpace, actionSpace, net, observations: "raw" });
  return { policy, setting: { env, envOptions: {}, maxSteps, policy: policy.plan } };
}

function open(env: string, options: EvaluationPoolOptions) {
  const { policy, setting } = settingOf(env);
  const pool = new EvaluationPool(setting, { modules: [faulty], timeoutSeconds: 60, ...options });
  opened.push(pool);
  return { pool, policy };
}

afterEach(async () => {
  for (const pool of opened.splice(0)) await pool.close();
});

function noisy(env: string, size: number): Population {
  const { policy } = settingOf(env);
  const mean = policy.initial(new Generator(1));
  const rest = { deviation: 1, antithetic: true, seed: 3, generation: 5 };
  return { type: "gaussian", size, dimension: mean.length, mean, ...rest };
}

/** The same candidates, written out. */
function asVectors(population: Population): Population {
  const { size, dimension } = population;
  const rows = new Float32Array(size * dimension);
  const noise = new Float64Array(dimension);
  for (let i = 0; i < size; i++) {
    writeCandidate(population, i, { out: rows.subarray(i * dimension, (i + 1) * dimension), noise });
  }
  return { type: "vectors", size, dimension, rows };
}

describe.each(["CartPole-v1", "Pendulum-v1", "FrozenLake-v1"])("%s", (id) => {
  test("has the same returns whatever the number of threads, told by seeds or by vectors", async () => {
    const population = noisy(id, 6);
    const seeds = [11, 4_294_967_295, 7];
    const [expected, ...others] = await Promise.all(
      [0, 1, 3].map((workers) => open(id, { workers }).pool.evaluate(population, seeds)),
    );
    expect(new Set(expected!.lengths).size > 1 || id === "Pendulum-v1").toBe(true);
    for (const other of others) expect(other).toEqual(expected);
    expect(await open(id, { workers: 2 }).pool.evaluate(asVectors(population), seeds)).toEqual(expected);
  });

  test("has the returns of the environment itself", async () => {
    const { pool, policy } = open(id, {});
    const population = asVectors(noisy(id, 2));
    const { returns, lengths } = await pool.evaluate(population, [5, 9]);
    const env = make<TypedArray | number, unknown>(id);
    for (const [episode, seed] of [5, 9, 5, 9].entries()) {
      const { rows, dimension } = population as Extract<Population, { type: "vectors" }>;
      const candidate = episode >> 1;
      const act = searchPolicy(
        policy.plan,
        rows.subarray(candidate * dimension, (candidate + 1) * dimension),
      );
      let { observation } = env.reset({ seed });
      let [sum, length, over] = [0, 0, false];
      while (!over) {
        const row = typeof observation === "number" ? Int32Array.of(observation) : observation;
        const actions = act(row, null) as TypedArray;
        const step = env.step(id === "Pendulum-v1" ? actions.slice() : actions[0]);
        ({ observation } = step);
        sum += step.reward;
        length++;
        over = step.terminated || step.truncated;
      }
      expect([returns[episode], lengths[episode]]).toEqual([sum, length]);
    }
  });
});

/** Always the same action of Faulty-v0: 0 goes on, 1 throws, 2 exits, 3 hangs, 4 takes all memory. */
function stubborn(...actions: readonly number[]): Population {
  const { policy } = settingOf("Faulty-v0");
  const dimension = policy.plan.net.parameters;
  const rows = new Float32Array(actions.length * dimension);
  // The last five parameters are the biases of the five outputs.
  actions.forEach((action, i) => {
    rows[(i + 1) * dimension - 5 + action] = 1;
  });
  return { type: "vectors", size: actions.length, dimension, rows };
}

describe("a failing thread", () => {
  test.each([
    [1, /^Faulty-v0: evaluation worker \d, with candidate 5, failed: the motor is on fire\.$/],
    [2, /^Faulty-v0: evaluation worker \d, with candidate 5, failed: its thread ended with code 7\.$/],
    [4, /^Faulty-v0: evaluation worker \d, with candidate 5, failed: .*memory.*\.$/],
  ])("is told in one sentence (fault %i)", async (fault, sentence) => {
    const { pool } = open("Faulty-v0", { workers: 2, heapMegabytes: 64 });
    await expect(pool.evaluate(stubborn(0, 0, 0, 0, 0, fault), [1])).rejects.toThrow(
      expect.objectContaining({ code: "env-failed", message: expect.stringMatching(sentence) }),
    );
  });

  // Nothing else is asked of it: on a busy machine its start alone takes as long.
  test("that does not answer in time counts as failed", async () => {
    const { pool } = open("Faulty-v0", { workers: 1, timeoutSeconds: 2 });
    await expect(pool.evaluate(stubborn(3), [1, 2])).rejects.toThrow(
      /worker 0, with candidate 0, failed: it has not answered for 2 s\./,
    );
  });

  test("is replaced as often as allowed, and the episodes are played again", async () => {
    const warnings: string[] = [];
    const { pool } = open("Faulty-v0", {
      workers: 1,
      maxRestarts: 2,
      onWarning: (sentence) => warnings.push(sentence),
    });
    await expect(pool.evaluate(stubborn(0, 2), [1])).rejects.toThrow(/its thread ended with code 7/);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/code 7\. It is replaced, and its episodes are played again\.$/);
  });

  test("that was ended from outside between two tasks is replaced without a change in the numbers", async () => {
    const { pool } = open("CartPole-v1", { workers: 1, maxRestarts: 1 });
    const population = noisy("CartPole-v1", 3);
    const before = await pool.evaluate(population, [1, 2]);
    const [worker] = (pool as unknown as { workers: { close(): Promise<void> }[] }).workers;
    await worker!.close();
    expect(await pool.evaluate(population, [1, 2])).toEqual(before);
  });

  test("whose module or environment is not there says so", async () => {
    const nowhere = open("Faulty-v0", { workers: 1, modules: ["/nowhere/env.mjs"] });
    await expect(nowhere.pool.evaluate(stubborn(0), [1])).rejects.toThrow(/nowhere/);
    const unknown = open("Faulty-v0", { workers: 1, modules: [] });
    await expect(unknown.pool.evaluate(stubborn(0), [1])).rejects.toThrow(
      expect.objectContaining({ code: "unknown-env" }),
    );
  });
});

describe("threads that are still at one task are not asked for another", () => {
  const id = "CartPole-v1";
  const seeds = Array.from({ length: 50 }, (_, i) => i);

  test("where both are asked for at once", async () => {
    const populations = [noisy(id, 8), asVectors(noisy(id, 5))] as const;
    const played = await Promise.all(
      [0, 2].map((workers) => {
        const { pool } = open(id, { workers });
        return Promise.all(populations.map((population) => pool.evaluate(population, seeds)));
      }),
    );
    expect(played[1]).toEqual(played[0]);
  });

  test("where one has failed", async () => {
    const { pool } = open("Faulty-v0", { workers: 2 });
    // The fault is in the second of eight blocks, and the first is the longest.
    const task = stubborn(...Array.from({ length: 16 }, (_, i) => (i === 2 ? 1 : 0)));
    await expect(pool.evaluate(task, [1])).rejects.toThrow(/the motor is on fire/);
    const { workers } = pool as unknown as { workers: { waiting: unknown }[] };
    expect(workers.map(({ waiting }) => waiting)).toEqual([null, null]);
  });
});

test("a pool that is closed answers no more, and a wrong number of workers is refused", async () => {
  const { pool } = open("CartPole-v1", { workers: 1 });
  await pool.close();
  await expect(pool.evaluate(noisy("CartPole-v1", 2), [1])).rejects.toThrow(/the evaluation pool was closed/);
  expect(() => open("CartPole-v1", { workers: 1.5 })).toThrow(/workers is 1.5/);
});

test("in this thread, the event loop gets its turn", async () => {
  const { pool } = open("CartPole-v1", {});
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await pool.evaluate(
    noisy("CartPole-v1", 400),
    Array.from({ length: 40 }, (_, i) => i),
  );
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
});

test("a pool can be closed while an answer is on its way, also where nothing else keeps the process alive", () => {
  const child = fileURLToPath(new URL("./closing-child.ts", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", child], {
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  expect(stdout).toBe("the evaluation pool was closed\nclosed\n");
});
