import { type BufferImageSource, GlProgram, Mesh, MeshGeometry, Shader } from "pixi.js";

const vertex = `#version 300 es
in vec2 aPosition;
out vec2 vPlace;
uniform mat3 uProjectionMatrix;
uniform mat3 uWorldTransformMatrix;
uniform mat3 uTransformMatrix;

void main() {
  vec3 place = uProjectionMatrix * uWorldTransformMatrix * uTransformMatrix * vec3(aPosition, 1.0);
  gl_Position = vec4(place.xy, 0.0, 1.0);
  vPlace = aPosition;
}
`;

/** The colour of a cell, as far as a pixel lies within the cell's rounded square: 0.92 wide, with corners of 0.12. */
const fragment = `#version 300 es
precision highp float;
in vec2 vPlace;
out vec4 finalColor;
uniform sampler2D uTexture;

void main() {
  vec2 corner = abs(fract(vPlace) - 0.5) - 0.34;
  float distance = length(max(corner, 0.0)) + min(max(corner.x, corner.y), 0.0) - 0.12;
  float cover = clamp(0.5 - distance / fwidth(vPlace.x), 0.0, 1.0);
  finalColor = texelFetch(uTexture, ivec2(vPlace), 0) * cover;
}
`;

/**
 * A square of rounded cells, one unit each, in the colours of a texture's pixels. Two triangles: thousands of shapes would be
 * too much for a wall of boards that is drawn without a graphics card.
 */
export function cellsOf(source: BufferImageSource): Mesh<MeshGeometry, Shader> {
  const { width, height } = source;
  const mesh = new Mesh({
    geometry: new MeshGeometry({
      positions: Float32Array.of(0, 0, width, 0, width, height, 0, height),
      indices: Uint32Array.of(0, 1, 2, 0, 2, 3),
    }),
    shader: new Shader({
      glProgram: GlProgram.from({ vertex, fragment, name: "cells" }),
      resources: { uTexture: source },
    }),
  });
  // There is nothing under it, and blending costs as much as all else.
  mesh.state.blend = false;
  return mesh;
}
