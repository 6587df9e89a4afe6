import type { TypedArray } from "gymnasium-js";
import { BufferImageSource, Container } from "pixi.js";
import { asterix, breakout, freeway, seaquest, spaceInvaders } from "../../../src/envs/minatar/index.js";
import { cellsOf } from "./cells.js";
import { hex, mix, palette } from "./palette.js";
import type { Rules, Scene, Shown } from "./scene.js";

const games = [asterix, breakout, freeway, seaquest, spaceInvaders] as const;

const side = 10;

/**
 * A game of MinAtar: a hundred cells, each in the colour of the highest channel that is set; colours glide from
 * step to step.
 */
export class MinatarScene implements Scene {
  readonly root = new Container();
  readonly size = { width: side, height: side };
  /** Red, green, blue, alpha from the lowest byte up. */
  private readonly pixels = new Uint32Array(side * side);
  private readonly source: BufferImageSource;
  private readonly tints: number[];
  private readonly channels: number;
  private readonly observation: Uint8Array;
  private from = new Uint32Array(side * side).fill(palette.tile);
  private to = new Uint32Array(side * side).fill(palette.tile);
  private target: Shown | null = null;
  /** How far the colours are that are on the texture. */
  private share = -1;

  constructor(
    private readonly rules: Rules,
    env: string,
  ) {
    const { look } = games.find(({ name }) => env.startsWith(`MinAtar/${name}-`))!;
    this.tints = look.map(({ colour }) => hex(colour));
    this.channels = look.length;
    this.observation = new Uint8Array(side * side * this.channels);
    this.source = new BufferImageSource({
      resource: new Uint8Array(this.pixels.buffer),
      width: side,
      height: side,
      scaleMode: "nearest",
      alphaMode: "no-premultiply-alpha",
    });
    this.root.addChild(cellsOf(this.source));
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    const at = before === null ? 1 : share;
    if (now !== this.target) this.aimAt(now);
    else if (at === this.share) return;
    this.share = at;
    for (let cell = 0; cell < side * side; cell++) {
      const tint = mix(this.from[cell]!, this.to[cell]!, at);
      this.pixels[cell] = 0xff000000 | ((tint & 255) << 16) | (tint & 0xff00) | (tint >> 16);
    }
    this.source.update();
  }

  private aimAt(now: Shown): void {
    [this.from, this.to] = [this.to, this.from];
    this.target = now;
    this.rules.observe(now.state, this.observation as TypedArray, 0);
    for (let cell = 0; cell < side * side; cell++) this.to[cell] = this.tintOf(cell);
  }

  private tintOf(cell: number): number {
    for (let channel = this.channels - 1; channel >= 0; channel--) {
      if (this.observation[cell * this.channels + channel] === 1) return this.tints[channel]!;
    }
    return palette.tile;
  }
}
