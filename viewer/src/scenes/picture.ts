import type { RgbFrame } from "gymnasium-js";
import { BufferImageSource, Container } from "pixi.js";
import type { Rules, Scene, Shown, Size } from "./scene.js";
import { texturedOblong } from "./textured.js";

/** Any environment as its picture: drawn here by its rules where they are known, else as it came. */
export class PictureScene implements Scene {
  readonly root = new Container();
  size: Size = { width: 1, height: 1 };
  private source: BufferImageSource | null = null;
  private pixels = new Uint32Array(0);
  private drawn: Shown | null = null;

  /** @param pixelAspect width of a pixel by its height */
  constructor(
    private readonly rules: Rules | null,
    private readonly pixelAspect = 1,
  ) {}

  draw(_before: Shown | null, now: Shown): void {
    if (now === this.drawn) return;
    this.drawn = now;
    const picture = now.picture ?? (this.rules?.renderRgb?.(now.state) as RgbFrame | undefined);
    if (picture === undefined || picture === null) return;
    const source = this.sourceOf(picture.width, picture.height);
    const { data } = picture;
    for (let i = 0, j = 0; i < this.pixels.length; i++, j += 3) {
      this.pixels[i] = 0xff000000 | (data[j + 2]! << 16) | (data[j + 1]! << 8) | data[j]!;
    }
    source.update();
  }

  private sourceOf(width: number, height: number): BufferImageSource {
    if (this.source?.width === width && this.source.height === height) return this.source;
    for (const child of this.root.removeChildren()) child.destroy({ texture: true, textureSource: true });
    this.pixels = new Uint32Array(width * height);
    this.source = new BufferImageSource({
      resource: new Uint8Array(this.pixels.buffer),
      width,
      height,
      magFilter: "nearest",
      minFilter: "linear",
      alphaMode: "no-premultiply-alpha",
    });
    this.size = { width: width * this.pixelAspect, height };
    const oblong = texturedOblong(this.source, this.size);
    // There is nothing under it, and blending costs as much as all else.
    oblong.state.blend = false;
    this.root.addChild(oblong);
    return this.source;
  }
}
