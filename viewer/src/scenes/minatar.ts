import type { EnvRules, TypedArray } from "gymnasium-js";
import { Container, Graphics } from "pixi.js";
import { asterix, breakout, freeway, seaquest, spaceInvaders } from "../../../src/envs/minatar/index.js";
import type { Scene, Shown } from "./scene.js";

const games = [asterix, breakout, freeway, seaquest, spaceInvaders] as const;

const side = 10;
const emptyTint = 0x171b25;

/** A game of MinAtar: a hundred cells, each in the colour of the highest channel that is set; colours glide from step to step. */
export class MinatarScene implements Scene {
  readonly root = new Container();
  readonly size = { width: side, height: side };
  private readonly cells: Graphics[] = [];
  private readonly tints: number[];
  private readonly channels: number;
  private readonly observation: Uint8Array;
  private from = new Uint32Array(side * side).fill(emptyTint);
  private to = new Uint32Array(side * side).fill(emptyTint);
  private target: Shown | null = null;

  constructor(
    private readonly rules: EnvRules<unknown, unknown, unknown>,
    env: string,
  ) {
    const { look } = games.find(({ name }) => env.startsWith(`MinAtar/${name}-`))!;
    this.tints = look.map(({ colour: [red, green, blue] }) => (red << 16) | (green << 8) | blue);
    this.channels = look.length;
    this.observation = new Uint8Array(side * side * this.channels);
    for (let cell = 0; cell < side * side; cell++) {
      const square = new Graphics().roundRect(0.04, 0.04, 0.92, 0.92, 0.12).fill(0xffffff);
      square.position.set(cell % side, Math.floor(cell / side));
      this.cells.push(square);
      this.root.addChild(square);
    }
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    if (now !== this.target) {
      [this.from, this.to] = [this.to, this.from];
      this.target = now;
      this.rules.observe(now.state, this.observation as TypedArray, 0);
      for (let cell = 0; cell < side * side; cell++) this.to[cell] = this.tintOf(cell);
    }
    const at = before === null ? 1 : share;
    this.cells.forEach((square, cell) => {
      square.tint = mix(this.from[cell]!, this.to[cell]!, at);
    });
  }

  private tintOf(cell: number): number {
    for (let channel = this.channels - 1; channel >= 0; channel--) {
      if (this.observation[cell * this.channels + channel] === 1) return this.tints[channel]!;
    }
    return emptyTint;
  }
}

function mix(from: number, to: number, share: number): number {
  if (from === to || share >= 1) return to;
  const channel = (shift: number): number => {
    const [a, b] = [(from >> shift) & 255, (to >> shift) & 255];
    return Math.round(a + (b - a) * share) << shift;
  };
  return channel(16) | channel(8) | channel(0);
}
