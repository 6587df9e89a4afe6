import * as tf from "@tensorflow/tfjs-core";
import { runKernel } from "./fused.js";

/** x `[rows, outer, pixels, inner]` of bytes, whole numbers or floats -> float32 `[rows, pixels, outer, inner]`, scaled. */
export const frameKernel = "LudusEncode";

export interface FrameAttributes {
  outer: number;
  pixels: number;
  inner: number;
  scale: number;
  /** Shape of the result, with the rows. */
  shape: number[];
}

/** Whether the engine in use turns frames into floats itself. */
export function hasFrameKernel(): boolean {
  return tf.getKernel(frameKernel, tf.getBackend()) !== undefined;
}

/**
 * Turns frames as a replay holds them into what a net takes: `scale x`, stacked frames moved into the channels.
 *
 * @param x `[rows, outer, pixels, inner]` in any shape; float32, int32 or bytes (tfjs's dtype for these is bool)
 */
export function encodeFrames(x: tf.Tensor, attributes: FrameAttributes): tf.Tensor {
  return runKernel(frameKernel, { x }, attributes);
}
