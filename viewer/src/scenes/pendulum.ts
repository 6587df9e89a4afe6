import { Container, Graphics } from "pixi.js";
import type { PendulumState } from "../../../src/envs/index.js";
import { Artwork, Drawing } from "./artwork.js";
import { between, spinBetween, statesOf } from "./glide.js";
import { palette } from "./palette.js";
import type { Scene, Shown } from "./scene.js";

/** Units per metre; the rod is a metre long. */
const metre = 100;
const reach = 1.3;
/** Seconds from step to step. */
const tau = 0.05;
/** Of the torque's arc, round the axle. */
const arcRadius = 0.5 * metre;
/** rad per N m, the arc's middle being upright. */
const arcPerTorque = 1.2;
/** Of the arc for the greatest torque, 2 N m, from its middle, rad. */
const mostHalf = (2 * arcPerTorque) / 2;
/** How many arcs there are, of different length. */
const lengths = 48;

const rodColour = 0xe0574c;

/** All round the axle, pointing up. */
const circle = new Artwork(new Graphics().circle(0, 0, metre).stroke({ color: palette.line, width: 1 }));
const rod = new Artwork(new Graphics().roundRect(-9, -metre - 9, 18, metre + 18, 9).fill(rodColour));
const axle = new Artwork(new Graphics().circle(0, 0, 5).fill(palette.dark));
const up = -Math.PI / 2;
const arcs = Array.from({ length: lengths }, (_, i) => {
  const half = ((i + 1) / lengths) * mostHalf;
  const arc = new Graphics().arc(0, 0, arcRadius, up - half, up + half);
  return new Artwork(arc.stroke({ color: palette.accent, width: 5 }));
});
const head = new Artwork(
  new Graphics().poly([0, -arcRadius - 10, 14, -arcRadius, 0, -arcRadius + 10]).fill(palette.accent),
);

/** Pendulum: the rod, and an arrow round its axle, the longer the greater the torque. */
export class PendulumScene implements Scene {
  readonly root = new Container();
  readonly size = { width: 2 * reach * metre, height: 2 * reach * metre };
  private readonly rod = new Drawing(rod);
  private readonly arc = new Drawing(arcs[0]!);
  private readonly head = new Drawing(head);

  constructor() {
    const middle = new Container({ x: reach * metre, y: reach * metre });
    middle.addChild(new Drawing(circle), this.rod, this.arc, this.head, new Drawing(axle));
    this.root.addChild(middle);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const [from, to] = statesOf<PendulumState>(before, now);
    this.rod.rotation = -spinBetween([from.theta, to.theta], to.thetaDot * tau, share);
    this.showTorque(between(from.torque, to.torque, share));
  }

  /** @param torque N m, counter-clockwise */
  private showTorque(torque: number): void {
    const half = (Math.abs(torque) * arcPerTorque) / 2;
    const side = Math.sign(torque) || 1;
    this.arc.artwork = arcs[Math.min(lengths - 1, Math.floor((half / mostHalf) * lengths))]!;
    this.head.rotation = -side * half;
    this.head.scale.set(-side, 1);
    // None shows until the first torque.
    for (const each of [this.arc, this.head]) each.alpha = Math.min(1, Math.abs(torque) * 10);
  }
}
