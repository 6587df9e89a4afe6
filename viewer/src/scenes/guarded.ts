import { Container, type Renderer } from "pixi.js";
import { sharpen } from "./artwork.js";
import { PictureScene } from "./picture.js";
import type { Rules, Scene, Shown, Size } from "./scene.js";

/**
 * A scene with its drawings kept sharp. From the first state on that it cannot draw, the picture stands in for it; where the
 * rules cannot draw that either, nothing does.
 */
export class GuardedScene implements Scene {
  readonly root = new Container();
  private scene: Scene = new PictureScene(null);
  private hasStandIn = false;
  private renderer: Renderer | null = null;

  constructor(
    open: () => Scene,
    private readonly rules: Rules,
  ) {
    this.root.onRender = (renderer) => {
      this.renderer = renderer;
    };
    this.attempt(() => this.show(open()));
  }

  get size(): Size {
    return this.scene.size;
  }

  get observed(): Scene["observed"] {
    return this.scene.observed;
  }

  get field(): Scene["field"] {
    return this.scene.field;
  }

  get glide(): Scene["glide"] {
    return this.scene.glide;
  }

  get targets(): Scene["targets"] {
    return this.scene.targets;
  }

  get cellOf(): Scene["cellOf"] {
    return this.scene.cellOf?.bind(this.scene);
  }

  point(action: number | null): void {
    this.scene.point?.(action);
  }

  draw(before: Shown | null, now: Shown, share: number): void {
    this.attempt(() => this.scene.draw(before, now, share));
    // The first picture is without drawings: until there is one, nothing is known of what it is drawn with.
    const { root, renderer } = this;
    if (renderer !== null) sharpen(root, renderer, root.scale.x * renderer.resolution);
  }

  private attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      console.warn("This scene cannot be drawn.", error);
      this.show(new PictureScene(this.hasStandIn ? null : this.rules));
      this.hasStandIn = true;
    }
  }

  private show(scene: Scene): void {
    this.scene = scene;
    this.root.removeChildren();
    this.root.addChild(scene.root);
  }
}
