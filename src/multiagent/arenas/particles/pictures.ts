import type { RgbFrame } from "gymnasium-js";
import { SquarePicture, SquareText } from "../../rendering/discs.js";
import type { Colour } from "../../rendering/tiles.js";
import type { SpreadState } from "../spread.js";
import type { TagState } from "../tag.js";

const floor: Colour = [238, 240, 244];
const edge: Colour = [44, 50, 62];
const landmarkColour: Colour = [150, 156, 170];
const coveredColour: Colour = [150, 236, 120];
const agentColour: Colour = [66, 124, 206];
const touchColour: Colour = [232, 92, 60];
const obstacleColour: Colour = [122, 128, 142];
const chaserColour: Colour = [204, 62, 62];
const runnerColour: Colour = [70, 170, 96];
const caughtColour: Colour = [244, 196, 48];

/** In which agents are told apart, over and over again. */
const digits = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Agents are discs, of another colour where they touch; landmarks are rings with a dot, which is green on an agent. */
export function spreadPicture(state: SpreadState): RgbFrame {
  const { side, radii, positions, landmarks, touches } = state;
  const drawn = new SquarePicture(side, floor);
  const size = 0.8 * Math.max(...radii);
  for (let i = 0; i < landmarks.length / 2; i++) {
    drawn.ring(landmarks[2 * i]!, landmarks[2 * i + 1]!, size, landmarkColour);
  }
  for (const [i, radius] of radii.entries()) {
    const colour = touches[i]! > 0 ? touchColour : agentColour;
    drawn.edgedDisc(positions[2 * i]!, positions[2 * i + 1]!, radius, colour, edge);
  }
  // What an agent stands on is to be seen.
  for (let i = 0; i < landmarks.length / 2; i++) {
    const colour = isCovered(state, i) ? coveredColour : edge;
    drawn.disc(landmarks[2 * i]!, landmarks[2 * i + 1]!, 0.3 * size, colour);
  }
  return drawn.picture;
}

/** Landmarks `x`, or `X` where an agent covers them, and agents as figures. */
export function spreadText(state: SpreadState): string {
  const { side, positions, landmarks, touches } = state;
  const drawn = new SquareText(side);
  for (let i = 0; i < touches.length; i++) {
    drawn.put(positions[2 * i]!, positions[2 * i + 1]!, digits[i % digits.length]!);
  }
  for (let i = 0; i < landmarks.length / 2; i++) {
    drawn.put(landmarks[2 * i]!, landmarks[2 * i + 1]!, isCovered(state, i) ? "X" : "x");
  }
  return `${countOf(touches.reduce((sum, count) => sum + count, 0) / 2, "collision")}\n${drawn}`;
}

/** Whether the middle of a landmark lies under an agent. */
function isCovered({ radii, positions, landmarks }: SpreadState, landmark: number): boolean {
  const [x, y] = [landmarks[2 * landmark]!, landmarks[2 * landmark + 1]!];
  return radii.some((radius, i) => Math.hypot(positions[2 * i]! - x, positions[2 * i + 1]! - y) < radius);
}

/** Chasers red, runners green and yellow while they are touched, between grey obstacles. */
export function tagPicture(state: TagState): RgbFrame {
  const { side, radii, positions, chasers, obstacles, obstacleRadius, touches } = state;
  const drawn = new SquarePicture(side, floor);
  for (let i = 0; i < obstacles.length; i += 2) {
    drawn.disc(obstacles[i]!, obstacles[i + 1]!, obstacleRadius, obstacleColour);
  }
  for (const [i, radius] of radii.entries()) {
    const colour = i < chasers ? chaserColour : touches[i]! > 0 ? caughtColour : runnerColour;
    drawn.edgedDisc(positions[2 * i]!, positions[2 * i + 1]!, radius, colour, edge);
  }
  return drawn.picture;
}

/** Obstacles `#`, chasers as figures, runners `r`, or `R` while they are touched. */
export function tagText(state: TagState): string {
  const { side, positions, chasers, obstacles, obstacleRadius, touches } = state;
  const drawn = new SquareText(side);
  for (let i = 0; i < obstacles.length; i += 2) {
    drawn.disc(obstacles[i]!, obstacles[i + 1]!, obstacleRadius, "#");
  }
  for (let i = 0; i < touches.length; i++) {
    const runner = touches[i]! > 0 ? "R" : "r";
    drawn.put(positions[2 * i]!, positions[2 * i + 1]!, i < chasers ? digits[i % digits.length]! : runner);
  }
  const touched = touches.subarray(0, chasers).reduce((sum, count) => sum + count, 0);
  return `${countOf(touched, "touch", "touches")}\n${drawn}`;
}

function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
