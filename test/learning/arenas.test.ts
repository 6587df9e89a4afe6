// Small real trainings in arenas, with fixed seeds.
import { Generator } from "gymnasium-js";
import { expect, test } from "vitest";
import {
  arenaRules,
  exploitability,
  findArena,
  type Payoffs,
  type Player,
  payoffsOf,
} from "../../src/multiagent/index.js";
import {
  openRun,
  openRunPlayer,
  type PartialConfig,
  resolveConfig,
  train,
} from "../../src/training/index.js";
import { inFolder } from "../training/tiny-runs.js";

const quiet: PartialConfig = { evaluation: { every: 0 }, checkpoint: { every: 0 } };

/**
 * As in the paper, everybody acts at random while learning, so that only what is learnt differs. Rewards of 1 and 8, each half of the
 * time, are worth 4.5 by squared errors; Huber's loss would take anything between.
 */
const always = { exploration: { type: "constant", epsilon: 1 }, nStep: 1, loss: "mse" };

const learners: Record<string, { expected: number; layers: PartialConfig }> = {
  "a central learner": {
    expected: 8,
    layers: { agent: "dqn", steps: 4000, dqn: always, arena: { learn: "central" } },
  },
  "independent learners": {
    expected: 7,
    layers: { agent: "dqn", steps: 12_000, dqn: always, arena: { learn: "independent" } },
  },
};

test.each(
  Object.entries(learners).flatMap(([name, learner]) =>
    [1, 2, 3, 4, 5].map((seed) => ({ name, seed, ...learner })),
  ),
)("$name come to $expected in the two-step game, seed $seed", ({ expected, layers, seed }) =>
  inFolder(async (runs) => {
    const config = resolveConfig({ env: "TwoStep-v0", seed, numEnvs: 16 }, quiet, layers);
    const done = await train({ config, runs });
    expect(done.evalReturnMean).toBe(expected);
  }),
);

test.each([1, 2, 3])(
  "rock-paper-scissors by self-play: the average of all selves can hardly be exploited, seed %i",
  (seed) =>
    inFolder(async (runs) => {
      const config = resolveConfig(
        {
          ...{ env: "RockPaperScissors-v0", envOptions: { rounds: 1 }, agent: "ppo", seed },
          ...{ steps: 60_000, numEnvs: 128, rollout: { length: 4, epochs: 2, minibatches: 1 } },
          ppo: {
            net: { type: "mlp", hidden: [16] },
            optimizer: { name: "adam", learningRate: 0.01 },
            entropyCoefficient: 0.5,
          },
          arena: {
            league: { every: 1024, size: 100, latest: 0, sampling: "uniform", epsilon: 0 },
          },
        },
        quiet,
      );
      const done = await train({ config, runs });
      const { player, dispose } = await openRunPlayer(openRun(done.run), { checkpoint: "league" });
      const strategy = strategyOf(player, 20_000);
      dispose();
      const payoffs = payoffsOf(arenaRules(findArena("RockPaperScissors-v0")!)) as Payoffs;
      expect(exploitability(payoffs, strategy, strategy)).toBeLessThan(0.1);
    }),
);

/** How often each action is played at the start. */
function strategyOf(player: Player, games: number): number[] {
  const rules = arenaRules(findArena("RockPaperScissors-v0")!);
  const rng = new Generator(0);
  const counts = [0, 0, 0];
  for (let game = 0; game < games; game++) counts[player.act(rules.init(rng, undefined), 0, rng)]!++;
  return counts.map((count) => count / games);
}
