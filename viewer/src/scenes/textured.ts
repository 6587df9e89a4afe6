import { type BufferImageSource, Mesh, MeshGeometry, Texture } from "pixi.js";
import type { Size } from "./scene.js";

/** An oblong with a texture on it; drawn by itself, because what is drawn together is slow without a graphics card. */
export function texturedOblong(source: BufferImageSource, { width, height }: Size): Mesh {
  const geometry = new MeshGeometry({
    positions: Float32Array.of(0, 0, width, 0, width, height, 0, height),
    uvs: Float32Array.of(0, 0, 1, 0, 1, 1, 0, 1),
    indices: Uint32Array.of(0, 1, 2, 0, 2, 3),
  });
  geometry.batchMode = "no-batch";
  return new Mesh({ geometry, texture: new Texture({ source }) });
}
