import { Container, Graphics } from "pixi.js";
import type { SpreadState, TagState } from "../../../../src/multiagent/index.js";
import { Artwork, Drawing } from "../artwork.js";
import { tile } from "../figures.js";
import { between } from "../glide.js";
import { palette } from "../palette.js";
import type { Scene, Shown, Size } from "../scene.js";
import { disc, inTiles, Piece, sketch } from "./piece.js";
import { gamesOf, sideColour } from "./seated.js";

/** What Spread and Tag have in common; of the rest, either. */
type ParticlesState = Pick<SpreadState, "side" | "radii" | "positions" | "touches"> &
  Partial<Pick<SpreadState, "landmarks"> & Pick<TagState, "chasers" | "obstacles" | "obstacleRadius">>;

/** Units of length that nobody moves in a step: there another episode begins. */
const jump = 0.4;
/** Round the square, as a share of its side. */
const margin = 0.01;

const body = disc(0.5 * tile);
const touchRing = new Artwork(new Graphics().circle(0, 0, 58).stroke({ color: palette.grave, width: 10 }));

/** Discs in a square: agents, landmarks that are to be covered, and what stands in the way. */
export class ParticlesScene implements Scene {
  readonly root = new Container();
  readonly observed = "part";
  size: Size = { width: 1, height: 1 };
  private readonly ground = sketch();
  private readonly marks = sketch();
  private readonly agents: Piece[] = [];
  private readonly touched: Drawing[] = [];
  private target: Shown | null = null;

  constructor() {
    this.root.addChild(this.ground, this.marks);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const { from, to, seat } = gamesOf<ParticlesState>(before, now);
    if (now !== this.target) this.aim(to, seat);
    this.target = now;
    const at = from.positions.some((place, i) => Math.abs(place - to.positions[i]!) > jump) ? 1 : share;
    this.agents.forEach((piece, i) => {
      const [x, y] = [2 * i, 2 * i + 1].map((c) => between(from.positions[c]!, to.positions[c]!, at));
      const place = this.placeOf(x!, y!);
      piece.position.set(place.x, place.y);
      this.touched[i]!.position.copyFrom(piece);
    });
  }

  /** Y goes up in these games. */
  private placeOf(x: number, y: number): { x: number; y: number } {
    const edge = (this.size.width * margin) / (1 + 2 * margin);
    return { x: edge + x, y: this.size.height - edge - y };
  }

  private aim(to: ParticlesState, seat: number): void {
    if (this.agents.length === 0) this.lay(to);
    const sideOf = (agent: number) => Number(agent >= (to.chasers ?? Number.POSITIVE_INFINITY));
    for (const [agent, piece] of this.agents.entries()) {
      piece.wear(sideColour(sideOf(agent), seat < 0 ? -1 : sideOf(seat)), agent === seat);
      this.touched[agent]!.visible = to.touches[agent]! > 0;
    }
    this.drawMarks(to);
  }

  /** What stays the same in all episodes. */
  private lay({ side, radii }: ParticlesState): void {
    const outer = side * (1 + 2 * margin);
    this.size = { width: outer, height: outer };
    this.ground
      .roundRect(...inTiles(0, 0, outer, outer, 0.03 * side))
      .fill(palette.tile)
      .stroke({ color: palette.line, width: 0.01 * side * tile, alignment: 1 });
    for (const radius of radii) {
      const piece = new Piece(body);
      const ring = new Drawing(touchRing);
      for (const each of [piece, ring]) each.scale.set((2 * radius) / tile);
      this.agents.push(piece);
      this.touched.push(ring);
    }
    this.root.addChild(...this.touched, ...this.agents);
  }

  private drawMarks({ landmarks, obstacles, obstacleRadius, positions, radii }: ParticlesState): void {
    this.marks.clear();
    for (let i = 0; i < (landmarks?.length ?? 0); i += 2) {
      const [lx, ly] = [landmarks![i]!, landmarks![i + 1]!];
      const isCovered = radii.some(
        (radius, agent) => Math.hypot(positions[2 * agent]! - lx, positions[2 * agent + 1]! - ly) < radius,
      );
      const { x, y } = this.placeOf(lx, ly);
      const radius = radii[0]! * 1.35;
      this.marks
        .circle(...inTiles(x, y, radius))
        .stroke({ color: isCovered ? palette.good : palette.second, width: 0.12 * radius * tile })
        .circle(...inTiles(x, y, radius * 0.16))
        .fill(isCovered ? palette.good : palette.second);
    }
    for (let i = 0; i < (obstacles?.length ?? 0); i += 2) {
      const { x, y } = this.placeOf(obstacles![i]!, obstacles![i + 1]!);
      this.marks
        .circle(...inTiles(x, y, obstacleRadius!))
        .fill(palette.line)
        .stroke({ color: palette.steel, width: 0.06 * obstacleRadius! * tile, alignment: 1 });
    }
  }
}
