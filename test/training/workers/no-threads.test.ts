import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import { make } from "gymnasium-js";
import { expect, test, vi } from "vitest";
import "../../../src/envs/index.js";
import { planPolicy } from "../../../src/agents/evolution/index.js";
import { netSpecSchema } from "../../../src/nets/index.js";
import { EvaluationPool } from "../../../src/training/workers/evaluation-pool.js";
import { makeWorkerVec } from "../../../src/training/workers/make-worker-vec.js";
import { controlWords, dead } from "../../../src/training/workers/protocol.js";

const thread = vi.hoisted(() => ({ workerData: null as unknown }));

/** A system whose limit of threads has been reached. */
vi.mock("node:worker_threads", async (original) => ({
  ...(await original<typeof import("node:worker_threads")>()),
  get workerData() {
    return thread.workerData;
  },
  Worker: class {
    constructor() {
      throw Object.assign(new Error("EAGAIN"), { code: "ERR_WORKER_INIT_FAILED" });
    }
  },
}));

const why = "the system gives no more threads (EAGAIN); ask for fewer workers, or raise its limit";

test("environments in threads that do not start are refused", () => {
  expect(() => makeWorkerVec("CartPole-v1", { numWorkers: 1 })).toThrow(
    expect.objectContaining({
      code: "worker-failed",
      message: `CartPole-v1: worker 0 did not start: ${why}.`,
    }),
  );
});

test("so is an evaluation in threads", () => {
  const { observationSpace, actionSpace } = make("CartPole-v1");
  const net = netSpecSchema.parse({ type: "mlp", hidden: [4] });
  const policy = planPolicy({ observationSpace, actionSpace, net, observations: "raw" }).plan;
  const setting = { env: "CartPole-v1", envOptions: {}, maxSteps: 20, policy };
  expect(() => new EvaluationPool(setting, { workers: 2 })).toThrow(
    expect.objectContaining({
      code: "env-failed",
      message: `CartPole-v1: evaluation worker 0 did not start: ${why}.`,
    }),
  );
});

test("a supervising thread that gets none says so, and wakes who waits", async () => {
  const control = new Int32Array(new SharedArrayBuffer(controlWords * 4));
  const { port1, port2 } = new MessageChannel();
  thread.workerData = { data: { control: control.buffer, port: null }, lastWords: port2, resourceLimits: {} };
  await import("../../../src/training/workers/supervisor-thread.js");
  expect(control[dead]).toBe(1);
  expect(receiveMessageOnPort(port1)?.message).toBe(why);
  port1.close();
});
