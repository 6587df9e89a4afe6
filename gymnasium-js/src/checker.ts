import type { Env, StepResult } from "./env.js";
import { GymnasiumError } from "./errors.js";
import { describeSpace, describeValue, whyOutside } from "./explain.js";
import { clonePlain } from "./plain.js";
import { sameData } from "./same-data.js";
import type { Space } from "./spaces/space.js";
import { PassiveEnvChecker } from "./wrappers/passive-env-checker.js";

export interface CheckEnvOptions {
  /** Leaves out `render`, for instance where drawing is slow. */
  skipRenderCheck?: boolean;
}

/** Steps of each play that is compared. */
const playSteps = 50;
const seed = 123;

/**
 * Plays an environment and throws at the first thing that breaks the rules of `Env`: spaces, results, seeding,
 * ownership of arrays, snapshots, rendering, closing. Afterwards the environment is closed and its action space
 * seeded anew.
 *
 * @throws GymnasiumError `invalid-env`, `invalid-observation` or `invalid-reward`; the message says what is wrong
 */
export function checkEnv(env: Env, options: CheckEnvOptions = {}): void {
  const checked = new PassiveEnvChecker(env);
  checkSpace(env.observationSpace, "observationSpace");
  checkSpace(env.actionSpace, "actionSpace");
  checkSeeding(checked);
  checkOptions(checked);
  checkPlay(checked);
  checkOwnership(checked);
  checkSnapshot(checked);
  if (!options.skipRenderCheck) checkRender(checked);
  checkClose(checked);
}

function fault(message: string): GymnasiumError {
  return new GymnasiumError("invalid-env", message);
}

function checkSpace(space: Space<unknown>, name: string): void {
  const isEmpty = space.type === "Discrete" && !(Number(space.describe()["n"]) > 0);
  if (isEmpty) throw fault(`The ${name} ${describeSpace(space)} has no elements: give it at least one.`);
  const element = space.sample();
  if (space.contains(element)) return;
  throw fault(
    `The ${name} ${describeSpace(space)} does not contain its own sample ${describeValue(element)}: ${whyOutside(space, element)}.`,
  );
}

function checkSeeding(env: Env): void {
  const first = copyObservation(env.reset({ seed }).observation);
  const state = describeRng(env);
  const second = copyObservation(env.reset().observation);
  const firstAgain = copyObservation(env.reset({ seed }).observation);
  if (describeRng(env) !== state) {
    throw fault(
      `reset({ seed: ${seed} }) twice left two different states of env.rng: make the generator anew from the seed, in a BaseEnv by this.reseed(options?.seed) at the start of reset.`,
    );
  }
  if (!sameData(first, firstAgain)) {
    throw fault(
      `reset({ seed: ${seed} }) gave ${describeValue(first)} and then ${describeValue(firstAgain)}: the same seed must give the same episode, so draw only from env.rng.`,
    );
  }
  const secondAgain = copyObservation(env.reset().observation);
  if (!sameData(second, secondAgain)) {
    throw fault(
      `reset() after reset({ seed: ${seed} }) gave ${describeValue(second)} and then ${describeValue(secondAgain)}: draw only from env.rng.`,
    );
  }
  env.reset({ seed: seed + 1 });
  if (describeRng(env) === state) {
    throw fault(
      `reset({ seed: ${seed} }) and reset({ seed: ${seed + 1} }) left the same state of env.rng: reset must make the generator anew from the seed, in a BaseEnv by this.reseed(options?.seed) at its start, and nothing else may draw.`,
    );
  }
}

function checkOptions(env: Env): void {
  try {
    env.reset({ seed, options: {} });
  } catch (error) {
    throw fault(`reset({ options: {} }) threw "${messageOf(error)}": empty options must be as good as none.`);
  }
}

/** The same seed and actions, twice. */
function checkPlay(env: Env): void {
  const actions = sampleActions(env, playSteps);
  const [first, second] = [play(env, actions), play(env, actions)];
  const at = first.findIndex((step, i) => !sameData(step, second[i]));
  if (at < 0) return;
  throw fault(
    `Step ${at} after reset({ seed: ${seed} }) gave ${describeValue(first[at])} and then ${describeValue(second[at])} for the same actions: draw only from env.rng, and let nothing outlive a seeded reset.`,
  );
}

