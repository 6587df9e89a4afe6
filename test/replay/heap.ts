import { getHeapStatistics } from "node:v8";

/**
 * Bytes that a round puts on the heap, in the leanest of ten measurements: what allocates does so in each of them, and
 * V8's own work (code being compiled, numbers boxed until it is) only now and then, and more often on a busy machine.
 */
export function leastBytesPerRound(rounds: number, run: (rounds: number) => void): number {
  const slice = 50;
  run(rounds);
  let least = Number.POSITIVE_INFINITY;
  for (let measurement = 0; measurement < 10; measurement++) {
    let bytes = 0;
    for (let done = 0; done < rounds; done += slice) {
      const before = getHeapStatistics().used_heap_size;
      run(slice);
      bytes += Math.max(0, getHeapStatistics().used_heap_size - before);
    }
    least = Math.min(least, bytes / rounds);
  }
  return least;
}
