import { Generator, SeedSequence } from "gymnasium-js";

/** First word of the spawn key of each use of randomness, so that no two of them share a stream. */
const streams = { noise: 0, initial: 1, breeding: 2, episodes: 3, evaluation: 4 } as const;

export type StreamName = keyof typeof streams;

/**
 * The generator of one draw of a search: it depends on the search's seed and on what is drawn alone. No generator is
 * carried along, so that any thread can draw any candidate's noise, and a saved search needs no generator state.
 *
 * @param key such as generation and index
 */
export function streamOf(seed: number, stream: StreamName, ...key: readonly number[]): Generator {
  return new Generator(new SeedSequence(seed, { spawnKey: [streams[stream], ...key] }));
}

/** `count` seeds of episodes, 32 bits each: the common random numbers of a generation. */
export function episodeSeeds(
  seed: number,
  stream: "episodes" | "evaluation",
  { generation, count }: { generation: number; count: number },
): number[] {
  const sequence = new SeedSequence(seed, { spawnKey: [streams[stream], generation] });
  return Array.from(sequence.generateState(count));
}
