import { strToU8, unzlibSync, zlibSync } from "fflate";
import { fromBytes, toBytes } from "../../../src/viewer/codec.js";
import type { Recording, Stage } from "../../../src/viewer/protocol.js";

/** An episode with what is needed to show it. */
export interface Replay {
  stage: Stage;
  recording: Recording;
}

/** Of the element that holds a replay in a page of its own. */
export const replayId = "recording";

/** A replay as text that means nothing in HTML: MessagePack, deflated, in base 64. */
export function replayText(replay: Replay): string {
  const bytes = zlibSync(toBytes(replay), { level: 9 });
  const parts: string[] = [];
  // As many arguments as every engine takes; divisible by 3, so that no part ends in padding.
  const size = 0x6000;
  for (let at = 0; at < bytes.length; at += size) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + size))));
  }
  return parts.join("");
}

/** The replay that this page has in it; null where it was served. @throws Error if it is damaged */
export function embeddedReplay(): Replay | null {
  const text = document.getElementById(replayId)?.textContent;
  if (text === undefined || text === null) return null;
  return fromBytes(unzlibSync(strToU8(atob(text), true))) as Replay;
}
