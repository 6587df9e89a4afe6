import { Container, Graphics, GraphicsContext } from "pixi.js";
import { Artwork } from "./artwork.js";
import { cellAt } from "./glide.js";

/** Side of a tile, in units in which its shapes are drawn: many, because curves have few corners in small ones. */
export const tile = 100;

/** A container of this scale has one unit per tile. */
export const perTile = 1 / tile;

/** A board of tiles, row after row, to be drawn with that scale. */
export function tiled(tiles: readonly GraphicsContext[], columns: number): Artwork {
  const board = new Container();
  tiles.forEach((context, cell) => {
    const { x, y } = cellAt(cell, columns);
    board.addChild(new Graphics({ context, x: x * tile, y: y * tile }));
  });
  return new Artwork(board);
}

/** A tile's base: a square with round corners, a little smaller than the cell. */
export function slab(colour: number): GraphicsContext {
  return new GraphicsContext().roundRect(3, 3, 94, 94, 10).fill(colour);
}

export const iceColour = 0x86b4d4;

/** A tile of ice. */
export function iceSlab(): GraphicsContext {
  return slab(iceColour)
    .moveTo(20, 50)
    .lineTo(50, 20)
    .moveTo(50, 80)
    .lineTo(80, 50)
    .stroke({ color: 0xb4d6ec, width: 6, cap: "round" });
}

/** Where a walk begins, drawn onto a tile. */
export function mat(context: GraphicsContext): GraphicsContext {
  return context.roundRect(18, 18, 64, 64, 12).fill(0xf2c96a).roundRect(26, 26, 48, 48, 8).fill(0xd9a93f);
}

/** Head and shoulders, with a rim that sets them off from the ground; the middle of the cell is the origin. */
export function person(colour: number): Graphics {
  return new Graphics()
    .circle(0, -18, 22)
    .moveTo(-33, 40)
    .bezierCurveTo(-33, -10, 33, -10, 33, 40)
    .closePath()
    .fill(0xffffff)
    .circle(0, -18, 16.5)
    .moveTo(-26.5, 34.5)
    .bezierCurveTo(-26.5, -3, 26.5, -3, 26.5, 34.5)
    .closePath()
    .fill(colour);
}

/** A flag on a pole, drawn onto a tile. */
export function flag(context: GraphicsContext): GraphicsContext {
  return context
    .ellipse(38, 84, 16, 5)
    .fill({ color: 0x000000, alpha: 0.25 })
    .roundRect(34, 16, 7, 68, 3)
    .fill(0x2d2a32)
    .moveTo(41, 18)
    .lineTo(80, 34)
    .lineTo(41, 50)
    .closePath()
    .fill(0xffffff);
}
