import { type Batch, make, RulesEnv } from "gymnasium-js";
import type { Policy } from "../agents/index.js";
import type { RolloutStep } from "../streams/index.js";
import { type Calibration, CalibrationRecord } from "./calibration.js";
import type { Evaluation } from "./evaluation.js";
import { interquartileMean, quantile } from "./statistics.js";
import { evaluateBy, greedyOf, type StoredPolicy } from "./stored-policy.js";

/** Where values lie. */
export interface Spread {
  min: number;
  lowerQuartile: number;
  median: number;
  upperQuartile: number;
  max: number;
}

/** What a policy does, and how well it knows what comes of it. */
export interface PolicyReport extends Evaluation {
  returnSpread: Spread;
  interquartileMean: number;
  lengthSpread: Spread;
  /** How often each action was taken, in the order of their numbers; null where they are not numbered. */
  actions: { name: string; share: number }[] | null;
  /** Of the shares, in bits; as many as log2 of the number of actions where all are as frequent. */
  actionEntropy: number | null;
  /** Null for agents without Q-values. */
  calibration: Calibration | null;
}

/** Plays as the run's own evaluations do, and watches. The episodes, and so their figures, are those of `evaluateStored`. */
export async function reportPolicy(
  stored: StoredPolicy,
  { episodes, seed }: { episodes: number; seed: number },
): Promise<PolicyReport> {
  const { agent, config } = stored;
  const actions = countedActions(config.env, config.envOptions);
  const settings = (config as unknown as Record<string, { gamma?: number; rewardScale?: number }>)[
    config.agent
  ];
  const calibration =
    agent.qValues === undefined
      ? null
      : new CalibrationRecord({ gamma: settings?.gamma ?? 1, rewardScale: settings?.rewardScale ?? 1 });
  const greedy = greedyOf(stored, seed);
  const policy: Policy = (observations, masks) => {
    const taken = greedy(observations, masks) as ArrayLike<number>;
    if (calibration !== null && actions !== null) {
      // A policy with a memory values what it sees by all that it has seen.
      calibration.predict(greedy.values ?? agent.qValues!(observations, taken.length), taken, actions);
    }
    return taken as Batch;
  };
  policy.endEpisodes = (ends) => greedy.endEpisodes?.(ends);
  policy.restart = () => greedy.restart?.();
  const evaluation = await evaluateBy(stored, {
    policy,
    episodes,
    seed,
    onStep: (step, counts) => {
      actions?.count(step, counts);
      calibration?.add(step.next, counts);
    },
  });
  return {
    ...evaluation,
    returnSpread: spreadOf(evaluation.returns),
    interquartileMean: interquartileMean(evaluation.returns),
    lengthSpread: spreadOf(evaluation.lengths),
    actions: actions?.shares() ?? null,
    actionEntropy: actions?.entropy() ?? null,
    calibration: calibration?.summary() ?? null,
  };
}

function spreadOf(values: readonly number[]): Spread {
  const at = (share: number): number => quantile(values, share);
  return { min: at(0), lowerQuartile: at(0.25), median: at(0.5), upperQuartile: at(0.75), max: at(1) };
}

/** Counts numbered actions. */
class ActionCounts {
  private readonly counts: number[];

  constructor(
    readonly start: number,
    private readonly names: readonly string[],
  ) {
    this.counts = names.map(() => 0);
  }

  get n(): number {
    return this.names.length;
  }

  count({ actions }: Pick<RolloutStep, "actions">, counts: (env: number) => boolean): void {
    const taken = actions as ArrayLike<number>;
    for (let env = 0; env < taken.length; env++) {
      if (counts(env)) this.counts[taken[env]! - this.start]!++;
    }
  }

  shares(): { name: string; share: number }[] {
    const total = this.counts.reduce((sum, count) => sum + count, 0);
    return this.names.map((name, i) => ({ name, share: this.counts[i]! / total }));
  }

  entropy(): number {
    const bits = this.shares().map(({ share }) => (share === 0 ? 0 : -share * Math.log2(share)));
    return bits.reduce((sum, value) => sum + value, 0);
  }
}

function countedActions(id: string, envOptions: Record<string, unknown>): ActionCounts | null {
  const env = make(id, envOptions);
  const { actionSpace, unwrapped } = env;
  env.close();
  if (actionSpace.type !== "Discrete") return null;
  const { n, start = 0 } = actionSpace.describe() as { n: number; start?: number };
  const names = unwrapped instanceof RulesEnv ? unwrapped.rules.actionNames : undefined;
  return new ActionCounts(
    Number(start),
    Array.from({ length: Number(n) }, (_, i) => names?.[i] ?? `action ${Number(start) + i}`),
  );
}
