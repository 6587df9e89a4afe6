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
  actionNames: readonly string[] | undefined;
}

const barWidth = 16;

/** The board with, to its right, the score and one bar per action: how much better it is than the worst one. */
export function drawPlay(frame: PlayFrame): string {
  const board = frame.board.replace(/\n$/, "").split("\n");
  const width = Math.max(...board.map(visibleLength));
  const side = sidePanel(frame);
  const rows = Math.max(board.length, side.length);
  const lines = Array.from({ length: rows }, (_, row) => {
    const left = board[row] ?? "";
    return `${left}${" ".repeat(width - visibleLength(left))}   ${side[row] ?? ""}`.trimEnd();
  });
  return [`\x1b[1m${frame.title}\x1b[0m`, ...lines].join("\n");
}

function sidePanel({ step, score, seed, action, values, actionNames }: PlayFrame): string[] {
  const head = [`score ${score}`, `step ${step}`, `seed ${seed}`];
  if (values === null) return head;
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  const names = Array.from(values, (_, i) => actionNames?.[i] ?? `action ${i}`);
  const width = Math.max(...names.map((name) => name.length));
  const bars = names.map((name, i) => {
    const value = values[i]!;
    const filled = span === 0 ? 0 : Math.round(((value - low) / span) * barWidth);
    const bar = "█".repeat(filled).padEnd(barWidth, "·");
    const text = `${name.padEnd(width)} ${bar} ${value.toFixed(3)}`;
    return i === action ? `\x1b[1;32m▸ ${text}\x1b[0m` : `  ${text}`;
  });
  return [...head, "", "Q-values", ...bars];
}

/** Columns that text takes, without its colour codes. */
function visibleLength(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what colours begin with
  return [...text.replace(/\x1b\[[0-9;]*m/g, "")].length;
}
