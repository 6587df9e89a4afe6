import { Container, Graphics, GraphicsContext, Text } from "pixi.js";
import { Artwork, Drawing } from "./artwork.js";
import type { ShownCard } from "./blackjack-table.js";

export const cardWidth = 150;
const cardHeight = 210;

const black = 0x1e2026;
const red = 0xc8263a;

const blank = new GraphicsContext()
  .roundRect(3 - cardWidth / 2, 5 - cardHeight / 2, cardWidth, cardHeight, 12)
  .fill({ color: 0x000000, alpha: 0.3 })
  .roundRect(-cardWidth / 2, -cardHeight / 2, cardWidth, cardHeight, 12)
  .fill(0xfafaf5);

const reverse = new Artwork(drawReverse());

function drawReverse(): Container {
  const [width, height] = [cardWidth - 18, cardHeight - 18];
  const drawn = new Graphics(blank.clone())
    .roundRect(-width / 2, -height / 2, width, height, 7)
    .fill(0x284696);
  for (let row = -4; row <= 4; row++) {
    const count = row % 2 === 0 ? 6 : 5;
    for (let i = 0; i < count; i++) {
      const [x, y] = [20 * (i - (count - 1) / 2), 20 * row];
      drawn.poly([x, y - 5, x + 5, y, x, y + 5, x - 5, y]);
    }
  }
  return drawn.fill(0x7f9ade);
}

/** Clubs, diamonds, hearts, spades; 40 units high, round the origin. */
const suits: readonly GraphicsContext[] = [
  new GraphicsContext()
    .circle(0, -10, 10)
    .circle(-11, 5, 10)
    .circle(11, 5, 10)
    .poly([-3, 0, 3, 0, 8, 21, -8, 21])
    .fill(black),
  new GraphicsContext().poly([0, -21, 15, 0, 0, 21, -15, 0]).fill(red),
  new GraphicsContext()
    .moveTo(0, 20)
    .bezierCurveTo(-34, -6, -14, -30, 0, -11)
    .bezierCurveTo(14, -30, 34, -6, 0, 20)
    .fill(red),
  new GraphicsContext()
    .moveTo(0, -21)
    .bezierCurveTo(34, 5, 14, 24, 0, 10)
    .bezierCurveTo(-14, 24, -34, 5, 0, -21)
    .poly([-2, 4, 2, 4, 8, 21, -8, 21])
    .fill(black),
];

const style = { fontFamily: "Georgia, 'Times New Roman', serif", fontWeight: "700" } as const;

/** Faces that have been wanted; drawn when first asked for. */
const faces = new Map<string, Artwork>();

function faceOf({ text, suit }: ShownCard): Artwork {
  const name = `${text} ${suit}`;
  const face = faces.get(name) ?? new Artwork(drawFace(text, suit));
  faces.set(name, face);
  return face;
}

function drawFace(text: string, suit: number | null): Container {
  const colour = suit === 1 || suit === 2 ? red : black;
  const print = (size: number, place: TextPlace): Text =>
    new Text({
      text,
      style: { ...style, fontSize: size, fill: colour },
      resolution: 3,
      anchor: 0.5,
      ...place,
    });
  const face = new Container();
  const [right, bottom] = [cardWidth / 2, cardHeight / 2];
  face.addChild(
    new Graphics(blank),
    print(34, { x: 28 - right, y: 30 - bottom }),
    print(34, { x: right - 28, y: bottom - 30, rotation: Math.PI }),
    print(84, { x: 0, y: suit === null ? 4 : -24 }),
  );
  if (suit !== null) face.addChild(new Graphics({ context: suits[suit]!, y: 54, scale: 1.2 }));
  return face;
}

interface TextPlace {
  x: number;
  y: number;
  rotation?: number;
}

/** A card, its middle at its origin. */
export class PlayingCard extends Container {
  private readonly face = new Drawing(reverse);
  private readonly reverse = new Drawing(reverse);

  constructor() {
    super();
    this.addChild(this.face, this.reverse);
  }

  print(card: ShownCard): void {
    this.face.artwork = faceOf(card);
  }

  /** @param open how far it is turned, from 0 face down to 1 face up */
  turn(open: number): void {
    this.face.visible = open >= 0.5;
    this.reverse.visible = open < 0.5;
    this.scale.x = Math.max(0.02, Math.abs(2 * open - 1));
  }
}
