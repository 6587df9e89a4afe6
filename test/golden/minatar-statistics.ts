import { defaultRng, type EnvDefinition } from "gymnasium-js";
import { expect } from "vitest";

/** A record of `minatar-stats.json`; the exact ones are of play that nothing but the start varies. */
export type MinatarStatistics = SampledStatistics | ExactStatistics;

interface SampledStatistics {
  return_mean: number;
  return_se: number;
  length_mean: number;
  length_se: number;
}

interface ExactStatistics {
  "start-0": { return: number; length: number };
  "start-1": { return: number; length: number };
}

export interface StatisticsFile {
  policies: Record<string, Record<string, Record<string, MinatarStatistics>>>;
}

/** Chooses an action from the observation at `observations[offset...]`. */
type Policy = (observations: Uint8Array, offset: number) => number;

interface RecordedPolicy {
  make(): Policy;
  /** Steps after which episodes are cut. */
  cut: number | null;
  /** How many episodes are played here, by game. */
  episodes: Readonly<Record<string, number>>;
}

/** The recorded policies. */
export const policies: Readonly<Record<string, RecordedPolicy>> = {
  "uniform-random": {
    make: () => {
      const rng = defaultRng(99);
      return () => rng.integers(0, 6);
    },
    cut: null,
    episodes: { asterix: 10_000, breakout: 200_000, freeway: 512, seaquest: 40_000, space_invaders: 10_000 },
  },
  "ball-tracking": {
    make: () => (observations, offset) => {
      const ball = columnOf(observations, offset + 1);
      const paddle = columnOf(observations, offset);
      return ball < paddle ? 1 : ball > paddle ? 3 : 0;
    },
    cut: 1000,
    episodes: { breakout: 5_000 },
  },
  "always-up": { make: () => () => 2, cut: null, episodes: { freeway: 512 } },
};

/** Plays a recorded policy, and fails where the mean return or length is not the reference's. */
export function checkStatistics(
  env: EnvDefinition,
  { make, cut }: RecordedPolicy,
  { episodes, sticky, expected }: { episodes: number; sticky: number; expected: MinatarStatistics },
): void {
  if ("start-0" in expected) {
    const { returns, lengths } = play(env, make(), { sticky, cut, episodes: numEnvs });
    const both = [expected["start-0"], expected["start-1"]].map(
      (start) => `${start.return} in ${start.length}`,
    );
    expect(new Set(returns.map((total, i) => `${total} in ${lengths[i]}`))).toEqual(new Set(both));
    return;
  }
  const { returns, lengths } = play(env, make(), { sticky, cut, episodes });
  expectSameMean("return", returns, [expected.return_mean, expected.return_se]);
  expectSameMean("length", lengths, [expected.length_mean, expected.length_se]);
}

const numEnvs = 32;

/** Each of `numEnvs` environments plays the same number of episodes, so that short ones are not preferred. */
function play(
  env: EnvDefinition,
  policy: Policy,
  { sticky, cut, episodes }: { sticky: number; cut: number | null; episodes: number },
): { returns: number[]; lengths: number[] } {
  const envs = env.makeVec(
    numEnvs,
    { stickyActionProbability: sticky },
    { autoresetMode: "same-step", maxEpisodeSteps: cut },
  );
  const size = (envs.singleObservationSpace.shape ?? []).reduce((product, extent) => product * extent, 1);
  const perEnv = Math.ceil(episodes / numEnvs);
  const [totals, steps, played] = [0, 1, 2].map(() => new Int32Array(numEnvs)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const actions = new Int32Array(numEnvs);
  const [returns, lengths]: [number[], number[]] = [[], []];
  let observations = envs.reset({ seed: 2024 }).observations as Uint8Array;
  while (lengths.length < perEnv * numEnvs) {
    for (let i = 0; i < numEnvs; i++) actions[i] = policy(observations, i * size);
    const step = envs.step(actions);
    observations = step.observations as Uint8Array;
    for (let i = 0; i < numEnvs; i++) {
      totals[i]! += step.rewards[i]!;
      steps[i]!++;
      if (step.terminations[i] === 0 && step.truncations[i] === 0) continue;
      if (played[i]! < perEnv) {
        returns.push(totals[i]!);
        lengths.push(steps[i]!);
      }
      played[i]!++;
      totals[i] = 0;
      steps[i] = 0;
    }
  }
  return { returns, lengths };
}

/** z = (m1 - m2) / sqrt(se1^2 + se2^2), within 3; means that do not vary have to agree. */
function expectSameMean(
  what: string,
  values: readonly number[],
  [mean, error]: readonly [number, number],
): void {
  const ownMean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - ownMean) ** 2, 0) / (values.length - 1);
  const bothErrors = Math.sqrt(variance / values.length + error ** 2);
  const z = ownMean === mean ? 0 : (ownMean - mean) / bothErrors;
  expect(Math.abs(z), `${what}: mean ${ownMean}, reference ${mean}, z = ${z}`).toBeLessThan(3);
}

/** The column of Breakout's ball or paddle, from where that channel of cell 0 lies. */
function columnOf(observations: Uint8Array, start: number): number {
  for (let cell = 0; cell < 100; cell++) if (observations[start + cell * 4] === 1) return cell % 10;
  throw new Error("the channel is empty");
}
