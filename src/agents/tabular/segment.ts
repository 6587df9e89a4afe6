import type { TimeStep } from "./table.js";

/**
 * Steps of one episode that follow one another, oldest first: S_k, A_k, R_{k+1} for k = 0 ... length - 1. Step k lies
 * at `(start + k) % capacity`. Plain data.
 */
export interface Segment {
  states: Int32Array;
  actions: Int32Array;
  rewards: Float64Array;
  start: number;
  length: number;
}

export function createSegment(capacity: number): Segment {
  return {
    states: new Int32Array(capacity),
    actions: new Int32Array(capacity),
    rewards: new Float64Array(capacity),
    start: 0,
    length: 0,
  };
}

/** Where step k lies. */
export function placeOf({ states, start }: Segment, k: number): number {
  const place = start + k;
  return place < states.length ? place : place - states.length;
}

/** Appends a step; a full segment doubles its memory. */
export function append(segment: Segment, { sTm1, aTm1, rT }: TimeStep): void {
  if (segment.length === segment.states.length) grow(segment);
  const place = placeOf(segment, segment.length++);
  segment.states[place] = sTm1;
  segment.actions[place] = aTm1;
  segment.rewards[place] = rT;
}

export function dropOldest(segment: Segment): void {
  segment.start = placeOf(segment, 1);
  segment.length--;
}

export function clear(segment: Segment): void {
  segment.start = 0;
  segment.length = 0;
}

function grow(segment: Segment): void {
  const { states, actions, rewards, length } = segment;
  const larger = createSegment(2 * states.length);
  for (let k = 0; k < length; k++) {
    const place = placeOf(segment, k);
    larger.states[k] = states[place]!;
    larger.actions[k] = actions[place]!;
    larger.rewards[k] = rewards[place]!;
  }
  Object.assign(segment, larger, { length });
}
