import { Generator, sameData } from "gymnasium-js";
import type { Policy } from "../agents/index.js";
import { rowOf } from "./actions.js";
import {
  type AgentPlays,
  countActions,
  Experience,
  playAgent,
  requireSameState,
  throughFiles,
  withAgents,
} from "./agent-plays.js";
import { requireSame, show } from "./assertions.js";

/** A policy, the number of rows it is asked for, and what it is called in messages. */
interface Acting {
  policy: Policy;
  rows: number;
  name: string;
}

export function checkActions(plays: AgentPlays): void {
  const { actionSpace } = plays.setting;
  const scalar = countActions(actionSpace) !== null;
  forEachPolicy(plays, ({ policy, rows, name }, experience) => {
    const actions = policy(experience.observations(rows), null);
    for (let row = 0; row < rows; row++) {
      const action = rowOf(actions, row, { numEnvs: rows, scalar });
      if (actionSpace.contains(action)) continue;
      throw new Error(
        `${name}: row ${row} of ${rows} has the action ${show(action)}, which is outside ${show(actionSpace.describe())}.`,
      );
    }
    if (scalar) requireSame(actions.length, rows, `${name}, actions for ${rows} rows`);
  });
}

export function checkMasks(plays: AgentPlays): void {
  const { actionSpace } = plays.setting;
  const n = countActions(actionSpace);
  if (n === null) {
    throw new Error(
      `Only Discrete actions have masks, not ${actionSpace.type}: skip "masks" with that reason.`,
    );
  }
  const start = Number(actionSpace.describe()["start"] ?? 0);
  forEachPolicy(plays, ({ policy, rows, name }, experience) => {
    const masks = experience.masks(rows)!;
    const actions = policy(experience.observations(rows), masks) as ArrayLike<number>;
    for (let row = 0; row < rows; row++) {
      if (masks[row * n + actions[row]! - start] === 1) continue;
      throw new Error(
        `${name}: row ${row} of ${rows} has the action ${actions[row]}, which is not legal by its mask [${masks.slice(row * n, (row + 1) * n)}].`,
      );
    }
  });
}

/** Every policy of agents that have learnt a little, time and again. */
function forEachPolicy(plays: AgentPlays, check: (acting: Acting, experience: Experience) => void): void {
  const { setting, steps, seeds } = plays;
  for (const seed of seeds) {
    withAgents(plays, [seed], (agent) => {
      const experience = new Experience(plays, seed);
      playAgent(agent!, experience, plays);
      const policies: Record<string, Policy> = {
        "the greedy policy": agent!.greedyPolicy(),
        "the greedy policy with epsilon 1": agent!.greedyPolicy(1, new Generator(seed)),
      };
      for (let round = 0; round < steps; round++) {
        check({ policy: agent!.policy, rows: setting.numEnvs, name: `Seed ${seed}, policy` }, experience);
        for (const [name, policy] of Object.entries(policies))
          check({ policy, rows: [1, 3, 7][round % 3]!, name: `Seed ${seed}, ${name}` }, experience);
      }
    });
  }
}

export function checkGreedy(plays: AgentPlays): void {
  const { setting, steps, seeds } = plays;
  for (const seed of seeds) {
    withAgents(plays, [seed], (agent) => {
      const experience = new Experience(plays, seed);
      playAgent(agent!, experience, plays);
      const observations = experience.observations(setting.numEnvs);
      const behaviour = agent!.policy(observations, null);
      const kept = structuredClone(behaviour);
      const { epsilon } = agent!;
      const before = throughFiles(agent!.save());
      const greedy = agent!.greedyPolicy();
      const explores = agent!.greedyPolicy(0.5, new Generator(seed));
      const first = structuredClone(greedy(observations, null));
      for (let round = 0; round < steps; round++) {
        greedy(experience.observations(1 + (round % 5)), null);
        explores(experience.observations(setting.numEnvs), null);
      }
      const where = `Seed ${seed}, after greedy play`;
      requireSameState(agent!.save(), before, where);
      requireSame(agent!.epsilon, epsilon, `${where}, epsilon`);
      requireSame(structuredClone(behaviour), kept, `${where}, the actions that policy gave before`);
      requireSame(structuredClone(greedy(observations, null)), first, `${where}, greedy actions as at first`);
    });
  }
}

export function checkValues(plays: AgentPlays): void {
  const { setting, seeds } = plays;
  const n = countActions(setting.actionSpace);
  for (const seed of seeds) {
    withAgents(plays, [seed], (agent) => {
      const experience = new Experience(plays, seed);
      const { qValues, actionProbabilities } = agent!;
      if (qValues === undefined && actionProbabilities === undefined)
        throw new Error(
          'This agent gives neither qValues nor actionProbabilities: skip "values" with a reason.',
        );
      for (const [what, give] of Object.entries({ qValues, actionProbabilities })) {
        if (give === undefined) continue;
        const values = give.call(agent, experience.observations(5), 5);
        const copy = values.slice();
        if (n !== null) requireSame(values.length, 5 * n, `Seed ${seed}, ${what} of 5 rows`);
        if (!values.every(Number.isFinite))
          throw new Error(`Seed ${seed}: found the ${what} ${show(values)}, expected finite ones.`);
        if (what === "actionProbabilities" && n !== null)
          requireDistributions(values, n, `Seed ${seed}, ${what}`);
        give.call(agent, experience.observations(5), 5);
        requireSame(values, copy, `Seed ${seed}, ${what} after the next call`);
      }
    });
  }
}

function requireDistributions(values: Float32Array, n: number, where: string): void {
  for (let row = 0; row < values.length / n; row++) {
    const shares = values.subarray(row * n, (row + 1) * n);
    const sum = shares.reduce((total, share) => total + share, 0);
    if (Math.abs(sum - 1) > 1e-5 || shares.some((share) => share < 0))
      throw new Error(`${where}: found ${show(shares)} in row ${row}, expected shares that add up to 1.`);
  }
}

export function checkDeterminism(plays: AgentPlays): void {
  const { seeds } = plays;
  for (const seed of seeds) {
    withAgents(plays, [seed, seed], (one, other) => {
      const expected = playAgent(one!, new Experience(plays, seed), plays);
      requireSame(
        playAgent(other!, new Experience(plays, seed), plays),
        expected,
        `Seed ${seed}, another agent`,
      );
      requireSameState(other!.save(), throughFiles(one!.save()), `Seed ${seed}, another agent`);
    });
  }
}

export function checkRandomness(plays: AgentPlays): void {
  const [seed = 0] = plays.seeds;
  withAgents(plays, [seed, seed + 1], (one, other) => {
    const [weights, otherWeights] = [one!.save().weights, other!.save().weights];
    if (!sameData(weights, otherWeights)) return;
    throw new Error(`The seeds ${seed} and ${seed + 1} gave the same weights: draw them from the seed.`);
  });
}
