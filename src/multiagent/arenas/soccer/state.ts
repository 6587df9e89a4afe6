import { GymnasiumError, type RandomSource } from "gymnasium-js";
import { counted, drawCell } from "../commons-grid.js";
import { requireCounts } from "../options.js";

export interface SoccerOptions {
  height?: number;
  width?: number;
  /** Rows of a goal, in the middle of its side. */
  goalHeight?: number;
  /** Players of each team. */
  teamSize?: number;
}

export interface SoccerState {
  readonly height: number;
  readonly width: number;
  /** First row of the goals, and how many rows they have; they lie beyond the left and the right edge. */
  readonly goalTop: number;
  readonly goalHeight: number;
  /** Players of each team: the first ones are red, who play to the right, the others blue. */
  readonly teamSize: number;
  /** Where each player is, row by row. */
  cells: Int32Array;
  /** `[height, width]` which player is there, -1 for nobody. */
  playerAt: Int8Array;
  /** Player that has the ball. */
  holder: number;
  /** Team that has scored, 0 red or 1 blue; -1 for none. */
  scorer: number;
  /** In which players acted in the last step. */
  order: Int32Array;
}

/** 0 red, 1 blue. */
export function teamOf({ teamSize }: Pick<SoccerState, "teamSize">, player: number): 0 | 1 {
  return player < teamSize ? 0 : 1;
}

export function isGoalRow({ width, goalTop, goalHeight }: SoccerState, cell: number): boolean {
  const row = Math.floor(cell / width);
  return row >= goalTop && row < goalTop + goalHeight;
}

/** Each team somewhere in its own half, and the ball with anybody. */
export function kickOff(options: Required<SoccerOptions>, rng: RandomSource): SoccerState {
  const { height, width, goalHeight, teamSize } = options;
  const players = 2 * teamSize;
  const half = Math.floor(width / 2);
  const cells = new Int32Array(players);
  const playerAt = new Int8Array(height * width).fill(-1);
  for (let player = 0; player < players; player++) {
    const from = teamOf(options, player) === 0 ? 0 : width - half;
    const isFree = (cell: number) =>
      playerAt[cell]! < 0 && cell % width >= from && cell % width < from + half;
    cells[player] = drawCell(playerAt.length, rng, isFree);
    playerAt[cells[player]!] = player;
  }
  return {
    height,
    width,
    goalTop: Math.floor((height - goalHeight) / 2),
    goalHeight,
    teamSize,
    cells,
    playerAt,
    holder: rng.integers(0, players),
    scorer: -1,
    order: counted(players),
  };
}

/** @throws GymnasiumError `invalid-options` for a pitch on which the teams or the goals have no room */
export function requirePitch(id: string, pitch: Required<SoccerOptions>): void {
  requireCounts(id, { ...pitch }, 1);
  const { height, width, goalHeight, teamSize } = pitch;
  if (teamSize <= height * Math.floor(width / 2) && goalHeight <= height) return;
  throw new GymnasiumError(
    "invalid-options",
    `${id}: a pitch of ${height} x ${width} has no room for teams of ${teamSize} in their halves and goals of ${goalHeight} rows: make it larger.`,
  );
}
