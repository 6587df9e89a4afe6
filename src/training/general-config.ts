import { generalOf, type Share } from "./kinds/parts/index.js";

/**
 * What a run starts from where no preset says otherwise, with schedules that are shares of the run, so that short runs
 * explore, learn and evaluate in proportion.
 * @param steps environment steps of the run
 */
export function generalConfig(agent: keyof typeof generalOf, steps: number) {
  const share: Share = (fraction, most = Number.POSITIVE_INFINITY) =>
    Math.max(1, Math.min(most, Math.ceil(steps * fraction)));
  return {
    agent,
    steps,
    ...generalOf[agent](share),
    evaluation: { every: share(0.1) },
    checkpoint: { every: share(0.1) },
    metrics: { every: share(0.01, 1000) },
  } as const;
}
