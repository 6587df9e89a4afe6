import { clip, columnsOf } from "./ansi.js";

const redrawMs = 100;
const plainMs = 5000;

/** How something goes, on stderr: in a terminal one line that is drawn again, elsewhere a plain line now and then. */
export class StatusLine {
  private shownAt = Number.NEGATIVE_INFINITY;
  private isDrawn = false;

  constructor(private readonly out: NodeJS.WriteStream = process.stderr) {}

  /** @param text asked for where it is time to show it */
  show(text: () => string): void {
    const now = performance.now();
    const { isTTY } = this.out;
    if (now - this.shownAt < (isTTY ? redrawMs : plainMs)) return;
    this.shownAt = now;
    this.out.write(isTTY ? `\r${clip(text(), columnsOf(this.out) - 1)}\x1b[K` : `${text()}\n`);
    this.isDrawn = isTTY;
  }

  /** Something that stays. */
  line(text: string): void {
    this.close();
    this.out.write(`${text}\n`);
  }

  /** Leaves the terminal with the cursor on a fresh line. */
  close(): void {
    if (this.isDrawn) this.out.write("\r\x1b[K");
    this.isDrawn = false;
  }
}
