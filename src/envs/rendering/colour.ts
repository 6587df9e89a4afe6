/** Red, green, blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** `text` in 24-bit colours by ANSI escapes. */
export function coloured(
  text: string,
  background: Colour,
  foreground: Colour = readableOn(background),
): string {
  return `\x1b[48;2;${background.join(";")}m\x1b[38;2;${foreground.join(";")}m${text}\x1b[0m`;
}

/** Black on light colours, white on dark ones. */
function readableOn([red, green, blue]: Colour): Colour {
  // Luma of ITU-R BT.601.
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? [0, 0, 0] : [255, 255, 255];
}
