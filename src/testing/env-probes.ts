import { type Env, GymnasiumError, type RenderMode, type RgbFrame, type Space } from "gymnasium-js";
import { sampleActions } from "./actions.js";
import { firstDifference, show } from "./assertions.js";
import { type ContractPart, defaultSeeds, defaultSteps, type PlayOptions } from "./parts.js";
import { playFrom, type StepEvent } from "./play.js";
import { actionFix, calling } from "./rules-play.js";

/** What `envProbes` looks at, part by part. */
export type EnvProbe = "play" | "neighbours" | "end" | "ansi" | "rgb_array";

/** Makes the environment, for drawing where a mode is given. */
export type MakeRenderedEnv = (renderMode?: RenderMode) => Env;

interface EnvPlays {
  makeEnv: MakeRenderedEnv;
  steps: number;
  seeds: readonly number[];
}

/**
 * Looks at what the contract tests of an environment leave open, and names it by what was written wrong.
 *
 * - `play`: `reset` and `step` throw at nothing that is allowed
 * - `neighbours`: another instance that is played at the same time changes nothing
 * - `end`: a step after the end of an episode is refused (`reset-needed`); `unsupported` if none came
 * - `ansi`, `rgb_array`: text and pictures are of the right kind and size in every state. `make` refuses a mode that
 *   there is not (`unsupported`), and so does the part.
 */
export function envProbes(
  makeEnv: MakeRenderedEnv,
  options: PlayOptions = {},
): Record<EnvProbe, ContractPart> {
  const plays: EnvPlays = {
    makeEnv,
    steps: options.steps ?? defaultSteps,
    seeds: options.seeds ?? defaultSeeds,
  };
  return {
    play: { promise: "plays on whatever allowed actions come", check: () => checkPlay(plays) },
    neighbours: { promise: "is not changed by other instances", check: () => checkNeighbours(plays) },
    end: { promise: "refuses a step after the end of an episode", check: () => checkEnd(plays) },
    ansi: { promise: "draws itself as text", check: () => checkDrawing(plays, "ansi", requireText) },
    rgb_array: {
      promise: "draws itself as a picture",
      check: () => checkDrawing(plays, "rgb_array", pictureCheck()),
    },
  };
}

/** Random play; `visit` gets each step, and null after a reset. Ends where it returns false. */
function playEnv(
  env: Env,
  { seed, steps }: { seed: number; steps: number },
  visit: (step: StepEvent | null, at: string) => unknown,
): void {
  const reset = (seed: number | undefined, at: string) => {
    calling("reset", at, () => env.reset(seed === undefined ? {} : { seed }));
    return visit(null, at) !== false;
  };
  if (!reset(seed, `seed ${seed}, at the start`)) return;
  for (const [i, action] of sampleActions(env.actionSpace as Space<unknown>, steps, seed).entries()) {
    const at = `seed ${seed}, step ${i + 1}`;
    const step = calling(
      `step, given the action ${show(action)},`,
      at,
      () => env.step(action),
      actionFix,
    ) as StepEvent;
    if (visit(step, at) === false) return;
    if ((step.terminated || step.truncated) && !reset(undefined, at)) return;
  }
}

function checkPlay({ makeEnv, steps, seeds }: EnvPlays): void {
  for (const seed of seeds) playEnv(makeEnv(), { seed, steps }, () => {});
}

function checkNeighbours({ makeEnv, steps, seeds }: EnvPlays): void {
  for (const seed of seeds) {
    const [env, neighbour] = [makeEnv(), makeEnv()];
    const actions = sampleActions(env.actionSpace as Space<unknown>, steps, seed);
    const alone = playFrom(env, seed, actions);
    neighbour.reset({ seed: seed + 1000 });
    const together: unknown[] = [];
    playEnv(makeEnv(), { seed, steps }, (step, at) => {
      const expected = alone[together.length] as StepEvent;
      together.push(step);
      if (step !== null) {
        const { reward, terminated, truncated, observation } = step;
        const found = structuredClone({ observation, reward, terminated, truncated });
        const { info: _, ...wanted } = expected;
        const difference = firstDifference(found, wanted);
        if (difference !== "") {
          throw new Error(
            `Another instance that was played at the same time changed this one (${at}): ${difference}; keep what changes in the instance, not in a variable of the module.`,
          );
        }
      }
      const turn = neighbour.step(actions[together.length % actions.length]);
      if (turn.terminated || turn.truncated) neighbour.reset();
    });
  }
}

/** Episodes may be long: so many times the steps of other plays are tried before giving up. */
const patience = 10;

function checkEnd({ makeEnv, steps, seeds }: EnvPlays): void {
  const env = makeEnv();
  let isRefused: boolean | null = null;
  for (const seed of seeds) {
    playEnv(env, { seed, steps: steps * patience }, (step, at) => {
      if (step?.terminated !== true) return true;
      requireRefusedEnd(env, at);
      isRefused = true;
      return false;
    });
    if (isRefused) return;
  }
  throw new GymnasiumError(
    "unsupported",
    `No episode ended by itself in ${seeds.length * steps * patience} random steps, so what comes after an end was not seen.`,
  );
}

function requireRefusedEnd(env: Env, at: string): void {
  const fix =
    'throw new GymnasiumError("reset-needed", "...") until reset is called, so that nobody learns from steps that lead nowhere.';
  try {
    env.step(sampleActions(env.actionSpace as Space<unknown>, 1, 0)[0]);
  } catch (error) {
    if (error instanceof GymnasiumError && error.code === "reset-needed") return;
    throw new Error(`A step after the end of the episode (${at}) threw ${String(error)}; ${fix}`);
  }
  throw new Error(`A step after the end of the episode (${at}) was accepted; ${fix}`);
}

type Drawing = string | RgbFrame | null;

function checkDrawing(
  { makeEnv, steps, seeds }: EnvPlays,
  mode: RenderMode,
  requireFrame: (frame: Drawing, at: string) => void,
): void {
  const [seed = 0] = seeds;
  const env = makeEnv(mode);
  if (env.renderMode !== mode) {
    throw new GymnasiumError("unsupported", `It has no render mode ${JSON.stringify(mode)}.`);
  }
  // Pictures take longer than steps.
  playEnv(env, { seed, steps: Math.min(steps, 50) }, (_, at) => {
    requireFrame(
      calling("Drawing", at, () => env.render()),
      at,
    );
  });
}

function requireText(frame: Drawing, at: string): void {
  if (typeof frame === "string" && frame.trim() !== "") return;
  throw new Error(`The drawing in mode "ansi" is ${show(frame)} (${at}); return the text to be shown.`);
}

function pictureCheck(): (frame: Drawing, at: string) => void {
  let size = "";
  return (frame, at) => {
    const { width, height, data } = (frame ?? {}) as Partial<RgbFrame>;
    if (!isSize(width) || !isSize(height) || !(data instanceof Uint8Array)) {
      throw new Error(
        `The drawing in mode "rgb_array" is ${show(frame)} (${at}); return { width, height, data }, data being a Uint8Array of red, green and blue.`,
      );
    }
    if (data.length !== width * height * 3) {
      throw new Error(
        `The picture is ${width} wide and ${height} high, so it needs ${width * height * 3} bytes (width * height * 3), but data has ${data.length} (${at}).`,
      );
    }
    const found = `${width} x ${height}`;
    if (size !== "" && size !== found) {
      throw new Error(`The picture changed its size from ${size} to ${found} (${at}); keep one size.`);
    }
    size = found;
  };
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
