import { AgentError } from "../errors.js";
import type { SequenceBatch } from "./sequence-batch.js";

/** The error of an update whose loss or gradient is not finite, with the likeliest cause. */
export function divergence(batch: SequenceBatch, value: number, updates: number): AgentError {
  const where = `Update ${updates + 1} has a loss or gradient of ${value}`;
  const fields = {
    "a reward": batch.rewards,
    "a discount": batch.discounts,
    "an observation": batch.observations as Float32Array,
    "a state h": batch.hidden,
    "a state c": batch.cell,
  };
  for (const [name, values] of Object.entries(fields)) {
    const found = values.find((entry) => !Number.isFinite(entry));
    if (found === undefined) continue;
    return new AgentError(
      "diverged",
      `${where}, because the batch has ${name} of ${found}: check the environment (checkEnv finds such values).`,
    );
  }
  return new AgentError(
    "diverged",
    `${where}, though the batch is finite: the action values have diverged; lower optimizer.learningRate, set optimizer.clipNorm, use loss huber, or scale rewards down by rewardScale.`,
  );
}
