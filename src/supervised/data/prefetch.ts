import type { Batch, BatchSource } from "./batches.js";

/**
 * Asks a source for its next `ahead` batches while the last one is still in use. Only for sources that return promises of
 * arrays of their own (image folders do); what is there at once is handed on as it is.
 */
export function prefetch(source: BatchSource, ahead: number): BatchSource {
  let waiting = new Map<string, Promise<Batch>>();
  const ask = (epoch: number, index: number): Batch | Promise<Batch> =>
    waiting.get(`${epoch} ${index}`) ?? source.batch(epoch, index);
  return {
    size: source.size,
    batchSize: source.batchSize,
    batches: source.batches,
    batch(epoch, index) {
      const asked = ask(epoch, index);
      if (!(asked instanceof Promise)) return asked;
      const next = new Map<string, Promise<Batch>>();
      for (let step = 1; step <= ahead; step++) {
        const at = index + step;
        const place = [epoch + Math.floor(at / source.batches), at % source.batches] as const;
        const promise = Promise.resolve(ask(...place));
        // Who asks for this batch hears of its failure; who does not, need not.
        promise.catch(() => {});
        next.set(`${place[0]} ${place[1]}`, promise);
      }
      waiting = next;
      return asked;
    },
  };
}
