import { box, discrete, type RandomSource } from "gymnasium-js";
import { pursuitPicture } from "../rendering/pursuit.js";
import type { SimultaneousRules } from "../rules.js";
import { requireCounts } from "./options.js";

export interface PursuitOptions {
  height?: number;
  width?: number;
  predators?: number;
  prey?: number;
  /** Cells that a predator sees in each direction. */
  sight?: number;
  /** For each predator beside a prey that is caught. */
  catchReward?: number;
  /** For each step beside a prey. */
  touchReward?: number;
  /** In every step. */
  stepReward?: number;
}

export interface PursuitState {
  height: number;
  width: number;
  /** Cells of the predators, row by row. */
  predators: Int32Array;
  /** Cells of the prey; -1 for those that are caught. */
  prey: Int32Array;
  /**
   * `[height + 2 margin, width + 2 margin, 3]`, what there is to see: 1 beyond the edge, how many predators, how many prey. The
   * margin is as wide as predators see, and at least 1.
   */
  board: Uint8Array;
}

const names = ["left", "right", "up", "down", "stay"] as const;
const stay = 4;

/** Values of a cell of the board, and what they are of. */
const channels = 3;
const [edge, hunters, hunted] = [0, 1, 2];

/**
 * Predators hunt prey on a grid. A prey is caught when all cells beside it are taken by predators, or lie beyond the edge, and
 * moves at random until then. Predators act together and may share a cell; each sees the cells around it:
 * `[2 sight + 1, 2 sight + 1, 3]`, 1 beyond the edge, how many predators, and how many prey.
 *
 * The game of predators and prey is Benda et al.'s (1985); local views and rewards for touching as in Gupta et al. 2017,
 * https://doi.org/10.1007/978-3-319-71682-4_5
 *
 * @throws GymnasiumError `invalid-options` for numbers that make no sense
 */
