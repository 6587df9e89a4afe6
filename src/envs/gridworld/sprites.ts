import { gridworldTile, hiddenTile } from "../rendering/gridworld-tiles.js";
import type { Channel } from "./channels.js";
import { ground, numGrounds, occupant } from "./legend.js";

/**
 * How cells look to an agent: each is `tile` x `tile` pixels of `depth` bytes, row after row. A symbolic cell is one
 * pixel whose bytes are its channels, so that one way of putting views together serves both.
 */
export class Sprites {
  /** By ground, occupant and keys held; drawn when first asked for. */
  private readonly drawn: Uint8Array[];
  private readonly numOccupants: number;

  constructor(
    readonly tile: number,
    readonly depth: number,
    numAgents: number,
    private readonly draw: (ground: number, occupant: number, held: number) => Uint8Array,
    /** Of a cell that cannot be seen. */
    readonly hidden: Uint8Array,
  ) {
    this.numOccupants = occupant.agent + 4 * numAgents;
    this.drawn = new Array<Uint8Array>(numGrounds * this.numOccupants * 16);
  }

  /** @param held keys of the team, which show where an agent stands */
  of(groundCode: number, occupantCode: number, held: number): Uint8Array {
    const keys = occupantCode >= occupant.agent ? held : 0;
    const index = (groundCode * this.numOccupants + occupantCode) * 16 + keys;
    const found = this.drawn[index];
    if (found !== undefined) return found;
    const sprite = this.draw(groundCode, occupantCode, keys);
    this.drawn[index] = sprite;
    return sprite;
  }

  /** Of a cell beyond the edge of the map. */
  get beyond(): Uint8Array {
    return this.of(ground.wall, occupant.none, 0);
  }
}

/** @param hidden whether there are cells that cannot be seen: they get a channel of their own, the last */
export function symbolicSprites(channels: readonly Channel[], numAgents: number, hidden: boolean): Sprites {
  const depth = channels.length + Number(hidden);
  const draw = (groundCode: number, occupantCode: number, held: number) => {
    const sprite = new Uint8Array(depth);
    for (const [i, channel] of channels.entries()) {
      sprite[i] = Number(channel.shows(groundCode, occupantCode, held));
    }
    return sprite;
  };
  return new Sprites(1, depth, numAgents, draw, new Uint8Array(depth).fill(1, channels.length));
}

/** @param turns whether agents have a heading to be seen */
export function pixelSprites(tile: number, numAgents: number, turns: boolean): Sprites {
  const draw = (groundCode: number, occupantCode: number, held: number) =>
    gridworldTile({ tile, ground: groundCode, occupant: occupantCode, held, turns });
  return new Sprites(tile, 3, numAgents, draw, hiddenTile(tile));
}
