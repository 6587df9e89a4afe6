/** What everybody begins with. */
export const newRating = 1200;

/** How far one result moves a rating. */
const sway = 16;

/**
 * What the first is expected to score against the second, where a win is 1 and a draw 1/2.
 * Source: Elo 1978, The Rating of Chessplayers, Past and Present
 */
export function expectedScore(first: number, second: number): number {
  return 1 / (1 + 10 ** ((second - first) / 400));
}

/** Both ratings after a game in which the first scored so much. */
export function rated(first: number, second: number, score: number): [number, number] {
  const change = sway * (score - expectedScore(first, second));
  return [first + change, second - change];
}
