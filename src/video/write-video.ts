import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Video } from "gymnasium-js";
import { encodeApng } from "./apng.js";

/**
 * Writes videos of `RecordVideo` to `folder` as animated PNG, `NAME.png`. The folder is made if it is missing; a file of
 * that name is replaced, at once and whole.
 *
 * @example
 * const env = new RecordVideo(make("Ludus/Breakout-v0", { renderMode: "rgb_array" }), { write: writeVideo("videos") });
 */
export function writeVideo(folder: string): (video: Video) => void {
  return ({ name, frames, fps }) => {
    const path = join(folder, `${name}.png`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.part`, encodeApng(frames, { fps }));
    renameSync(`${path}.part`, path);
  };
}
