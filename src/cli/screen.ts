import { clip, columnsOf } from "./ansi.js";

/**
 * A block of lines in a terminal that is drawn again in place. Each frame is one write, line over line, so that
 * nothing flickers; lines are cut to the terminal, because a wrapped line would be lost to the count.
 */
export class Screen {
  private drawn = 0;
  private hidden = false;
  private readonly showCursor = (): void => {
    if (this.hidden) this.out.write("\x1b[?25h");
    this.hidden = false;
  };

  constructor(private readonly out: NodeJS.WriteStream) {}

  draw(frame: string): void {
    const columns = columnsOf(this.out);
    const rows = this.out.rows || 24;
    const lines = frame
      .split("\n")
      .slice(0, Math.max(1, rows - 1))
      .map((line) => `${clip(line, columns)}\x1b[K\n`);
    const up = this.drawn > 0 ? `\x1b[${this.drawn}A` : "";
    this.out.write(`${this.hideCursor()}${up}${lines.join("")}\x1b[J`);
    this.drawn = lines.length;
  }

  /** Leaves what was drawn last, and writes on below it. */
  leave(): void {
    this.drawn = 0;
  }

  /** Gives the cursor back; also happens when the process exits. */
  close(): void {
    this.showCursor();
    process.off("exit", this.showCursor);
  }

  private hideCursor(): string {
    if (this.hidden) return "";
    this.hidden = true;
    process.once("exit", this.showCursor);
    return "\x1b[?25l";
  }
}
