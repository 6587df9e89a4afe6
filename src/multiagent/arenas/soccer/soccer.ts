import { box, discrete, type TypedArray } from "gymnasium-js";
import type { SimultaneousRules } from "../../rules.js";
import { drawOrder, moveNames } from "../commons-grid.js";
import { soccerPicture, soccerText } from "./picture.js";
import { act, pass } from "./play.js";
import { kickOff, requirePitch, type SoccerOptions, type SoccerState, teamOf } from "./state.js";

const id = "Soccer-v0";
const [left, right, ...others] = moveNames;
/** What the actions of red and of blue are on the pitch. */
const actionNames = [
  [left, right, ...others, "pass"],
  [right, left, ...others, "pass"],
] as const;

/** Planes of a view: oneself, mates, opponents, the ball. */
const channels = 4;

/**
 * Soccer of two teams on a grid. One player has the ball, and scores by walking with it into the other team's goal, which earns
 * each of its team 1 and each of the others -1, and is the end. Players act one by one, in an order drawn anew for each step. Who
 * runs into another stays where it is, and if one of the two has the ball, the other one gets it. Who has the ball may pass it in
 * a straight line to the nearest mate, and the first opponent on that line gets it instead; in teams of one there is no pass.
 *
 * Each sees `[height, width, 4]` as if its team played to the right: itself, its mates, its opponents, the ball. Its first two
 * actions are meant that way too, backwards and forwards, so that one policy plays for either team. The state is
 * `[height, width, players + 1]`, a plane for each player and one for the ball.
 *
 * After Littman 1994, https://doi.org/10.1016/B978-1-55860-335-6.50027-1, whose pitch and teams are
 * `{ height: 4, width: 5, teamSize: 1 }`, and where the ball only ever goes to who was run into.
 * @throws GymnasiumError `invalid-options` for a pitch on which the teams or the goals have no room
 */
export function soccer(options: SoccerOptions = {}): SimultaneousRules<SoccerState> {
  const pitch = { height: 6, width: 9, goalHeight: 2, teamSize: 2, ...options };
  requirePitch(id, pitch);
  const { height, width, teamSize } = pitch;
  const players = 2 * teamSize;
  const numActions = teamSize > 1 ? pass + 1 : pass;
  const names = actionNames.map((team) => team.slice(0, numActions));
  const observations = planes(height, width, channels);
  const actions = discrete(numActions);
  return {
    kind: "simultaneous",
    id,
    agents: ["red", "blue"].flatMap((team) => Array.from({ length: teamSize }, (_, i) => `${team}_${i}`)),
    observationSpace: () => observations,
    actionSpace: () => actions,
    actionNames: (agent) => names[teamOf(pitch, agent)]!,
    maxCycles: 100,
    init: (rng) => kickOff(pitch, rng),
    step(state, chosen, offset, rng, { rewards, terminations, offset: at }) {
      const { order } = state;
      drawOrder(order, rng);
      for (let i = 0; i < players && state.scorer < 0; i++) {
        const player = order[i]!;
        act(state, player, chosen[offset + player]!);
      }
      if (state.scorer < 0) return;
      for (let player = 0; player < players; player++) {
        rewards[at + player] = teamOf(state, player) === state.scorer ? 1 : -1;
      }
      terminations.fill(1, at, at + players);
    },
    observe: writeView,
    ...(teamSize > 1 && { actionMask: writeMask }),
    stateSpace: planes(height, width, players + 1),
    writeState,
    renderAnsi: soccerText,
    renderRgb: soccerPicture,
  };
}

function planes(height: number, width: number, count: number) {
  return box({ low: 0, high: 1, shape: [height, width, count], dtype: "uint8" });
}

function writeView(state: SoccerState, agent: number, out: TypedArray, offset: number): void {
  const { cells, holder, width } = state;
  const team = teamOf(state, agent);
  out.fill(0, offset, offset + state.playerAt.length * channels);
  for (let player = 0; player < cells.length; player++) {
    const cell = cells[player]!;
    const at = offset + (team === 0 ? cell : cell + width - 1 - 2 * (cell % width)) * channels;
    const isMate = teamOf(state, player) === team;
    out[at + (player === agent ? 0 : isMate ? 1 : 2)] = 1;
    if (player === holder) out[at + 3] = 1;
  }
}

function writeMask({ holder }: SoccerState, agent: number, out: Uint8Array, offset: number): void {
  out.fill(1, offset, offset + pass);
  out[offset + pass] = holder === agent ? 1 : 0;
}

function writeState({ cells, holder, playerAt }: SoccerState, out: TypedArray, offset: number): void {
  const count = cells.length + 1;
  out.fill(0, offset, offset + playerAt.length * count);
  for (let player = 0; player < cells.length; player++) out[offset + cells[player]! * count + player] = 1;
  out[offset + cells[holder]! * count + cells.length] = 1;
}
