import type { Generator } from "gymnasium-js";
import { z } from "zod";
import type { LearnMetrics } from "./agent.js";
import { temperatureAt, temperatureScheduleSchema } from "./boltzmann.js";
import { epsilonAt, epsilonScheduleSchema } from "./exploration.js";
import { boltzmannActor, type ValueActor, type ValueActorOptions, valueActor } from "./value-actor.js";

/** How an agent that learns action values explores: by a share of random actions, or by a softmax of the values. */
export const explorationSchema = z.discriminatedUnion("type", [
  ...epsilonScheduleSchema.options,
  z.strictObject({
    type: z.literal("boltzmann"),
    temperature: temperatureScheduleSchema
      .prefault({ type: "linear" })
      .describe("over env steps, in scaled reward; default linear from 1 to 0.01 in 100000"),
  }),
]);

export type Exploration = z.output<typeof explorationSchema>;

/** Acts as `exploration` has it after so many environment steps. */
export function exploringActor(
  exploration: Exploration,
  options: ValueActorOptions & { rng: Generator },
): ValueActor {
  if (exploration.type === "boltzmann") {
    const act = boltzmannActor(options);
    return (observations, mask, envSteps) =>
      act(observations, mask, temperatureAt(exploration.temperature, envSteps));
  }
  const act = valueActor(options);
  return (observations, mask, envSteps) => act(observations, mask, epsilonAt(exploration, envSteps));
}

/** Share of actions drawn blindly after so many environment steps: 0 where the values always have their say. */
export function epsilonOf(exploration: Exploration, envSteps: number): number {
  return exploration.type === "boltzmann" ? 0 : epsilonAt(exploration, envSteps);
}

/** Metrics of an update that also say the temperature, where there is one. */
export function withTemperature(
  metrics: LearnMetrics,
  exploration: Exploration,
  envSteps: number,
): LearnMetrics {
  if (exploration.type !== "boltzmann") return metrics;
  const temperature = temperatureAt(exploration.temperature, envSteps);
  return { ...metrics, figures: { ...metrics.figures, temperature } };
}
