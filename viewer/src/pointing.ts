import { signal } from "@preact/signals";
import type { Place } from "./scenes/scene.js";

/** Of the first board: where a person may point to choose each action, in pixels of the stage; none where pointing means nothing. */
export const targets = signal<readonly Place[]>([]);

/** Action that a person points at on the first board; null for none. */
export const pointed = signal<number | null>(null);
