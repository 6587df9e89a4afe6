import type { ReplayBatch } from "../../replay/types.js";
import { AgentError } from "../errors.js";

/** The error of an update whose loss or gradient is not finite, with the likeliest cause. */
export function divergence(batch: ReplayBatch, value: number, updates: number): AgentError {
  const where = `Update ${updates + 1} has a loss or gradient of ${value}`;
  const fields = {
    "a reward": batch.rewards,
    "a discount": batch.discounts,
    "an observation": batch.observations,
    "a next observation": batch.nextObservations,
    "an importance weight": batch.weights,
  };
  for (const [name, values] of Object.entries(fields)) {
    const at = values.findIndex((entry: number) => !Number.isFinite(entry));
    if (at < 0) continue;
    const row = Math.floor(at / (values.length / batch.size));
    return new AgentError(
      "diverged",
      `${where}, because row ${row} of the batch has ${name} of ${values[at]}: check the environment (checkEnv finds such values).`,
    );
  }
  return new AgentError(
    "diverged",
    `${where}, though the batch is finite: the action values have diverged; lower optimizer.learningRate, set optimizer.clipNorm, use loss huber, or scale rewards down by rewardScale.`,
  );
}
