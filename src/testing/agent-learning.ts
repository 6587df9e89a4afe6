import { sameData } from "gymnasium-js";
import type { Agent } from "../agents/index.js";
import type { ReplayBatch } from "../replay/index.js";
import { wrongActions } from "./actions.js";
import {
  type AgentPlays,
  batchSize,
  countActions,
  Experience,
  playAgent,
  requireSameState,
  throughFiles,
  withAgents,
} from "./agent-plays.js";
import { requireSame, requireSamePlay, show } from "./assertions.js";

export function checkUpdate(plays: AgentPlays): void {
  const { setting, seeds } = plays;
  for (const seed of seeds) {
    withAgents(plays, [seed], (agent) => {
      const before = structuredClone(agent!.save());
      const { loss, meanQ, gradientNorm, tdErrors } = agent!.learn(
        new Experience(setting, seed).batch(batchSize),
      );
      const where = `Seed ${seed}, one update`;
      for (const [name, value] of Object.entries({ loss, meanQ, gradientNorm }))
        if (!Number.isFinite(value))
          throw new Error(`${where}: ${name} is ${value}, expected a finite number.`);
      requireSame(tdErrors.length, batchSize, `${where}, number of TD errors`);
      requireSame(agent!.updates, 1, `${where}, updates`);
      if (sameData(structuredClone(agent!.save().weights), before.weights))
        throw new Error(`${where}: no weight has changed.`);
    });
  }
}

export function checkTarget(plays: AgentPlays): void {
  const { setting, seeds } = plays;
  for (const seed of seeds) {
    withAgents(plays, [seed], (agent) => {
      const { target } = structuredClone(agent!.save());
      agent!.learn(new Experience(setting, seed).batch(batchSize));
      const found = structuredClone(agent!.save().target);
      requireSame(found, target, `Seed ${seed}, target net after one update`);
    });
  }
}

export function checkCounters(plays: AgentPlays): void {
  const { setting, steps, seeds } = plays;
  const [seed = 0] = seeds;
  withAgents(plays, [seed], (agent) => {
    requireSame([agent!.envSteps, agent!.updates], [0, 0], "Env steps and updates of a new agent");
    playAgent(agent!, new Experience(setting, seed), plays);
    requireSame(
      [agent!.envSteps, agent!.updates],
      [steps * setting.numEnvs, steps],
      `Env steps and updates after ${steps} steps of ${setting.numEnvs} environments, each with an update`,
    );
  });
}

export function checkRestore(plays: AgentPlays): void {
  const { setting, seeds } = plays;
  for (const seed of seeds) {
    withAgents(plays, [seed, seed + 1], (agent, other) => {
      playAgent(agent!, new Experience(setting, seed), plays);
      playAgent(other!, new Experience(setting, seed + 2), plays);
      const state = agent!.save();
      const copy = throughFiles(state);
      const expected = playAgent(agent!, new Experience(setting, seed + 1), plays);
      agent!.save();
      requireSameState(state, copy, `Seed ${seed}, a saved state after more updates and another save`);
      other!.restore(copy);
      requireSameState(other!.save(), copy, `Seed ${seed}, restored and saved again`);
      const found = playAgent(other!, new Experience(setting, seed + 1), plays);
      requireSamePlay(found, expected, `Seed ${seed}, restored`);
      requireSameState(other!.save(), throughFiles(agent!.save()), `Seed ${seed}, saved after going on`);
    });
  }
}

export function checkWeights(plays: AgentPlays): void {
  const { setting, seeds } = plays;
  for (const seed of seeds) {
    withAgents(plays, [seed, seed + 1], (agent, other) => {
      const experience = new Experience(setting, seed);
      playAgent(agent!, experience, plays);
      other!.restoreWeights(throughFiles(agent!.save()).weights);
      const observations = experience.observations(20);
      const expected = structuredClone(agent!.greedyPolicy()(observations, null));
      const found = structuredClone(other!.greedyPolicy()(observations, null));
      requireSame(found, expected, `Seed ${seed}, greedy actions by another agent's weights`);
    });
  }
}

