import { box, discrete, GymnasiumError, type RandomSource, type Space, type TypedArray } from "gymnasium-js";
import type { SimultaneousRules } from "../../rules.js";
import { requireCounts, requireLengths } from "../options.js";
import { flyBall, movePaddle } from "./physics.js";
import { pongPicture, pongText, writePongPixels } from "./picture.js";
import { courtSide, keepBefore, newGame, type PongOptions, type PongState, serve } from "./state.js";

const agents = ["left", "right"] as const;
const actionNames = ["stay", "up", "down"] as const;
/** Of the paddle, by action. */
const directions = [0, -1, 1] as const;

/**
 * Pong for two: the ball leaves a paddle the steeper the further from its middle it was hit, and faster with each hit. Who gets
 * it past the other wins a point, which earns 1 and the other -1; the game ends when one has enough points.
 *
 * Each sees the court from its own side, as if it played on the left: `[8]`, x and y of the ball, its velocity across and down as
 * a share of the top speed, the height of the own paddle and of the other's, own points and the other's as a share of those that
 * win; positions from -1 to 1. One policy plays either side.
 * @throws GymnasiumError `invalid-options` for numbers that make no game
 */
export function pong(options: PongOptions = {}): SimultaneousRules<PongState> {
  return pongRules("Pong-v0", options, { space: viewSpace, observe: writeView });
}

/**
 * The same game in pixels: `[84, 84, 2]`, the court as it was before the last step and as it is now, 255 where a paddle or the
 * ball is; each sees it as if it played on the left.
 * @throws GymnasiumError `invalid-options` for numbers that make no game
 */
export function pongPixels(options: PongOptions = {}): SimultaneousRules<PongState> {
  const space = box({ low: 0, high: 255, shape: [courtSide, courtSide, 2], dtype: "uint8" });
  return pongRules("PongPixels-v0", options, { space, observe: writePongPixels });
}

const viewSpace = box({ low: -1, high: 1, shape: [8], dtype: "float32" });

interface PongView {
  readonly space: Space<unknown>;
  readonly observe: (state: PongState, agent: number, out: TypedArray, offset: number) => void;
}

function pongRules(
  id: string,
  {
    points = 3,
    frameSkip = 4,
    paddleHeight = 14,
    paddleSpeed = 1.5,
    serveSpeed = 1.5,
    topSpeed = 4,
    speedUp = 1.1,
  }: PongOptions,
  view: PongView,
): SimultaneousRules<PongState> {
  requireCounts(id, { points, frameSkip }, 1);
  requireLengths(id, { paddleHeight, paddleSpeed, serveSpeed, topSpeed, speedUp });
  requireAtMost(id, { paddleHeight }, courtSide);
  requireAtMost(id, { serveSpeed }, topSpeed);
  const actions = discrete(actionNames.length);
  const playFrame = (state: PongState, chosen: ArrayLike<number>, offset: number): number => {
    for (let agent = 0; agent < 2; agent++) {
      const action = chosen[offset + agent] as 0 | 1 | 2;
      movePaddle(state, agent, directions[action] * paddleSpeed);
    }
    return flyBall(state, speedUp);
  };
  return {
    kind: "simultaneous",
    id,
    agents,
    observationSpace: () => view.space,
    actionSpace: () => actions,
    actionNames: () => actionNames,
    maxCycles: 1000,
    init(rng: RandomSource) {
      const state = newGame({ points, paddleHeight, topSpeed });
      serve(state, serveSpeed, rng);
      keepBefore(state);
      return state;
    },
    step(state, chosen, offset, rng, { rewards, terminations, offset: at }) {
      keepBefore(state);
      let winner = -1;
      for (let frame = 0; frame < frameSkip && winner < 0; frame++) winner = playFrame(state, chosen, offset);
      if (winner < 0) return;
      rewards[at + winner] = 1;
      rewards[at + 1 - winner] = -1;
      state.scores[winner]!++;
      if (state.scores[winner] === points) terminations.fill(1, at, at + 2);
      serve(state, serveSpeed, rng);
    },
    observe: view.observe,
    stateSpace: viewSpace,
    writeState: (state, out, offset) => writeView(state, 0, out, offset),
    renderAnsi: pongText,
    renderRgb: pongPicture,
  };
}

function requireAtMost(id: string, lengths: Readonly<Record<string, number>>, most: number): void {
  for (const [name, length] of Object.entries(lengths)) {
    if (length <= most) continue;
    throw new GymnasiumError("invalid-options", `${id}: ${name} is ${length}, expected ${most} at most.`);
  }
}

function writeView(state: PongState, agent: number, out: TypedArray, offset: number): void {
  const { courtWidth, courtHeight, paddles, scores, points, topSpeed } = state;
  const side = agent === 0 ? 1 : -1;
  const other = 1 - agent;
  // Plus 0, so that nobody sees a negative zero.
  out[offset] = (side * state.ballX) / (courtWidth / 2) + 0;
  out[offset + 1] = state.ballY / (courtHeight / 2);
  out[offset + 2] = (side * state.velocityX) / topSpeed;
  out[offset + 3] = state.velocityY / topSpeed;
  out[offset + 4] = paddles[agent]! / (courtHeight / 2);
  out[offset + 5] = paddles[other]! / (courtHeight / 2);
  out[offset + 6] = scores[agent]! / points;
  out[offset + 7] = scores[other]! / points;
}
