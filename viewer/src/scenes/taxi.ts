import { Container, Graphics, Text } from "pixi.js";
import { decodeTaxi, type TaxiSituation, type TaxiState } from "../../../src/envs/index.js";
import { taxiMap, taxiStops } from "../../../src/envs/toy-text/taxi-map.js";
import { Artwork, Drawing } from "./artwork.js";
import { person, perTile, slab, tile } from "./figures.js";
import { between, type Cell, cellAt, cellBetween, isStep, statesOf, turnBetween } from "./glide.js";
import { palette } from "./palette.js";
import type { Scene, Shown } from "./scene.js";
import { taxiCellOf, taxiHeading } from "./taxi-geometry.js";

const side = 5;
/** Round the map, for its outer walls. */
const margin = 0.2;
const stops = [
  { letter: "R", colour: 0xf0524e },
  { letter: "G", colour: 0x4db653 },
  { letter: "Y", colour: 0xffca28 },
  { letter: "B", colour: 0x3f9bf0 },
] as const;
const road = slab(0x222938);
const wallColour = 0x8d99b3;
/** Where someone stands who waits at a stop, from its middle, so that a taxi there does not hide them. */
const kerb = { x: 0.27, y: 0.24 };

/** Walls, streets, and a frame with a letter for each stop; the corner of the first cell is the origin. */
function town(): Container {
  const map = new Container();
  for (let cell = 0; cell < side * side; cell++) map.addChild(placed(new Graphics(road), cell));
  stops.forEach(({ letter, colour }, stop) => {
    const style = { fontFamily: "system-ui, sans-serif", fontSize: 24, fontWeight: "700" } as const;
    const sign = placed(
      new Graphics().roundRect(8, 8, 84, 84, 8).stroke({ color: colour, width: 5 }),
      taxiStops[stop]!,
    );
    const text = placed(
      new Text({ text: letter, style: { ...style, fill: palette.text }, resolution: 4 }),
      taxiStops[stop]!,
    );
    text.x += 16;
    text.y += 11;
    map.addChild(sign, text);
  });
  map.addChild(walls());
  return map;
}

function placed<T extends Container>(child: T, cell: number): T {
  const { x, y } = cellAt(cell, side);
  child.position.set(x * tile, y * tile);
  return child;
}

function walls(): Graphics {
  const length = side * tile;
  const drawn = new Graphics()
    .roundRect(-4, -4, length + 8, length + 8, 12)
    .stroke({ color: wallColour, width: 8 });
  for (let row = 0; row < side; row++) {
    for (let column = 1; column < side; column++) {
      if (taxiMap[row + 1]![2 * column] !== "|") continue;
      drawn.roundRect(column * tile - 5, row * tile - 3, 10, tile + 6, 5).fill(wallColour);
    }
  }
  return drawn;
}

/** Round the middle of its cell: what its colour is laid on, and what stays white. */
const destination = {
  ground: new Artwork(new Graphics().roundRect(-42, -42, 84, 84, 8).fill(0xffffff)),
  target: new Artwork(
    new Graphics()
      .circle(0, 4, 22)
      .stroke({ color: palette.text, width: 4 })
      .circle(0, 4, 10)
      .fill(palette.text),
  ),
};

/** From above, driving to the right, round the origin. */
function car(): Graphics {
  const wheel = (x: number, y: number) => [x - 8, y - 4, 16, 8, 3] as const;
  return new Graphics()
    .roundRect(...wheel(-18, -20))
    .roundRect(...wheel(18, -20))
    .roundRect(...wheel(-18, 20))
    .roundRect(...wheel(18, 20))
    .fill(0x0c0f16)
    .roundRect(-36, -20, 72, 40, 12)
    .fill(0xffd83b)
    .roundRect(10, -16, 11, 32, 4)
    .roundRect(-26, -15, 9, 30, 4)
    .fill(0x263238)
    .roundRect(-14, -16, 20, 32, 5)
    .fill(0xf2b84b)
    .circle(33, -13, 3)
    .circle(33, 13, 3)
    .fill(0xffffff);
}

const townMap = new Artwork(town());
const taxi = new Artwork(car());
const passenger = new Artwork(person(0x9a74e0));

/** Taxi: walls, the four stops, the passenger, and the taxi, which turns to where it drives. */
export class TaxiScene implements Scene {
  readonly root = new Container();
  readonly size = { width: side + 2 * margin, height: side + 2 * margin };
  private readonly destination = {
    ground: new Drawing(destination.ground),
    target: new Drawing(destination.target),
  };
  private readonly taxi = new Drawing(taxi);
  private readonly passenger = new Drawing(passenger);
  private target: Shown | null = null;
  /** From which and to which it turns, rad. */
  private headings: [from: number, to: number] = [0, 0];

  constructor() {
    const map = new Drawing(townMap);
    map.position.set(margin);
    const { ground, target } = this.destination;
    ground.alpha = 0.5;
    for (const each of [map, ground, target, this.taxi]) each.scale.set(perTile);
    this.root.addChild(map, ground, target, this.taxi, this.passenger);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const [from, to] = statesOf<TaxiState>(before, now);
    const [was, is] = [decodeTaxi(from.situation), decodeTaxi(to.situation)];
    const cells: [Cell, Cell] = [cellAt(was.taxi, side), cellAt(is.taxi, side)];
    // What belongs to another episode is there at once.
    const at = isStep(...cells) && to.lastAction !== -1 ? share : 1;
    const { x, y } = cellBetween(...cells, at);
    this.taxi.position.set(margin + x + 0.5, margin + y + 0.5);
    if (now !== this.target) {
      this.target = now;
      this.headings = [this.headings[1], taxiHeading(cells, to.lastAction) ?? this.headings[1]];
    }
    this.taxi.rotation = turnBetween(...this.headings, Math.min(1, 2 * at));
    this.mark(is.destination);
    this.seat(was, is, at);
  }

  cellOf(state: number, now: Shown): Cell | null {
    const cell = taxiCellOf(state, (now.state as TaxiState).situation);
    return cell === null ? null : { x: margin + cell.x, y: margin + cell.y };
  }

  private mark(stop: number): void {
    const { ground, target } = this.destination;
    const { x, y } = cellAt(taxiStops[stop]!, side);
    for (const each of [ground, target]) each.position.set(margin + x + 0.5, margin + y + 0.5);
    ground.tint = stops[stop]!.colour;
  }

  /** The passenger at a stop or in the taxi, or getting in or out. */
  private seat(was: TaxiSituation, is: TaxiSituation, share: number): void {
    const [from, to] = [this.placeOf(was), this.placeOf(is)];
    this.passenger.position.set(between(from.x, to.x, share), between(from.y, to.y, share));
    this.passenger.scale.set(between(from.scale, to.scale, share) * perTile);
  }

  private placeOf({ passenger }: TaxiSituation): Cell & { scale: number } {
    const stop = taxiStops[passenger];
    if (stop === undefined) return { x: this.taxi.x, y: this.taxi.y, scale: 0.28 };
    const { x, y } = cellAt(stop, side);
    return { x: margin + x + 0.5 + kerb.x, y: margin + y + 0.5 + kerb.y, scale: 0.42 };
  }
}
