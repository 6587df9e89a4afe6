import type { Env, Info, ResetOptions, ResetResult, StepResult } from "../env.js";
import { clonePlain } from "../plain.js";
import { RulesEnv } from "../rules-env.js";
import type { Generator } from "../seeding/generator.js";
import type { TypedArray } from "../spaces/space.js";
import { DoubleBuffer } from "../wrappers/double-buffer.js";
import { emptyStepResult, Wrapper } from "../wrappers/wrapper.js";
import { writeLuminance } from "./luminance.js";
import { type AtariOptions, type AtariSettings, readAtariOptions } from "./options.js";
import { type AtariGame, type AtariMemory, AtariPipeline } from "./pipeline.js";

export interface AtariPreprocessingOptions extends AtariOptions {
  /** What the actions are called, in order. Those of the rules inside if not given; action 0 is taken for NOOP if
   * nobody says. */
  actionNames?: readonly string[];
}

/**
 * The usual preprocessing of Atari games (Mnih et al. 2015, https://doi.org/10.1038/nature14236; Machado et al. 2018,
 * https://doi.org/10.1613/jair.5699), but for stacking and reward clipping (`FrameStackObservation`, `ClipReward`):
 * no-op starts, frame skipping, maximum over two frames, lives, greyscale, resizing. The environment inside plays one
 * frame per step and shows pictures of bytes, `[height, width, 3]` or `[height, width]`.
 *
 * As Gymnasium's, save that grey is OpenCV's luminance of the picture, that lives are `lives` of the info, and that a
 * game which ends within its no-ops starts again without being seeded again.
 *
 * @throws GymnasiumError `invalid-options` for options that make no sense or observations that are no pictures;
 * at reset `invalid-env` if lives are needed and the info has none
 */
export class AtariPreprocessing extends Wrapper<TypedArray, number, Uint8Array, number> {
  private readonly pipeline: AtariPipeline;
  private readonly memory: AtariMemory;
  private readonly game: EnvGame;
  private readonly shown: DoubleBuffer<TypedArray>;
  private readonly result = emptyStepResult<TypedArray>();

  constructor(env: Env<Uint8Array, number>, options: AtariPreprocessingOptions = {}) {
    const { observationSpace, actionSpace, unwrapped } = env;
    const actionNames =
      options.actionNames ?? (unwrapped instanceof RulesEnv ? unwrapped.rules.actionNames : undefined);
    const game = { observationSpace, actionSpace, actionNames };
    const settings = readAtariOptions(options, game, "AtariPreprocessing");
    super(env, { observationSpace: settings.observationSpace });
    this.pipeline = new AtariPipeline(settings);
    this.memory = this.pipeline.createMemory();
    this.game = new EnvGame(env, settings);
    const { size } = this.pipeline;
    this.shown = new DoubleBuffer(() => (settings.scaleObs ? new Float32Array(size) : new Uint8Array(size)));
  }

  reset(options: { seed?: number; options?: ResetOptions } = {}): ResetResult<TypedArray> {
    const { game } = this;
    const info = game.collectInfos(options);
    this.pipeline.begin(this.memory, game, options.seed !== undefined);
    game.info = null;
    return { observation: this.observe(), info };
  }

  step(action: number): StepResult<TypedArray> {
    const { pipeline, game, result } = this;
    pipeline.step(this.memory, game, action);
    result.observation = this.observe();
    result.reward = pipeline.reward;
    result.terminated = pipeline.terminated;
    result.truncated = pipeline.truncated;
    result.info = game.latestInfo;
    return result;
  }

  private observe(): TypedArray {
    const observation = this.shown.next();
    this.pipeline.write(this.memory, observation, 0);
    return observation;
  }

  protected override ownState(): AtariMemory {
    return clonePlain(this.memory);
  }

  protected override restoreOwnState(state: unknown): void {
    const { picture, shown, lives, lifeLost } = state as AtariMemory;
    this.memory.picture.set(picture);
    this.memory.shown.set(shown);
    this.memory.lives = lives;
    this.memory.lifeLost = lifeLost;
  }
}

/** Any environment as a game. */
class EnvGame implements AtariGame {
  reward = 0.5;
  terminated = false;
  truncated = false;
  /** Infos of a reset and the frames that it plays, as one, the later ones first; null while none is going on. */
  info: Info | null = null;
  latestInfo: Info = {};
  private resetOptions: { seed?: number; options?: ResetOptions } = {};
  private picture: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly env: Env<Uint8Array, number>,
    private readonly settings: AtariSettings,
  ) {}

  get rng(): Generator {
    return this.env.rng;
  }

  /** A reset begins. */
  collectInfos(options: { seed?: number; options?: ResetOptions }): Info {
    this.resetOptions = options;
    this.info = {};
    return this.info;
  }

  restart(): void {
    const { observation, info } = this.env.reset(this.resetOptions);
    // Only the first start of a reset is seeded.
    const { options } = this.resetOptions;
    this.resetOptions = options === undefined ? {} : { options };
    this.picture = observation;
    this.latestInfo = info;
    Object.assign(this.info ?? {}, info);
  }

  play(action: number): void {
    const { observation, reward, terminated, truncated, info } = this.env.step(action);
    this.picture = observation;
    this.reward = reward;
    this.terminated = terminated;
    this.truncated = truncated;
    this.latestInfo = info;
    if (this.info !== null) Object.assign(this.info, info);
  }

  lives(): number {
    return this.latestInfo["lives"] as number;
  }

  draw(out: Uint8Array): void {
    if (this.settings.grayscaleObs && !this.settings.isGrey) writeLuminance(this.picture, out);
    else out.set(this.picture);
  }
}
