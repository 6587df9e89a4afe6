import { type AutoresetMode, type Env, Generator, type VectorEnv } from "gymnasium-js";
import { batchActions, wrongActions } from "./actions.js";
import { requireRefusal, requireSame, requireSamePlay, show } from "./assertions.js";
import {
  type ContractOptions,
  type ContractPart,
  defaultSeeds,
  defaultSteps,
  registerParts,
} from "./parts.js";
import { playSingles, playVector, playVectorOn, sampleBatches } from "./vector-play.js";

const modes = ["next-step", "same-step", "disabled"] as const satisfies AutoresetMode[];

/** What `testVectorEnv` tests, part by part. */
export type VectorEnvPart =
  | AutoresetMode
  | "determinism"
  | "spaces"
  | "snapshot"
  | "ownership"
  | "order"
  | "actions";

export interface TestVectorEnvOptions extends ContractOptions<VectorEnvPart> {
  /** One sub-environment, alone. */
  readonly makeEnv: () => Env;
  /** Sub-environments; 3 by default. */
  readonly numEnvs?: number;
}

/** Makes the vector environment to be tested. */
export type MakeVectorEnv = (numEnvs: number, autoresetMode: AutoresetMode) => VectorEnv;

/**
 * Registers the contract tests of a vector environment.
 *
 * - `next-step`, `same-step`, `disabled`: in this autoreset mode each row is what a single environment, seeded with
 *   `seed + i`, says to the same random actions: observations, rewards, flags, infos, final observations and infos
 * - `determinism`: the same seed and actions give the same play
 * - `spaces`: batches of observations are in the batched space
 * - `snapshot`: a restored snapshot goes on identically, in every mode
 * - `ownership`: what a call gave stays whole during the next call
 * - `order`: a step before the first reset is refused (`reset-needed`)
 * - `actions`: an action outside the space is refused (`invalid-action`), and nothing happens
 *
 * @example
 * import { test } from "vitest";
 * testVectorEnv((numEnvs, autoresetMode) => makeVec("MyLake-v0", { numEnvs, autoresetMode }), {
 *   test,
 *   makeEnv: () => make("MyLake-v0"),
 * });
 */
export function testVectorEnv(makeVec: MakeVectorEnv, options: TestVectorEnvOptions): void {
  registerParts(vectorEnvParts(makeVec, options), options);
}

/** The parts that `testVectorEnv` registers, for who runs them without a test runner. */
export function vectorEnvParts(
  makeVec: MakeVectorEnv,
  options: Pick<TestVectorEnvOptions, "makeEnv" | "numEnvs" | "steps" | "seeds">,
): Record<VectorEnvPart, ContractPart> {
  const plays: Plays = {
    makeVec,
    makeEnv: options.makeEnv,
    numEnvs: options.numEnvs ?? 3,
    steps: options.steps ?? defaultSteps,
    seeds: options.seeds ?? defaultSeeds,
  };
  const asSingles = (mode: AutoresetMode): ContractPart => ({
    promise: `equals single environments in ${mode} mode`,
    check: () => checkAgainstSingles(plays, mode),
  });
  return {
    "next-step": asSingles("next-step"),
    "same-step": asSingles("same-step"),
    disabled: asSingles("disabled"),
    determinism: { promise: "plays the same for the same seed", check: () => checkDeterminism(plays) },
    spaces: { promise: "stays within its batched observation space", check: () => checkSpaces(plays) },
    snapshot: { promise: "goes on identically from a snapshot", check: () => checkSnapshot(plays) },
    ownership: { promise: "keeps its arrays whole during the next call", check: () => checkOwnership(plays) },
    order: { promise: "refuses a step before reset", check: () => checkOrder(plays) },
    actions: { promise: "refuses actions outside its space", check: () => checkActions(plays) },
  };
}

interface Plays {
  makeVec: MakeVectorEnv;
  makeEnv: () => Env;
  numEnvs: number;
  steps: number;
  seeds: readonly number[];
}

function checkAgainstSingles({ makeVec, makeEnv, numEnvs, steps, seeds }: Plays, mode: AutoresetMode): void {
  const envs = makeVec(numEnvs, mode);
  const singles = Array.from({ length: numEnvs }, makeEnv);
  for (const seed of seeds) {
    const actions = sampleBatches(envs.singleActionSpace, { steps, numEnvs, seed });
    const expected = playSingles(singles, mode, { seed, actions });
    requireSamePlay(playVector(envs, seed, actions), expected, `Seed ${seed}, ${mode} mode`);
  }
}

