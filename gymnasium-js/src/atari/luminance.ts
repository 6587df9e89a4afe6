/**
 * Luminance of one colour, 0 to 255: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601) in 15-bit fixed point, which
 * gives the very numbers of OpenCV's `COLOR_RGB2GRAY`. `GrayscaleObservation` has other weights, as in Gymnasium.
 */
export function luminance(red: number, green: number, blue: number): number {
  return (red * 9798 + green * 19235 + blue * 3735 + 16384) >> 15;
}

/** Writes the luminance of RGB pixels `[..., 3]`, one byte each. */
export function writeLuminance(rgb: Uint8Array, out: Uint8Array): void {
  for (let i = 0, j = 0; i < out.length; i++, j += 3) {
    out[i] = luminance(rgb[j]!, rgb[j + 1]!, rgb[j + 2]!);
  }
}
