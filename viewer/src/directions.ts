const directions: readonly [RegExp, readonly [number, number]][] = [
  [/^(left|west)$/i, [-1, 0]],
  [/^(right|east)$/i, [1, 0]],
  [/^(up|north)$/i, [0, -1]],
  [/^(down|south)$/i, [0, 1]],
];

/** Where an action of this name goes on a board, rightwards and downwards; null for those that go nowhere. */
export function directionOf(action: string): readonly [number, number] | null {
  return directions.find(([pattern]) => pattern.test(action))?.[1] ?? null;
}
