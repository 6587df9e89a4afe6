/**
 * Objects of one kind, oldest first, five numbers each: row, column, heading, move countdown, gun countdown (kinds
 * that have no countdowns leave them alone). An object is known by where its numbers begin; going down from `newest`
 * by `objectSize` visits all, and removing the one just visited neither skips nor repeats another.
 */
export interface SeaquestObjects {
  count: number;
  values: Int8Array;
}

/** Numbers per object. */
export const objectSize = 5;

/* The numbers of an object, counted from where it begins. */
export const rowOf = 0;
export const columnOf = 1;
/** 1 is right, -1 left. */
export const headingOf = 2;
export const moveCountdownOf = 3;
export const gunCountdownOf = 4;

export function noObjects(capacity: number): SeaquestObjects {
  return { count: 0, values: new Int8Array(capacity * objectSize) };
}

/** Where the newest object begins; negative if there is none. */
export function newest(objects: SeaquestObjects): number {
  return (objects.count - 1) * objectSize;
}

/** Adds an object and returns where it begins; its countdowns are the caller's to set. */
export function add(objects: SeaquestObjects, row: number, column: number, heading: number): number {
  const at = objects.count++ * objectSize;
  objects.values[at + rowOf] = row;
  objects.values[at + columnOf] = column;
  objects.values[at + headingOf] = heading;
  return at;
}

/** The newer ones move up. */
export function removeAt(objects: SeaquestObjects, at: number): void {
  const { values } = objects;
  const end = --objects.count * objectSize;
  for (let i = at; i < end; i++) values[i] = values[i + objectSize]!;
}

/** Where the oldest object on a cell begins, or -1. */
export function oldestOn(objects: SeaquestObjects, row: number, column: number): number {
  const { values } = objects;
  const end = objects.count * objectSize;
  for (let at = 0; at < end; at += objectSize) {
    if (values[at + columnOf] === column && values[at + rowOf] === row) return at;
  }
  return -1;
}

/** One column along its heading; returns whether it is still on the board. */
export function advance(objects: SeaquestObjects, at: number): boolean {
  const { values } = objects;
  const column = values[at + columnOf]! + values[at + headingOf]!;
  values[at + columnOf] = column;
  return column >= 0 && column <= 9;
}

/** Whether a row holds an object that heads the other way. */
export function opposes(objects: SeaquestObjects, row: number, heading: number): boolean {
  const { values } = objects;
  const end = objects.count * objectSize;
  for (let at = 0; at < end; at += objectSize) {
    if (values[at + rowOf] === row && values[at + headingOf] !== heading) return true;
  }
  return false;
}
