import { Container, Rectangle } from "pixi.js";
import type { Frame, Stage } from "../../../src/viewer/protocol.js";
import { sceneFor } from "../scenes/index.js";
import type { Scene } from "../scenes/scene.js";
import { stageRenderer } from "../stage-renderer.js";

/** Of the stage, in both colour schemes. */
const ground = [0x0a, 0x0c, 0x12] as const;

/** Pixels of a picture, row by row. */
export interface Pixels {
  width: number;
  height: number;
  /** `[height, width, 4]` */
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** Draws steps of an episode off the screen, as the stage draws them. */
export class Painter {
  private readonly scene: Scene;
  private readonly sheet = new Container();
  private readonly size: Rectangle;

  /**
   * @param first any step, by which the size is found
   * @param longer pixels of the longer side
   * @throws Error with one sentence where there is nothing to draw
   */
  constructor(stage: Stage, first: Frame, longer: number) {
    if (first.state === null && first.picture === null)
      throw new Error("There is no picture of this environment.");
    this.scene = sceneFor(stage);
    this.scene.draw(null, first, 1);
    const { root, size } = this.scene;
    const margin = Math.round(longer / 40);
    const scale = (longer - 2 * margin) / Math.max(size.width, size.height);
    const sideOf = (units: number): number => Math.round(units * scale) + 2 * margin;
    this.size = new Rectangle(0, 0, sideOf(size.width), sideOf(size.height));
    root.scale.set(scale);
    root.position.set(margin);
    this.sheet.addChild(root);
    // By its first picture a scene finds out what it is drawn with.
    this.pixels(first);
  }

  pixels(frame: Frame): Pixels {
    this.scene.draw(null, frame, 1);
    const { width, height, pixels } = stageRenderer().extract.pixels({
      ...{ target: this.sheet, frame: this.size, resolution: 1, antialias: true },
    });
    const rgba = new Uint8ClampedArray(pixels);
    putOnGround(rgba);
    return { width, height, rgba };
  }

  /** A step as a PNG. */
  png(frame: Frame): Promise<Blob> {
    const { width, height, rgba } = this.pixels(frame);
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d")!.putImageData(new ImageData(rgba, width, height), 0, 0);
    return new Promise((done, fail) => {
      canvas.toBlob((blob) => {
        if (blob === null) fail(new Error("The browser could not make a picture."));
        else done(blob);
      }, "image/png");
    });
  }

  close(): void {
    this.sheet.destroy({ children: true });
  }
}

/** Fills up what is transparent; colours are multiplied by their alpha, as they are on the screen. */
function putOnGround(rgba: Uint8ClampedArray): void {
  for (let i = 0; i < rgba.length; i += 4) {
    const rest = 1 - rgba[i + 3]! / 255;
    if (rest === 0) continue;
    ground.forEach((value, channel) => {
      rgba[i + channel]! += value * rest;
    });
    rgba[i + 3] = 255;
  }
}
