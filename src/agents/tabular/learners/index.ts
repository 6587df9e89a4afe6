import type { TabularMethod } from "../config.js";
import { greedyProbabilities } from "../table.js";
import { DynaQ } from "./dyna-q.js";
import type { Learner, LearnerContext } from "./learner.js";
import { MonteCarlo } from "./monte-carlo.js";
import { NStep } from "./n-step.js";
import { DoubleQLearning, ExpectedSarsa, QLearning } from "./one-step.js";
import { QLambda } from "./q-lambda.js";
import { Sarsa } from "./sarsa.js";

export type { Experience, Learner, LearnerContext } from "./learner.js";

export function createLearner(method: TabularMethod, context: LearnerContext): Learner {
  const { table, behaviour } = context;
  switch (method.type) {
    case "monte-carlo":
      return new MonteCarlo(context);
    case "sarsa":
      return new Sarsa(context, null);
    case "sarsa-lambda":
      return new Sarsa(context, method);
    case "expected-sarsa":
      return new ExpectedSarsa(context);
    case "q-learning":
      return new QLearning(context);
    case "q-lambda":
      return new QLambda(context, method);
    case "double-q-learning":
      return new DoubleQLearning(context);
    case "n-step-sarsa":
      return new NStep(context, { n: method.n, bootstrap: "sampled", target: behaviour });
    case "n-step-expected-sarsa":
      return new NStep(context, { n: method.n, bootstrap: "expected", target: behaviour });
    case "tree-backup": {
      const greedy = (state: number, pi: Float64Array) => greedyProbabilities(table, state, pi);
      const target = method.target === "greedy" ? greedy : behaviour;
      return new NStep(context, { n: method.n, bootstrap: "tree", target });
    }
    case "dyna-q":
      return new DynaQ(context, method);
    default:
      throw new Error(`There is no tabular method ${JSON.stringify(method satisfies never)}.`);
  }
}
