import { noObjects, type SeaquestObjects } from "./seaquest-objects.js";

export interface SeaquestState {
  row: number;
  column: number;
  /** Of the player: 1 is right, -1 left. */
  heading: number;
  /** Steps of air left. */
  oxygen: number;
  /** Negative after a delivery or on surfacing with a debt: see `surface`. */
  diversAboard: number;
  /** Whether the stay at the surface, if the player is there, has already been accounted for. */
  surfaced: boolean;
  gunCooldown: number;
  enemyPeriod: number;
  enemyCountdown: number;
  diverCountdown: number;
  /** Enemies move every `movePeriod + 1` steps. */
  movePeriod: number;
  ramping: boolean;
  level: number;
  playerBullets: SeaquestObjects;
  enemyBullets: SeaquestObjects;
  fish: SeaquestObjects;
  submarines: SeaquestObjects;
  divers: SeaquestObjects;
  over: boolean;
}

/** Steps of air in a full tank. */
export const fullTank = 200;
/** Divers that the player can take aboard. */
export const hold = 6;
export const diverMovePeriod = 5;
export const enemyGunPeriod = 10;

/*
 * Why no list can overflow. A bullet leaves the board at the latest 9 steps after it was fired, and the player's gun
 * fires every 5 steps at most: 2 player bullets. An enemy or a diver leaves with its 10th move, at the latest 59 steps
 * after it came (move periods only fall). Divers come every 30 steps: 2. At most one enemy comes in a step: 60 of both
 * kinds together. A submarine fires every 11 steps, so each has one bullet under way at most; it fired that at the age
 * of 10 to 59 and at most 9 steps ago, so all that have one came in 59 successive steps: 59 enemy bullets.
 */
const mostPlayerBullets = 2;
const mostDivers = 2;
const mostEnemies = 60;

/** To be filled in by a reset. */
export function emptyState(): SeaquestState {
  return {
    row: 0,
    column: 0,
    heading: -1,
    oxygen: 0,
    diversAboard: 0,
    surfaced: true,
    gunCooldown: 0,
    enemyPeriod: 0,
    enemyCountdown: 0,
    diverCountdown: 0,
    movePeriod: 0,
    ramping: true,
    level: 0,
    playerBullets: noObjects(mostPlayerBullets),
    enemyBullets: noObjects(mostEnemies),
    fish: noObjects(mostEnemies),
    submarines: noObjects(mostEnemies),
    divers: noObjects(mostDivers),
    over: false,
  };
}
