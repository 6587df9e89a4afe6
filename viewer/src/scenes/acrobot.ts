import { Container, Graphics } from "pixi.js";
import type { AcrobotState } from "../../../src/envs/index.js";
import { Artwork, Drawing } from "./artwork.js";
import { spinBetween, statesOf } from "./glide.js";
import { palette } from "./palette.js";
import type { Scene, Shown } from "./scene.js";

/** Units per metre; a link is a metre long. */
const metre = 100;
/** Metres from the fixed joint to the edges. */
const reach = 2.2;
/** Height above the fixed joint that the end has to pass, m. */
const targetHeight = 1;
/** Seconds from step to step. */
const tau = 0.2;

/** From its joint downward. */
const link = (colour: number) =>
  new Artwork(new Graphics().roundRect(-8, -8, 16, metre + 16, 8).fill(colour));
const upperLink = link(0x2f86b5);
const lowerLink = link(palette.accent);
const joint = new Artwork(
  new Graphics().circle(0, 0, 10).fill(palette.second).circle(0, 0, 4).fill(palette.dark),
);
const tip = new Artwork(new Graphics().circle(0, 0, 6).fill(palette.text));
const targetLine = new Artwork(dashes((reach - targetHeight) * metre));

/** From one edge to the other, at a height from above. */
function dashes(y: number): Graphics {
  const line = new Graphics();
  const [dash, gap] = [12, 8];
  for (let x = gap / 2; x < 2 * reach * metre; x += dash + gap) line.roundRect(x, y - 1, dash, 2, 1);
  return line.fill(palette.steel);
}

/** Acrobot: two links with their joints, and the line that the end has to pass. */
export class AcrobotScene implements Scene {
  readonly root = new Container();
  readonly size = { width: 2 * reach * metre, height: 2 * reach * metre };
  private readonly upper = new Container({ x: reach * metre, y: reach * metre });
  private readonly lower = new Container({ y: metre });

  constructor() {
    const end = new Drawing(tip);
    end.y = metre;
    this.lower.addChild(new Drawing(lowerLink), end, new Drawing(joint));
    this.upper.addChild(new Drawing(upperLink), this.lower, new Drawing(joint));
    this.root.addChild(new Drawing(targetLine), this.upper);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const [from, to] = statesOf<AcrobotState>(before, now);
    const at = {
      upper: spinBetween([from.theta1, to.theta1], turned(from.theta1Dot, to.theta1Dot), share),
      lower: spinBetween([from.theta2, to.theta2], turned(from.theta2Dot, to.theta2Dot), share),
    };
    this.upper.rotation = -at.upper;
    this.lower.rotation = -at.lower;
  }
}

/** How far a link turns in a step, by its speeds before and after it, rad/s. */
function turned(before: number, after: number): number {
  return ((before + after) / 2) * tau;
}
