import { Container, Graphics } from "pixi.js";
import type { MountainCarState } from "../../../src/envs/index.js";
import { Artwork, Drawing } from "./artwork.js";
import { between, statesOf } from "./glide.js";
import { groundAngle, groundHeight } from "./hill.js";
import { palette } from "./palette.js";
import type { Scene, Shown } from "./scene.js";

/** Units per metre. */
const metre = 200;
/** The ground that is shown, m: a little more than where the car can be. */
const [left, right] = [-1.4, 0.8];
const height = 300;
const wheelRadius = 7;
/** Metres that no step makes. */
const jump = 0.15;

const colours = { earth: 0x1d3328, grass: 0x70a65e, car: 0xe0574c, window: 0x2b1517 };

const hill = new Artwork(landscape());
const flag = new Artwork(
  new Graphics()
    .roundRect(-1.5, -64, 3, 64, 1.5)
    .fill(palette.quiet)
    .poly([1.5, -63, 30, -52, 1.5, -41])
    .fill(palette.second),
);
/** Between its wheels is the origin, on the ground. */
const body = new Artwork(
  new Graphics()
    .moveTo(-17, -12)
    .bezierCurveTo(-14, -27, 8, -27, 12, -12)
    .fill(colours.car)
    .moveTo(-12, -13)
    .bezierCurveTo(-10, -23, 4, -23, 7, -13)
    .fill(colours.window)
    .roundRect(-23, -15, 46, 11, 5)
    .fill(colours.car),
);
const wheel = new Artwork(
  new Graphics()
    .circle(0, 0, wheelRadius)
    .fill(palette.dark)
    .circle(0, 0, wheelRadius - 2.5)
    .fill(palette.quiet)
    .rect(-1, 2.5 - wheelRadius, 2, 2 * wheelRadius - 5)
    .fill(palette.dark),
);

/** MountainCar: a car that follows the hill, and a flag where it shall get to. */
export class MountainCarScene implements Scene {
  readonly root = new Container();
  readonly size = { width: (right - left) * metre, height };
  private readonly car = new Container();
  private readonly wheels = [new Drawing(wheel), new Drawing(wheel)];

  /** @param goal position of the flag, m */
  constructor(goal: number) {
    this.car.addChild(new Drawing(body), ...this.wheels);
    this.wheels.forEach((each, i) => {
      each.position.set([-13, 13][i]!, 2 - wheelRadius);
    });
    const banner = new Drawing(flag);
    banner.position.copyFrom(pointAt(goal));
    this.root.addChild(new Drawing(hill), banner, this.car);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const [from, to] = statesOf<MountainCarState>(before, now);
    const at = Math.abs(to.position - from.position) > jump ? 1 : share;
    const position = between(from.position, to.position, at);
    this.car.position.copyFrom(pointAt(position));
    this.car.rotation = -groundAngle(position);
    for (const each of this.wheels) each.rotation = (position * metre) / wheelRadius;
  }
}

function pointAt(position: number): { x: number; y: number } {
  return { x: (position - left) * metre, y: height - 30 - groundHeight(position) * metre };
}

function landscape(): Graphics {
  const steps = 110;
  const points = Array.from({ length: steps + 1 }, (_, i) => pointAt(left + (i / steps) * (right - left)));
  const width = (right - left) * metre;
  const hill = new Graphics();
  hill.poly([{ x: 0, y: height }, ...points, { x: width, y: height }]).fill(colours.earth);
  hill.moveTo(points[0]!.x, points[0]!.y);
  for (const { x, y } of points.slice(1)) hill.lineTo(x, y);
  return hill.stroke({ color: colours.grass, width: 5, join: "round", cap: "round" });
}
