import { discrete, GymnasiumError, type RandomSource, type TypedArray } from "gymnasium-js";
import type { SimultaneousRules } from "../../rules.js";
import { Commons, type CommonsOptions, type CommonsState, terrain } from "../commons.js";
import { drawOrder, moveNames, stay } from "../commons-grid.js";
import { commonsPicture, commonsText } from "../commons-picture.js";
import { requireCounts, requireLengths } from "../options.js";

export interface CleanupOptions extends Partial<CommonsOptions> {
  /** Rows and columns in each direction that one cleans at once. */
  reach?: number;
  /** Chance that waste gets into the river in a step; it pollutes one cell, if that is clean. */
  pollution?: number;
  /** Share of the river from which on nothing grows when it is polluted. */
  threshold?: number;
  /** Chance that an apple grows on an empty cell of the orchard in a step, if the river is clean. */
  growth?: number;
}

export interface CleanupState extends CommonsState {
  /** `[height, width]` 1 where the river is polluted. */
  polluted: Uint8Array;
  /** How many cells are. */
  pollutedCells: number;
  /** Rows and columns in each direction that one cleans at once. */
  readonly reach: number;
}

const id = "Cleanup-v0";
const clean = stay + 1;
const names = [...moveNames, "clean"] as const;

const defaultMap = `
  ~~~..........aaaa
  ~~~..........aaaa
  ~~~..........aaaa
  ~~~..........aaaa
  ~~~..........aaaa
  ~~~..........aaaa
  ~~~..........aaaa
  ~~~..........aaaa
  ~~~..........aaaa
  ~~~..........aaaa`;

/**
 * A public good: waste gets into the river by chance, and the more of it is polluted, the fewer apples grow in the orchard, none
 * from a share of `threshold` on. Eating an apple earns 1; cleaning earns nothing, and is done far from where the apples are.
 * Agents act one by one, in an order drawn anew for each step: they move, or clean the cells around them.
 * They can walk in the river. An episode begins with a clean river and an empty orchard.
 *
 * Each sees the cells around it, north up: `[2 sight + 1, 2 sight + 1, 5]`, 1 beyond the edge, where others are, where apples
 * are, where the river is, and where it is polluted. The state is `[height, width, agents + 3]`: a plane for each agent, then
 * apples, the river and where it is polluted.
 *
 * `rewardSharing` gives everybody a share of each apple, so that cleaning pays.
 *
 * After Hughes et al. 2018, https://arxiv.org/abs/1803.08884, without fines, and with cleaning all around in place of a beam; the
 * figures are this game's own.
 * @throws GymnasiumError `invalid-options` for a map that is none or has no room, and for numbers out of range
 */
export function cleanup({
  map = defaultMap,
  agents = 5,
  sight = 5,
  rewardSharing = 0,
  reach = 1,
  pollution = 0.5,
  threshold = 0.4,
  growth = 0.05,
}: CleanupOptions = {}): SimultaneousRules<CleanupState> {
  const game = { id, planes: 2, writeCell: writeRiver, faces: false };
  const commons = new Commons<CleanupState>({ map, agents, sight, rewardSharing }, game);
  const actions = discrete(names.length);
  requireCounts(id, { reach }, 1);
  requireLengths(id, { threshold });
  const riverCells = commons.cellsOf(terrain.river);
  const orchardCells = commons.cellsOf(terrain.orchard);
  if (riverCells.length === 0) throw new GymnasiumError("invalid-options", `${id}: the map has no river.`);

  const pollute = (state: CleanupState, rng: RandomSource): void => {
    if (rng.random() >= pollution) return;
    const cell = riverCells[rng.integers(0, riverCells.length)]!;
    if (state.polluted[cell] === 1) return;
    state.polluted[cell] = 1;
    state.pollutedCells++;
  };

  const grow = ({ apples, agentAt, pollutedCells }: CleanupState, rng: RandomSource): void => {
    const chance = growth * Math.max(0, 1 - pollutedCells / (threshold * riverCells.length));
    if (chance === 0) return;
    for (let i = 0; i < orchardCells.length; i++) {
      const cell = orchardCells[i]!;
      if (apples[cell] === 0 && agentAt[cell]! < 0 && rng.random() < chance) apples[cell] = 1;
    }
  };

  return {
    kind: "simultaneous",
    id,
    agents: commons.names,
    observationSpace: () => commons.observations,
    actionSpace: () => actions,
    actionNames: () => names,
    maxCycles: 500,
    init(rng) {
      const state = commons.begin(rng);
      return { ...state, reach, polluted: new Uint8Array(state.apples.length), pollutedCells: 0 };
    },
    step(state, chosen, offset, rng, outcome) {
      const { order, beams } = state;
      beams.fill(0);
      drawOrder(order, rng);
      for (let i = 0; i < agents; i++) {
        const agent = order[i]!;
        const action = chosen[offset + agent]!;
        if (action === clean) wash(state, agent);
        else if (commons.walk(state, agent, action)) commons.pay(outcome, agent);
      }
      pollute(state, rng);
      grow(state, rng);
    },
    observe: (state, agent, out, offset) => commons.writeView(state, agent, out, offset),
    stateSpace: commons.states,
    writeState: (state, out, offset) => commons.writeState(state, out, offset),
    renderAnsi: (state) => commonsText(state, state.polluted),
    renderRgb: (state) => commonsPicture(state, state.polluted),
  };
}

function writeRiver({ ground, polluted }: CleanupState, cell: number, out: TypedArray, at: number): void {
  out[at] = ground[cell] === terrain.river ? 1 : 0;
  out[at + 1] = polluted[cell]!;
}

/** Cleans the cells around an agent, and its own. */
function wash(state: CleanupState, agent: number): void {
  const { cells, height, width, reach, polluted, beams } = state;
  const row = Math.floor(cells[agent]! / width);
  const column = cells[agent]! % width;
  for (let down = Math.max(row - reach, 0); down <= Math.min(row + reach, height - 1); down++) {
    for (let across = Math.max(column - reach, 0); across <= Math.min(column + reach, width - 1); across++) {
      const cell = down * width + across;
      beams[cell] = 1;
      if (polluted[cell] === 0) continue;
      polluted[cell] = 0;
      state.pollutedCells--;
    }
  }
}
