import { Graphics } from "pixi.js";
import { perTile } from "../figures.js";
import type { Cell } from "../glide.js";
import { palette } from "../palette.js";
import type { Size } from "../scene.js";
import { inTiles } from "./piece.js";

/** Round whoever is held, what it sees of a grid. */
export class SightFrame extends Graphics {
  /**
   * @param sight cells that are seen in each direction
   * @param grid how large it is, in cells
   */
  constructor(
    private readonly sight: number,
    private readonly grid: Size,
  ) {
    super({ scale: perTile });
  }

  /** @param middle of the cell from which one looks; null where nobody does */
  surround(middle: Cell | null): void {
    this.clear();
    if (middle === null) return;
    const reach = this.sight + 0.5;
    const [left, top] = [Math.max(0, middle.x - reach), Math.max(0, middle.y - reach)];
    const right = Math.min(this.grid.width, middle.x + reach);
    const bottom = Math.min(this.grid.height, middle.y + reach);
    this.roundRect(...inTiles(left, top, right - left, bottom - top, 0.16))
      .fill({ color: palette.text, alpha: 0.07 })
      .stroke({ color: palette.text, alpha: 0.7, width: 6, alignment: 1 });
  }
}
