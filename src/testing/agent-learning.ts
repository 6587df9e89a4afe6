import { sameData } from "gymnasium-js";
import { wrongActions } from "./actions.js";
import {
  type AgentPlays,
  batchSize,
  countActions,
  Experience,
  type LearntBatch,
  learnFrom,
  playAgent,
  requireSameState,
  type TestedAgent,
  throughFiles,
  withAgents,
} from "./agent-plays.js";
import { requireSame, requireSamePlay, show } from "./assertions.js";

export function checkUpdate(plays: AgentPlays): void {
  const { seeds } = plays;
  for (const seed of seeds) {
    withAgents(plays, [seed], (agent) => {
      const before = structuredClone(agent!.save());
      const { loss, meanQ, gradientNorm, tdErrors } = learnFrom(
        agent!,
        new Experience(plays, seed).batch(batchSize),
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
  const { seeds } = plays;
  for (const seed of seeds) {
    withAgents(plays, [seed], (agent) => {
      const { target } = structuredClone(agent!.save());
      learnFrom(agent!, new Experience(plays, seed).batch(batchSize));
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
    playAgent(agent!, new Experience(plays, seed), plays);
    requireSame(
      [agent!.envSteps, agent!.updates],
      [steps * setting.numEnvs, steps],
      `Env steps and updates after ${steps} steps of ${setting.numEnvs} environments, each with an update`,
    );
  });
}

export function checkRestore(plays: AgentPlays): void {
  const { seeds } = plays;
  for (const seed of seeds) {
    withAgents(plays, [seed, seed + 1], (agent, other) => {
      playAgent(agent!, new Experience(plays, seed), plays);
      playAgent(other!, new Experience(plays, seed + 2), plays);
      const state = agent!.save();
      const copy = throughFiles(state);
      const expected = playAgent(agent!, new Experience(plays, seed + 1), plays);
      agent!.save();
      requireSameState(state, copy, `Seed ${seed}, a saved state after more updates and another save`);
      other!.restore(copy);
      requireSameState(other!.save(), copy, `Seed ${seed}, restored and saved again`);
      const found = playAgent(other!, new Experience(plays, seed + 1), plays);
      requireSamePlay(found, expected, `Seed ${seed}, restored`);
      requireSameState(other!.save(), throughFiles(agent!.save()), `Seed ${seed}, saved after going on`);
    });
  }
}

export function checkWeights(plays: AgentPlays): void {
  const { seeds } = plays;
  for (const seed of seeds) {
    withAgents(plays, [seed, seed + 1], (agent, other) => {
      const experience = new Experience(plays, seed);
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
  const { steps, seeds, countTensors } = plays;
  if (countTensors === undefined) {
    throw new Error(
      'Tensors cannot be counted: give countTensors, for instance () => tf.memory().numTensors, or skip "leaks" with a reason.',
    );
  }
  const [seed = 0] = seeds;
  const experience = new Experience(plays, seed);
  const before = countTensors();
  withAgents(plays, [seed], (agent) => {
    const round = () => {
      playAgent(agent!, experience, { ...plays, steps: 1 });
      agent!.greedyPolicy()(experience.observations(3), null);
      agent!.qValues?.(experience.observations(3), 3);
      agent!.actionProbabilities?.(experience.observations(3), 3);
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
  const { seeds, countTensors } = plays;
  for (const seed of seeds) {
    withAgents(plays, [seed, seed], (disturbed, calm) => {
      playAgent(disturbed!, new Experience(plays, seed), plays);
      playAgent(calm!, new Experience(plays, seed), plays);
      const tensors = countTensors?.();
      const batch = new Experience(plays, seed + 1).batch(batchSize);
      for (const [what, wrong] of Object.entries(badBatches(batch, plays)))
        requireUnlearnt(disturbed!, wrong, `Seed ${seed}, a batch with ${what}`);
      requireSame(countTensors?.(), tensors, `Seed ${seed}, tensors after refused batches`);
      const [found, expected] = [disturbed!, calm!].map((agent) =>
        playAgent(agent, new Experience(plays, seed + 2), plays),
      );
      requireSamePlay(found!, expected!, `Seed ${seed}, after refused batches`);
    });
  }
}

/** Updates in which a task as plain as this one has to be learnt, and how often it is looked. */
const mostUpdates = 1500;
const lookEvery = 50;
/** Share of the rows in which the best action has to be taken. */
const learntShare = 0.9;

/** One action earns 1, all others nothing, and that is the end of it. */
export function checkLearns(plays: AgentPlays): void {
  const { actionSpace } = plays.setting;
  if (countActions(actionSpace) === null) {
    throw new Error(
      `Only Discrete actions have a best one here, not ${actionSpace.type}: skip "learns" with that reason.`,
    );
  }
  const [seed = 0] = plays.seeds;
  const best = Number(actionSpace.describe()["start"] ?? 0) + 1;
  withAgents(plays, [seed], (agent) => {
    const experience = new Experience(plays, seed);
    const rows = 50;
    let share = 0;
    for (let update = 1; update <= mostUpdates; update++) {
      learnFrom(agent!, rewardedFor(best, experience.batch(batchSize)));
      if (update % lookEvery !== 0) continue;
      const actions = agent!.greedyPolicy()(experience.observations(rows), null) as ArrayLike<number>;
      share = Array.from(actions).filter((action) => action === best).length / rows;
      if (share >= learntShare) return;
    }
    throw new Error(
      `Seed ${seed}: after ${mostUpdates} updates from batches in which action ${best} alone earns something, it is taken in ${100 * share} % of the rows, expected ${100 * learntShare} % at least.`,
    );
  });
}

/** A batch with what its actions earn, by the names that its arrays go by; what follows does not count. */
function rewardedFor(best: number, batch: LearntBatch): LearntBatch {
  const actions = batch["actions"] as ArrayLike<number>;
  const earned = (loss: number): Float32Array =>
    Float32Array.from(actions, (action) => (action === best ? 1 : loss));
  const fields: Record<string, () => Float32Array> = {
    rewards: () => earned(0),
    returns: () => earned(0),
    advantages: () => earned(-1),
    discounts: () => new Float32Array(actions.length),
  };
  const changed = Object.entries(fields).filter(([name]) => name in batch);
  return { ...batch, ...Object.fromEntries(changed.map(([name, make]) => [name, make()])) };
}

/** What a number in each array of a batch is called. */
const nounOf: Readonly<Record<string, string>> = {
  observations: "an observation",
  nextObservations: "a next observation",
  rewards: "a reward",
  returns: "a return",
  discounts: "a discount",
  weights: "a weight",
};

/** Of which an infinite one could come from an environment. */
const sums: readonly string[] = ["rewards", "returns"];

/** Batches that nothing may be learnt from, by what is wrong with them: the last row, so that it has to be looked for. */
function badBatches(batch: LearntBatch, { setting }: AgentPlays): Record<string, LearntBatch> {
  const spoilt = (field: string, value: number): LearntBatch => {
    const copy = structuredClone(batch[field]) as Float32Array;
    copy[copy.length - 1] = value;
    return { ...batch, [field]: copy };
  };
  const bad: Record<string, LearntBatch> = {};
  for (const [field, values] of Object.entries(batch)) {
    if (!(values instanceof Float32Array) || field === "actions") continue;
    const noun = nounOf[field] ?? `a number in ${field}`;
    bad[`${noun} of NaN`] = spoilt(field, Number.NaN);
    if (sums.includes(field)) bad[`${noun} of Infinity`] = spoilt(field, Number.POSITIVE_INFINITY);
  }
  if (countActions(setting.actionSpace) !== null) {
    const wrong = wrongActions(setting.actionSpace).filter(Number.isInteger) as number[];
    for (const action of wrong) bad[`the action ${action}`] = spoilt("actions", action);
  }
  return bad;
}

function requireUnlearnt(agent: TestedAgent, batch: LearntBatch, what: string): void {
  const before = throughFiles(agent.save());
  let refused = false;
  try {
    const { loss } = learnFrom(agent, batch);
    what += ` (loss ${show(loss)})`;
  } catch (error) {
    refused = error instanceof Error;
  }
  if (!refused) throw new Error(`${what} was learnt from, expected an Error.`);
  requireSameState(agent.save(), before, `${what} was refused, but the agent has changed`);
}
