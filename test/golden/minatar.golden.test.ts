import { defaultRng, make } from "gymnasium-js";
import { expect, test } from "vitest";
import { breakout, minatarRules } from "../../src/envs/index.js";
import { GoldenTally, goldenFile } from "./golden.js";
import {
  type MinatarRules,
  type MinatarSequence,
  replayLogged,
  replaySeeded,
  usesOnly,
} from "./minatar-sequence.js";
import { goldenOrStandingCopy } from "./standing-copy.js";

/** What Ludus has, by the golden files' names. */
const games = { breakout } as const;

test("minatar.json: every draw, reward, termination and observation bit of the reference", () => {
  const { file, label } = goldenOrStandingCopy<{ sequences: readonly MinatarSequence[] }>("minatar.json");
  const tally = new GoldenTally(label);
  for (const golden of file.sequences) {
    const game = games[golden.game as keyof typeof games];
    if (game === undefined) {
      tally.unsupported(`MinAtar game ${golden.game}`);
      continue;
    }
    const kwargs = { stickyActionProbability: golden.sticky };
    const rules = (version: 0 | 1) => minatarRules(game, version, kwargs) as MinatarRules;
    tally.record(golden.id, () => {
      replayLogged(rules(0), golden);
      if (golden.seed !== null) replaySeeded(rules(0), golden);
      if (usesOnly(golden, game.minimalActions)) replayLogged(rules(1), golden, game.minimalActions);
    });
  }
  tally.report();
});

interface ReturnStatistics {
  return_mean: number;
  return_se: number;
  length_mean: number;
  length_se: number;
}

interface ExactStatistics {
  "start-0": { return: number; length: number };
  "start-1": { return: number; length: number };
}

interface StatisticsFile {
  policies: Record<string, Record<string, Record<string, ReturnStatistics | ExactStatistics>>>;
}

test("minatar-stats.json: mean return and length of fixed policies, within 3 standard errors", (context) => {
  const file = goldenFile<StatisticsFile>("minatar-stats.json");
  if (file === null)
    return context.skip("minatar-stats.json is not there, and the repository keeps no copy of it");
  const tally = new GoldenTally("minatar-stats.json");
  for (const [policy, byGame] of Object.entries(file.policies)) {
    for (const [game, bySticky] of Object.entries(byGame)) {
      for (const [sticky, expected] of Object.entries(bySticky)) {
        if (game === "breakout") {
          tally.record(`${policy}, ${game}, ${sticky}`, () =>
            checkStatistics(policy, Number(sticky.slice(7)), expected),
          );
        } else tally.unsupported(`MinAtar game ${game}`);
      }
    }
  }
  tally.report();
});

type Policy = (observation: Uint8Array) => number;

/** The recorded policies; each with the episodes it takes here and the steps after which they are cut. */
const policies: Record<string, { make(): Policy; episodes: number; cut: number | null }> = {
  "uniform-random": {
    make: () => {
      const rng = defaultRng(99);
      return () => rng.integers(0, 6);
    },
    episodes: 40_000,
    cut: null,
  },
  "ball-tracking": {
    make: () => (observation) => {
      const ball = columnOf(observation, 1);
      const paddle = columnOf(observation, 0);
      return ball < paddle ? 1 : ball > paddle ? 3 : 0;
    },
    episodes: 5_000,
    cut: 1000,
  },
};

function checkStatistics(name: string, sticky: number, expected: ReturnStatistics | ExactStatistics): void {
  const { make: makePolicy, episodes, cut } = policies[name]!;
  if ("start-0" in expected) {
    const outcomes = play({ policy: makePolicy(), sticky, cut, episodes: 20 }).map(
      ({ total, length }) => `${total} in ${length}`,
    );
    const both = [expected["start-0"], expected["start-1"]].map(
      (start) => `${start.return} in ${start.length}`,
    );
    expect(new Set(outcomes)).toEqual(new Set(both));
    return;
  }
  const played = play({ policy: makePolicy(), sticky, cut, episodes });
  expectSameMean(
    "return",
    played.map(({ total }) => total),
    [expected.return_mean, expected.return_se],
  );
  expectSameMean(
    "length",
    played.map(({ length }) => length),
    [expected.length_mean, expected.length_se],
  );
}

function play({
  policy,
  sticky,
  cut,
  episodes,
}: {
  policy: Policy;
  sticky: number;
  cut: number | null;
  episodes: number;
}) {
  const env = make<Uint8Array, number>("MinAtar/Breakout-v0", {
    stickyActionProbability: sticky,
    maxEpisodeSteps: cut,
  });
  let { observation } = env.reset({ seed: 2024 });
  return Array.from({ length: episodes }, () => {
    let [total, length] = [0, 0];
    for (;;) {
      const step = env.step(policy(observation));
      observation = step.observation;
      total += step.reward;
      length++;
      if (step.terminated || step.truncated) break;
    }
    observation = env.reset().observation;
    return { total, length };
  });
}

/** z = (m1 - m2) / sqrt(se1^2 + se2^2) */
function expectSameMean(
  what: string,
  values: readonly number[],
  [mean, error]: readonly [number, number],
): void {
  const ownMean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - ownMean) ** 2, 0) / (values.length - 1);
  const z = (ownMean - mean) / Math.sqrt(variance / values.length + error ** 2);
  expect(Math.abs(z), `${what}: mean ${ownMean}, reference ${mean}, z = ${z}`).toBeLessThan(3);
}

function columnOf(observation: Uint8Array, channel: number): number {
  for (let cell = 0; cell < 100; cell++) if (observation[cell * 4 + channel] === 1) return cell % 10;
  throw new Error(`channel ${channel} is empty`);
}
