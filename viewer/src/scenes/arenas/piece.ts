import { Container, Graphics } from "pixi.js";
import { Artwork, Drawing } from "../artwork.js";
import { perTile, tile } from "../figures.js";
import { palette } from "../palette.js";

/** Lengths in cells as shapes want them: many units, because curves have few corners in small ones. To be drawn at `perTile`. */
export function inTiles<Lengths extends readonly number[]>(
  ...cells: Lengths
): { [K in keyof Lengths]: number } {
  return cells.map((length) => length * tile) as { [K in keyof Lengths]: number };
}

/** What is drawn in tiles, at the size of cells. */
export function sketch(): Graphics {
  return new Graphics({ scale: perTile });
}

/** What pieces of one kind look like, round the origin, in a cell of 100 units. */
export interface Shape {
  /** In white and greys, to be tinted. */
  readonly body: Artwork;
  /** Round it, for the one whose seat is held. */
  readonly rim: Artwork;
}

/** Something that belongs to an agent; whoever is held has a white rim, in all arenas. */
export class Piece extends Container {
  private readonly body: Drawing;
  private readonly rim: Drawing;

  constructor({ body, rim }: Shape) {
    super();
    this.rim = new Drawing(rim);
    this.body = new Drawing(body);
    this.addChild(this.rim, this.body);
    this.scale.set(perTile);
  }

  wear(colour: number, isHeld: boolean): void {
    this.body.tint = colour;
    this.rim.visible = isHeld;
  }
}

/** @param draws the outline, which is filled for the body, and widened for the rim */
export function shapeOf(draws: (drawn: Graphics) => Graphics, body: Graphics, width = 16): Shape {
  return {
    body: new Artwork(body),
    rim: new Artwork(
      draws(new Graphics()).stroke({ color: palette.text, width, join: "round", cap: "round" }),
    ),
  };
}

/** A disc of this radius, with an edge that sets it off from others. */
export function disc(radius: number): Shape {
  const body = new Graphics()
    .circle(0, 0, radius)
    .fill(0xffffff)
    .circle(0, 0, radius * 0.8)
    .stroke({ color: 0x000000, alpha: 0.16, width: radius * 0.12 });
  return shapeOf((drawn) => drawn.circle(0, 0, radius), body, Math.max(4, radius * 0.3));
}
