import { type Batch, make, RulesEnv, type Space } from "gymnasium-js";
import type { Policy } from "../agents/index.js";
import { type ArenaRules, mostActions, rangeOf } from "../multiagent/index.js";
import type { RolloutStep } from "../streams/index.js";
import { type ArenaMode, rulesOfRun } from "./arenas/config.js";
import type { StoredPolicy } from "./arenas/run-player.js";
import { type Calibration, CalibrationRecord } from "./calibration.js";
import type { RunConfig } from "./config.js";
import type { Evaluation } from "./evaluation.js";
import { interquartileMean, quantile } from "./statistics.js";
import { evaluateBy, greedyOf } from "./stored-policy.js";

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
  const actions = countedActions(config);
  const settings = (config as unknown as Record<string, { gamma?: number; rewardScale?: number }>)[
    config.agent
  ];
  // A team is paid for what all of its agents do, not for what one does.
  const calibration =
    agent.qValues === undefined || config.arena?.learn === "team"
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
    /** Actions in one row: of a team, those of all its agents. */
    private readonly perRow = 1,
  ) {
    this.counts = names.map(() => 0);
  }

  get n(): number {
    return this.names.length;
  }

  count({ actions }: Pick<RolloutStep, "actions">, counts: (env: number) => boolean): void {
    const taken = actions as ArrayLike<number>;
    for (let i = 0; i < taken.length; i++) {
      if (counts(Math.floor(i / this.perRow))) this.counts[taken[i]! - this.start]!++;
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

function countedActions(config: RunConfig): ActionCounts | null {
  const { arena, env: id, envOptions } = config;
  if (arena !== undefined) return countedInArena(rulesOfRun(config), arena.learn);
  const env = make(id, envOptions);
  const { actionSpace, unwrapped } = env;
  env.close();
  if (actionSpace.type !== "Discrete") return null;
  const names = unwrapped instanceof RulesEnv ? unwrapped.rules.actionNames : undefined;
  const { start } = rangeOf(actionSpace);
  return new ActionCounts(start, namesOf(actionSpace, names));
}

/** Of all agents together, by the names of the first one's actions. */
function countedInArena(rules: ArenaRules, learn: ArenaMode): ActionCounts {
  const space = rules.actionSpace(0);
  const names = namesOf(space, rules.actionNames?.(0));
  if (learn === "seat" || learn === "self-play") return new ActionCounts(rangeOf(space).start, names);
  if (learn === "team") return new ActionCounts(0, names, rules.agents.length);
  if (learn !== "central") return new ActionCounts(0, namesUpTo(mostActions(rules), names));
  const joint = rules.agents.reduce<string[]>(
    (sofar) => sofar.flatMap((first) => names.map((own) => (first === "" ? own : `${first} + ${own}`))),
    [""],
  );
  return new ActionCounts(0, joint);
}

function namesOf(space: Space<unknown>, names: readonly string[] | undefined): string[] {
  const { n, start } = rangeOf(space);
  return Array.from({ length: n }, (_, i) => names?.[i] ?? `action ${start + i}`);
}

function namesUpTo(count: number, names: readonly string[]): string[] {
  return Array.from({ length: count }, (_, i) => names[i] ?? `action ${i}`);
}
