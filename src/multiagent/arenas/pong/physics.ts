import { type PongState, send } from "./state.js";

/** Slope of a ball that was hit with the outermost end of the paddle: 56 degrees. */
const steepest = 1.5;

/** @param distance px down, as far as the court goes */
export function movePaddle(state: PongState, agent: number, distance: number): void {
  const reach = (state.courtHeight - state.paddleHeight) / 2;
  const y = state.paddles[agent]! + distance;
  state.paddles[agent] = Math.min(Math.max(y, -reach), reach);
}

/**
 * One frame of flight, from bounce to bounce, so that nothing is too fast to be met. A paddle meets the ball with its front
 * only, and sends it off the steeper the further from its middle.
 *
 * @param speedUp what a hit multiplies the speed by
 * @returns who has won a point: 0 left, 1 right, or -1 for nobody
 */
export function flyBall(state: PongState, speedUp: number): number {
  const half = state.ballSize / 2;
  const edge = state.courtHeight / 2 - half;
  const front = state.paddleDistance - half;
  let time = 1;
  for (;;) {
    const side = state.velocityX > 0 ? 1 : -1;
    const isPast = side * state.ballX >= front;
    const goal = isPast ? state.courtWidth / 2 - half : front;
    const untilGoal = (goal - side * state.ballX) / Math.abs(state.velocityX);
    const untilEdge = timeToEdge(state, edge);
    const flown = Math.min(time, untilGoal, untilEdge);
    time -= flown;
    state.ballX += state.velocityX * flown;
    state.ballY = Math.min(Math.max(state.ballY + state.velocityY * flown, -edge), edge);
    if (flown === untilEdge) state.velocityY = -state.velocityY;
    if (flown === untilGoal) {
      state.ballX = side * goal;
      if (isPast) return side > 0 ? 0 : 1;
      meetPaddle(state, side, speedUp);
    }
    if (time === 0) return -1;
  }
}

function timeToEdge({ ballY, velocityY }: PongState, edge: number): number {
  if (velocityY === 0) return Number.POSITIVE_INFINITY;
  return velocityY > 0 ? (edge - ballY) / velocityY : (-edge - ballY) / velocityY;
}

/** The ball is level with a paddle's front, and goes on unless that is there. */
function meetPaddle(state: PongState, side: number, speedUp: number): void {
  const reach = (state.paddleHeight + state.ballSize) / 2;
  const offset = (state.ballY - state.paddles[side > 0 ? 1 : 0]!) / reach;
  if (Math.abs(offset) > 1) return;
  const { velocityX, velocityY } = state;
  const speed = Math.sqrt(velocityX * velocityX + velocityY * velocityY) * speedUp;
  state.hits++;
  send(state, { side: -side, slope: steepest * offset, speed: Math.min(speed, state.topSpeed) });
}
