import type { NStepAccumulator } from "./accumulator.js";
import { corrupt, type Section } from "./packing.js";
import type { Sampler } from "./sampler.js";
import type { Storage } from "./storage.js";
import type { ReplayConfig } from "./types.js";

/** Where each environment's ring stands. */
export interface Cursors {
  /** Position of the next step. */
  readonly heads: Int32Array;
  /** Completed transitions; the newest ends right before those that wait in the accumulator. */
  readonly held: Int32Array;
  /** 1 if the frame at the head is already there: what the last step led to. */
  readonly continues: Uint8Array;
}

/** What a replay consists of. */
export interface ReplayParts {
  config: ReplayConfig;
  transitionsPerEnv: number;
  storage: Storage;
  accumulator: NStepAccumulator;
  sampler: Sampler;
  cursors: Cursors;
}

/** The live part of one environment's ring. */
export interface Extent {
  head: number;
  /** Completed transitions, and those that wait for their n-th step. */
  held: number;
  waiting: number;
  /** 1 if the frame at the head is there. */
  continues: number;
  /** Frames before the oldest transition that its stack needs. */
  history: number;
}

const extentKeys = ["head", "held", "waiting", "continues", "history"] as const;

export function extentOf({ storage, accumulator, cursors }: ReplayParts, env: number): Extent {
  const head = cursors.heads[env]!;
  const held = cursors.held[env]!;
  const waiting = accumulator.waitingOf(env);
  const oldest = env * storage.slots + storage.position(head, -(held + waiting));
  const history = held + waiting === 0 ? 0 : storage.ages[oldest]!;
  return { head, held, waiting, continues: cursors.continues[env]!, history };
}

/** Slots of an environment's transitions, oldest first. */
export function liveSlots(storage: Storage, { head, held, waiting }: Extent, env: number): number[] {
  const count = held + waiting;
  return Array.from({ length: count }, (_, i) => env * storage.slots + storage.position(head, i - count));
}

/** The rings' live memory, as views: what saving reads and loading writes. */
export function ringSections(storage: Storage, extents: readonly Extent[]): Section[] {
  const { slots, frames, actionSize, maskSize } = storage;
  const section = (
    name: string,
    array: { buffer: ArrayBufferLike; BYTES_PER_ELEMENT: number },
    { width = 1, range }: { width?: number; range: (extent: Extent) => [before: number, count: number] },
  ): Section => ({
    name,
    chunks: extents.flatMap((extent, env) => {
      const [before, count] = range(extent);
      const from = storage.position(extent.head, -before);
      const first = Math.min(count, slots - from);
      const unit = width * array.BYTES_PER_ELEMENT;
      const views = [
        [from, first],
        [0, count - first],
      ] as const;
      return views.map(
        ([at, length]) => new Uint8Array(array.buffer, (env * slots + at) * unit, length * unit),
      );
    }),
  });
  const transitions = ({ held, waiting }: Extent): [number, number] => [held + waiting, held + waiting];
  const completed = ({ held, waiting }: Extent): [number, number] => [held + waiting, held];
  const withHead = ({ held, waiting, continues }: Extent): [number, number] => [
    held + waiting,
    held + waiting + continues,
  ];
  return [
    section("ages", storage.ages, { range: withHead }),
    section("actions", storage.actions, { width: actionSize, range: transitions }),
    section("nextMasks", storage.nextMasks, { width: maskSize, range: transitions }),
    section("returns", storage.returns, { range: completed }),
    section("discounts", storage.discounts, { range: completed }),
    section("steps", storage.steps, { range: completed }),
    {
      name: "frames",
      chunks: extents.flatMap(({ head, held, waiting, continues, history }, env) => {
        const before = history + held + waiting;
        return frames.bytes(env, storage.position(head, -before), before + continues);
      }),
    },
  ];
}

/** @throws ReplayError `corrupt` */
export function readExtents(
  numbers: Int32Array,
  { config, transitionsPerEnv, storage }: ReplayParts,
): Extent[] {
  const width = extentKeys.length;
  if (numbers.length !== config.numEnvs * width) {
    throw corrupt("replay", `there are ${numbers.length} cursors, expected ${config.numEnvs * width}`);
  }
  const most: Extent = {
    head: storage.slots - 1,
    held: transitionsPerEnv,
    waiting: config.nStep - 1,
    continues: 1,
    history: config.stack - 1,
  };
  return Array.from({ length: config.numEnvs }, (_, env) => {
    const extent = { ...most };
    extentKeys.forEach((key, i) => {
      const value = numbers[env * width + i]!;
      if (value < 0 || value > most[key]) {
        throw corrupt("replay", `${key} of environment ${env} is ${value}, expected 0 to ${most[key]}`);
      }
      extent[key] = value;
    });
    return extent;
  });
}

/** What `readExtents` reads. */
export function writeExtents(extents: readonly Extent[]): Int32Array {
  return Int32Array.from(extents.flatMap((extent) => extentKeys.map((key) => extent[key])));
}