export function pursuit({
  height = 16,
  width = 16,
  predators = 8,
  prey = 30,
  sight = 3,
  catchReward = 5,
  touchReward = 0.01,
  stepReward = -0.1,
}: PursuitOptions = {}): SimultaneousRules<PursuitState> {
  const id = "Pursuit-v0";
  requireCounts(id, { height, width, predators, prey }, 1);
  requireCounts(id, { sight }, 0);
  const size = height * width;
  const side = 2 * sight + 1;
  const margin = Math.max(1, sight);
  const stride = channels * (width + 2 * margin);
  const observations = box({ low: 0, high: 255, shape: [side, side, channels], dtype: "uint8" });
  const actions = discrete(names.length);
  /** Of each cell, where its values stand on the board. */
  const placeOf = Int32Array.from({ length: size }, (_, cell) => {
    const [row, column] = [Math.floor(cell / width), cell % width];
    return (row + margin) * stride + (column + margin) * channels;
  });
  /** How far a move leads, in cells and on the board. */
  const cellMoves = Int32Array.of(-1, 1, -width, width, 0);
  const moves = Int32Array.of(-channels, channels, -stride, stride, 0);
  /** The board without anybody. */
  const emptyBoard = new Uint8Array((height + 2 * margin) * stride);
  for (let at = 0; at < emptyBoard.length; at += channels) emptyBoard[at + edge] = 1;
  for (const place of placeOf) emptyBoard[place + edge] = 0;
  /** Scratch, by place on the board: how many prey beside it were caught in this step. */
  const caughtBeside = new Uint16Array(emptyBoard.length);

  const isCaught = (board: Uint8Array, place: number): boolean => {
    for (let move = 0; move < stay; move++) {
      const beside = place + moves[move]!;
      if (board[beside + edge] === 0 && board[beside + hunters] === 0) return false;
    }
    return true;
  };

  /** Whether there is prey, there or beside. */
  const isTouching = (board: Uint8Array, place: number): boolean => {
    for (let move = 0; move < moves.length; move++) {
      if (board[place + moves[move]! + hunted]! > 0) return true;
    }
    return false;
  };

  const movePredators = (state: PursuitState, chosen: ArrayLike<number>, offset: number): void => {
    const { predators: cells, board } = state;
    for (let who = 0; who < predators; who++) {
      const move = chosen[offset + who]!;
      const place = placeOf[cells[who]!]!;
      const next = place + moves[move]!;
      if (board[next + edge] === 1) continue;
      board[place + hunters]!--;
      board[next + hunters]!++;
      cells[who]! += cellMoves[move]!;
    }
  };

  /** Takes a prey off the board. */
  const take = ({ prey: cells, board }: PursuitState, who: number): void => {
    const place = placeOf[cells[who]!]!;
    board[place + hunted]!--;
    cells[who] = -1;
    for (let move = 0; move < stay; move++) {
      const beside = place + moves[move]!;
      if (board[beside + hunters]! > 0) caughtBeside[beside]!++;
    }
  };

  /** Moves a prey, unless it would run into predators. */
  const flee = ({ prey: cells, board }: PursuitState, who: number, move: number): void => {
    const place = placeOf[cells[who]!]!;
    const next = place + moves[move]!;
    if (board[next + edge]! + board[next + hunters]! > 0) return;
    board[place + hunted]!--;
    board[next + hunted]!++;
    cells[who]! += cellMoves[move]!;
  };

  /** Pays for what was caught, and forgets it. */
  const payCatches = ({ predators: cells }: PursuitState, rewards: Float64Array, at: number): void => {
    for (let who = 0; who < predators; who++) {
      for (let paid = caughtBeside[placeOf[cells[who]!]!]!; paid > 0; paid--)
        rewards[at + who]! += catchReward;
    }
    for (let who = 0; who < predators; who++) caughtBeside[placeOf[cells[who]!]!] = 0;
  };

  const settle = (count: number, rng: RandomSource, board: Uint8Array, channel: number): Int32Array => {
    const cells = new Int32Array(count);
    for (let who = 0; who < count; who++) {
      cells[who] = rng.integers(0, size);
      board[placeOf[cells[who]!]! + channel]!++;
    }
    return cells;
  };

  return {
    kind: "simultaneous",
    id,
    agents: Array.from({ length: predators }, (_, i) => `predator_${i}`),
    observationSpace: () => observations,
    actionSpace: () => actions,
    actionNames: () => names,
    maxCycles: 500,
    init(rng) {
      const board = emptyBoard.slice();
      return {
        height,
        width,
        predators: settle(predators, rng, board, hunters),
        prey: settle(prey, rng, board, hunted),
        board,
      };
    },
    step(state, chosen, offset, rng, { rewards, terminations, offset: at }) {
      const { predators: cells, board } = state;
      movePredators(state, chosen, offset);
      for (let who = 0; who < predators; who++) {
        rewards[at + who] = stepReward + (isTouching(board, placeOf[cells[who]!]!) ? touchReward : 0);
      }
      let left = 0;
      let caught = 0;
      for (let who = 0; who < prey; who++) {
        const cell = state.prey[who]!;
        if (cell < 0) continue;
        if (isCaught(board, placeOf[cell]!)) {
          caught++;
          take(state, who);
        } else {
          left++;
          flee(state, who, rng.integers(0, names.length));
        }
      }
      if (caught > 0) payCatches(state, rewards, at);
      if (left === 0) terminations.fill(1, at, at + predators);
    },
    observe({ predators: cells, board }, agent, out, offset) {
      let from = placeOf[cells[agent]!]! - sight * (stride + channels);
      let at = offset;
      for (let row = 0; row < side; row++) {
        const end = from + side * channels;
        for (let place = from; place < end; place += channels) {
          out[at] = board[place + edge]!;
          out[at + 1] = board[place + hunters]!;
          out[at + 2] = board[place + hunted]!;
          at += channels;
        }
        from += stride;
      }
    },
    renderAnsi({ board }) {
      const letter = (cell: number): string => {
        const place = placeOf[cell]!;
        if (board[place + hunters]! > 0) return board[place + hunted]! > 0 ? "X" : "P";
        return board[place + hunted]! > 0 ? "o" : ".";
      };
      return Array.from({ length: height }, (_, row) =>
        Array.from({ length: width }, (_, column) => letter(row * width + column)).join(""),
      ).join("\n");
    },
    renderRgb: pursuitPicture,
  };
}
