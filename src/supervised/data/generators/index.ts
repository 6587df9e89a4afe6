export { type EllipsesOptions, ellipseParameters, ellipses } from "./ellipses.js";
export { type GlyphDigitsOptions, glyphDigits } from "./glyph-digits.js";
export { type CaptionedImages, type GridCaptionsOptions, gridCaptions } from "./grid-captions.js";
export {
  isRegression,
  type PlaygroundName,
  type PlaygroundOptions,
  playgroundData,
  playgroundNames,
} from "./playground.js";
