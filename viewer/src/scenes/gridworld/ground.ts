import { GraphicsContext } from "pixi.js";
import {
  ground,
  isDoor,
  isKey,
  isOneWay,
  isTeleport,
  numGrounds,
} from "../../../../src/envs/gridworld/legend.js";
import { groundColour, keyColours } from "../../../../src/envs/rendering/gridworld-tiles.js";
import { flag, iceSlab, slab } from "../figures.js";
import { hex, palette } from "../palette.js";

const floorColour = 0x232b3b;
const ink = 0x2d2a32;

const drawn = new Array<GraphicsContext | undefined>(numGrounds);

/** The tile of a ground code, 100 units wide; drawn when first asked for. */
export function groundTile(code: number): GraphicsContext {
  const tile = drawn[code] ?? draw(code);
  drawn[code] = tile;
  return tile;
}

function draw(code: number): GraphicsContext {
  if (isOneWay(code)) return oneWay(code - ground.oneWay);
  if (isKey(code)) return key(slab(floorColour), hex(keyColours[code - ground.key]!));
  if (isDoor(code)) return door(hex(keyColours[code - ground.door]!));
  if (isTeleport(code)) return teleport(hex(groundColour(code)));
  return (plain[code] ?? floor)();
}

const floor = () => slab(floorColour);

const goal = () => flag(slab(palette.good));

const plain: Readonly<Record<number, () => GraphicsContext>> = {
  [ground.wall]: wall,
  [ground.goal]: goal,
  // It looks like a goal.
  [ground.decoy]: goal,
  [ground.lava]: lava,
  [ground.ice]: iceSlab,
  [ground.target]: () => floor().circle(50, 50, 26).stroke({ color: 0xe0574c, width: 12 }),
  [ground.sign]: () => sign(1),
  [ground.sign + 1]: () => sign(-1),
};

/** Bricks from edge to edge, so that walls are one. */
function wall(): GraphicsContext {
  return new GraphicsContext()
    .rect(0, 0, 100, 100)
    .fill(hex(groundColour(ground.wall)))
    .rect(0, 44, 100, 6)
    .rect(0, 94, 100, 6)
    .rect(47, 0, 6, 44)
    .rect(94, 50, 6, 44)
    .fill(0x383c4a);
}

function lava(): GraphicsContext {
  const tile = slab(hex(groundColour(ground.lava)));
  for (const y of [32, 66]) {
    tile
      .moveTo(12, y)
      .bezierCurveTo(32, y + 16, 40, y + 8, 50, y)
      .bezierCurveTo(60, y - 8, 68, y - 16, 88, y);
  }
  return tile.stroke({ color: 0xfcbe46, width: 9, cap: "round" });
}

/** @param quarters clockwise from up */
function oneWay(quarters: number): GraphicsContext {
  return slab(0x26332a)
    .rotate((quarters * Math.PI) / 2)
    .translate(50, 50)
    .moveTo(-26, -4)
    .lineTo(0, -30)
    .lineTo(26, -4)
    .moveTo(-26, 30)
    .lineTo(0, 4)
    .lineTo(26, 30)
    .stroke({ color: 0x8fc06c, width: 11, cap: "round", join: "round" });
}

function key(tile: GraphicsContext, colour: number): GraphicsContext {
  return tile
    .circle(32, 42, 14)
    .stroke({ color: colour, width: 10 })
    .moveTo(46, 48)
    .lineTo(82, 64)
    .moveTo(68, 58)
    .lineTo(62, 72)
    .moveTo(80, 63)
    .lineTo(74, 77)
    .stroke({ color: colour, width: 10, cap: "round" });
}

function door(colour: number): GraphicsContext {
  return new GraphicsContext()
    .rect(0, 0, 100, 100)
    .fill(ink)
    .roundRect(11, 7, 78, 93, 8)
    .fill(colour)
    .roundRect(22, 18, 56, 30, 5)
    .roundRect(22, 58, 34, 30, 5)
    .fill({ color: 0x000000, alpha: 0.18 })
    .circle(70, 62, 8)
    .poly([67, 64, 73, 64, 76, 82, 64, 82])
    .fill(ink);
}

function teleport(colour: number): GraphicsContext {
  return slab(colour)
    .circle(50, 50, 34)
    .stroke({ color: 0xffffff, width: 7, alpha: 0.55 })
    .circle(50, 50, 22)
    .stroke({ color: 0xffffff, width: 6, alpha: 0.8 })
    .circle(50, 50, 10)
    .fill(0xffffff);
}

/** @param side 1 for a board that points left, -1 for right */
function sign(side: 1 | -1): GraphicsContext {
  const board = [-38, -14, -16, -36, 38, -36, 38, 8, -16, 8].map(
    (value, i) => value * (i % 2 === 0 ? side : 1),
  );
  return floor().translate(50, 50).roundRect(-5, 0, 10, 42, 3).fill(0x7a6a58).poly(board).fill(0xb3854f);
}
