/**
 * An environment from pure rules: a corridor of cells, a coin at one end. `defineEnv` gives the single and the
 * batched environment, seeding, snapshots and the time limit.
 */
import { box, defineEnv, discrete, proceed, register, resolveConfig, terminate, train } from "ludus";

const length = 7;

const corridor = defineEnv({
  id: "Example/Corridor-v0",
  observationSpace: box({ low: 0, high: 1, shape: [length], dtype: "float32" }),
  actionSpace: discrete(2),
  maxEpisodeSteps: 30,
  actionNames: ["left", "right"],
  init: (rng) => ({ cell: rng.integers(0, length - 1) }),
  step(state, action: number) {
    state.cell = Math.max(0, state.cell + (action === 1 ? 1 : -1));
    return state.cell === length - 1 ? terminate(1) : proceed(-0.05);
  },
  observe(state: { cell: number }, out, offset) {
    out.fill(0, offset, offset + length);
    out[offset + state.cell] = 1;
  },
});
register(corridor);

const result = await train({
  config: resolveConfig({
    env: "Example/Corridor-v0",
    steps: 5000,
    dqn: { net: { type: "mlp", hidden: [32] } },
    evaluation: { finalEpisodes: 20 },
  }),
  runs: process.env["LUDUS_RUNS"] ?? "runs",
});
console.log(`mean return ${result.evalReturnMean?.toFixed(2)} after ${result.steps} steps`);
