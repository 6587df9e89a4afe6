import { type Colour, Picture } from "./tiles.js";

/** Pixels of a unit of length, unless that were too many for the whole. */
const pixelsPerUnit = 100;
/** The widest that a picture of a square is, px. */
const widest = 480;
/** Letters of a unit of length, likewise; a letter is twice as high as wide. */
const lettersPerUnit = 16;
const longestLine = 96;

/** A picture of a square in units of length: x to the right, y upwards from its lower left corner. */
export class SquarePicture {
  readonly picture: Picture;
  private readonly scale: number;

  constructor(
    private readonly side: number,
    private readonly background: Colour,
  ) {
    this.scale = Math.min(pixelsPerUnit, widest / side);
    const pixels = Math.round(side * this.scale);
    this.picture = new Picture(pixels, pixels, background);
  }

  disc(x: number, y: number, radius: number, colour: Colour): void {
    const { scale } = this;
    this.picture.disc(x * scale, (this.side - y) * scale, radius * scale, colour);
  }

  /** Its inside is as empty as the background. */
  ring(x: number, y: number, radius: number, colour: Colour): void {
    this.disc(x, y, radius, colour);
    this.disc(x, y, 0.8 * radius, this.background);
  }

  /** With an edge, to be told from what it overlaps. */
  edgedDisc(x: number, y: number, radius: number, colour: Colour, edge: Colour): void {
    this.disc(x, y, radius, edge);
    this.disc(x, y, 0.84 * radius, colour);
  }
}

/** The same square in letters, in a frame. */
export class SquareText {
  private readonly rows: string[][];
  private readonly columns: number;

  constructor(private readonly side: number) {
    this.columns = Math.max(2, Math.min(Math.round(side * lettersPerUnit), longestLine));
    const rows = Math.max(1, Math.round(this.columns / 2));
    this.rows = Array.from({ length: rows }, () => new Array<string>(this.columns).fill(" "));
  }

  put(x: number, y: number, letter: string): void {
    const { rows, columns, side } = this;
    const row = Math.min(Math.floor((1 - y / side) * rows.length), rows.length - 1);
    const column = Math.min(Math.floor((x / side) * columns), columns - 1);
    rows[Math.max(row, 0)]![Math.max(column, 0)] = letter;
  }

  /** Every letter whose middle lies in a disc, and that of its own middle. */
  disc(x: number, y: number, radius: number, letter: string): void {
    const { rows, columns, side } = this;
    for (let row = 0; row < rows.length; row++) {
      for (let column = 0; column < columns; column++) {
        const dx = ((column + 0.5) / columns) * side - x;
        const dy = (1 - (row + 0.5) / rows.length) * side - y;
        if (dx * dx + dy * dy < radius * radius) rows[row]![column] = letter;
      }
    }
    this.put(x, y, letter);
  }

  toString(): string {
    const border = `+${"-".repeat(this.columns)}+`;
    return [border, ...this.rows.map((row) => `|${row.join("")}|`), border].join("\n");
  }
}
