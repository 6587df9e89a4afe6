/** A training from code: the config, the events while it runs, and what it learnt, played afterwards. */
import { evaluateStored, openPolicy, openRun, resolveConfig, train } from "ludus";

const config = resolveConfig({
  env: "CartPole-v1",
  seed: 1,
  steps: 5000,
  dqn: { net: { type: "mlp", hidden: [64, 64] } },
  evaluation: { every: 2500, episodes: 5, finalEpisodes: 10 },
});

const result = await train({
  config,
  runs: process.env["LUDUS_RUNS"] ?? "runs",
  onEvent: (event) => {
    if (event.event === "eval") console.log(`step ${event.step}: return ${event.returnMean.toFixed(1)}`);
  },
});

const stored = await openPolicy(openRun(result.run), { checkpoint: "last" });
const { returnMean } = await evaluateStored(stored, { episodes: 5, seed: 123 });
stored.dispose();
console.log(`the last checkpoint plays ${returnMean.toFixed(1)} on average`);
