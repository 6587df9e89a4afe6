import { layoutOf } from "../layout.js";
import { clonePlain } from "../plain.js";
import type { NumberArray } from "../spaces/dtype.js";
import { sizeOf } from "../spaces/nested.js";
import type { Space } from "../spaces/space.js";
import { DoubleBuffer } from "./double-buffer.js";
import { allocateRows, isNumberArray } from "./elements.js";

/** The last frames of one space, oldest first, laid out as an element of `batchSpace(space, frames)`. */
export interface FrameStack {
  /** Drops the oldest frame and appends this one. @returns the stack, whole until the second following call */
  push(frame: unknown): unknown;
  /** All frames but the last become `padding`. */
  start(padding: unknown, frame: unknown): unknown;
  /** Copy of the stack. */
  save(): unknown;
  load(saved: unknown): void;
}

export function createFrameStack(space: Space<unknown>, frames: number): FrameStack {
  if (space.type === "Dict" || space.type === "Tuple") return new MemberStack(space, frames);
  if (space.type === "Box" && space.dtype === "int64")
    return new Int64Stack(sizeOf(space.shape ?? []), frames);
  const memory = () => allocateRows(space, frames);
  if (memory() === null) return new ElementStack(frames);
  const size = layoutOf(space).kind === "scalar" ? 1 : sizeOf(space.shape ?? []);
  return new ArrayStack(() => memory() as NumberArray, frames, size);
}

/** Frames that are numbers or arrays, in one array. */
class ArrayStack implements FrameStack {
  private readonly stacks: DoubleBuffer<{ all: Float64Array; withoutOldest: Float64Array }>;
  private readonly rowOfNumber = new Float64Array(1);

  constructor(
    allocate: () => NumberArray,
    private readonly frames: number,
    private readonly size: number,
  ) {
    this.stacks = new DoubleBuffer(() => {
      // One name for all array types: only `set`, of arrays of the same type, is ever called.
      const all = allocate() as Float64Array;
      return { all, withoutOldest: all.subarray(size) };
    });
  }

  push(frame: unknown): unknown {
    const previous = this.stacks.latest;
    const next = this.stacks.next().all;
    next.set(previous.withoutOldest);
    this.write(next, this.frames - 1, frame);
    return next;
  }

  start(padding: unknown, frame: unknown): unknown {
    const next = this.stacks.next().all;
    for (let i = 0; i < this.frames - 1; i++) this.write(next, i, padding);
    this.write(next, this.frames - 1, frame);
    return next;
  }

  private write(stack: Float64Array, row: number, frame: unknown): void {
    if (typeof frame === "number") {
      this.rowOfNumber[0] = frame;
      stack.set(this.rowOfNumber, row);
    } else stack.set(frame as Float64Array, row * this.size);
  }

  save(): unknown {
    return this.stacks.latest.all.slice();
  }

  load(saved: unknown): void {
    this.stacks.next().all.set(saved as Float64Array);
  }
}

/** Frames of an int64 Box, which come as BigInt64Array or, where they fit, as Int32Array: the first one decides. */
class Int64Stack implements FrameStack {
  private stack: ArrayStack | null = null;

  constructor(
    private readonly size: number,
    private readonly frames: number,
  ) {}

  push(frame: unknown): unknown {
    return this.stackLike(frame).push(frame);
  }

  start(padding: unknown, frame: unknown): unknown {
    const isBig = frame instanceof BigInt64Array;
    const values = Array.from(padding as ArrayLike<number | bigint>);
    const likeFrame = isBig ? BigInt64Array.from(values, BigInt) : Int32Array.from(values, Number);
    return this.stackLike(frame).start(likeFrame, frame);
  }

  save(): unknown {
    return this.stack?.save() ?? null;
  }

  load(saved: unknown): void {
    if (saved !== null) this.stackLike(saved).load(saved);
  }

  private stackLike(array: unknown): ArrayStack {
    const length = this.frames * this.size;
    const allocate = () =>
      array instanceof BigInt64Array ? new BigInt64Array(length) : new Int32Array(length);
    this.stack ??= new ArrayStack(allocate, this.frames, this.size);
    return this.stack;
  }
}

/** Members of a Dict or Tuple, each in a stack of its own. */
class MemberStack implements FrameStack {
  private readonly members: (readonly [key: string, stack: FrameStack])[];
  private readonly stacks: DoubleBuffer<Record<string, unknown>>;

  constructor(space: Space<unknown>, frames: number) {
    const spaces = (space as unknown as { spaces: object }).spaces as Record<string, Space<unknown>>;
    this.members = Object.entries(spaces).map(
      ([key, member]) => [key, createFrameStack(member, frames)] as const,
    );
    this.stacks = new DoubleBuffer(() =>
      space.type === "Tuple" ? ([] as unknown as Record<string, unknown>) : {},
    );
  }

  push(frame: unknown): unknown {
    const next = this.stacks.next();
    for (const [key, stack] of this.members) next[key] = stack.push((frame as Record<string, unknown>)[key]);
    return next;
  }

  start(padding: unknown, frame: unknown): unknown {
    const next = this.stacks.next();
    const [old, first] = [padding as Record<string, unknown>, frame as Record<string, unknown>];
    for (const [key, stack] of this.members) next[key] = stack.start(old[key], first[key]);
    return next;
  }

  save(): unknown {
    return this.members.map(([, stack]) => stack.save());
  }

  load(saved: unknown): void {
    for (const [i, part] of (saved as unknown[]).entries()) this.members[i]?.[1].load(part);
  }
}

/** Frames of any other kind: copies in an array. */
class ElementStack implements FrameStack {
  private stack: unknown[];

  constructor(frames: number) {
    this.stack = new Array<unknown>(frames).fill(null);
  }

  push(frame: unknown): unknown {
    this.stack = [...this.stack.slice(1), copyFrame(frame)];
    return this.stack;
  }

  start(padding: unknown, frame: unknown): unknown {
    this.stack = [...this.stack.slice(1).map(() => copyFrame(padding)), copyFrame(frame)];
    return this.stack;
  }

  save(): unknown {
    return clonePlain(this.stack, "frames");
  }

  load(saved: unknown): void {
    this.stack = clonePlain(saved as unknown[], "frames");
  }
}

function copyFrame(frame: unknown): unknown {
  return isNumberArray(frame) ? frame.slice() : clonePlain(frame, "frame");
}
