import { Container, GraphicsContext } from "pixi.js";
import type { CliffWalkingState } from "../../../src/envs/index.js";
import { Artwork, Drawing } from "./artwork.js";
import { flag, mat, person, perTile, slab, tiled } from "./figures.js";
import { type Cell, cellAt, cellBetween, statesOf } from "./glide.js";
import { palette } from "./palette.js";
import type { Scene, Shown } from "./scene.js";

const [columns, rows] = [12, 4];

const grass = slab(0x4c7350)
  .moveTo(24, 70)
  .lineTo(28, 58)
  .moveTo(32, 70)
  .lineTo(31, 60)
  .moveTo(66, 36)
  .lineTo(70, 24)
  .moveTo(74, 36)
  .lineTo(73, 27)
  .stroke({ color: 0x6f9a68, width: 4, cap: "round" });
const start = mat(slab(0x4c7350));
const goal = flag(slab(palette.good));
/** From edge to edge, so that the cliff is one gap. */
const cliff = new GraphicsContext()
  .rect(0, 0, 100, 97)
  .fill(0x1d1413)
  .rect(0, 0, 100, 34)
  .fill(0x5d443c)
  .rect(0, 0, 100, 10)
  .fill(0x8d6e63)
  .moveTo(18, 14)
  .lineTo(14, 34)
  .moveTo(52, 14)
  .lineTo(56, 30)
  .moveTo(84, 14)
  .lineTo(80, 36)
  .stroke({ color: 0x3e302e, width: 5 })
  .poly([0, 34, 22, 44, 40, 36, 63, 46, 80, 38, 100, 34])
  .fill(0x5d443c);

function tileOf({ x, y }: Cell): GraphicsContext {
  if (y < rows - 1) return grass;
  if (x === 0) return start;
  return x === columns - 1 ? goal : cliff;
}

const ground = tiled(
  Array.from({ length: columns * rows }, (_, cell) => tileOf(cellAt(cell, columns))),
  columns,
);
const walker = new Artwork(person(0xd94a44));

/** CliffWalking: grass above a cliff, and a walker on it; who falls is back at the start at once. */
export class CliffScene implements Scene {
  readonly root = new Container();
  readonly size = { width: columns, height: rows };
  private readonly walker = new Drawing(walker);

  constructor() {
    const board = new Drawing(ground);
    for (const each of [board, this.walker]) each.scale.set(perTile);
    this.root.addChild(board, this.walker);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const [from, to] = statesOf<CliffWalkingState>(before, now);
    const at = to.lastAction === -1 ? 1 : share;
    const { x, y } = cellBetween(cellAt(from.position, columns), cellAt(to.position, columns), at);
    this.walker.position.set(x + 0.5, y + 0.5);
  }

  cellOf(state: number): Cell {
    return cellAt(state, columns);
  }
}
