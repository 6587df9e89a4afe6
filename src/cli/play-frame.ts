import { styled, visibleLength } from "./ansi.js";

/** What one frame of terminal play shows. */
export interface PlayFrame {
  /** ANSI text, several lines. */
  board: string;
  title: string;
  step: number;
  score: number;
  seed: number;
  /** The action about to be done; null once the episode is over. */
  action: number | null;
  /** Value of each action; null for a player that has none. */
  values: Float32Array | null;
  /** Their title; "Q-values" by default. */
  valuesAre?: string | undefined;
  actionNames: readonly string[] | undefined;
  /** Columns there are; the bars shrink before anything is cut. */
  columns: number;
}

const longestBar = 16;
const shortestBar = 4;
const gap = "   ";

/** The board with, to its right, the score and one bar per action: how much better it is than the worst one. */
export function drawPlay(frame: PlayFrame): string {
  const board = frame.board.replace(/\n$/, "").split("\n");
  const width = Math.max(...board.map(visibleLength));
  const side = sidePanel(frame, frame.columns - width - gap.length);
  const rows = Math.max(board.length, side.length);
  const lines = Array.from({ length: rows }, (_, row) => {
    const left = board[row] ?? "";
    return `${left}${" ".repeat(width - visibleLength(left))}${gap}${side[row] ?? ""}`.trimEnd();
  });
  return [styled(frame.title, "bold"), ...lines].join("\n");
}

function sidePanel(frame: PlayFrame, room: number): string[] {
  const { step, score, seed, action, values, actionNames } = frame;
  const head = [`score ${inWords(score)}`, `step ${step}`, `seed ${seed}`];
  if (values === null) return head;
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  const names = Array.from(values, (_, i) => actionNames?.[i] ?? `action ${i}`);
  const width = Math.max(...names.map((name) => name.length));
  const texts = Array.from(values, (value) => value.toFixed(3));
  const digits = Math.max(...texts.map((text) => text.length));
  const barWidth = Math.max(shortestBar, Math.min(longestBar, room - "▸ ".length - width - digits - 2));
  const bars = names.map((name, i) => {
    const filled = span === 0 ? 0 : Math.round(((values[i]! - low) / span) * barWidth);
    const bar = "█".repeat(filled).padEnd(barWidth, "·");
    const text = `${name.padEnd(width)} ${bar} ${texts[i]!.padStart(digits)}`;
    return i === action ? styled(`▸ ${text}`, "bold", "green") : `  ${text}`;
  });
  return [...head, "", frame.valuesAre ?? "Q-values", ...bars];
}

/** A sum of rewards without the dust of its additions. */
export function inWords(score: number): string {
  return String(Number(score.toFixed(6)));
}
