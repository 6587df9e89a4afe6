type Colour = readonly [red: number, green: number, blue: number];

/** Colours of tones from -1 to 1: amber, dark, blue. */
const stops: readonly (readonly [tone: number, colour: Colour])[] = [
  [-1, [200, 142, 44]],
  [-0.55, [140, 98, 30]],
  [-0.15, [45, 36, 24]],
  [0, [16, 20, 29]],
  [0.15, [20, 42, 58]],
  [0.55, [26, 98, 140]],
  [1, [58, 160, 216]],
];

/** Of points and weights that are negative or positive, brighter than any map. */
export const negativeColour = "#ffc862";
export const positiveColour = "#7dd6ff";

const contour: Colour = [238, 241, 247];
const tints = 512;

const table: Uint8ClampedArray = Uint8ClampedArray.from({ length: 3 * (tints + 1) }, (_, i) => {
  return colourAt((2 * Math.floor(i / 3)) / tints - 1)[i % 3]!;
});

function colourAt(tone: number): number[] {
  const next = Math.max(
    1,
    stops.findIndex(([at]) => at >= tone),
  );
  const [[from, before], [to, after]] = [stops[next - 1]!, stops[next]!];
  return before.map((value, channel) => value + ((after[channel]! - value) * (tone - from)) / (to - from));
}

/**
 * How numbers become tones from -1 to 1: `logit` by what it says of the two classes, 2 sigmoid(x) - 1; `unit` as they are;
 * `spread` as parts of the largest there is.
 */
export type Toning = "logit" | "unit" | "spread";

export function tonesOf(values: Float32Array, toning: Toning): Float32Array {
  switch (toning) {
    case "logit":
      return values.map((value) => Math.tanh(value / 2));
    case "unit":
      return values.map((value) => Math.min(1, Math.max(-1, value)));
    case "spread": {
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      return largest === 0 ? values.slice() : values.map((value) => value / largest);
    }
    default:
      throw new Error(`There is no toning "${toning satisfies never}".`);
  }
}

/** Tones as pixels, one each. @param pixels RGBA of as many as there are tones */
export function paintTones(tones: Float32Array, pixels: Uint8ClampedArray): void {
  for (let i = 0; i < tones.length; i++) {
    const tint = 3 * Math.round(((tones[i]! + 1) / 2) * tints);
    pixels[4 * i] = table[tint]!;
    pixels[4 * i + 1] = table[tint + 1]!;
    pixels[4 * i + 2] = table[tint + 2]!;
    pixels[4 * i + 3] = 255;
  }
}

/** Tones a square of `side` on a square of `fineSide`, linear in between. */
export function enlarge(tones: Float32Array, side: number, fineSide: number): Float32Array {
  const fine = new Float32Array(fineSide * fineSide);
  const places = Float32Array.from({ length: fineSide }, (_, i) =>
    Math.min(side - 1, Math.max(0, ((i + 0.5) * side) / fineSide - 0.5)),
  );
  for (let row = 0; row < fineSide; row++) {
    const top = Math.min(side - 2, Math.floor(places[row]!));
    const down = places[row]! - top;
    for (let column = 0; column < fineSide; column++) {
      const left = Math.min(side - 2, Math.floor(places[column]!));
      const right = places[column]! - left;
      const at = top * side + left;
      const above = tones[at]! + (tones[at + 1]! - tones[at]!) * right;
      const below = tones[at + side]! + (tones[at + side + 1]! - tones[at + side]!) * right;
      fine[row * fineSide + column] = above + (below - above) * down;
    }
  }
  return fine;
}

/** What is above 0 as one tone, what is below as another. */
export function discretized(tones: Float32Array): Float32Array {
  return tones.map((tone) => Math.sign(tone) * 0.7);
}

/** Draws a light line, two pixels wide, where a square of tones goes through 0. */
export function paintContour(tones: Float32Array, side: number, pixels: Uint8ClampedArray): void {
  for (let row = 1; row < side - 1; row++) {
    for (let column = 1; column < side - 1; column++) {
      const at = row * side + column;
      const across = tones[at + 1]! - tones[at - 1]!;
      const down = tones[at + side]! - tones[at - side]!;
      const slope = Math.hypot(across, down) / 2;
      const share = slope === 0 ? 0 : 0.85 * Math.min(1, 1.5 - Math.abs(tones[at]!) / slope);
      if (share <= 0) continue;
      contour.forEach((value, channel) => {
        pixels[4 * at + channel]! += (value - pixels[4 * at + channel]!) * share;
      });
    }
  }
}
