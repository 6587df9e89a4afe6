// Random scripts, found and shrunk by fast-check, over the whole registry: actions are held for a while, so that plays
// get to places where uniformly random actions do not come.

import { type Env, make, makeVec, registry } from "gymnasium-js";
import { describe, test } from "vitest";
import fc from "../properties.js";
import "../../src/envs/index.js";
import { requireSamePlay } from "../../src/testing/assertions.js";
import { playFrom, playOn } from "../../src/testing/play.js";
import { playSingles, playVector } from "../../src/testing/vector-play.js";

/** Which action, by the seed it is drawn with, for how many steps. */
type Held = readonly [action: number, steps: number];

const held = fc.tuple(fc.nat({ max: 30 }), fc.integer({ min: 1, max: 12 }));
const script = fc.record({
  seed: fc.nat({ max: 0xffffffff }),
  actions: fc.array(held, { minLength: 1, maxLength: 12 }),
  /** Where the play is cut, as a share of it. */
  cut: fc.double({ min: 0, max: 1, noNaN: true }),
  maxEpisodeSteps: fc.option(fc.integer({ min: 1, max: 40 })),
});

function actionsOf(env: Pick<Env, "actionSpace">, script: readonly Held[]): unknown[] {
  return script.flatMap(([action, steps]) => {
    env.actionSpace.seed(action);
    const drawn = env.actionSpace.sample();
    return Array.from({ length: steps }, () => structuredClone(drawn));
  });
}

describe.each([...registry.keys()])("%s", (id) => {
  const runs = { numRuns: 12 };

  test("goes on from any snapshot as it would have, in a fresh instance too", () => {
    fc.assert(
      fc.property(script, ({ seed, actions: heldActions, cut, maxEpisodeSteps }) => {
        const options = maxEpisodeSteps === null ? {} : { maxEpisodeSteps };
        const [whole, first, second] = [make(id, options), make(id, options), make(id, options)];
        const actions = actionsOf(whole, heldActions);
        const at = Math.floor(cut * actions.length);
        const expected = playFrom(whole, seed, actions);
        const begin = playFrom(first, seed, actions.slice(0, at));
        second.restore(structuredClone(first.snapshot()));
        requireSamePlay([...begin, ...playOn(second, actions.slice(at))], expected, `Cut at step ${at}`);
      }),
      runs,
    );
  });

  test("says the same alone and as a row of a vector, in each autoreset mode", () => {
    fc.assert(
      fc.property(
        script,
        fc.constantFrom("next-step", "same-step", "disabled" as const),
        ({ seed, actions: heldActions, maxEpisodeSteps }, autoresetMode) => {
          const numEnvs = 2;
          const options = maxEpisodeSteps === null ? {} : { maxEpisodeSteps };
          const singles = Array.from({ length: numEnvs }, () => make(id, options));
          const envs = makeVec(id, { numEnvs, autoresetMode, ...options });
          const one = actionsOf(singles[0]!, heldActions);
          const other = actionsOf(singles[0]!, heldActions.toReversed());
          const actions = one.map((action, t) => [action, other[t]]);
          const expected = playSingles(singles, autoresetMode, { seed, actions });
          requireSamePlay(playVector(envs, seed, actions), expected, "As a vector");
        },
      ),
      runs,
    );
  });
});
