import type { RgbFrame } from "gymnasium-js";
import { encodeApng } from "../../../src/video/apng.js";
import type { Pixels } from "./painter.js";

/** A frame of the film, or that there are no more, and how many are shown in a second. */
export type ToEncoder = Pixels | { fps: number };

/** How many frames it has, or the film. */
export type FromEncoder = number | Uint8Array;

/** The page, as this thread sees it. */
const page = self as unknown as Worker;

const frames: RgbFrame[] = [];

page.onmessage = ({ data }: MessageEvent<ToEncoder>) => {
  const answer = "fps" in data ? encodeApng(frames, data) : frames.push(withoutAlpha(data));
  page.postMessage(answer satisfies FromEncoder);
};

function withoutAlpha({ width, height, rgba }: Pixels): RgbFrame {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0, j = 0; i < data.length; i += 3, j += 4) {
    data[i] = rgba[j]!;
    data[i + 1] = rgba[j + 1]!;
    data[i + 2] = rgba[j + 2]!;
  }
  return { width, height, data };
}
