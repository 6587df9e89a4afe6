import { discrete } from "gymnasium-js";
import { createTabularAgent, type TabularAgent, type TabularConfigInput } from "../../../src/agents/index.js";

export interface WorldSize {
  states?: number;
  actions?: number;
  numEnvs?: number;
  seed?: number;
}

export function agentOf(config: TabularConfigInput, size: WorldSize = {}): TabularAgent {
  const { states = 4, actions = 2, numEnvs = 1, seed = 0 } = size;
  return createTabularAgent({
    observationSpace: discrete(states),
    actionSpace: discrete(actions),
    numEnvs,
    config,
    seed,
  });
}

export type Step = [
  state: number,
  action: number,
  reward: number,
  nextState: number,
  end?: "terminated" | "truncated",
];

export function feed(agent: TabularAgent, steps: readonly Step[], env = 0): void {
  for (const [state, action, reward, nextState, end] of steps) {
    const [terminated, truncated] = [end === "terminated", end === "truncated"];
    agent.learn({ state, action, reward, nextState, terminated, truncated }, env);
  }
}

/** Greedy behaviour: epsilon 0. */
export const greedy: TabularConfigInput["exploration"] = {
  type: "epsilon-greedy",
  epsilon: { type: "constant", epsilon: 0 },
};

export function epsilonOf(epsilon: number): TabularConfigInput["exploration"] {
  return { type: "epsilon-greedy", epsilon: { type: "constant", epsilon } };
}

export const methods: Record<string, TabularConfigInput["method"]> = {
  "monte-carlo": { type: "monte-carlo" },
  sarsa: { type: "sarsa" },
  "expected-sarsa": { type: "expected-sarsa" },
  "q-learning": { type: "q-learning" },
  "double-q-learning": { type: "double-q-learning" },
  "n-step-sarsa": { type: "n-step-sarsa", n: 3 },
  "n-step-expected-sarsa": { type: "n-step-expected-sarsa", n: 3 },
  "tree-backup": { type: "tree-backup", n: 3 },
  "tree-backup, behaviour": { type: "tree-backup", n: 3, target: "behaviour" },
  "sarsa-lambda": { type: "sarsa-lambda" },
  "sarsa-lambda, accumulating": { type: "sarsa-lambda", traces: "accumulating" },
  "q-lambda": { type: "q-lambda" },
  "dyna-q": { type: "dyna-q" },
  "dyna-q, latest": { type: "dyna-q", model: "latest" },
  "dyna-q+": { type: "dyna-q", kappa: 0.01 },
};
