import { computed, signal } from "@preact/signals";

/** The step that all charts are read off at while a pointer is over one of them; null while none is. */
export const hovered = signal<number | null>(null);
/** The same as chosen by the slider; null for the newest of each run. */
export const chosen = signal<number | null>(null);

export const readOffStep = computed(() => hovered.value ?? chosen.value);
