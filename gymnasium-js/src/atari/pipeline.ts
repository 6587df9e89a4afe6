import { GymnasiumError } from "../errors.js";
import type { RandomSource } from "../rules.js";
import type { TypedArray } from "../spaces/space.js";
import { AreaResizer } from "./area-resize.js";
import type { AtariSettings } from "./options.js";

/** A game as the pipeline plays it: one frame per `play`. */
export interface AtariGame {
  /** What the last `play` led to. */
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
  readonly rng: RandomSource;
  /** Starts a new game. */
  restart(): void;
  play(action: number): void;
  lives(): number;
  /** Writes the picture as it is now: luminance, or RGB if settings say so. */
  draw(out: Uint8Array): void;
}

/** What the pipeline remembers between steps, as plain data. */
export interface AtariMemory {
  /** `[height, width]`, or `[height, width, 3]`: the game's picture, four bytes to a number. */
  readonly picture: Int32Array;
  /** The same resized. */
  readonly shown: Uint8Array;
  /** Lives after the last step, where they matter. */
  lives: number;
  /** Whether the last step lost a life of a game that goes on. */
  lifeLost: boolean;
}

/** A picture to draw into, and its bytes four at a time. */
interface Frame {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
}

/**
 * Frame skipping, the maximum over two frames, no-op starts, lives and resizing, for one game at a time. It holds no
 * state between calls but the outcome of the last step.
 *
 * Details follow Gymnasium: frames of a step that the end of an episode cuts short are not looked at, save for the last
 * but one if the last one is what is missing.
 */
export class AtariPipeline {
  /** Outcome of the last step. */
  reward = 0.5;
  terminated = false;
  truncated = false;

  private readonly resizer: AreaResizer;
  private readonly tracksLives: boolean;
  private readonly lastButOne: Frame;
  private readonly last: Frame;
  /** Of the last picture, 1 for each row that differs from the picture before. */
  private readonly changedRows: Uint8Array;

  constructor(private readonly settings: AtariSettings) {
    const { height, width, outHeight, outWidth, grayscaleObs } = settings;
    const channels = grayscaleObs ? 1 : 3;
    this.resizer = new AreaResizer({ height, width, outHeight, outWidth, channels });
    this.tracksLives = settings.terminalOnLifeLoss || settings.fireOnReset;
    this.lastButOne = createFrame(height * width * channels);
    this.last = createFrame(height * width * channels);
    this.changedRows = new Uint8Array(height);
  }

  createMemory(): AtariMemory {
    const picture = new Int32Array(this.last.words.length);
    return { picture, shown: new Uint8Array(this.resizer.size), lives: 0, lifeLost: false };
  }

  /** Bytes of an observation. */
  get size(): number {
    return this.resizer.size;
  }

  /** First picture of an episode. @param isSeeded whether the past is over, whatever it was */
  begin(memory: AtariMemory, game: AtariGame, isSeeded: boolean): void {
    const { continueAfterLifeLoss, fireOnReset, fire, noop } = this.settings;
    if (memory.lifeLost && continueAfterLifeLoss && !isSeeded) {
      memory.lifeLost = false;
      if (this.goesOn(memory, game, fireOnReset ? fire : noop)) return;
    }
    this.startGame(memory, game);
    // As in Baselines, a game that FIRE ends at once starts again without it.
    if (fireOnReset && !this.goesOn(memory, game, fire)) this.startGame(memory, game);
  }