/** An observation must outlive the call after it. */
function checkOwnership(env: Env): void {
  const actions = sampleActions(env, playSteps);
  let kept: unknown = env.reset({ seed }).observation;
  let copy = copyObservation(kept);
  for (const [i, action] of actions.entries()) {
    const step = env.step(action);
    const { observation } = step;
    if (!sameData(kept, copy)) {
      throw fault(
        `Step ${i} overwrote the observation of the call before: an observation is valid until the second following call, so write into two buffers in turns, or into new ones.`,
      );
    }
    const isEnd = step.terminated || step.truncated;
    kept = isEnd ? env.reset().observation : observation;
    copy = copyObservation(kept);
  }
}

function checkSnapshot(env: Env): void {
  const actions = sampleActions(env, playSteps);
  env.reset({ seed });
  const { isOver } = advance(env, actions.slice(0, playSteps / 2));
  if (isOver) env.reset();
  const saved = snapshotOf(env);
  if (saved === null) return;
  const rest = actions.slice(playSteps / 2);
  const { steps } = advance(env, rest);
  env.restore(saved.snapshot);
  const { steps: again } = advance(env, rest);
  const at = steps.findIndex((step, i) => !sameData(step, again[i]));
  if (at < 0) return;
  throw fault(
    `After restore(snapshot) step ${at} gave ${describeValue(again[at])} instead of ${describeValue(steps[at])}: the snapshot must hold all that the future depends on, the generator too, and share no memory with the environment.`,
  );
}

/** Null where the environment says that it cannot be saved, which it may. */
function snapshotOf(env: Env): { snapshot: unknown } | null {
  try {
    return { snapshot: env.snapshot() };
  } catch (error) {
    if (error instanceof GymnasiumError && error.code === "unsupported") return null;
    throw error;
  }
}

function checkRender(env: Env): void {
  env.reset({ seed });
  const frame = env.render();
  switch (env.renderMode) {
    case null:
      return;
    case "ansi":
      if (typeof frame === "string") return;
      throw fault(`render() in mode "ansi" gave ${describeValue(frame)}, expected a string.`);
    case "rgb_array": {
      const isPicture = typeof frame === "object" && frame !== null && frame.data instanceof Uint8Array;
      if (isPicture && frame.data.length === frame.width * frame.height * 3) return;
      throw fault(
        `render() in mode "rgb_array" gave ${describeValue(frame)}, expected { width, height, data } with width * height * 3 bytes.`,
      );
    }
    default:
      throw fault(`renderMode is ${describeValue(env.renderMode)}, expected "ansi", "rgb_array" or null.`);
  }
}

function checkClose(env: Env): void {
  env.close();
  try {
    env.close();
  } catch (error) {
    throw fault(`close() of a closed environment threw "${messageOf(error)}": it must do nothing.`);
  }
}

function sampleActions(env: Env, count: number): unknown[] {
  env.actionSpace.seed(seed);
  return Array.from({ length: count }, () => env.actionSpace.sample());
}

/** All that the environment says in one play, copied. */
function play(env: Env, actions: readonly unknown[]): unknown[] {
  env.reset({ seed });
  return advance(env, actions).steps;
}

function advance(env: Env, actions: readonly unknown[]): { steps: unknown[]; isOver: boolean } {
  let isOver = false;
  const steps = actions.map((action) => {
    if (isOver) env.reset();
    const step = env.step(action);
    isOver = step.terminated || step.truncated;
    return copyStep(step);
  });
  return { steps, isOver };
}

function copyStep({ observation, reward, terminated, truncated, info }: StepResult<unknown>): unknown {
  return { observation: copyObservation(observation), reward, terminated, truncated, info: { ...info } };
}

function copyObservation(observation: unknown): unknown {
  return clonePlain(observation, "observation");
}

function describeRng(env: Env): string {
  const { rng } = env;
  if (typeof rng?.random !== "function") {
    throw fault(`env.rng is ${describeValue(rng)}, expected the environment's Generator.`);
  }
  return JSON.stringify(rng.state);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
