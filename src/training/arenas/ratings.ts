import { expectedScore, newRating } from "./elo.js";

/** Points that everybody has won from, and lost to, an imagined player of 1200. */
const imagined = 0.5;

/** Elo by which no rating moves any more. */
const tolerance = 1e-9;
const mostPasses = 100_000;

/**
 * Elo ratings by maximum likelihood (Bradley and Terry) from the points of a whole tournament, 1200 in the mean; draws are half a
 * point to both. So that who wins everything has a rating, too, everybody has drawn one game with an imagined player of 1200: a
 * prior that treats all alike, and does not change with how many they are.
 * Sources: Newman 2023 (the iteration), https://arxiv.org/abs/2207.00076; Whelan 2017 (the prior, a generalised logistic
 * distribution), https://arxiv.org/abs/1712.05311
 *
 * @param points `[player][opponent]`
 */
export function fitRatings(points: readonly (readonly number[])[]): number[] {
  const ratings = points.map(() => newRating);
  for (let pass = 0, change = 1; pass < mostPasses && change > tolerance; pass++) {
    change = 0;
    for (let player = 0; player < ratings.length; player++) {
      const raise = 400 * Math.log10(surprise(points, ratings, player));
      ratings[player]! += raise;
      change = Math.max(change, Math.abs(raise));
    }
  }
  const mean = ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;
  return ratings.map((rating) => rating - mean + newRating);
}

/** Each point won counts by how unlikely it was, over the same of each point lost. 1 where a rating is right. */
function surprise(
  points: readonly (readonly number[])[],
  ratings: readonly number[],
  player: number,
): number {
  const own = ratings[player]!;
  let won = imagined * expectedScore(newRating, own);
  let lost = imagined * expectedScore(own, newRating);
  ratings.forEach((rating, opponent) => {
    if (opponent === player) return;
    won += points[player]![opponent]! * expectedScore(rating, own);
    lost += points[opponent]![player]! * expectedScore(own, rating);
  });
  return won / lost;
}
