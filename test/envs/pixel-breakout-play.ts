import { defaultRng, type EnvRules, type RandomSource } from "gymnasium-js";
import {
  type PixelBreakoutKwargs,
  type PixelBreakoutState,
  pixelBreakoutRules,
} from "../../src/envs/index.js";
import { ScriptedDraws } from "./scripted-draws.js";

export const noDraws = new ScriptedDraws([]);

/** The minimal actions. */
export const [noop, fire, right, left] = [0, 1, 2, 3];

/** A game of one frame per step without stickiness. */
export class Play {
  readonly rules: EnvRules<PixelBreakoutState, Uint8Array, number>;
  readonly state: PixelBreakoutState;
  /** Sum of rewards. */
  won = 0;
  terminated = false;

  constructor(kwargs: PixelBreakoutKwargs = {}) {
    this.rules = rulesOf({ frameskip: 1, repeatActionProbability: 0, ...kwargs });
    this.state = this.rules.init(noDraws, undefined, null);
  }

  /** Takes `action` so many times; returns the reward of the last. */
  take(action: number, times = 1, rng: RandomSource = noDraws): number {
    let reward = 0;
    for (let i = 0; i < times; i++) {
      const outcome = this.rules.step(this.state, action, rng);
      reward = outcome.reward;
      this.terminated = outcome.terminated;
      this.won += reward;
    }
    return reward;
  }

  /** Puts a flying ball there, in px. */
  fly(x: number, y: number, ball: Partial<PixelBreakoutState> = {}): void {
    Object.assign(this.state, { ball: "flying", ballX: 16 * x, ballY: 16 * y, ...ball });
  }

  /** Leaves only these bricks, given as [row, column] from the upper left. */
  leave(...bricks: readonly (readonly [number, number])[]): void {
    this.state.bricks.fill(0);
    for (const [row, column] of bricks) this.state.bricks[row * 18 + column] = 1;
    this.state.bricksLeft = bricks.length;
  }

  /** Upper left corner of the ball, px. */
  get ballAt(): readonly [number, number] {
    return [this.state.ballX / 16, this.state.ballY / 16];
  }
}

/** Observation spaces of this size take a while to make. */
const made = new Map<string, EnvRules<PixelBreakoutState, Uint8Array, number>>();

function rulesOf(kwargs: PixelBreakoutKwargs): EnvRules<PixelBreakoutState, Uint8Array, number> {
  const key = JSON.stringify(kwargs);
  const rules = made.get(key) ?? pixelBreakoutRules(kwargs);
  made.set(key, rules);
  return rules;
}

/** What a player does who keeps the paddle's middle within `slack` pixels of the ball's. */
export function follow({ ball, ballX, paddleX, paddleWidth }: PixelBreakoutState, slack: number): number {
  if (ball !== "flying") return fire!;
  const ahead = ballX / 16 + 1 - (paddleX + paddleWidth / 2);
  return ahead > slack ? right! : ahead < -slack ? left! : noop!;
}

/** Plays with a paddle that is put under the ball by hand, each time at another spot of it, until the game is over. */
export function playPerfectly(play: Play, seed: number, onFrame: () => void = () => {}): void {
  const rng = defaultRng(seed);
  const { rules, state } = play;
  let spot = 0;
  let hits = -1;
  for (let frame = 0; frame < 500_000 && !play.terminated; frame++) {
    if (hits !== state.paddleHits) {
      hits = state.paddleHits;
      spot = rng.integers(-1, state.paddleWidth);
    }
    if (state.ball === "flying" && state.directionY > 0 && state.ballY > 16 * 175) {
      // Where the ball will be, which is what the paddle has to meet.
      const ahead = structuredClone(state);
      rules.step(ahead, noop!, noDraws);
      const x = Math.floor(ahead.ballX / 16) - Math.min(spot, state.paddleWidth - 1);
      state.paddleX = Math.min(Math.max(x, 8), 152 - state.paddleWidth);
    }
    play.take(state.ball === "flying" ? noop! : fire!, 1, rng);
    onFrame();
  }
}
