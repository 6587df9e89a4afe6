import { colourOf, dashOf } from "./slots.js";

/** The line of a run, as charts draw it. */
export function Swatch({ slot }: { slot: number }) {
  return (
    <svg class="swatch" width="32" height="8" aria-hidden="true">
      <line
        x1="1"
        y1="4"
        x2="31"
        y2="4"
        stroke={`var(${colourOf(slot)})`}
        stroke-width="3"
        stroke-dasharray={dashOf(slot).join(" ")}
      />
    </svg>
  );
}

/** An evaluation of a run, as charts draw it. */
export function Dot({ slot }: { slot: number }) {
  return (
    <svg width="8" height="8" aria-hidden="true">
      <circle cx="4" cy="4" r="4" fill={`var(${colourOf(slot)})`} />
    </svg>
  );
}