export function checkLeaks(plays: AgentPlays): void {
  const { setting, steps, seeds, countTensors } = plays;
  if (countTensors === undefined) {
    throw new Error(
      'Tensors cannot be counted: give countTensors, for instance () => tf.memory().numTensors, or skip "leaks" with a reason.',
    );
  }
  const [seed = 0] = seeds;
  const experience = new Experience(setting, seed);
  const before = countTensors();
  withAgents(plays, [seed], (agent) => {
    const round = () => {
      playAgent(agent!, experience, { ...plays, steps: 1 });
      agent!.greedyPolicy()(experience.observations(3), null);
      agent!.qValues(experience.observations(3), 3);
      agent!.restore(agent!.save());
    };
    round();
    const warm = countTensors();
    for (let i = 1; i <= steps; i++) {
      round();
      requireSame(
        countTensors(),
        warm,
        `Tensors after ${i} more rounds of acting, learning, saving and restoring`,
      );
    }
  });
  requireSame(countTensors(), before, "Tensors after dispose");
}

export function checkBadBatches(plays: AgentPlays): void {
  const { setting, seeds, countTensors } = plays;
  for (const seed of seeds) {
    withAgents(plays, [seed, seed], (disturbed, calm) => {
      playAgent(disturbed!, new Experience(setting, seed), plays);
      playAgent(calm!, new Experience(setting, seed), plays);
      const tensors = countTensors?.();
      const batch = new Experience(setting, seed + 1).batch(batchSize);
      for (const [what, wrong] of Object.entries(badBatches(batch, plays)))
        requireUnlearnt(disturbed!, wrong, `Seed ${seed}, a batch with ${what}`);
      requireSame(countTensors?.(), tensors, `Seed ${seed}, tensors after refused batches`);
      const [found, expected] = [disturbed!, calm!].map((agent) =>
        playAgent(agent, new Experience(setting, seed + 2), plays),
      );
      requireSamePlay(found!, expected!, `Seed ${seed}, after refused batches`);
    });
  }
}

/** Batches that nothing may be learnt from, by what is wrong with them: the last row, so that it has to be looked for. */
function badBatches(batch: ReplayBatch, { setting }: AgentPlays): Record<string, ReplayBatch> {
  const spoilt = <Values extends ArrayLike<number>>(values: Values, value: number): Values => {
    const copy = structuredClone(values) as Values & { [i: number]: number };
    copy[copy.length - 1] = value;
    return copy;
  };
  const bad: Record<string, ReplayBatch> = {
    "a reward of NaN": { ...batch, rewards: spoilt(batch.rewards, Number.NaN) },
    "an infinite reward": { ...batch, rewards: spoilt(batch.rewards, Number.POSITIVE_INFINITY) },
    "a weight of NaN": { ...batch, weights: spoilt(batch.weights, Number.NaN) },
    "a discount of NaN": { ...batch, discounts: spoilt(batch.discounts, Number.NaN) },
  };
  if (batch.observations instanceof Float32Array) {
    const next = batch.nextObservations as Float32Array;
    bad["an observation of NaN"] = { ...batch, observations: spoilt(batch.observations, Number.NaN) };
    bad["a next observation of NaN"] = { ...batch, nextObservations: spoilt(next, Number.NaN) };
  }
  if (countActions(setting.actionSpace) !== null) {
    const wrong = wrongActions(setting.actionSpace).filter(Number.isInteger) as number[];
    for (const action of wrong)
      bad[`the action ${action}`] = { ...batch, actions: spoilt(batch.actions, action) };
  }
  return bad;
}

function requireUnlearnt(agent: Agent, batch: ReplayBatch, what: string): void {
  const before = throughFiles(agent.save());
  let refused = false;
  try {
    const { loss } = agent.learn(batch);
    what += ` (loss ${show(loss)})`;
  } catch (error) {
    refused = error instanceof Error;
  }
  if (!refused) throw new Error(`${what} was learnt from, expected an Error.`);
  requireSameState(agent.save(), before, `${what} was refused, but the agent has changed`);
}