  /** Plays `action` for `frameSkip` frames, or until the episode ends; the outcome is in the fields. */
  step(memory: AtariMemory, game: AtariGame, action: number): void {
    const { frameSkip, terminalOnLifeLoss, fireOnReset, fire } = this.settings;
    const played = memory.lifeLost && fireOnReset ? fire : action;
    let reward = 0;
    let lifeLost = false;
    let seesLastButOne = false;
    let seesLast = false;
    for (let frame = 0; frame < frameSkip; frame++) {
      game.play(played);
      reward += game.reward;
      if (this.tracksLives && this.losesLife(memory, game)) lifeLost = true;
      if (game.terminated || game.truncated || (lifeLost && terminalOnLifeLoss)) break;
      if (frame === frameSkip - 2) {
        game.draw(this.lastButOne.bytes);
        seesLastButOne = true;
      } else if (frame === frameSkip - 1) {
        game.draw(this.last.bytes);
        seesLast = true;
      }
    }
    if (!seesLast) this.last.words.set(memory.picture);
    if (seesLast || seesLastButOne) this.show(memory, seesLastButOne ? this.lastButOne : this.last);
    memory.lifeLost = lifeLost && !(game.terminated || game.truncated);
    this.reward = reward;
    this.terminated = game.terminated || (lifeLost && terminalOnLifeLoss);
    this.truncated = game.truncated;
  }

  /** Writes the observation at `out[offset...]`. */
  write({ shown }: AtariMemory, out: TypedArray, offset: number): void {
    if (!this.settings.scaleObs) (out as Uint8Array).set(shown, offset);
    else for (let i = 0; i < shown.length; i++) out[offset + i] = shown[i]! / 255;
  }

  private startGame(memory: AtariMemory, game: AtariGame): void {
    const { noopMax, noop } = this.settings;
    game.restart();
    const noops = noopMax > 0 ? game.rng.integers(1, noopMax + 1) : 0;
    for (let frame = 0; frame < noops; frame++) {
      game.play(noop);
      if (game.terminated || game.truncated) game.restart();
    }
    game.draw(this.last.bytes);
    this.show(memory, this.last);
    memory.lives = this.tracksLives ? requireLives(game.lives()) : 0;
    memory.lifeLost = false;
  }

  /** Plays a step that the agent does not see. @returns whether the game goes on */
  private goesOn(memory: AtariMemory, game: AtariGame, action: number): boolean {
    this.step(memory, game, action);
    memory.lifeLost = false;
    return !(game.terminated || game.truncated);
  }

  private losesLife(memory: AtariMemory, game: AtariGame): boolean {
    const lives = game.lives();
    const isLost = lives < memory.lives;
    memory.lives = lives;
    return isLost;
  }

  /**
   * Shows the maximum of `last` and `other`. Of two pictures of a game most is the same: numbers are compared four bytes
   * at a time, and only what changed is resized.
   */
  private show({ picture, shown }: AtariMemory, other: Frame): void {
    const { changedRows, last } = this;
    const { words } = last;
    const rowSize = last.bytes.length / changedRows.length;
    let changed = false;
    changedRows.fill(0);
    for (let i = 0; i < words.length; i++) {
      let word = words[i]!;
      if (word !== other.words[i]!) {
        word = greaterBytes(word, other.words[i]!);
        words[i] = word;
      }
      if (word === picture[i]) continue;
      picture[i] = word;
      changed = true;
      // Four bytes may lie across rows.
      for (let byte = 0; byte < 4; byte++) changedRows[Math.floor((4 * i + byte) / rowSize)] = 1;
    }
    if (changed) this.resizer.resizeChanged(last.bytes, shown, changedRows);
  }
}

function createFrame(size: number): Frame {
  const buffer = new ArrayBuffer(size + (-size & 3));
  return { bytes: new Uint8Array(buffer, 0, size), words: new Int32Array(buffer) };
}

/** Of each of the four bytes the greater one. */
function greaterBytes(a: number, b: number): number {
  let greater = 0;
  for (let mask = 0xff; mask !== 0; mask <<= 8) {
    const one = (a & mask) >>> 0;
    const two = (b & mask) >>> 0;
    greater |= one > two ? one : two;
  }
  return greater;
}

function requireLives(lives: number): number {
  if (typeof lives === "number" && lives >= 0) return lives;
  throw new GymnasiumError(
    "invalid-env",
    `The game says ${lives} lives, expected a number as \`lives\` in its info: terminalOnLifeLoss and fireOnReset need it.`,
  );
}
