import { Container, Graphics } from "pixi.js";
import type { LineGameState } from "../../../../src/multiagent/arenas/line-game.js";
import { Artwork, Drawing } from "../artwork.js";
import { perTile, tile } from "../figures.js";
import { between, cellAt } from "../glide.js";
import { palette } from "../palette.js";
import type { Scene, Shown } from "../scene.js";
import { fallen, inTurn, newStones, winningLine } from "./line-moves.js";
import { disc, inTiles, Piece, sketch } from "./piece.js";
import { gamesOf, sideColour } from "./seated.js";

const [columns, rows] = [7, 6];
const line = 4;
/** Round the holes. */
const frame = 0.2;
/** Above the board, from where discs fall. */
const sky = 1.1;
const top = sky + frame;
const hole = 0.42;
/** Of a disc; its rim is to be seen through the hole, too. */
const radius = 0.36;

const board = new Artwork(wall());
const stone = disc(radius * tile);

/** The front of the board, with a hole for each cell. */
function wall(): Graphics {
  const drawn = new Graphics().roundRect(
    ...([0, sky, columns + 2 * frame, rows + 2 * frame].map((side) => side * tile) as [
      number,
      number,
      number,
      number,
    ]),
    0.3 * tile,
  );
  drawn.fill(0x24407e);
  for (let cell = 0; cell < rows * columns; cell++) {
    const { x, y } = middleOf(cell);
    drawn.circle(x * tile, y * tile, hole * tile).cut();
  }
  return drawn;
}

function middleOf(cell: number): { x: number; y: number } {
  const { x, y } = cellAt(cell, columns);
  return { x: frame + x + 0.5, y: top + y + 0.5 };
}

/** Connect Four: discs fall behind a board with holes; a line of four is marked. */
export class ConnectFourScene implements Scene {
  readonly root = new Container();
  readonly size = { width: columns + 2 * frame, height: sky + rows + 2 * frame };
  readonly field = { x: frame, y: top, width: columns, height: rows };
  readonly glide = 800;
  readonly targets = Array.from({ length: columns }, (_, column) => ({
    ...{ x: frame + column, y: 0, width: 1, height: sky + rows + 2 * frame },
  }));
  private readonly stones = Array.from({ length: rows * columns }, () => new Piece(stone));
  private readonly ghost = new Piece(stone);
  private readonly mark = sketch();
  private target: Shown | null = null;
  private winners: number[] | null = null;
  private placed: number[] = [];

  constructor() {
    const front = new Drawing(board);
    front.scale.set(perTile);
    const back = sketch()
      .roundRect(...inTiles(frame / 2, sky + frame / 2, columns + frame, rows + frame, 0.2))
      .fill(palette.dark);
    this.ghost.visible = false;
    this.ghost.alpha = 0.7;
    this.root.addChild(back, ...this.stones, this.ghost, front, this.mark);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const { from, to, seat } = gamesOf<LineGameState>(before, now);
    if (now !== this.target) this.aim(from, to, seat);
    this.target = now;
    for (const piece of this.stones) piece.alpha = 1;
    this.placed.forEach((cell, i) => {
      const at = inTurn(share, i, this.placed.length);
      const piece = this.stones[cell]!;
      piece.y = between(sky / 2, middleOf(cell).y, fallen(at));
      piece.visible = at > 0;
    });
    this.mark.visible = this.winners !== null && share === 1;
    if (!this.mark.visible) return;
    for (const [cell, piece] of this.stones.entries()) piece.alpha = this.winners!.includes(cell) ? 1 : 0.45;
  }

  point(action: number | null): void {
    this.ghost.visible = action !== null;
    if (action !== null) this.ghost.position.set(frame + action + 0.5, sky / 2);
  }

  private aim(from: LineGameState, to: LineGameState, seat: number): void {
    this.placed = newStones(from.cells, to.cells, seat) ?? [];
    this.winners = winningLine(to.cells, columns, line);
    for (const [cell, piece] of this.stones.entries()) {
      const owner = to.cells[cell]! - 1;
      piece.visible = owner >= 0;
      const { x, y } = middleOf(cell);
      piece.position.set(x, y);
      piece.wear(sideColour(owner, seat), owner === seat);
    }
    this.ghost.wear(sideColour(seat, seat), true);
    this.strike();
  }

  private strike(): void {
    this.mark.clear();
    if (this.winners === null) return;
    const [first, last] = [middleOf(this.winners[0]!), middleOf(this.winners.at(-1)!)];
    this.mark
      .moveTo(...inTiles(first.x, first.y))
      .lineTo(...inTiles(last.x, last.y))
      .stroke({ color: palette.text, width: 8, cap: "round" });
  }
}
