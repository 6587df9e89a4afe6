import { Container, Graphics, type GraphicsContext } from "pixi.js";
import type { FrozenLakeRules, FrozenLakeState } from "../../../src/envs/index.js";
import { Artwork, Drawing } from "./artwork.js";
import { flag, iceColour, iceSlab, mat, perTile, slab, tiled } from "./figures.js";
import { between, type Cell, cellAt, cellBetween, statesOf } from "./glide.js";
import { palette } from "./palette.js";
import type { Rules, Scene, Shown } from "./scene.js";

/** By the letter of the map. */
const tiles: Readonly<Record<string, GraphicsContext>> = {
  F: iceSlab(),
  S: mat(slab(iceColour)),
  H: slab(0x6d9cbd)
    .poly([16, 40, 30, 16, 62, 12, 86, 34, 84, 66, 64, 88, 34, 84, 14, 64])
    .fill(0x0e2440)
    .poly([22, 46, 34, 24, 60, 20, 78, 40, 76, 64, 60, 80, 38, 78, 22, 62])
    .fill(0x081527),
  G: flag(slab(palette.good)),
};

const elf = new Artwork(
  new Graphics()
    .ellipse(0, 40, 26, 6)
    .fill({ color: 0x0e2440, alpha: 0.35 })
    .moveTo(-24, 38)
    .bezierCurveTo(-26, -6, 26, -6, 24, 38)
    .closePath()
    .fill(0xc93434)
    .rect(-21, 20, 42, 7)
    .fill(0x5b2020)
    .circle(0, -8, 17)
    .fill(0xffd9b0)
    .moveTo(-20, -14)
    .quadraticCurveTo(-2, -30, 20, -14)
    .quadraticCurveTo(10, -44, 22, -44)
    .quadraticCurveTo(-14, -46, -20, -14)
    .fill(0x2c8a55)
    .circle(22, -43, 5)
    .fill(0xffffff)
    .circle(-6, -8, 2.4)
    .circle(6, -8, 2.4)
    .fill(0x2d2a32),
);

/** FrozenLake: ice, holes, start, goal, and an elf that slides from cell to cell and sinks into holes. */
export class LakeScene implements Scene {
  readonly root = new Container();
  readonly size: { width: number; height: number };
  private readonly desc: readonly string[];
  private readonly elf = new Drawing(elf);

  constructor(rules: Rules) {
    this.desc = (rules as unknown as FrozenLakeRules).desc;
    const [columns, rows] = [this.desc[0]!.length, this.desc.length];
    this.size = { width: columns, height: rows };
    const ground = new Drawing(
      tiled(
        Array.from(this.desc.join(""), (letter) => tiles[letter]!),
        columns,
      ),
    );
    ground.scale.set(perTile);
    this.root.addChild(ground, this.elf);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const [from, to] = statesOf<FrozenLakeState>(before, now);
    const columns = this.size.width;
    const at = to.lastAction === -1 ? 1 : share;
    const { x, y } = cellBetween(cellAt(from.position, columns), cellAt(to.position, columns), at);
    this.elf.position.set(x + 0.5, y + 0.5);
    const sunk = between(this.isHole(from.position), this.isHole(to.position), at);
    this.elf.scale.set(perTile * (0.92 - 0.32 * sunk));
    this.elf.alpha = 1 - 0.4 * sunk;
  }

  cellOf(state: number): Cell {
    return cellAt(state, this.size.width);
  }

  /** 1 or 0. */
  private isHole(position: number): number {
    const { x, y } = cellAt(position, this.size.width);
    return Number(this.desc[y]![x] === "H");
  }
}
