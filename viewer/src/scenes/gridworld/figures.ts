import { Container, Graphics } from "pixi.js";
import { agentColours, keyColours } from "../../../../src/envs/rendering/gridworld-tiles.js";
import { Artwork, Drawing } from "../artwork.js";
import { person } from "../figures.js";
import { hex } from "../palette.js";

/** All have the middle of their cell as origin, and a cell of 100 units. */

const ink = 0x2d2a32;

/** A box, and one that stands on a target. */
export const boxes = { plain: box(0xb07c46), onTarget: box(0x78aa50) };

function box(colour: number): Artwork {
  const drawn = new Graphics()
    .roundRect(-40, -40, 80, 80, 8)
    .fill(0x5c3e22)
    .roundRect(-32, -32, 64, 64, 4)
    .fill(colour)
    .moveTo(-26, -26)
    .lineTo(26, 26)
    .moveTo(26, -26)
    .lineTo(-26, 26)
    .stroke({ color: 0x5c3e22, width: 9, cap: "round" });
  return new Artwork(drawn);
}

const eyes = new Artwork(
  new Graphics()
    .circle(-11, -5, 9)
    .circle(11, -5, 9)
    .fill(0xffffff)
    .circle(-10, -4, 4.5)
    .circle(12, -4, 4.5)
    .fill(ink),
);

const spikes = Array.from({ length: 32 }, (_, i) => {
  const radius = i % 2 === 0 ? 44 : 32;
  return { x: radius * Math.cos((i * Math.PI) / 16), y: radius * Math.sin((i * Math.PI) / 16) };
});
const wandererBody = new Artwork(new Graphics().poly(spikes).fill(0x8a3a9a).circle(0, 0, 28).fill(0xb45cc4));

const patrolBody = new Artwork(
  new Graphics().poly([0, -47, 30, -10, -30, -10]).fill(0x9c1f2c).circle(0, 0, 32).fill(0xdc3545),
);

/** What moves on its own, with a body that turns and something on it that does not. */
export class Figure extends Container {
  private readonly body: Drawing;

  constructor(body: Artwork, ...upright: Container[]) {
    super();
    this.body = new Drawing(body);
    this.addChild(this.body, ...upright);
  }

  /** @param angle rad, clockwise from up */
  face(angle: number): void {
    this.body.rotation = angle;
  }
}

/** A hazard that walks about at random. */
export const wanderer = () => new Figure(wandererBody, new Drawing(eyes));

/** A hazard that goes to and fro. */
export const patrol = () => new Figure(patrolBody, new Drawing(eyes));

const agentBodies = agentColours.map((colour) => ({
  turning: new Artwork(arrowhead(hex(colour))),
  upright: new Artwork(person(hex(colour))),
}));

const keyDots = keyColours.map(
  (colour) => new Artwork(new Graphics().circle(0, 0, 13).fill(0xffffff).circle(0, 0, 9).fill(hex(colour))),
);

/** An agent: an arrowhead where it has a heading, else head and shoulders; a dot for each key that its team holds. */
export class Agent extends Figure {
  private readonly keys: Drawing[];

  constructor(index: number, turns: boolean) {
    const { turning, upright } = agentBodies[index]!;
    const keys = keyDots.map((dot) => new Drawing(dot));
    super(turns ? turning : upright, ...keys);
    this.keys = keys;
    for (const [i, key] of keys.entries()) key.position.set(-30 + 20 * i, 36);
  }

  /** @param held bit by colour */
  hold(held: number): void {
    this.keys.forEach((key, i) => {
      key.visible = ((held >> i) & 1) === 1;
    });
  }
}

function arrowhead(colour: number): Graphics {
  return new Graphics()
    .poly([0, -38, 34, 36, 0, 22, -34, 36])
    .fill(colour)
    .poly([0, -38, 34, 36, 0, 22, -34, 36])
    .stroke({ color: 0xffffff, width: 8, join: "round" });
}
