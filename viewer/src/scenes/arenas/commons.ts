import { Container, Graphics } from "pixi.js";
import type { CommonsState } from "../../../../src/multiagent/index.js";
import { Artwork, Drawing } from "../artwork.js";
import { perTile } from "../figures.js";
import { type Cell, cellAt, cellBetween } from "../glide.js";
import { mix } from "../palette.js";
import type { Scene, Shown, Size } from "../scene.js";
import { Field } from "./field.js";
import { Piece, type Shape, shapeOf } from "./piece.js";
import { gamesOf, type Played, sides } from "./seated.js";
import { SightFrame } from "./sight-frame.js";

/** A commons with or without a river. */
type State = CommonsState & { polluted?: Uint8Array };

/** By `terrain`: ground, orchard, river. */
const grounds = [0x1d2420, 0x26382a, 0x1f4a78] as const;
const waste = 0x5b4a2a;
const light = 0xffe882;

const apple = new Artwork(
  new Graphics()
    .circle(0, 4, 26)
    .fill(0xe0574c)
    .moveTo(1, -18)
    .quadraticCurveTo(6, -34, 20, -34)
    .quadraticCurveTo(18, -18, 1, -18)
    .fill(0x8fc06c),
);

const round = (drawn: Graphics) => drawn.circle(0, 0, 34);
/** One that faces somewhere, to the right; and one that does not. */
const shapes: Record<"facing" | "plain", Shape> = {
  facing: shapeOf(
    round,
    round(new Graphics()).fill(0xffffff).poly([8, -16, 28, 0, 8, 16]).fill(0x12161f),
    12,
  ),
  plain: shapeOf(round, round(new Graphics()).fill(0xffffff), 12),
};
/** Left, right, up, down; rad, clockwise from right. */
const angles = [Math.PI, 0, -Math.PI / 2, Math.PI / 2] as const;

/** Harvest and Cleanup: orchard and river, apples, waste, beams, and the agents that are there. */
export class CommonsScene implements Scene {
  readonly root = new Container();
  readonly observed = "part";
  size: Size = { width: 1, height: 1 };
  private readonly sight: number;
  private readonly apples = new Container<Drawing>();
  private readonly agents: Piece[] = [];
  private grid: Field | null = null;
  private frame: SightFrame | null = null;
  private target: Shown | null = null;

  constructor({ settings }: Played) {
    this.sight = Number(settings["sight"]);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const { from, to, seat } = gamesOf<State>(before, now);
    if (this.grid === null) this.lay(to);
    if (now !== this.target) this.aim(to, seat);
    this.target = now;
    this.grid!.paint((cell) => mix(colourOf(from, cell), colourOf(to, cell), share));
    this.agents.forEach((piece, i) => {
      const end = to.cells[i]!;
      piece.visible = end >= 0;
      if (end < 0) return;
      const { x, y } = this.middleOf(from.cells[i]!, end, share);
      piece.position.set(x, y);
    });
    const isThere = seat >= 0 && to.cells[seat]! >= 0;
    this.frame!.surround(isThere ? this.middleOf(from.cells[seat]!, to.cells[seat]!, share) : null);
  }

  /** Of the cell that one is on its way to; whoever was away is there at once. */
  private middleOf(from: number, to: number, share: number): Cell {
    const start = from < 0 ? to : from;
    const { x, y } = cellBetween(cellAt(start, this.size.width), cellAt(to, this.size.width), share);
    return { x: x + 0.5, y: y + 0.5 };
  }

  private lay({ width, height, cells, polluted }: State): void {
    this.size = { width, height };
    this.grid = new Field(this.size);
    this.frame = new SightFrame(this.sight, this.size);
    const shape = polluted === undefined ? shapes.facing : shapes.plain;
    for (let i = 0; i < cells.length; i++) this.agents.push(new Piece(shape));
    this.root.addChild(this.grid, this.apples, this.frame, ...this.agents);
  }

  private aim({ cells, facing, apples }: State, seat: number): void {
    for (const [i, piece] of this.agents.entries()) {
      piece.wear(i === seat ? sides.own : sides.others, i === seat);
      if (cells[i]! >= 0) piece.rotation = angles[facing[i]!]!;
    }
    const ripe = [...apples.keys()].filter((cell) => apples[cell] === 1);
    while (this.apples.children.length < ripe.length)
      this.apples.addChild(new Drawing(apple)).scale.set(perTile);
    this.apples.children.forEach((drawn, i) => {
      const cell = ripe[i];
      drawn.visible = cell !== undefined;
      if (cell === undefined) return;
      const { x, y } = cellAt(cell, this.size.width);
      drawn.position.set(x + 0.5, y + 0.5);
    });
  }
}

function colourOf({ ground, polluted, beams }: State, cell: number): number {
  const plain = polluted?.[cell] === 1 ? waste : grounds[ground[cell]!]!;
  return beams[cell] === 1 ? mix(plain, light, 0.5) : plain;
}
