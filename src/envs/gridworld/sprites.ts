import { gridworldTile, hiddenTile } from "../rendering/gridworld-tiles.js";
import type { Channel } from "./channels.js";
import { isClear } from "./egocentric.js";
import { ground, numGrounds, numOccupants, occupant, turnedGround, turnedOccupant } from "./legend.js";
import type { GridState } from "./state.js";

/**
 * How cells look to an agent: each is `tile` x `tile` pixels of `depth` bytes, row after row. A symbolic cell is one
 * pixel whose bytes are its channels, so that one way of putting views together serves both.
 */
export class Sprites {
  /** By ground, occupant and keys held; drawn when first asked for. */
  private readonly drawn: Uint8Array[];
  /** Occupant codes that there are with so many agents. */
  readonly numOccupants: number;

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

/**
 * Sprites numbered as they are first asked for, and laid out as 32-bit words, so that views are put together eight bytes
 * at a time. Each line of a sprite fills up whole pairs of words; what it does not need of the last is 0.
 *
 * What is seen at a cell is one number: twice that of the sprite, and 1 more if light passes the cell.
 */
export class SpriteSheet {
  /** At cells that cannot be seen, and at those beyond the edge of the map. */
  static readonly hidden = 0;
  static readonly beyond = 2;

  readonly lineBytes: number;
  readonly lineWords: number;
  /** Line after line, sprite after sprite; the first byte of each word is its lowest. Replaced by a longer one. */
  words: Int32Array;
  private count = 0;
  private readonly known = new Map<Uint8Array, number>();
  /** By heading and keys held. */
  private readonly tables = new Array<Int32Array | undefined>(64).fill(undefined);

  constructor(readonly sprites: Sprites) {
    this.lineBytes = sprites.tile * sprites.depth;
    this.lineWords = 2 * Math.ceil(this.lineBytes / 8);
    this.words = new Int32Array(16 * this.lineWords * sprites.tile);
    this.add(sprites.hidden);
    this.add(sprites.beyond);
  }

  /** What an agent sees of `ground * Sprites.numOccupants + occupant`; -1 for what `draw` was not asked for. */
  seenBy(heading: number, held: number): Int32Array {
    const table = this.tables[4 * held + heading];
    if (table !== undefined) return table;
    const fresh = new Int32Array(numGrounds * this.sprites.numOccupants).fill(-1);
    this.tables[4 * held + heading] = fresh;
    return fresh;
  }

  /** Draws all that the map now has. */
  draw({ ground: grounds, occupant: occupants, held }: GridState, heading: number): void {
    const { sprites } = this;
    const table = this.seenBy(heading, held);
    for (const [cell, here] of grounds.entries()) {
      const there = occupants[cell]!;
      const sprite = sprites.of(
        turnedGround[numGrounds * heading + here]!,
        turnedOccupant[numOccupants * heading + there]!,
        held,
      );
      const number = this.known.get(sprite) ?? this.add(sprite);
      table[here * sprites.numOccupants + there] = 2 * number + isClear[here]!;
    }
  }

  private add(sprite: Uint8Array): number {
    const number = this.count++;
    const { lineBytes, lineWords } = this;
    const first = number * this.sprites.tile * lineWords;
    if (first === this.words.length) {
      const longer = new Int32Array(2 * first);
      longer.set(this.words);
      this.words = longer;
    }
    for (const [i, byte] of sprite.entries()) {
      const [line, x] = [Math.floor(i / lineBytes), i % lineBytes];
      this.words[first + line * lineWords + (x >> 2)]! |= byte << (8 * (x & 3));
    }
    this.known.set(sprite, number);
    return number;
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
