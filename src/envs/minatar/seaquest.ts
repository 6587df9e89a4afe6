import type { RandomSource } from "gymnasium-js";
import { defineMinatar, type MinatarGame } from "./minatar.js";
import {
  moveDivers,
  moveEnemyBullets,
  moveFish,
  movePlayerBullets,
  moveSubmarines,
} from "./seaquest-motion.js";
import { add, gunCountdownOf, moveCountdownOf, opposes } from "./seaquest-objects.js";
import { observeSeaquest, seaquestChannels, seaquestLook } from "./seaquest-observation.js";
import {
  diverMovePeriod,
  emptyState,
  enemyGunPeriod,
  fullTank,
  hold,
  type SeaquestState,
} from "./seaquest-state.js";

export type { SeaquestState } from "./seaquest-state.js";

const deepestRow = 8;
const lastColumn = 9;
const divingPeriod = 30;
const playerGunPeriod = 5;
const firstEnemyPeriod = 20;
const leastEnemyPeriod = 1;
const firstMovePeriod = 5;
const leastMovePeriod = 2;

/**
 * Seaquest: shoot fish and submarines (1 each), collect divers, surface for air; delivering six divers gives up to 10
 * for the air left. Ends on contact with an enemy or its bullet, without air, or on surfacing with no diver.
 */
export const seaquest: MinatarGame<SeaquestState> = {
  name: "Seaquest",
  channels: seaquestChannels,
  minimalActions: [0, 1, 2, 3, 4, 5],
  look: seaquestLook,
  level: (state) => state.level,
  init(_rng, previous, ramping) {
    const state = previous ?? emptyState();
    state.row = 0;
    state.column = 5;
    state.heading = -1;
    state.oxygen = fullTank;
    state.diversAboard = 0;
    state.surfaced = true;
    state.gunCooldown = 0;
    state.enemyPeriod = firstEnemyPeriod;
    state.enemyCountdown = firstEnemyPeriod;
    state.diverCountdown = divingPeriod;
    state.movePeriod = firstMovePeriod;
    state.ramping = ramping;
    state.level = 0;
    state.playerBullets.count = 0;
    state.enemyBullets.count = 0;
    state.fish.count = 0;
    state.submarines.count = 0;
    state.divers.count = 0;
    state.over = false;
    return state;
  },
  step(state, action, rng) {
    if (state.enemyCountdown === 0) {
      spawnEnemy(state, rng);
      state.enemyCountdown = state.enemyPeriod;
    }
    if (state.diverCountdown === 0) {
      spawnDiver(state, rng);
      state.diverCountdown = divingPeriod;
    }
    movePlayer(state, action);
    let reward = movePlayerBullets(state);
    moveDivers(state);
    reward += moveSubmarines(state);
    moveEnemyBullets(state);
    reward += moveFish(state);
    if (state.enemyCountdown > 0) state.enemyCountdown--;
    if (state.diverCountdown > 0) state.diverCountdown--;
    if (state.gunCooldown > 0) state.gunCooldown--;
    return reward + breathe(state);
  },
  observe: observeSeaquest,
};

/** MinAtar/Seaquest-v0 and MinAtar/Seaquest-v1, which have the same six actions. */
export const minatarSeaquest = defineMinatar(seaquest);

/** Nothing comes into a row where an enemy heads the other way, but the draws are made. */
function spawnEnemy(state: SeaquestState, rng: RandomSource): void {
  const heading = rng.random() < 1 / 2 ? 1 : -1;
  const isSubmarine = rng.random() < 1 / 3;
  const row = rng.integers(1, 9);
  if (opposes(state.fish, row, heading) || opposes(state.submarines, row, heading)) return;
  const kind = isSubmarine ? state.submarines : state.fish;
  const at = add(kind, row, heading === 1 ? 0 : lastColumn, heading);
  kind.values[at + moveCountdownOf] = state.movePeriod;
  kind.values[at + gunCountdownOf] = enemyGunPeriod;
}

function spawnDiver(state: SeaquestState, rng: RandomSource): void {
  const heading = rng.random() < 1 / 2 ? 1 : -1;
  const at = add(state.divers, rng.integers(1, 9), heading === 1 ? 0 : lastColumn, heading);
  state.divers.values[at + moveCountdownOf] = diverMovePeriod;
}

function movePlayer(state: SeaquestState, action: number): void {
  if (action === 5) {
    if (state.gunCooldown > 0) return;
    add(state.playerBullets, state.row, state.column, state.heading);
    state.gunCooldown = playerGunPeriod;
  } else if (action === 1) {
    state.column = Math.max(state.column - 1, 0);
    state.heading = -1;
  } else if (action === 3) {
    state.column = Math.min(state.column + 1, lastColumn);
    state.heading = 1;
  } else if (action === 2) state.row = Math.max(state.row - 1, 0);
  else if (action === 4) state.row = Math.min(state.row + 1, deepestRow);
}

/** The air of this step; returns the reward for a delivery. */
function breathe(state: SeaquestState): number {
  if (state.oxygen <= 0) state.over = true;
  if (state.row > 0) {
    state.oxygen--;
    state.surfaced = false;
    return 0;
  }
  if (state.surfaced) return 0;
  if (state.diversAboard === 0) {
    state.over = true;
    return 0;
  }
  return surface(state);
}

/**
 * Six divers are put ashore. Each surfacing also costs one, so that a delivery leaves -1: a debt, with which the
 * player may surface too, at the price of a greater debt.
 */
function surface(state: SeaquestState): number {
  let reward = 0;
  state.surfaced = true;
  if (state.diversAboard === hold) {
    reward = Math.floor((state.oxygen * 10) / fullTank);
    state.diversAboard = 0;
  }
  state.oxygen = fullTank;
  state.diversAboard--;
  if (state.ramping) growHarder(state);
  return reward;
}

function growHarder(state: SeaquestState): void {
  if (state.enemyPeriod <= leastEnemyPeriod && state.movePeriod <= leastMovePeriod) return;
  if (state.movePeriod > leastMovePeriod && state.level % 2 === 1) state.movePeriod--;
  if (state.enemyPeriod > leastEnemyPeriod) state.enemyPeriod--;
  state.level++;
}
