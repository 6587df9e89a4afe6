import type { Info, ResetOptions } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { type EnvRules, type Outcome, proceed, type RandomSource, terminate } from "../rules.js";
import { box } from "../spaces/box.js";
import type { Space, TypedArray } from "../spaces/space.js";
import { writeLuminance } from "./luminance.js";
import { type AtariOptions, type AtariSettings, readAtariOptions, requireInteger } from "./options.js";
import { type AtariGame, type AtariMemory, AtariPipeline } from "./pipeline.js";

export interface AtariRulesOptions<State> extends AtariOptions {
  /** Of the new rules; default the old one. */
  id?: string;
  /** Whether a reward is only its sign: -1, 0 or 1 (Mnih et al. 2015). Default false. */
  clipReward?: boolean;
  /**
   * Pictures per observation, oldest first along a last axis; an episode starts with its first picture repeated. 1, the
   * default, adds no axis: a replay stores single pictures and stacks what it samples.
   */
  stack?: number;
  /** Time limit of `make`, in steps; null for none. Default the game's own, in steps of `frameSkip` frames. */
  maxEpisodeSteps?: number | null;
  /** Writes the luminance of the picture, `height * width` bytes at `out[offset...]`, sooner than by way of RGB. */
  greyscale?: (state: State, out: Uint8Array, offset: number) => void;
  /** Lives left; `lives` of the rules' info if not given. */
  lives?: (state: State) => number;
}

/** What `atariRules` remember. */
export interface AtariState<State> extends AtariMemory {
  game: State | null;
  /** Pictures of an observation, `[height, width, stack]`; empty where only one is shown. */
  readonly stack: Uint8Array;
}

/**
 * The rules of a game, one frame per step, as rules of the task that agents learn: `AtariPreprocessing`,
 * `FrameStackObservation` (with the pictures along the last axis) and reward clipping in one, by the same numbers. The
 * batched environment then writes what agents see straight into its buffer, and nothing is allocated per step.
 *
 * @example
 * const rules = atariRules(pixelBreakoutRules(), { fireOnReset: true, clipReward: true });
 * const envs = new NativeVectorEnv(rules, { numEnvs: 8, autoresetMode: "same-step" });
 *
 * @throws GymnasiumError `invalid-options`
 */
export function atariRules<State>(
  rules: EnvRules<State, Uint8Array, number>,
  options: AtariRulesOptions<State> = {},
): EnvRules<AtariState<State>, TypedArray, number> {
  const id = options.id ?? rules.id;
  const { clipReward = false, stack = 1, maxEpisodeSteps = rules.maxEpisodeSteps } = options;
  const settings = readAtariOptions(options, rules, id);
  requireInteger(id, { stack }, 1);
  requireStackable(settings, stack, id);
  const pipeline = new AtariPipeline(settings);
  const game = new RulesGame(rules, settings, options);
  const createState = (): AtariState<State> => {
    const memory = pipeline.createMemory();
    return { ...memory, game: null, stack: new Uint8Array(stack === 1 ? 0 : memory.shown.length * stack) };
  };
  const { info, actionMask, renderAnsi, renderRgb } = rules;
  const stepLimit = limitOf(maxEpisodeSteps, options.maxEpisodeSteps === undefined ? settings.frameSkip : 1);
  return {
    id,
    observationSpace: stack === 1 ? settings.observationSpace : stackedSpace(settings, stack),
    actionSpace: rules.actionSpace,
    ...(rules.actionNames === undefined ? {} : { actionNames: rules.actionNames }),
    ...(stepLimit === null ? {} : { maxEpisodeSteps: stepLimit }),
    init(rng, resetOptions, previous) {
      const state = previous ?? createState();
      game.bind(state, rng, resetOptions);
      pipeline.begin(state, game, previous === null);
      if (stack > 1) startStack(state);
      return state;
    },
    step(state, action, rng) {
      game.bind(state, rng, undefined);
      pipeline.step(state, game, action);
      if (stack > 1) pushPicture(state);
      const { reward, terminated } = pipeline;
      const given = clipReward ? Math.sign(reward) : reward;
      return terminated ? terminate(given) : proceed(given);
    },
    observe(state, out, offset) {
      if (stack === 1) pipeline.write(state, out, offset);
      else (out as Uint8Array).set(state.stack, offset);
    },
    ...(info === undefined ? {} : { info: (state): Info => info(state.game as State) }),
    ...(actionMask === undefined
      ? {}
      : { actionMask: (state, out, offset) => actionMask(state.game as State, out, offset) }),
    ...(renderAnsi === undefined ? {} : { renderAnsi: (state) => renderAnsi(state.game as State) }),
    ...(renderRgb === undefined ? {} : { renderRgb: (state) => renderRgb(state.game as State) }),
  };
}

