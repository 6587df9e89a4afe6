import { layoutOf } from "../../layout.js";
import type { Space, TypedArray } from "../../spaces/space.js";

/** Arrays begin at multiples of so many bytes, the widest element. */
const alignment = 8;

export interface SharedBatchOptions {
  observationSpace: Space<unknown>;
  actionSpace: Space<unknown>;
  rows: number;
  /** Actions per mask; 0 without masks. */
  numMaskedActions: number;
  /** The memory; new memory is made without it. */
  buffer?: SharedArrayBuffer;
}

/**
 * What a step of some sub-environments takes and gives, in memory that threads share. Both sides build one from the
 * same spaces and number of rows, and so agree on where everything lies. Null where elements of a space are no rows of
 * numbers (Tuple, Dict, Text and the like): those travel as messages.
 */
export class SharedBatch {
  readonly buffer: SharedArrayBuffer;
  readonly actions: TypedArray | null;
  readonly observations: TypedArray | null;
  readonly finalObservations: TypedArray | null;
  readonly rewards: Float64Array;
  readonly terminations: Uint8Array;
  readonly truncations: Uint8Array;
  readonly actionMasks: Uint8Array;

  constructor({ observationSpace, actionSpace, rows, numMaskedActions, buffer }: SharedBatchOptions) {
    const like = (space: Space<unknown>): TypedArray | null => {
      const layout = layoutOf(space);
      return layout.kind === "row" || layout.kind === "scalar" ? layout.allocate(rows) : null;
    };
    const observations = like(observationSpace);
    const templates = {
      actions: like(actionSpace),
      observations,
      finalObservations: observations,
      rewards: new Float64Array(rows),
      terminations: new Uint8Array(rows),
      truncations: new Uint8Array(rows),
      actionMasks: new Uint8Array(rows * numMaskedActions),
    };
    let bytes = 0;
    for (const template of Object.values(templates)) bytes += padded(template?.byteLength ?? 0);
    this.buffer = buffer ?? new SharedArrayBuffer(bytes);
    let offset = 0;
    const place = <T extends TypedArray>(template: T): T => {
      const ArrayOf = template.constructor as new (at: SharedArrayBuffer, from: number, length: number) => T;
      const array = new ArrayOf(this.buffer, offset, template.length);
      offset += padded(template.byteLength);
      return array;
    };
    this.actions = templates.actions && place(templates.actions);
    this.observations = observations && place(observations);
    this.finalObservations = observations && place(observations);
    this.rewards = place(templates.rewards);
    this.terminations = place(templates.terminations);
    this.truncations = place(templates.truncations);
    this.actionMasks = place(templates.actionMasks);
  }
}

function padded(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
