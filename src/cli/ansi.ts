// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what colours begin with
const colours = /\x1b\[[0-9;]*m/g;

const codes = { bold: 1, dim: 2, green: 32, yellow: 33, cyan: 36 } as const;

export type Style = keyof typeof codes;

/** Text in a style, or as it is where people asked for no colours (https://no-color.org). */
export function styled(text: string, ...styles: readonly Style[]): string {
  if (process.env["NO_COLOR"]) return text;
  return `\x1b[${styles.map((style) => codes[style]).join(";")}m${text}\x1b[0m`;
}

/** Columns that a terminal has; some do not know, and say 0. */
export function columnsOf({ columns }: { columns?: number }, otherwise = 80): number {
  return columns || otherwise;
}

/** Columns that text takes, without its colour codes. */
export function visibleLength(text: string): number {
  return [...text.replace(colours, "")].length;
}

/** The first `width` columns of a line, colours ended where it is cut. */
export function clip(line: string, width: number): string {
  if (visibleLength(line) <= width) return line;
  let room = Math.max(0, width);
  let clipped = "";
  let from = 0;
  const take = (text: string): void => {
    const characters = [...text].slice(0, room);
    room -= characters.length;
    clipped += characters.join("");
  };
  for (const match of line.matchAll(colours)) {
    take(line.slice(from, match.index));
    clipped += match[0];
    from = match.index + match[0].length;
  }
  take(line.slice(from));
  return clipped;
}
