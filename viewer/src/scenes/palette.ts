import type { Colour } from "../../../src/envs/rendering/colour.js";

/** Colours of the stage, as in `style.css`, and of what lies on it. */
export const palette = {
  ground: 0x0a0c12,
  tile: 0x171b25,
  line: 0x2a3244,
  steel: 0x5c6880,
  quiet: 0xa3adc2,
  text: 0xeef1f7,
  accent: 0x5cc8ff,
  second: 0xf2b84b,
  grave: 0xe0637a,
  good: 0x62ba6e,
  dark: 0x12161f,
} as const;

export function hex([red, green, blue]: Colour): number {
  return (red << 16) | (green << 8) | blue;
}

/** A colour so far on the way to another one. */
export function mix(from: number, to: number, share: number): number {
  if (from === to || share >= 1) return to;
  const channel = (shift: number): number => {
    const [a, b] = [(from >> shift) & 255, (to >> shift) & 255];
    return Math.round(a + (b - a) * share) << shift;
  };
  return channel(16) | channel(8) | channel(0);
}
