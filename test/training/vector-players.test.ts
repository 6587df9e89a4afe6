import { expect, test } from "vitest";
import { evaluateStored, openPlayers, openPolicy, openRun, train } from "../../src/training/index.js";
import { inFolder, tinyPqnConfig } from "./tiny-runs.js";

/** Returns of the first episode of each environment. */
function firstReturns(players: Awaited<ReturnType<typeof openPlayers>>): number[] {
  const { numEnvs } = players.envs;
  const returns = new Array<number>(numEnvs).fill(0);
  const over = new Array<boolean>(numEnvs).fill(false);
  while (over.includes(false)) {
    const { rewards, terminations, truncations } = players.step();
    for (let i = 0; i < numEnvs; i++) {
      if (!over[i]) returns[i]! += rewards[i]!;
      over[i] ||= terminations[i] === 1 || truncations[i] === 1;
    }
  }
  return returns;
}

test.each([1, 2])("a stored policy plays side by side as it does in an evaluation (stack %d)", (stack) =>
  inFolder(async (runs) => {
    const done = await train({ config: tinyPqnConfig({ steps: 400, rollout: { stack } }), runs });
    const run = openRun(done.run);
    const stored = await openPolicy(run, { checkpoint: "last" });
    const { returns } = await evaluateStored(stored, { episodes: 6, seed: 77 });
    stored.dispose();
    const players = await openPlayers({ run, checkpoint: "last" }, 6);
    expect(players).toMatchObject({ agent: "pqn", checkpoint: 400, env: "CartPole-v1" });
    players.restart(77);
    expect(firstReturns(players)).toEqual(returns);
    players.restart(77);
    expect(firstReturns(players)).toEqual(returns);
    players.dispose();
  }),
);

test("chance plays the same from the same seed", async () => {
  const players = await openPlayers({ env: "MinAtar/Breakout-v1" }, 5);
  expect(players).toMatchObject({ agent: null, checkpoint: null });
  players.restart(3);
  const first = firstReturns(players);
  players.restart(3);
  expect(firstReturns(players)).toEqual(first);
  players.dispose();
});
