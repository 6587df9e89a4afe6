import { Container, Graphics } from "pixi.js";
import type { PongState } from "../../../../src/multiagent/index.js";
import { between } from "../glide.js";
import { palette } from "../palette.js";
import type { Scene, Shown, Size } from "../scene.js";
import { gamesOf, sideColour } from "./seated.js";

/** Units in a pixel of the court: curves have few corners in small ones. */
const px = 10;
/** Above the court, for the points. */
const bar = 12 * px;
/** Round both. */
const margin = px;

/** Pong: court, paddles, ball, and above them a dot for each point that wins. */
export class PongScene implements Scene {
  readonly root = new Container();
  readonly observed = "part";
  size: Size = { width: 1, height: 1 };
  private readonly court = new Graphics();
  private readonly scores = new Graphics();
  private readonly paddles = [new Graphics(), new Graphics()] as const;
  private readonly ball = new Graphics();
  private target: Shown | null = null;

  constructor() {
    this.root.addChild(this.court, this.scores, ...this.paddles, this.ball);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const { from, to, seat } = gamesOf<PongState>(before, now);
    if (this.target === null) this.lay(to);
    if (now !== this.target) this.aim(to, seat);
    this.target = now;
    // A ball that is served is in the middle at once.
    const isServed = from.scores.some((score, agent) => score !== to.scores[agent]);
    const at = isServed ? 1 : share;
    this.ball.x = this.xOf(between(from.ballX, to.ballX, at));
    this.ball.y = this.yOf(between(from.ballY, to.ballY, at));
    for (const [agent, paddle] of this.paddles.entries()) {
      paddle.y = this.yOf(between(from.paddles[agent]!, to.paddles[agent]!, at));
    }
  }

  /** Of a place in the court, from its middle. */
  private xOf(x: number): number {
    return this.size.width / 2 + x * px;
  }

  private yOf(y: number): number {
    return bar + (this.size.height - bar - margin) / 2 + y * px;
  }

  private lay({ courtWidth, courtHeight, ballSize }: PongState): void {
    const [width, height] = [courtWidth * px, courtHeight * px];
    this.size = { width: width + 2 * margin, height: bar + height + margin };
    this.court.roundRect(margin, bar, width, height, 2 * px).fill(palette.tile);
    for (let y = 2 * px; y < height - 2 * px; y += 6 * px)
      this.court.roundRect(this.xOf(-0.5), bar + y, px, 3.5 * px, px / 2).fill(palette.line);
    this.ball.circle(0, 0, (ballSize / 2) * px).fill(palette.text);
  }

  private aim({ paddleDistance, paddleWidth, paddleHeight, points, scores }: PongState, seat: number): void {
    const [width, height] = [paddleWidth * px, paddleHeight * px];
    this.scores.clear();
    for (const [agent, side] of [-1, 1].entries()) {
      const colour = sideColour(agent, seat);
      const paddle = this.paddles[agent]!;
      paddle.x = this.xOf(side * (paddleDistance + paddleWidth / 2));
      paddle
        .clear()
        .roundRect(-width / 2, -height / 2, width, height, px)
        .fill(colour);
      if (agent === seat) paddle.stroke({ color: palette.text, width: 0.8 * px, alignment: 0 });
      for (let point = 0; point < points; point++) {
        const isMade = point < scores[agent]!;
        this.scores
          .circle(this.xOf(side * (8 + 7 * point)), bar / 2, 2 * px)
          .fill(isMade ? colour : palette.line);
      }
    }
  }
}
