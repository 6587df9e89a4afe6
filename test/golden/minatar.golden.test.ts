import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EnvDefinition } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  asterix,
  breakout,
  freeway,
  minatarAsterix,
  minatarBreakout,
  minatarFreeway,
  minatarSeaquest,
  minatarSpaceInvaders,
  seaquest,
  spaceInvaders,
} from "../../src/envs/minatar/index.js";
import { GoldenTally, goldenFile } from "./golden.js";
import { LoggedDraws } from "./minatar-draws.js";
import { type Game, type MinatarSequence, replayLogged, replaySeeded, usesOnly } from "./minatar-sequence.js";
import { checkStatistics, policies, type StatisticsFile } from "./minatar-statistics.js";
import { goldenOrStandingCopy } from "./standing-copy.js";

/** The games, by the golden files' names: the rules, and the environment with six actions. */
const games = {
  asterix: { rules: asterix, env: minatarAsterix.v0 },
  breakout: { rules: breakout, env: minatarBreakout.v0 },
  freeway: { rules: freeway, env: minatarFreeway.v0 },
  seaquest: { rules: seaquest, env: minatarSeaquest.v0 },
  space_invaders: { rules: spaceInvaders, env: minatarSpaceInvaders.v0 },
} as const;

function gameOf(golden: MinatarSequence): Game | null {
  return (games[golden.game as keyof typeof games]?.rules as Game | undefined) ?? null;
}

test("minatar.json: every draw, reward, termination, level and observation bit of the reference", () => {
  const { file, label } = goldenOrStandingCopy<{ sequences: readonly MinatarSequence[] }>("minatar.json");
  const tally = new GoldenTally(label);
  for (const golden of file.sequences) {
    const game = gameOf(golden);
    if (game === null) tally.unsupported(`MinAtar game ${golden.game}`);
    else {
      tally.record(golden.id, () => {
        replayLogged(game, golden);
        if (golden.seed !== null) replaySeeded(game, golden, golden.seed);
        if (usesOnly(golden, game.minimalActions)) replayLogged(game, golden, 1);
      });
    }
  }
  tally.report();
});

describe("a replay fails where the reference has", () => {
  const copy = readFileSync(join(import.meta.dirname, "data", "minatar.json"), "utf8");
  const file = JSON.parse(copy) as { sequences: readonly MinatarSequence[] };
  // Its only game draws are the three of a spawn in step 11.
  const golden = file.sequences.find(({ id }) => id === "asterix/after-end")!;
  const replayed = (change: (golden: MinatarSequence) => Partial<MinatarSequence>) => () =>
    replayLogged(asterix as Game, { ...golden, ...change(golden) });

  test.each<[string, (golden: MinatarSequence) => Partial<MinatarSequence>, RegExp]>([
    ["another reward", () => ({ r: { 3: 1 } }), /step: 3, reward: .* to deeply equal/],
    ["another end", ({ t }) => ({ t: t.slice(1) }), /to deeply equal/],
    ["another level", () => ({ l: { 5: 1 } }), /step: 5, .* to deeply equal/],
    ["no draw", () => ({ d: {} }), /random\(\) was asked for where the log has "no draw"/],
    ["a draw more", ({ d }) => ({ d: { ...d, 3: [["u", 0.5]] } }), /step 3 left draws over/],
    ["another first board", ({ o0 }) => ({ o0: `B${o0.slice(1)}` }), /to be 'BA/],
    [
      "another later board",
      ({ o = [] }) => ({ o: o.with(2, `B${o[2]!.slice(1)}`) }),
      /observation of step 2/,
    ],
  ])("%s", (_, change, message) => {
    expect(replayed(change)).toThrow(message);
  });

  test("a draw of another kind or with other bounds", () => {
    const draws = new LoggedDraws();
    draws.expect([
      ["i", 0, 2, 1],
      ["u", 0.5],
      ["I", 1, 6, [3, 4]],
    ]);
    expect(() => draws.random()).toThrow('random() was asked for where the log has {"kind":"integer"');
    expect(() => draws.integers(0, 2)).toThrow(
      'integers(0, 2) was asked for where the log has {"kind":"uniform"',
    );
    expect(() => draws.integers(1, 5)).toThrow(
      'integers(1, 5) was asked for where the log has {"kind":"integer"',
    );
    expect(draws.integers(1, 6)).toBe(4);
    expect(() => draws.integers(1, 6)).toThrow('the log has "no draw"');
  });
});

test("minatar-stats.json: mean return and length of fixed policies, within 3 standard errors", (context) => {
  const file = goldenFile<StatisticsFile>("minatar-stats.json");
  if (file === null)
    return context.skip("minatar-stats.json is not there, and the repository keeps no copy of it");
  const tally = new GoldenTally("minatar-stats.json");
  for (const [name, byGame] of Object.entries(file.policies)) {
    for (const [game, bySticky] of Object.entries(byGame)) {
      const policy = policies[name];
      const episodes = policy?.episodes[game];
      for (const [sticky, expected] of Object.entries(bySticky)) {
        const what = `${name}, ${game}, ${sticky}`;
        const env = games[game as keyof typeof games]?.env as EnvDefinition | undefined;
        if (policy === undefined || episodes === undefined || env === undefined) tally.unsupported(what);
        else {
          const probability = Number(sticky.slice("sticky-".length));
          tally.record(what, () => checkStatistics(env, policy, { episodes, sticky: probability, expected }));
        }
      }
    }
  }
  tally.report();
});
