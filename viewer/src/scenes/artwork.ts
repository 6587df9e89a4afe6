import { type Container, Rectangle, type Renderer, Sprite, Texture } from "pixi.js";

/** The longest side of a texture that every machine can have, in pixels. */
const longestSide = 4096;

/**
 * Shapes that are drawn once, to a texture with as many pixels as they have on the screen: thousands of triangles in every
 * picture are too much for a wall of boards where there is no graphics card. Boards that show the same share it.
 */
export class Artwork {
  private bounds: Rectangle | null = null;
  private texture = Texture.EMPTY;
  private renderer: Renderer | null = null;
  private resolution = 0;

  constructor(private readonly shapes: Container) {}

  /** Of the texture: whole units, with a margin for smooth edges. */
  private get frame(): Rectangle {
    if (this.bounds === null) {
      const { x, y, width, height } = this.shapes.getLocalBounds();
      this.bounds = new Rectangle(
        Math.floor(x) - 1,
        Math.floor(y) - 1,
        Math.ceil(width) + 3,
        Math.ceil(height) + 3,
      );
    }
    return this.bounds;
  }

  /** Where the origin of the shapes is in the texture, as parts of its sides. */
  get anchor(): { x: number; y: number } {
    return { x: -this.frame.x / this.frame.width, y: -this.frame.y / this.frame.height };
  }

  /** After a shape has changed, within the bounds that there were. */
  redraw(): void {
    this.resolution = 0;
  }

  /** @param pixels per unit that it has on the screen, at least */
  textureFor(renderer: Renderer, pixels: number): Texture {
    const most = longestSide / Math.max(this.frame.width, this.frame.height);
    const wanted = Math.min(most, 2 ** Math.ceil(Math.log2(pixels)));
    // A thing that grows and shrinks as it moves is not drawn again for that.
    const fits = wanted <= this.resolution && wanted * 8 > this.resolution;
    if (fits && renderer === this.renderer) return this.texture;
    const before = this.texture;
    // Another thing that shares it, and was smaller, is in this picture with it yet.
    if (before !== Texture.EMPTY) requestAnimationFrame(() => before.destroy(true));
    [this.renderer, this.resolution] = [renderer, wanted];
    this.texture = renderer.generateTexture({
      target: this.shapes,
      frame: this.frame,
      resolution: wanted,
      antialias: true,
    });
    return this.texture;
  }
}

/** An artwork at some place of a scene. */
export class Drawing extends Sprite {
  constructor(public artwork: Artwork) {
    super();
  }

  /** @param pixels per unit */
  sharpen(renderer: Renderer, pixels: number): void {
    const { artwork } = this;
    this.texture = artwork.textureFor(renderer, pixels);
    this.anchor.copyFrom(artwork.anchor);
  }
}

/** Gives all drawings in a container, which has so many pixels per unit, the textures that they want. */
export function sharpen(container: Container, renderer: Renderer, pixels: number): void {
  if (container instanceof Drawing) container.sharpen(renderer, pixels);
  // Of both scales the one that a card that is being turned over keeps.
  for (const child of container.children) sharpen(child, renderer, pixels * Math.abs(child.scale.y));
}
