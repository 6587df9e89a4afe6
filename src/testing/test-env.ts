import { checkEnv, type Env, Generator, type Space, sameData } from "gymnasium-js";
import { sampleActions, wrongActions } from "./actions.js";
import { requireRefusal, requireSamePlay, show } from "./assertions.js";
import {
  type ContractOptions,
  type ContractPart,
  defaultSeeds,
  defaultSteps,
  type PlayOptions,
  registerParts,
} from "./parts.js";
import { playFrom, playOn, type ResetEvent } from "./play.js";

/** What `testEnv` tests, part by part. */
export type EnvPart = "rules" | "determinism" | "randomness" | "spaces" | "snapshot" | "order" | "actions";

export type TestEnvOptions = ContractOptions<EnvPart>;

/**
 * Registers the contract tests of an environment: one line is a whole first test.
 *
 * - `rules`: `checkEnv` finds nothing
 * - `determinism`: the same seed and actions give the same play, in two instances and again in one
 * - `randomness`: where random numbers are drawn, different seeds give different plays
 * - `spaces`: every observation is in the observation space
 * - `snapshot`: a restored snapshot goes on identically, in the same instance and in a fresh one
 * - `order`: a step before the first reset is refused (`reset-needed`)
 * - `actions`: an action outside the space is refused (`invalid-action`), and nothing happens
 *
 * @example
 * import { test } from "vitest";
 * testEnv(() => make("MyLake-v0"), { test });
 */
export function testEnv(makeEnv: () => Env, options: TestEnvOptions): void {
  registerParts(envParts(makeEnv, options), options);
}

/** The parts that `testEnv` registers, for who runs them without a test runner. */
export function envParts(makeEnv: () => Env, options: PlayOptions = {}): Record<EnvPart, ContractPart> {
  const plays: Plays = {
    makeEnv,
    steps: options.steps ?? defaultSteps,
    seeds: options.seeds ?? defaultSeeds,
  };
  return {
    rules: { promise: "keeps the rules of Env", check: () => checkEnv(makeEnv()) },
    determinism: { promise: "plays the same for the same seed", check: () => checkDeterminism(plays) },
    randomness: { promise: "plays otherwise for another seed", check: () => checkRandomness(plays) },
    spaces: { promise: "stays within its observation space", check: () => checkSpaces(plays) },
    snapshot: { promise: "goes on identically from a snapshot", check: () => checkSnapshot(plays) },
    order: { promise: "refuses a step before reset", check: () => checkOrder(plays) },
    actions: { promise: "refuses actions outside its space", check: () => checkActions(plays) },
  };
}

interface Plays {
  makeEnv: () => Env;
  steps: number;
  seeds: readonly number[];
}

function checkDeterminism({ makeEnv, steps, seeds }: Plays): void {
  const [one, other] = [makeEnv(), makeEnv()];
  for (const seed of seeds) {
    const actions = sampleActions(one.actionSpace, steps, seed);
    const expected = playFrom(one, seed, actions);
    requireSamePlay(playFrom(other, seed, actions), expected, `Seed ${seed}, another instance`);
    requireSamePlay(playFrom(one, seed, actions), expected, `Seed ${seed}, the same instance again`);
  }
}

function checkRandomness({ makeEnv, steps, seeds }: Plays): void {
  const env = makeEnv();
  const actions = sampleActions(env.actionSpace, steps, 0);
  // Random numbers may decide little in one play: ten more seeds before saying that they decide nothing.
  const last = Math.max(...seeds);
  const more = Array.from({ length: 10 }, (_, i) => last + 1 + i);
  const plays = [...seeds, ...more].map((seed) => playFrom(env, seed, actions));
  if (plays.some((play) => !sameData(play, plays[0]))) return;
  env.reset({ seed: last });
  playOn(env, actions);
  if (sameData(env.rng.state, new Generator(last).state)) return;
  throw new Error(
    `Random numbers are drawn, but ${plays.length} seeds gave the same play of ${steps} steps: draw from env.rng, or skip "randomness" with the reason why they decide nothing.`,
  );
}

function checkSpaces({ makeEnv, steps, seeds }: Plays): void {
  const env = makeEnv();
  for (const seed of seeds) {
    const events = playFrom(env, seed, sampleActions(env.actionSpace, steps, seed));
    events.forEach(({ observation }: ResetEvent, i) => {
      if (env.observationSpace.contains(observation)) return;
      throw new Error(
        `Seed ${seed}, event ${i}: the observation ${show(observation)} is outside the space ${show(env.observationSpace.describe())}.`,
      );
    });
  }
}

function checkSnapshot({ makeEnv, steps, seeds }: Plays): void {
  const env = makeEnv();
  for (const seed of seeds) {
    const actions = sampleActions(env.actionSpace, steps, seed);
    // Cut at another place for each seed, also right after the reset.
    const cut = new Generator(seed).integers(0, Math.ceil(steps / 2));
    playFrom(env, seed, actions.slice(0, cut));
    const snapshot = structuredClone(env.snapshot());
    const rest = actions.slice(cut);
    const expected = playOn(env, rest);
    const fresh = makeEnv();
    fresh.restore(snapshot);
    requireSamePlay(
      playOn(fresh, rest),
      expected,
      `Seed ${seed}, restored at step ${cut} in a fresh instance`,
    );
    env.restore(snapshot);
    requireSamePlay(
      playOn(env, rest),
      expected,
      `Seed ${seed}, restored at step ${cut} in the same instance`,
    );
  }
}

function checkOrder({ makeEnv }: Plays): void {
  const env = makeEnv();
  const [action] = sampleActions(env.actionSpace, 1, 0);
  requireRefusal(() => env.step(action), "reset-needed", "A step before reset");
}

function checkActions({ makeEnv, seeds, steps }: Plays): void {
  const [seed = 0] = seeds;
  const [disturbed, calm] = [makeEnv(), makeEnv()];
  const actions = sampleActions(disturbed.actionSpace, steps, seed);
  disturbed.reset({ seed });
  calm.reset({ seed });
  for (const wrong of wrongActions(disturbed.actionSpace as Space<unknown>)) {
    requireRefusal(() => disturbed.step(wrong), "invalid-action", `The action ${show(wrong)}`);
  }
  requireSamePlay(playOn(disturbed, actions), playOn(calm, actions), "After refused actions");
}
