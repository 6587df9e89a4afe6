import { discrete } from "gymnasium-js";
import type { ArenaOutcome, SimultaneousRules } from "../../rules.js";
import { Commons, type CommonsOptions, type CommonsState, terrain } from "../commons.js";
import { cellAfter, drawOrder, moveNames, stay } from "../commons-grid.js";
import { commonsPicture, commonsText } from "../commons-picture.js";
import { requireCounts } from "../options.js";
import { applesNear, regrow } from "./regrowth.js";

export interface HarvestOptions extends Partial<CommonsOptions> {
  /** Chances that an apple grows on an empty cell of the orchard in a step, by how many are near; the last one for more. */
  regrowth?: readonly number[];
  /** Whether agents can zap. */
  beam?: boolean;
  /** Cells that a beam goes. */
  reach?: number;
  /** Steps that who was hit stays away. */
  timeout?: number;
  /** What somebody pays to the others who leaves fewer than `reserve` apples near the one it takes. */
  fine?: number;
  reserve?: number;
}

export interface HarvestState extends CommonsState {
  /** Steps that each agent will stay away; 0 for those that are there. */
  away: Int32Array;
  /** Apples that should be left near one that is taken. */
  readonly reserve: number;
}

const id = "Harvest-v0";
const zap = stay + 1;

const defaultMap = `
  ....................
  ...a......a......a..
  ..aaa....aaa....aaa.
  .aaaaa..aaaaa..aaaaa
  ..aaa....aaa....aaa.
  ...a......a......a..
  ....................
  ....................
  ..a......a......a...
  .aaa....aaa....aaa..
  aaaaa..aaaaa..aaaaa.
  .aaa....aaa....aaa..
  ..a......a......a...
  ....................`;

/**
 * Apples on a commons: eating one earns 1, and the fewer there are around, the more slowly others grow, none where there are none
 * within two steps. Agents act one by one, in an order drawn anew for each step: they move (and turn that way), or zap whoever is
 * first in the way of their beam, who then is away for a while, which earns nothing and costs nothing. If everybody eats what it
 * can get, soon there is nothing left.
 *
 * Each sees the cells around it, north up: `[2 sight + 1, 2 sight + 1, 4]`, 1 beyond the edge, where others are, where apples are,
 * and on the cell that it faces; nothing while it is away. The state is `[height, width, agents + 1]`: 1 to 4 where an agent is,
 * by the way that it faces, and apples.
 *
 * Two ways out. `rewardSharing` gives everybody a share of each apple. `fine` makes who takes an apple and leaves fewer than
 * `reserve` near it pay the others, in equal parts, so that together they still earn what they eat. It is a fine rather than a
 * quota, because how much may be taken depends on the place and the time, and not on who takes it. From 1 on, it does not pay to
 * leave too few; and where nobody does, no patch of the orchard ever dies, because who takes its last apple leaves none.
 *
 * After Perolat et al. 2017, https://arxiv.org/abs/1707.06600; sharing as in Hughes et al. 2018,
 * https://arxiv.org/abs/1803.08884, at its plainest. Agents here face where they move, and figures are this game's own.
 * @throws GymnasiumError `invalid-options` for a map that is none or has no room, and for numbers out of range
 */
export function harvest({
  map = defaultMap,
  agents = 5,
  sight = 5,
  rewardSharing = 0,
  regrowth = [0, 0.005, 0.01, 0.02, 0.03, 0.05],
  beam = true,
  reach = 5,
  timeout = 25,
  fine = 0,
  reserve = 3,
}: HarvestOptions = {}): SimultaneousRules<HarvestState> {
  const game = { id, planes: 0, writeCell: () => {}, faces: true };
  const commons = new Commons<HarvestState>({ map, agents, sight, rewardSharing }, game);
  const orchard = commons.cellsOf(terrain.orchard);
  const names = beam ? [...moveNames, "zap"] : moveNames;
  const actions = discrete(names.length);
  requireCounts(id, { reach }, 1);
  requireCounts(id, { timeout, reserve }, 0);

  const shoot = (state: HarvestState, agent: number): void => {
    const { agentAt, cells, facing, beams, away } = state;
    let cell = cells[agent]!;
    for (let i = 0; i < reach; i++) {
      cell = cellAfter(state, cell, facing[agent]!);
      if (cell < 0) return;
      beams[cell] = 1;
      const other = agentAt[cell]!;
      if (other < 0) continue;
      agentAt[cell] = -1;
      cells[other] = -1;
      // This step is not one of those that it misses.
      away[other] = timeout + 1;
      return;
    }
  };

  const payFine = ({ rewards, offset }: ArenaOutcome, eater: number): void => {
    for (let agent = 0; agent < agents; agent++) {
      if (agent === eater) rewards[offset + agent]! -= fine;
      else rewards[offset + agent]! += fine / (agents - 1);
    }
  };

  const act = (state: HarvestState, agent: number, action: number, outcome: ArenaOutcome): void => {
    if (action === zap) {
      shoot(state, agent);
    } else if (commons.walk(state, agent, action)) {
      commons.pay(outcome, agent);
      if (fine > 0 && applesNear(state, state.cells[agent]!) < reserve) payFine(outcome, agent);
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
      const state = { ...commons.begin(rng), away: new Int32Array(agents), reserve };
      for (const cell of orchard) state.apples[cell] = 1;
      return state;
    },
    step(state, chosen, offset, rng, outcome) {
      const { order, cells, away, beams } = state;
      beams.fill(0);
      drawOrder(order, rng);
      for (let i = 0; i < agents; i++) {
        const agent = order[i]!;
        if (cells[agent]! >= 0) act(state, agent, chosen[offset + agent]!, outcome);
      }
      regrow(state, orchard, regrowth, rng);
      for (let agent = 0; agent < agents; agent++) {
        if (away[agent]! > 0 && --away[agent]! === 0) commons.enter(state, agent, rng);
      }
    },
    observe: (state, agent, out, offset) => commons.writeView(state, agent, out, offset),
    stateSpace: commons.states,
    writeState: (state, out, offset) => commons.writeState(state, out, offset),
    renderAnsi: (state) => commonsText(state),
    renderRgb: (state) => commonsPicture(state),
  };
}
