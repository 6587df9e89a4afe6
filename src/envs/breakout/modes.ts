import { invalid, show } from "../kwargs.js";

/** What makes one game of the cartridge differ from the others. */
export interface BreakoutMode {
  readonly name: string;
  /** LEFT and RIGHT also push the flying ball. */
  readonly steerable: boolean;
  /** The paddle holds the ball that it meets until FIRE. */
  readonly catching: boolean;
  /** Bricks show only for a moment after one was hit. */
  readonly invisible: boolean;
  /** The digits count seconds instead of points, and one wall is the whole game. */
  readonly timed: boolean;
  /** The ball flies on through the bricks that it breaks. */
  readonly breakthru: boolean;
}

const kinds = [
  { kind: "Breakout", timed: false, breakthru: false },
  { kind: "Timed Breakout", timed: true, breakthru: false },
  { kind: "Breakthru", timed: false, breakthru: true },
] as const;
const variants = [
  { variant: "", steerable: false, catching: false, invisible: false },
  { variant: ", steerable", steerable: true, catching: false, invisible: false },
  { variant: ", catch", steerable: false, catching: true, invisible: false },
  { variant: ", invisible", steerable: false, catching: false, invisible: true },
] as const;

/** The twelve games by the `mode` that chooses them: 0, 4, ... 44. Three kinds, each plain and in three variants. */
export const breakoutModes: ReadonlyMap<number, BreakoutMode> = new Map(
  kinds
    .flatMap(({ kind, ...ofKind }) =>
      variants.map(({ variant, ...ofVariant }) => ({ name: kind + variant, ...ofKind, ...ofVariant })),
    )
    .map((mode, index) => [4 * index, mode]),
);

/** @throws GymnasiumError `invalid-options` for a number that is no mode */
export function breakoutMode(value: unknown): BreakoutMode {
  const mode = breakoutModes.get(value as number);
  if (mode === undefined) {
    throw invalid(`mode is ${show(value)}; give one of ${[...breakoutModes.keys()].join(", ")}.`);
  }
  return mode;
}
