import { Container } from "pixi.js";
import { between, type Cell } from "../glide.js";
import { palette } from "../palette.js";
import { label } from "./label.js";
import type { Payoff } from "./payoffs.js";
import { inTiles, sketch } from "./piece.js";
import { sideColour } from "./seated.js";

/** What two earn, a square unit for each pair of actions: above on the right the column's, below on the left the row's. */
export class PayoffTable extends Container {
  private readonly lamp = sketch();
  private readonly numbers: { row: ReturnType<typeof label>; column: ReturnType<typeof label> }[] = [];

  constructor(private readonly payoffs: readonly (readonly Payoff[])[]) {
    super();
    const tiles = sketch();
    this.lamp
      .roundRect(...inTiles(0.04, 0.04, 0.92, 0.92, 0.1))
      .fill({ color: palette.accent, alpha: 0.14 })
      .stroke({ color: palette.text, width: 3 });
    this.lamp.visible = false;
    this.addChild(tiles, this.lamp);
    this.each((x, y, [row, column]) => {
      tiles.roundRect(...inTiles(x + 0.04, y + 0.04, 0.92, 0.92, 0.1)).fill(palette.tile);
      tiles
        .moveTo(...inTiles(x + 0.18, y + 0.18))
        .lineTo(...inTiles(x + 0.82, y + 0.82))
        .stroke({ color: palette.line, width: 2, cap: "round" });
      const pair = {
        row: label(String(row), { size: 0.26, weight: "600" }),
        column: label(String(column), { size: 0.26, weight: "600" }),
      };
      pair.row.position.set(x + 0.3, y + 0.68);
      pair.column.position.set(x + 0.7, y + 0.32);
      this.addChild(pair.row, pair.column);
      this.numbers.push(pair);
    });
  }

  /** Each number in the colour of whose it is. */
  paint(seat: number): void {
    for (const { row, column } of this.numbers) {
      row.style.fill = sideColour(0, seat);
      column.style.fill = sideColour(1, seat);
    }
  }

  /** Lights a pair of actions, on its way from another; null for none. */
  light(from: Cell | null, to: Cell | null, share: number): void {
    this.lamp.visible = to !== null;
    if (to === null) return;
    const start = from ?? to;
    this.lamp.position.set(between(start.x, to.x, share), between(start.y, to.y, share));
  }

  private each(visit: (x: number, y: number, payoff: Payoff) => void): void {
    this.payoffs.forEach((row, y) => {
      row.forEach((payoff, x) => {
        visit(x, y, payoff);
      });
    });
  }
}
