import { Container } from "pixi.js";
import { between, type Cell } from "../glide.js";
import { palette } from "../palette.js";
import type { Place, Scene, Shown } from "../scene.js";
import { label } from "./label.js";
import { PayoffTable } from "./payoff-table.js";
import { payoffsOf } from "./payoffs.js";
import { inTiles, sketch } from "./piece.js";
import { gamesOf, type Played } from "./seated.js";

interface TwoStepState {
  place: number;
}

/** Where the game can be: at the first step, in one of the two games. */
const places: readonly [Place, Place, Place] = [
  { x: 1.85, y: 0.1, width: 1.9, height: 0.8 },
  { x: 0.1, y: 1.6, width: 2.4, height: 2.8 },
  { x: 3.1, y: 1.6, width: 2.4, height: 2.8 },
];

/** The two-step game: the first agent chooses a game, and then both play it. */
export class TwoStepScene implements Scene {
  readonly root = new Container();
  readonly observed = "part";
  readonly size = { width: 5.6, height: 4.5 };
  readonly glide = 300;
  private readonly lamp = sketch();
  private readonly tables: PayoffTable[] = [];
  private seat: number | null = null;

  constructor({ rules }: Played) {
    const ground = sketch();
    this.root.addChild(ground, this.lamp);
    const [start, ...games] = places;
    const names = rules.actionNames?.(0) ?? [];
    this.write(`${rules.agents[0]} chooses`, start.x + start.width / 2, start.y + start.height / 2);
    for (const { x, y, width, height } of places)
      ground.roundRect(...inTiles(x, y, width, height, 0.16)).fill(palette.dark);
    games.forEach((game, i) => {
      const middle = game.x + game.width / 2;
      ground
        .moveTo(...inTiles(start.x + start.width / 2 + (2 * i - 1) * 0.5, start.y + start.height + 0.1))
        .lineTo(...inTiles(middle, game.y - 0.1))
        .stroke({ color: palette.steel, width: 4, cap: "round" });
      this.write(names[i] ?? "", middle + (2 * i - 1) * 0.35, game.y - 0.32);
      this.write("both choose", middle, game.y + 0.28);
      const table = new PayoffTable(payoffsOf(rules, () => ({ place: 1 + i })));
      table.position.set(game.x + 0.2, game.y + 0.6);
      this.tables.push(this.root.addChild(table));
    });
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const { from, to, seat } = gamesOf<TwoStepState>(before, now);
    if (seat !== this.seat) for (const table of this.tables) table.paint(seat);
    this.seat = seat;
    const [start, end] = [places[from.place]!, places[to.place]!];
    const at = (key: keyof Place) => between(start[key], end[key], share);
    this.lamp
      .clear()
      .roundRect(...inTiles(at("x"), at("y"), at("width"), at("height"), 0.16))
      .fill({ color: palette.accent, alpha: 0.12 })
      .stroke({ color: palette.text, width: 3 });
  }

  cellOf(state: number): Cell {
    const { x, y, width, height } = places[state]!;
    return { x: x + width / 2 - 0.5, y: y + height / 2 - 0.5 };
  }

  private write(text: string, x: number, y: number): void {
    const words = label(text, { size: 0.2, colour: palette.quiet });
    words.position.set(x, y);
    this.root.addChild(words);
  }
}