function checkDeterminism({ makeVec, numEnvs, steps, seeds }: Plays): void {
  const [one, other] = [makeVec(numEnvs, "same-step"), makeVec(numEnvs, "same-step")];
  for (const seed of seeds) {
    const actions = sampleBatches(one.singleActionSpace, { steps, numEnvs, seed });
    const expected = playVector(one, seed, actions);
    requireSamePlay(playVector(other, seed, actions), expected, `Seed ${seed}, another instance`);
    requireSamePlay(playVector(one, seed, actions), expected, `Seed ${seed}, the same instance again`);
  }
}

function checkSpaces({ makeVec, numEnvs, steps, seeds }: Plays): void {
  const envs = makeVec(numEnvs, "same-step");
  const [seed = 0] = seeds;
  const requireInside = (observations: unknown) => {
    if (envs.observationSpace.contains(observations)) return;
    throw new Error(`The batch ${show(observations)} is outside ${show(envs.observationSpace.describe())}.`);
  };
  requireInside(envs.reset({ seed }).observations);
  for (const actions of sampleBatches(envs.singleActionSpace, { steps, numEnvs, seed })) {
    requireInside(envs.step(batchActions(actions)).observations);
  }
}

function checkSnapshot({ makeVec, numEnvs, steps, seeds }: Plays): void {
  for (const mode of modes) {
    const envs = makeVec(numEnvs, mode);
    for (const seed of seeds) {
      const actions = sampleBatches(envs.singleActionSpace, { steps, numEnvs, seed });
      const cut = new Generator(seed).integers(0, Math.ceil(steps / 2));
      playVector(envs, seed, actions.slice(0, cut));
      const observations = structuredClone(envs.observations);
      const actionMasks = structuredClone(envs.actionMasks);
      const snapshot = structuredClone(envs.snapshot());
      const rest = actions.slice(cut);
      const expected = playVectorOn(envs, rest);
      for (const restored of [envs, makeVec(numEnvs, mode)]) {
        restored.restore(snapshot);
        const where = `Seed ${seed}, ${mode} mode, restored at step ${cut}`;
        requireSame(structuredClone(restored.observations), observations, `${where}, observations`);
        requireSame(structuredClone(restored.actionMasks), actionMasks, `${where}, action masks`);
        requireSamePlay(playVectorOn(restored, rest), expected, where);
      }
    }
  }
}

function checkOwnership({ makeVec, numEnvs, steps, seeds }: Plays): void {
  const envs = makeVec(numEnvs, "same-step");
  const [seed = 0] = seeds;
  let kept: Record<string, unknown> = { observations: envs.reset({ seed }).observations };
  let copy = structuredClone(kept);
  sampleBatches(envs.singleActionSpace, { steps, numEnvs, seed }).forEach((actions, i) => {
    const { observations, rewards, terminations, truncations, finalObservations } = envs.step(
      batchActions(actions),
    );
    requireSame(kept, copy, `Step ${i} changed what the call before it gave`);
    kept = { observations, rewards, terminations, truncations, finalObservations };
    copy = structuredClone(kept);
  });
}

function checkOrder({ makeVec, numEnvs }: Plays): void {
  const envs = makeVec(numEnvs, "next-step");
  const [actions = []] = sampleBatches(envs.singleActionSpace, { steps: 1, numEnvs, seed: 0 });
  requireRefusal(() => envs.step(batchActions(actions)), "reset-needed", "A step before reset");
}

function checkActions({ makeVec, numEnvs, steps, seeds }: Plays): void {
  const [disturbed, calm] = [makeVec(numEnvs, "same-step"), makeVec(numEnvs, "same-step")];
  const [seed = 0] = seeds;
  const actions = sampleBatches(disturbed.singleActionSpace, { steps, numEnvs, seed });
  disturbed.reset({ seed });
  calm.reset({ seed });
  const [right = []] = actions;
  for (const wrong of wrongActions(disturbed.singleActionSpace)) {
    const batch = [...right.slice(0, -1), wrong];
    requireRefusal(() => disturbed.step(batch), "invalid-action", `A batch with the action ${show(wrong)}`);
  }
  requireSamePlay(playVectorOn(disturbed, actions), playVectorOn(calm, actions), "After refused actions");
}
