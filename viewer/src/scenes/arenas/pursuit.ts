import { Container, Graphics } from "pixi.js";
import type { PursuitState } from "../../../../src/multiagent/arenas/pursuit.js";
import { perTile, tile } from "../figures.js";
import { between, type Cell, cellAt, cellBetween } from "../glide.js";
import { palette } from "../palette.js";
import type { Scene, Shown, Size } from "../scene.js";
import { type Standing, standings } from "./crowd.js";
import { Field } from "./field.js";
import { disc, Piece, shapeOf } from "./piece.js";
import { gamesOf, type Played, sides } from "./seated.js";
import { SightFrame } from "./sight-frame.js";

const predator = disc(0.36 * tile);
const prey = shapeOf((drawn) => drawn.circle(0, 0, 20), new Graphics().circle(0, 0, 20).fill(0xffffff));

/** Pursuit: predators, the prey that is left, and round the held predator how far it sees. */
export class PursuitScene implements Scene {
  readonly root = new Container();
  readonly observed = "part";
  readonly size: Size;
  private readonly predators: Piece[];
  private readonly prey: Piece[];
  private readonly frame: SightFrame;

  constructor({ settings }: Played) {
    const { width, height, predators, prey: count, sight } = settings as Record<string, number>;
    this.size = { width: width!, height: height! };
    const ground = new Field(this.size);
    ground.paint(() => palette.tile);
    this.predators = Array.from({ length: predators! }, () => new Piece(predator));
    this.prey = Array.from({ length: count! }, () => new Piece(prey));
    for (const piece of this.prey) piece.wear(sides.others, false);
    this.frame = new SightFrame(sight!, this.size);
    this.root.addChild(ground, this.frame, ...this.prey, ...this.predators);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const { from, to, seat } = gamesOf<PursuitState>(before, now);
    this.walk(this.prey, [from.prey, to.prey], share);
    this.walk(this.predators, [from.predators, to.predators], share);
    for (const [who, piece] of this.predators.entries()) piece.wear(sides.own, who === seat);
    const places = [from.predators[seat], to.predators[seat]] as const;
    this.frame.surround(seat < 0 ? null : this.placeOf(places[0]!, places[1]!, share));
  }

  private walk(pieces: readonly Piece[], [from, to]: readonly [Int32Array, Int32Array], share: number): void {
    const [stood, stands] = [standings(from), standings(to)];
    pieces.forEach((piece, who) => {
      const isCaught = to[who]! < 0;
      // What is caught vanishes where it was.
      const end = isCaught ? from[who]! : to[who]!;
      const start = from[who]! < 0 ? end : from[who]!;
      piece.visible = end >= 0 && (!isCaught || share < 1);
      if (!piece.visible) return;
      const [was, is] = [stood[who]!, isCaught ? { ...stood[who]!, scale: 0.4 } : stands[who]!];
      const at = (key: keyof Standing) => between(was[key], is[key], share);
      const { x, y } = this.placeOf(start, end, share);
      piece.position.set(x + at("x"), y + at("y"));
      piece.scale.set(at("scale") * perTile);
      piece.alpha = isCaught ? 1 - share : 1;
    });
  }

  /** The middle of the cell that it is on its way to. */
  private placeOf(from: number, to: number, share: number): Cell {
    const columns = this.size.width;
    const { x, y } = cellBetween(cellAt(from, columns), cellAt(to, columns), share);
    return { x: x + 0.5, y: y + 0.5 };
  }
}
