import { Text } from "pixi.js";
import { perTile } from "../figures.js";
import { palette } from "../palette.js";

export interface LabelOptions {
  /** Height of the letters' line, in cells. */
  size?: number;
  colour?: number;
  weight?: "400" | "600";
}

/** Words on a board of which a cell is one unit; their middle is their place. */
export function label(text: string, options: LabelOptions = {}): Text {
  const { size = 0.2, colour = palette.text, weight = "400" } = options;
  const drawn = new Text({
    text,
    style: { fontFamily: "system-ui, sans-serif", fontSize: size * 100, fontWeight: weight, fill: colour },
    resolution: 4,
    anchor: 0.5,
  });
  drawn.scale.set(perTile);
  return drawn;
}
