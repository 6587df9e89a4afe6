/** A small picture of letters; columns to the right, rows down. What falls outside is left out. */
export class LetterGrid {
  private readonly rows: string[][];

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.rows = Array.from({ length: height }, () => new Array<string>(width).fill(" "));
  }

  put(column: number, row: number, letter: string): void {
    const letters = this.rows[Math.round(row)];
    const index = Math.round(column);
    if (letters !== undefined && index >= 0 && index < this.width) letters[index] = letter;
  }

  /** The letter at each cell that a straight line passes. */
  line(from: readonly [number, number], to: readonly [number, number], letter: string): void {
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const points = Math.max(1, Math.ceil(Math.max(Math.abs(dx), Math.abs(dy))));
    for (let i = 0; i <= points; i++) {
      this.put(from[0] + (dx * i) / points, from[1] + (dy * i) / points, letter);
    }
  }

  toString(): string {
    return this.rows.map((letters) => letters.join("").trimEnd()).join("\n");
  }
}

/** With a sign, and so many digits after the point. */
export function signed(value: number, digits = 3): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(digits)}`;
}
