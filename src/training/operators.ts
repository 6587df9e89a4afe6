import { type Batch, GymnasiumError, type VectorEnv, type VectorStep } from "gymnasium-js";
import { type MonoTypeOperatorFunction, tap } from "rxjs";
import type { LearnMetrics } from "../agents/index.js";
import type { RolloutStep } from "../streams/index.js";
import type { Standing } from "./circle.js";
import type { Learner, Memory } from "./kinds/index.js";

/** Ends the stream with a sentence when an environment breaks its word: a reward that is not finite, an observation outside its space. */
export function refuseBadSteps(envs: VectorEnv): MonoTypeOperatorFunction<RolloutStep> {
  return tap(({ next }) => {
    for (let env = 0; env < next.rewards.length; env++) {
      if (!Number.isFinite(next.rewards[env])) {
        throw new GymnasiumError(
          "invalid-reward",
          `Environment ${env} gave the reward ${next.rewards[env]}; a reward has to be a finite number.`,
        );
      }
    }
    if (!envs.observationSpace.contains(next.observations)) refuseObservation(envs, next.observations);
    refuseBadEnds(envs, next);
  });
}

/** Last observations of episodes are learnt from, too; the rows of episodes that go on hold nothing. */
function refuseBadEnds(envs: VectorEnv, { finalObservations, terminations, truncations }: VectorStep): void {
  if (finalObservations === null) return;
  for (let env = 0; env < envs.numEnvs; env++) {
    if (terminations[env] === 0 && truncations[env] === 0) continue;
    const observation = elementOf(finalObservations, env, envs);
    if (!envs.singleObservationSpace.contains(observation)) {
      throw new GymnasiumError(
        "invalid-observation",
        `Environment ${env} ended an episode with an observation outside its space.`,
      );
    }
  }
}

function elementOf(batch: Batch, env: number, { numEnvs, singleObservationSpace }: VectorEnv): unknown {
  if (Array.isArray(batch) || singleObservationSpace.type === "Discrete") return batch[env];
  const size = batch.length / numEnvs;
  return batch.subarray(env * size, (env + 1) * size);
}

function refuseObservation(envs: VectorEnv, observations: Batch): never {
  const size = observations.length / envs.numEnvs;
  const { low, high } = envs.singleObservationSpace as { low?: ArrayLike<number>; high?: ArrayLike<number> };
  for (let i = 0; i < observations.length; i++) {
    const value = observations[i] as number;
    const [from, to] = [low?.[i % size] ?? -Infinity, high?.[i % size] ?? Infinity];
    if (typeof value !== "number" || !(value >= from && value <= to)) {
      throw new GymnasiumError(
        "invalid-observation",
        `Environment ${Math.floor(i / size)} gave an observation outside its space: value ${String(value)} at index ${i % size}, expected ${from} to ${to}.`,
      );
    }
  }
  throw new GymnasiumError(
    "invalid-observation",
    "An environment gave an observation that is not in its observation space.",
  );
}

/** Puts each vector step into the memory; n-step sums and frame stacking happen there. */
export function storeIn(memory: Pick<Memory, "add">): MonoTypeOperatorFunction<RolloutStep> {
  return tap((step) => memory.add(step));
}

/** Makes the updates that are due after each vector step; when they are is for the kind of agent to say. */
export function learnWith(
  learner: Pick<Learner, "learn">,
  standing: Pick<Standing, "steps">,
  onUpdate: (metrics: LearnMetrics) => void,
): MonoTypeOperatorFunction<RolloutStep> {
  return tap(() => learner.learn(standing.steps, onUpdate));
}