function limitOf(limit: number | null | undefined, frameSkip: number): number | null {
  return limit == null ? null : Math.floor(limit / frameSkip);
}

function requireStackable({ observationSpace, scaleObs }: AtariSettings, stack: number, id: string): void {
  if (stack === 1 || (!scaleObs && observationSpace.shape?.length === 2)) return;
  throw new GymnasiumError(
    "invalid-options",
    `${id}: stack is ${stack}, expected 1 where pictures are not [height, width] of bytes: wrap the environment in FrameStackObservation.`,
  );
}

function stackedSpace({ outHeight, outWidth }: AtariSettings, stack: number): Space<TypedArray> {
  const shape = [outHeight, outWidth, stack];
  return box({ low: 0, high: 255, shape, dtype: "uint8" }) as unknown as Space<TypedArray>;
}

/** An episode starts with its first picture repeated. */
function startStack({ stack, shown }: AtariState<unknown>): void {
  const count = stack.length / shown.length;
  for (let i = 0; i < shown.length; i++) stack.fill(shown[i]!, i * count, (i + 1) * count);
}

function pushPicture({ stack, shown }: AtariState<unknown>): void {
  const count = stack.length / shown.length;
  // Moves each pixel's bytes one to the front; what comes in from its neighbour is overwritten.
  stack.copyWithin(0, 1);
  for (let i = 0, at = count - 1; i < shown.length; i++, at += count) stack[at] = shown[i]!;
}

/** Rules as a game: those of the state that was bound last. */
class RulesGame<State> implements AtariGame {
  reward = 0.5;
  terminated = false;
  readonly truncated = false;
  rng: RandomSource = unbound;
  readonly lives: () => number;
  readonly draw: (out: Uint8Array) => void;
  private state: AtariState<State> | null = null;
  private resetOptions: ResetOptions | undefined;

  constructor(
    private readonly rules: EnvRules<State, Uint8Array, number>,
    { grayscaleObs, isGrey, height, width }: AtariSettings,
    { lives, greyscale }: AtariRulesOptions<State>,
  ) {
    const rgb = new Uint8Array(grayscaleObs && !isGrey ? height * width * 3 : 0);
    this.lives =
      lives === undefined ? () => rules.info?.(this.played)["lives"] as number : () => lives(this.played);
    if (!grayscaleObs || isGrey) this.draw = (out) => rules.observe(this.played, out, 0);
    else if (greyscale !== undefined) this.draw = (out) => greyscale(this.played, out, 0);
    else {
      this.draw = (out) => {
        rules.observe(this.played, rgb, 0);
        writeLuminance(rgb, out);
      };
    }
  }

  bind(state: AtariState<State>, rng: RandomSource, resetOptions: ResetOptions | undefined): void {
    this.state = state;
    this.rng = rng;
    this.resetOptions = resetOptions;
    this.terminated = false;
  }

  restart(): void {
    const state = this.state as AtariState<State>;
    state.game = this.rules.init(this.rng, this.resetOptions, state.game);
    this.terminated = false;
  }

  play(action: number): void {
    const outcome: Outcome = this.rules.step(this.played, action, this.rng);
    this.reward = outcome.reward;
    this.terminated = outcome.terminated;
  }

  private get played(): State {
    return (this.state as AtariState<State>).game as State;
  }
}

const unbound: RandomSource = {
  random: refuse,
  integers: refuse,
  uniform: refuse,
};

function refuse(): never {
  throw new GymnasiumError("reset-needed", "The rules of a game were played before init.");
}
