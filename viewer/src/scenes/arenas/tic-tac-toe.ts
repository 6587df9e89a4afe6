import { Container, Graphics } from "pixi.js";
import type { LineGameState } from "../../../../src/multiagent/arenas/line-game.js";
import { Artwork, Drawing } from "../artwork.js";
import { perTile } from "../figures.js";
import { cellAt } from "../glide.js";
import { palette } from "../palette.js";
import type { Scene, Shown } from "../scene.js";
import { inTurn, newStones, winningLine } from "./line-moves.js";
import { inTiles, Piece, type Shape, shapeOf, sketch } from "./piece.js";
import { gamesOf, sideColour } from "./seated.js";

const side = 3;
const margin = 0.1;
/** Of a mark's strokes, and by how much more its rim is as wide. */
const [stroke, rim] = [13, 9];

const cross = (drawn: Graphics) => drawn.moveTo(-26, -26).lineTo(26, 26).moveTo(26, -26).lineTo(-26, 26);
const ring = (drawn: Graphics) => drawn.circle(0, 0, 27);
/** Of the first agent and of the second. */
const shapes: readonly [Shape, Shape] = [mark(cross), mark(ring)];

function mark(draws: (drawn: Graphics) => Graphics): Shape {
  const body = draws(new Graphics()).stroke({ color: 0xffffff, width: stroke, cap: "round" });
  return shapeOf(draws, body, stroke + rim);
}

const lines = new Artwork(
  new Graphics()
    .moveTo(100, 6)
    .lineTo(100, 294)
    .moveTo(200, 6)
    .lineTo(200, 294)
    .moveTo(6, 100)
    .lineTo(294, 100)
    .moveTo(6, 200)
    .lineTo(294, 200)
    .stroke({ color: palette.steel, width: 5, cap: "round" }),
);

/** Tic-tac-toe: crosses and rings, which grow into their cells; a line of three is marked. */
export class TicTacToeScene implements Scene {
  readonly root = new Container();
  readonly size = { width: side + 2 * margin, height: side + 2 * margin };
  readonly field = { x: margin, y: margin, width: side, height: side };
  readonly glide = 500;
  readonly targets = Array.from({ length: side * side }, (_, cell) => {
    const { x, y } = cellAt(cell, side);
    return { x: margin + x, y: margin + y, width: 1, height: 1 };
  });
  /** Of each cell, the mark of either agent. */
  private readonly marks = this.targets.map(() => shapes.map((shape) => new Piece(shape)));
  private readonly strike = sketch();
  private target: Shown | null = null;
  private winners: number[] | null = null;
  private placed: number[] = [];
  /** Cell of what a person points at. */
  private pointed: number | null = null;

  constructor() {
    const grid = new Drawing(lines);
    grid.position.set(margin);
    grid.scale.set(perTile);
    this.marks.forEach((pair, cell) => {
      const { x, y } = cellAt(cell, side);
      for (const piece of pair) piece.position.set(margin + x + 0.5, margin + y + 0.5);
    });
    this.root.addChild(grid, ...this.marks.flat(), this.strike);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const { from, to, seat } = gamesOf<LineGameState>(before, now);
    if (now !== this.target) this.aim(from, to, seat);
    this.target = now;
    const isOver = this.winners !== null && share === 1;
    this.marks.forEach((pair, cell) => {
      const order = this.placed.indexOf(cell);
      const grown = order < 0 ? 1 : inTurn(share, order, this.placed.length);
      const owner = to.cells[cell]! - 1;
      const isHint = owner < 0 && cell === this.pointed;
      pair.forEach((piece, agent) => {
        piece.visible = grown > 0 && agent === (isHint ? Math.max(seat, 0) : owner);
        piece.alpha = isHint ? 0.35 : isOver && !this.winners!.includes(cell) ? 0.45 : 1;
        piece.scale.set(perTile * (0.4 + 0.6 * grown));
      });
    });
    this.strike.visible = isOver;
  }

  point(action: number | null): void {
    this.pointed = action;
  }

  private aim(from: LineGameState, to: LineGameState, seat: number): void {
    this.placed = newStones(from.cells, to.cells, seat) ?? [];
    this.winners = winningLine(to.cells, side, side);
    for (const pair of this.marks) {
      for (const [agent, piece] of pair.entries()) piece.wear(sideColour(agent, seat), agent === seat);
    }
    this.strike.clear();
    if (this.winners === null) return;
    const [first, last] = [this.targets[this.winners[0]!]!, this.targets[this.winners.at(-1)!]!];
    this.strike
      .moveTo(...inTiles(first.x + 0.5, first.y + 0.5))
      .lineTo(...inTiles(last.x + 0.5, last.y + 0.5))
      .stroke({ color: palette.text, width: 5, cap: "round" });
  }
}
