import { Container } from "pixi.js";
import { tile } from "../figures.js";
import type { Cell } from "../glide.js";
import { palette } from "../palette.js";
import type { Scene, Shown, Size } from "../scene.js";
import { label } from "./label.js";
import { PayoffTable } from "./payoff-table.js";
import { payoffsOf } from "./payoffs.js";
import { disc, Piece } from "./piece.js";
import { gamesOf, type Played, sideColour } from "./seated.js";

interface MatrixGameState {
  row: number;
  column: number;
}

/** Beside the table and above it, in cells. */
const [left, top] = [1.3, 0.9];
const margin = 0.1;
/** Width of one, on average, in cells. */
const letter = 0.11;
const chip = disc(0.09 * tile);

/** A game in normal form: what both earn, and what they did last. */
export class MatrixGameScene implements Scene {
  readonly root = new Container();
  readonly observed = "part";
  readonly size: Size;
  readonly glide = 250;
  private readonly table: PayoffTable;
  private readonly chips = [new Piece(chip), new Piece(chip)] as const;
  private target: Shown | null = null;
  private seat = -1;

  constructor({ rules }: Played) {
    const payoffs = payoffsOf(rules, () => ({ row: -1, column: -1 }));
    const n = payoffs.length;
    this.size = { width: left + n + margin, height: top + n + margin };
    this.table = new PayoffTable(payoffs);
    this.table.position.set(left, top);
    this.root.addChild(this.table);
    for (const [action, name] of (rules.actionNames?.(0) ?? []).entries()) {
      this.write(name, { x: left / 2, y: top + action + 0.5 });
      this.write(name, { x: left + action + 0.5, y: top - 0.18 });
    }
    this.name(0, rules.agents[0]!, { x: left / 2, y: top - 0.18 });
    this.name(1, rules.agents[1]!, { x: left + n / 2, y: 0.25 });
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const { from, to, seat } = gamesOf<MatrixGameState>(before, now);
    if (now !== this.target) {
      for (const [agent, piece] of this.chips.entries()) piece.wear(sideColour(agent, seat), agent === seat);
      if (this.target === null || seat !== this.seat) this.table.paint(seat);
    }
    [this.target, this.seat] = [now, seat];
    this.table.light(placeOf(from), placeOf(to), share);
  }

  /** A state is what was done in the round before, the own action first. */
  cellOf(state: number): Cell | null {
    if (state === 0) return null;
    const n = this.size.height - top - margin;
    const [own, other] = [Math.floor((state - 1) / n), (state - 1) % n];
    const [row, column] = this.seat === 1 ? [other, own] : [own, other];
    return { x: left + column, y: top + row };
  }

  private name(agent: 0 | 1, text: string, { x, y }: Cell): void {
    this.write(text, { x: x + 0.1, y }, palette.text);
    this.chips[agent].position.set(x - 0.06 - (letter * text.length) / 2, y);
    this.root.addChild(this.chips[agent]);
  }

  private write(text: string, { x, y }: Cell, colour: number = palette.quiet): void {
    const words = label(text, { size: 0.19, colour });
    words.position.set(x, y);
    this.root.addChild(words);
  }
}

function placeOf({ row, column }: MatrixGameState): Cell | null {
  return row < 0 ? null : { x: column, y: row };
}
