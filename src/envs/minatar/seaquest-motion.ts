import {
  add,
  advance,
  columnOf,
  gunCountdownOf,
  headingOf,
  moveCountdownOf,
  newest,
  objectSize,
  oldestOn,
  removeAt,
  rowOf,
  type SeaquestObjects,
} from "./seaquest-objects.js";
import { diverMovePeriod, enemyGunPeriod, hold, type SeaquestState } from "./seaquest-state.js";

/** Each bullet hits at most one enemy, fish before submarines; returns the reward. */
export function movePlayerBullets(state: SeaquestState): number {
  const bullets = state.playerBullets;
  let reward = 0;
  for (let at = newest(bullets); at >= 0; at -= objectSize) {
    if (!advance(bullets, at)) removeAt(bullets, at);
    else if (removeOldestAt(state.fish, bullets, at) || removeOldestAt(state.submarines, bullets, at)) {
      removeAt(bullets, at);
      reward++;
    }
  }
  return reward;
}

/** Removes the oldest enemy on a bullet's cell; returns whether there was one. */
function removeOldestAt(enemies: SeaquestObjects, bullets: SeaquestObjects, bullet: number): boolean {
  const victim = oldestOn(enemies, bullets.values[bullet + rowOf]!, bullets.values[bullet + columnOf]!);
  if (victim < 0) return false;
  removeAt(enemies, victim);
  return true;
}

export function moveDivers(state: SeaquestState): void {
  const { divers } = state;
  const { values } = divers;
  for (let at = newest(divers); at >= 0; at -= objectSize) {
    if (comesAboard(state, at)) removeAt(divers, at);
    else if (values[at + moveCountdownOf]! > 0) values[at + moveCountdownOf]!--;
    else {
      values[at + moveCountdownOf] = diverMovePeriod;
      if (!advance(divers, at) || comesAboard(state, at)) removeAt(divers, at);
    }
  }
}

function comesAboard(state: SeaquestState, diver: number): boolean {
  if (state.diversAboard >= hold || !meetsPlayer(state, state.divers, diver)) return false;
  state.diversAboard++;
  return true;
}

/** Returns the reward for those that ran into a player bullet. */
export function moveSubmarines(state: SeaquestState): number {
  const { submarines } = state;
  let reward = 0;
  for (let at = newest(submarines); at >= 0; at -= objectSize) {
    const fate = moveEnemy(state, submarines, at);
    // Before it is removed: the gun of a submarine that has just been shot, or has left the board, still runs.
    runGun(state, at);
    if (fate !== swimsOn) removeAt(submarines, at);
    if (fate === isShot) reward++;
  }
  return reward;
}

/** Returns the reward for those that ran into a player bullet. */
export function moveFish(state: SeaquestState): number {
  const { fish } = state;
  let reward = 0;
  for (let at = newest(fish); at >= 0; at -= objectSize) {
    const fate = moveEnemy(state, fish, at);
    if (fate !== swimsOn) removeAt(fish, at);
    if (fate === isShot) reward++;
  }
  return reward;
}

const swimsOn = 0;
const isGone = 1;
const isShot = 2;

/** Contact before and after the move ends the game; a bullet that is run into is removed. Returns the enemy's fate. */
function moveEnemy(state: SeaquestState, enemies: SeaquestObjects, at: number): number {
  const { values } = enemies;
  if (meetsPlayer(state, enemies, at)) state.over = true;
  if (values[at + moveCountdownOf]! > 0) {
    values[at + moveCountdownOf]!--;
    return swimsOn;
  }
  values[at + moveCountdownOf] = state.movePeriod;
  if (!advance(enemies, at)) return isGone;
  if (meetsPlayer(state, enemies, at)) {
    state.over = true;
    return swimsOn;
  }
  const bullet = oldestOn(state.playerBullets, values[at + rowOf]!, values[at + columnOf]!);
  if (bullet < 0) return swimsOn;
  removeAt(state.playerBullets, bullet);
  return isShot;
}

/** A bullet starts on the submarine's cell, and moves for the first time in the same step. */
function runGun(state: SeaquestState, submarine: number): void {
  const { values } = state.submarines;
  if (values[submarine + gunCountdownOf]! > 0) {
    values[submarine + gunCountdownOf]!--;
    return;
  }
  values[submarine + gunCountdownOf] = enemyGunPeriod;
  add(
    state.enemyBullets,
    values[submarine + rowOf]!,
    values[submarine + columnOf]!,
    values[submarine + headingOf]!,
  );
}

/** A bullet that hits stays where it is. */
export function moveEnemyBullets(state: SeaquestState): void {
  const bullets = state.enemyBullets;
  for (let at = newest(bullets); at >= 0; at -= objectSize) {
    if (meetsPlayer(state, bullets, at)) state.over = true;
    if (!advance(bullets, at)) removeAt(bullets, at);
    else if (meetsPlayer(state, bullets, at)) state.over = true;
  }
}

/** Only the submarine's front, which is the player's cell, can be met. */
function meetsPlayer(state: SeaquestState, objects: SeaquestObjects, at: number): boolean {
  const { values } = objects;
  return values[at + columnOf] === state.column && values[at + rowOf] === state.row;
}
