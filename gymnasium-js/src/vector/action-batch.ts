import { type ActionRange, acceptsAction, actionRange, invalidAction } from "../action-check.js";
import { type Layout, layoutOf } from "../layout.js";
import { tryIterate } from "../spaces/concatenate.js";
import type { Space, TypedArray } from "../spaces/space.js";
import { noActions, wrongActionCount } from "./checks.js";
import type { Batch } from "./vector-env.js";

/**
 * A batch of actions, checked and taken apart: one action per sub-environment. All are checked before the first one
 * is done, so that an invalid batch changes nothing.
 */
export class ActionBatch {
  /** Discrete actions; null for other spaces. */
  readonly discrete: Int32Array | null;
  /** Other actions: views of one flat array, or elements of any kind. */
  readonly elements: unknown[];

  private readonly layout: Layout;
  private readonly range: ActionRange | null;
  private readonly flat: TypedArray | null = null;

  /** @param id the environment's, for messages */
  constructor(
    private readonly space: Space<unknown>,
    private readonly numEnvs: number,
    private readonly id: string,
  ) {
    this.layout = layoutOf(space);
    this.range = actionRange(space);
    this.discrete = this.range === null ? null : new Int32Array(numEnvs);
    this.elements = new Array<unknown>(numEnvs).fill(null);
    if (this.layout.kind === "row") {
      const { size } = this.layout;
      const flat = this.layout.allocate(numEnvs) as TypedArray;
      this.flat = flat;
      for (let i = 0; i < numEnvs; i++) this.elements[i] = flat.subarray(i * size, (i + 1) * size);
    }
  }

  /**
   * @param ignored 1 where the action will not be done, and so may be anything
   * @throws GymnasiumError `invalid-action`
   */
  take(actions: Batch, ignored: Uint8Array): void {
    if (typeof actions !== "object" || actions === null) throw noActions(this.id, actions, this.numEnvs);
    const { discrete, range } = this;
    if (discrete !== null && range !== null) this.takeDiscrete(actions, ignored, discrete, range);
    else if (this.flat !== null) this.takeRows(actions, ignored, this.flat);
    else this.takeElements(actions, ignored);
  }

  private takeDiscrete(actions: Batch, ignored: Uint8Array, discrete: Int32Array, range: ActionRange): void {
    const { numEnvs } = this;
    const { start, count } = range;
    if (actions.length !== numEnvs) throw wrongActionCount(this.id, actions.length, numEnvs);
    for (let i = 0; i < numEnvs; i++) {
      const action = actions[i] as number;
      const index = action - start;
      if (index >= 0 && index < count && (action | 0) === action) discrete[i] = action;
      else if (ignored[i] === 0) this.refuse(i, action);
    }
  }

  /** Rows come flat, or as one array per sub-environment. */
  private takeRows(given: Batch, ignored: Uint8Array, flat: TypedArray): void {
    const { size } = this.layout;
    const actions = withoutBigInts(given);
    const nested = Array.isArray(actions) && typeof actions[0] === "object";
    const expected = nested ? this.numEnvs : flat.length;
    if (actions.length !== expected) throw wrongActionCount(this.id, actions.length, expected);
    const whole = !(flat instanceof Float32Array || flat instanceof Float64Array);
    for (let i = 0; i < this.numEnvs; i++) {
      const row = (nested ? withoutBigInts(actions[i]) : actions) as ArrayLike<number>;
      if (nested && !isRow(row)) {
        if (ignored[i] === 0) this.refuse(i, row);
        continue;
      }
      const from = nested ? 0 : i * size;
      let exact = !nested || row.length === size;
      for (let j = 0; j < size; j++) {
        flat[i * size + j] = row[from + j] as number;
        if (whole && flat[i * size + j] !== row[from + j]) exact = false;
      }
      if (ignored[i] === 0 && !(exact && acceptsAction(this.space, this.elements[i]))) {
        this.refuse(i, Array.prototype.slice.call(row, from, from + size));
      }
    }
  }

  /** A list with one per sub-environment, or, if it is none, a batch as the batched space draws it. */
  private takeElements(actions: Batch, ignored: Uint8Array): void {
    const elements = Array.isArray(actions) ? actions : tryIterate(this.space, actions);
    if (elements === null) throw noActions(this.id, actions, this.numEnvs);
    if (elements.length !== this.numEnvs) throw wrongActionCount(this.id, elements.length, this.numEnvs);
    for (let i = 0; i < this.numEnvs; i++) {
      const action: unknown = elements[i];
      if (ignored[i] === 0 && !acceptsAction(this.space, action)) this.refuse(i, action);
      this.elements[i] = action;
    }
  }

  private refuse(index: number, action: unknown): never {
    throw invalidAction(`${this.id}, sub-environment ${index}`, this.space, action);
  }
}

/** The space of a batch of int64 MultiDiscrete actions draws 64-bit integers; the environments want numbers. */
function withoutBigInts<T>(actions: T): T | Float64Array {
  return actions instanceof BigInt64Array ? Float64Array.from(actions, Number) : actions;
}

function isRow(row: unknown): row is ArrayLike<number> {
  return Array.isArray(row) || ArrayBuffer.isView(row);
}
