import { box, discrete, type RandomSource } from "gymnasium-js";
import type { SimultaneousRules } from "../rules.js";

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
  /** Cells of the predators, row by row. */
  predators: Int32Array;
  /** Cells of the prey; -1 for those that are caught. */
  prey: Int32Array;
  /** `[height, width]`: how many predators and how many prey are there. */
  predatorsAt: Uint8Array;
  preyAt: Uint8Array;
}

const names = ["left", "right", "up", "down", "stay"] as const;
const moves = [
  [0, -1],
  [0, 1],
  [-1, 0],
  [1, 0],
  [0, 0],
] as const;

/** Values of a cell in a predator's view: beyond the edge, predators, prey. */
const channels = 3;

/**
 * Predators hunt prey on a grid. A prey is caught when all cells beside it are taken by predators, or lie beyond the edge, and
 * moves at random until then. Predators act together and may share a cell; each sees the cells around it:
 * `[2 sight + 1, 2 sight + 1, 3]`, 1 beyond the edge, how many predators, and how many prey.
 *
 * The game of predators and prey is Benda et al.'s (1985); local views and rewards for touching as in Gupta et al. 2017,
 * https://doi.org/10.1007/978-3-319-71682-4_5
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
  const size = height * width;
  const side = 2 * sight + 1;
  const observations = box({ low: 0, high: 255, shape: [side, side, channels], dtype: "uint8" });
  const actions = discrete(names.length);

  /** Where a move from a cell leads; the cell itself where that is beyond the edge. */
  const after = (cell: number, move: number): number => {
    const [down, right] = moves[move]!;
    const row = Math.floor(cell / width) + down;
    const column = (cell % width) + right;
    const isInside = row >= 0 && row < height && column >= 0 && column < width;
    return isInside ? row * width + column : cell;
  };

  const moveTo = (cells: Int32Array, at: Uint8Array, who: number, cell: number): void => {
    at[cells[who]!]!--;
    cells[who] = cell;
    at[cell]!++;
  };

  const isCaught = ({ predatorsAt }: PursuitState, cell: number): boolean => {
    for (let move = 0; move < 4; move++) {
      const beside = after(cell, move);
      if (beside !== cell && predatorsAt[beside] === 0) return false;
    }
    return true;
  };

  const isBeside = ({ preyAt }: PursuitState, cell: number): boolean => {
    for (let move = 0; move < moves.length; move++) if (preyAt[after(cell, move)]! > 0) return true;
    return false;
  };

  const place = (count: number, rng: RandomSource, at: Uint8Array): Int32Array => {
    const cells = new Int32Array(count);
    for (let who = 0; who < count; who++) {
      cells[who] = rng.integers(0, size);
      at[cells[who]!]!++;
    }
    return cells;
  };

  return {
    kind: "simultaneous",
    id: "Pursuit-v0",
    agents: Array.from({ length: predators }, (_, i) => `predator_${i}`),
    observationSpace: () => observations,
    actionSpace: () => actions,
    actionNames: () => names,
    maxCycles: 500,
    init(rng) {
      const [predatorsAt, preyAt] = [new Uint8Array(size), new Uint8Array(size)];
      return {
        predators: place(predators, rng, predatorsAt),
        prey: place(prey, rng, preyAt),
        predatorsAt,
        preyAt,
      };
    },
    step(state, chosen, offset, rng, { rewards, terminations, offset: at }) {
      for (let who = 0; who < predators; who++) {
        const cell = after(state.predators[who]!, chosen[offset + who]!);
        moveTo(state.predators, state.predatorsAt, who, cell);
      }
      for (let who = 0; who < predators; who++) {
        rewards[at + who] = stepReward + (isBeside(state, state.predators[who]!) ? touchReward : 0);
      }
      let left = 0;
      for (let who = 0; who < prey; who++) {
        const cell = state.prey[who]!;
        if (cell < 0) continue;
        if (!isCaught(state, cell)) {
          left++;
          continue;
        }
        for (let hunter = 0; hunter < predators; hunter++) {
          if (areBeside(state.predators[hunter]!, cell, width)) rewards[at + hunter]! += catchReward;
        }
        state.preyAt[cell]!--;
        state.prey[who] = -1;
      }
      for (let who = 0; who < prey; who++) {
        if (state.prey[who]! < 0) continue;
        const cell = after(state.prey[who]!, rng.integers(0, moves.length));
        // Prey does not run into predators.
        if (state.predatorsAt[cell] === 0) moveTo(state.prey, state.preyAt, who, cell);
      }
      if (left === 0) terminations.fill(1, at, at + predators);
    },
    observe(state, agent, out, offset) {
      const cell = state.predators[agent]!;
      const [top, start] = [Math.floor(cell / width) - sight, (cell % width) - sight];
      let i = offset;
      for (let row = top; row < top + side; row++) {
        for (let column = start; column < start + side; column++) {
          const isInside = row >= 0 && row < height && column >= 0 && column < width;
          const here = row * width + column;
          out[i++] = isInside ? 0 : 1;
          out[i++] = isInside ? state.predatorsAt[here]! : 0;
          out[i++] = isInside ? state.preyAt[here]! : 0;
        }
      }
    },
    renderAnsi({ predatorsAt, preyAt }) {
      const letter = (cell: number): string => {
        if (predatorsAt[cell]! > 0) return preyAt[cell]! > 0 ? "X" : "P";
        return preyAt[cell]! > 0 ? "o" : ".";
      };
      return Array.from({ length: height }, (_, row) =>
        Array.from({ length: width }, (_, column) => letter(row * width + column)).join(""),
      ).join("\n");
    },
  };
}

function areBeside(a: number, b: number, width: number): boolean {
  const rows = Math.abs(Math.floor(a / width) - Math.floor(b / width));
  const columns = Math.abs((a % width) - (b % width));
  return rows + columns === 1;
}
