// Closes a pool whose answer is on its way, in a process that nothing else keeps alive, and says that it has.
import { Generator, make } from "gymnasium-js";
import "../../../src/envs/index.js";
import { planPolicy } from "../../../src/agents/evolution/index.js";
import { netSpecSchema } from "../../../src/nets/index.js";
import { EvaluationPool } from "../../../src/training/workers/evaluation-pool.js";

const { observationSpace, actionSpace } = make("CartPole-v1");
const net = netSpecSchema.parse({ type: "mlp", hidden: [4] });
const policy = planPolicy({ observationSpace, actionSpace, net, observations: "raw" });
const setting = { env: "CartPole-v1", envOptions: {}, maxSteps: 20, policy: policy.plan };
const pool = new EvaluationPool(setting, { workers: 1 });
const rows = policy.initial(new Generator(1));
const population = { type: "vectors", size: 1, dimension: rows.length, rows } as const;
await pool.evaluate(population, [1]);

const work = pool.evaluate(population, [1]).catch((error: Error) => error.message);
// The thread answers, and this one does not hear it yet.
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
const closed = pool.close();
console.log(await work);
await closed;
console.log("closed");
