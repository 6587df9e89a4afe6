import { Container, Graphics } from "pixi.js";
import type { SoccerState } from "../../../../src/multiagent/index.js";
import { Artwork, Drawing } from "../artwork.js";
import { perTile, tile } from "../figures.js";
import { between, type Cell, cellAt, cellBetween } from "../glide.js";
import { mix, palette } from "../palette.js";
import type { Scene, Shown, Size } from "../scene.js";
import { disc, inTiles, Piece, sketch } from "./piece.js";
import { gamesOf, sideColour } from "./seated.js";

/** Depth of a goal, in cells. */
const depth = 0.8;
const player = disc(0.34 * tile);
const ball = new Artwork(
  new Graphics()
    .circle(0, 0, 13)
    .fill(palette.text)
    .circle(0, 0, 13)
    .stroke({ color: palette.dark, width: 4 }),
);
/** Where the ball is, from the middle of who has it. */
const atFoot = { x: 0.24, y: 0.24 };
const grass = [0x1b3528, 0x1f3c2d] as const;

/** Soccer: pitch and goals, two teams, and the ball with whoever has it. */
export class SoccerScene implements Scene {
  readonly root = new Container();
  readonly observed = "part";
  size: Size = { width: 1, height: 1 };
  private readonly pitch = sketch();
  private readonly goals = sketch();
  private readonly players: Piece[] = [];
  private readonly ball = new Drawing(ball);
  private target: Shown | null = null;

  constructor() {
    this.ball.scale.set(perTile);
    this.root.addChild(this.pitch);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const { from, to, seat } = gamesOf<SoccerState>(before, now);
    if (this.players.length === 0) this.lay(to);
    if (now !== this.target) this.aim(to, seat);
    this.target = now;
    this.players.forEach((piece, i) => {
      const { x, y } = cellBetween(cellAt(from.cells[i]!, to.width), cellAt(to.cells[i]!, to.width), share);
      piece.position.set(depth + x + 0.5, y + 0.5);
    });
    const [start, end] = [ballOf(from), ballOf(to)];
    this.ball.position.set(depth + between(start.x, end.x, share), between(start.y, end.y, share));
  }

  private lay({ height, width, cells }: SoccerState): void {
    this.size = { width: width + 2 * depth, height };
    for (let column = 0; column < width; column++)
      this.pitch.rect(...inTiles(depth + column, 0, 1, height)).fill(grass[column % 2]!);
    const chalk = { color: mix(grass[1], palette.text, 0.4), width: 5 };
    const middle = depth + width / 2;
    this.pitch
      .rect(...inTiles(depth, 0, width, height))
      .stroke({ ...chalk, alignment: 1 })
      .moveTo(...inTiles(middle, 0))
      .lineTo(...inTiles(middle, height))
      .stroke(chalk)
      .circle(...inTiles(middle, height / 2, Math.min(width, height) / 6))
      .stroke(chalk);
    for (let i = 0; i < cells.length; i++) this.players.push(new Piece(player));
    this.root.addChild(this.goals, ...this.players, this.ball);
  }

  private aim(to: SoccerState, seat: number): void {
    const held = seat < 0 ? -1 : teamOf(to, seat);
    for (const [i, piece] of this.players.entries()) piece.wear(sideColour(teamOf(to, i), held), i === seat);
    this.goals.clear();
    // Each team defends the goal behind it.
    for (const [team, x] of [0.08, depth + to.width].entries()) {
      this.goals
        .roundRect(...inTiles(x, to.goalTop, depth - 0.08, to.goalHeight, 0.1))
        .fill({ color: sideColour(team, held), alpha: 0.16 })
        .stroke({ color: sideColour(team, held), width: 8, alignment: 1 });
    }
  }
}

/** 0 for those who play to the right, 1 for the others. */
function teamOf({ teamSize }: SoccerState, who: number): number {
  return Number(who >= teamSize);
}

/** Where the ball lies: at the foot of who has it, or in the goal. */
function ballOf({ cells, holder, scorer, width }: SoccerState): Cell {
  const { x, y } = cellAt(cells[holder]!, width);
  if (scorer < 0) return { x: x + 0.5 + atFoot.x, y: y + 0.5 + atFoot.y };
  return { x: scorer === 0 ? width + depth / 2 : -depth / 2, y: y + 0.5 };
}
