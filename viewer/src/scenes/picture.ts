import type { EnvRules, RgbFrame } from "gymnasium-js";
import { BufferImageSource, Container, Sprite, Texture } from "pixi.js";
import type { Scene, Shown } from "./scene.js";

/** Any environment as its picture: drawn here by its rules where they are known, else as it came. */
export class PictureScene implements Scene {
  readonly root = new Container();
  size = { width: 1, height: 1 };
  private source: BufferImageSource | null = null;
  private pixels = new Uint8Array(0);
  private drawn: Shown | null = null;

  constructor(private readonly rules: EnvRules<unknown, unknown, unknown> | null) {}

  draw(_before: Shown | null, now: Shown): void {
    if (now === this.drawn) return;
    this.drawn = now;
    const picture = now.picture ?? (this.rules?.renderRgb?.(now.state) as RgbFrame | undefined);
    if (picture === undefined || picture === null) return;
    const source = this.sourceOf(picture.width, picture.height);
    for (let i = 0, j = 0; i < picture.data.length; i += 3, j += 4) {
      this.pixels[j] = picture.data[i]!;
      this.pixels[j + 1] = picture.data[i + 1]!;
      this.pixels[j + 2] = picture.data[i + 2]!;
      this.pixels[j + 3] = 255;
    }
    source.update();
  }

  private sourceOf(width: number, height: number): BufferImageSource {
    if (this.source?.width === width && this.source.height === height) return this.source;
    for (const child of this.root.removeChildren()) child.destroy({ texture: true, textureSource: true });
    this.pixels = new Uint8Array(width * height * 4);
    this.source = new BufferImageSource({
      resource: this.pixels,
      width,
      height,
      scaleMode: "nearest",
      alphaMode: "no-premultiply-alpha",
    });
    this.root.addChild(new Sprite(new Texture({ source: this.source })));
    this.size = { width, height };
    return this.source;
  }
}
