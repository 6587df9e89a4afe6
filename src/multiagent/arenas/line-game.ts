import { box, discrete, GymnasiumError, type TypedArray } from "gymnasium-js";
import type { TurnRules } from "../rules.js";

/** A board game of two who take turns to place stones, and win by so many in a line. */
export interface LineGameOptions {
  id: string;
  agents: readonly [string, string];
  height: number;
  width: number;
  /** Stones in a row, column or diagonal that win. */
  line: number;
  /** Whether stones fall to the lowest free row of a column, which is then the action; else actions are cells, row by row. */
  falls: boolean;
}

export interface LineGameState {
  /** `[height, width]`: 0 where free, else 1 + the agent whose stone lies there. */
  cells: Int8Array;
  mover: number;
  stones: number;
}

/** Directions of lines: rightwards, downwards, and both diagonals. */
const downs = [0, 1, 1, 1] as const;
const rights = [1, 0, 1, -1] as const;

/**
 * Who wins earns 1, who loses -1, and both nothing where the board is full. Each sees `[height, width, 2]`: own stones, and the
 * other's.
 */
export function lineGame(options: LineGameOptions): TurnRules<LineGameState> {
  const { id, agents, height, width, line, falls } = options;
  const size = height * width;
  const observations = box({ low: 0, high: 1, shape: [height, width, 2], dtype: "uint8" });
  const actions = discrete(falls ? width : size);
  const names = Array.from({ length: falls ? width : size }, (_, action) =>
    falls ? `column ${action + 1}` : `row ${Math.floor(action / width) + 1}, column ${(action % width) + 1}`,
  );
  const cellOf = (cells: Int8Array, action: number): number => {
    if (!falls) return action;
    let cell = size - width + action;
    while (cell >= 0 && cells[cell] !== 0) cell -= width;
    if (cell >= 0) return cell;
    throw new GymnasiumError("invalid-action", `${id}: column ${action + 1} is full.`);
  };
  const stonesFrom = (cells: Int8Array, cell: number, down: number, right: number): number => {
    const stone = cells[cell];
    let row = Math.floor(cell / width) + down;
    let column = (cell % width) + right;
    let count = 0;
    while (row >= 0 && row < height && column >= 0 && column < width) {
      if (cells[row * width + column] !== stone) break;
      count++;
      row += down;
      column += right;
    }
    return count;
  };
  const wins = (cells: Int8Array, cell: number): boolean => {
    for (let i = 0; i < downs.length; i++) {
      const [down, right] = [downs[i]!, rights[i]!];
      const stones = stonesFrom(cells, cell, down, right) + stonesFrom(cells, cell, -down, -right);
      if (1 + stones >= line) return true;
    }
    return false;
  };
  /** A one in the first of two places for each cell where a stone is `own`, in the second where it is the other's. */
  const writeStones = (cells: Int8Array, own: number, out: TypedArray, offset: number): void => {
    const first = offset - 1;
    out.fill(0, offset, offset + 2 * size);
    for (let cell = 0; cell < size; cell++) {
      const stone = cells[cell]!;
      // Stones are 1 and 2: one's own lies in the first place, whichever it is.
      if (stone !== 0) out[first + 2 * cell + (stone === own ? 1 : 2)] = 1;
    }
  };
  return {
    kind: "turns",
    id,
    agents,
    observationSpace: () => observations,
    actionSpace: () => actions,
    actionNames: () => names,
    init: () => ({ cells: new Int8Array(size), mover: 0, stones: 0 }),
    turn: ({ mover }) => mover,
    step(state, action, _rng, { rewards, terminations, offset }) {
      const { cells, mover } = state;
      const cell = cellOf(cells, action);
      cells[cell] = 1 + mover;
      state.stones++;
      const won = wins(cells, cell);
      if (won) {
        rewards[offset + mover] = 1;
        rewards[offset + 1 - mover] = -1;
      }
      if (won || state.stones === size) terminations.fill(1, offset, offset + 2);
      state.mover = 1 - mover;
    },
    observe({ cells }, agent, out, offset) {
      writeStones(cells, 1 + agent, out, offset);
    },
    // Who waits may do nothing.
    actionMask({ cells, mover }, agent, out, offset) {
      for (let action = 0; action < names.length; action++) {
        out[offset + action] = mover === agent && cells[action] === 0 ? 1 : 0;
      }
    },
    stateSpace: observations,
    writeState({ cells }, out, offset) {
      writeStones(cells, 1, out, offset);
    },
    renderAnsi({ cells }) {
      const rows = Array.from({ length: height }, (_, row) =>
        Array.from(cells.subarray(row * width, (row + 1) * width), (stone) => ".XO"[stone]).join(" "),
      );
      return rows.join("\n");
    },
  };
}

/** Three in a row. */
export const ticTacToe = (): TurnRules<LineGameState> =>
  lineGame({
    ...{ id: "TicTacToe-v0", agents: ["player_1", "player_2"], height: 3, width: 3, line: 3, falls: false },
  });

/** Four in a row, of stones that fall. */
export const connectFour = (): TurnRules<LineGameState> =>
  lineGame({
    ...{ id: "ConnectFour-v0", agents: ["player_0", "player_1"], height: 6, width: 7, line: 4, falls: true },
  });
