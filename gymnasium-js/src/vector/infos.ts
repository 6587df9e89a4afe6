import type { Info } from "../env.js";
import type { VectorInfos } from "./vector-env.js";

/** Shared where no sub-environment says anything. */
export const emptyInfos: VectorInfos = Object.freeze({});

/**
 * The infos of all sub-environments by key, each with the mask of those that gave it. Where one gave none stands 0
 * or false (or an array of zeros) if the others gave numbers, booleans or typed arrays, else null.
 */
export function gatherInfos(infos: readonly (Info | null)[]): VectorInfos {
  const gathered: VectorInfos = {};
  let empty = true;
  infos.forEach((info, i) => {
    if (info === null) return;
    for (const key of Object.keys(info)) {
      empty = false;
      const value = info[key];
      let entry = gathered[key];
      if (entry === undefined) {
        const blank = blankLike(value);
        entry = {
          values: Array.from(infos, () => (typeof blank === "function" ? blank() : blank)),
          mask: new Array<boolean>(infos.length).fill(false),
        };
        gathered[key] = entry;
      }
      entry.values[i] = value;
      entry.mask[i] = true;
    }
  });
  return empty ? emptyInfos : gathered;
}

/** The inverse of `gatherInfos`: one info per sub-environment, null where it said nothing. */
export function scatterInfos(gathered: VectorInfos, count: number): (Info | null)[] {
  const infos = new Array<Record<string, unknown> | null>(count).fill(null);
  for (const [key, { values, mask }] of Object.entries(gathered)) {
    for (let i = 0; i < count; i++) {
      if (!mask[i]) continue;
      infos[i] = { ...infos[i], [key]: values[i] };
    }
  }
  return infos;
}

function blankLike(value: unknown): 0 | false | null | (() => unknown) {
  if (typeof value === "number") return 0;
  if (typeof value === "boolean") return false;
  if (ArrayBuffer.isView(value) && "length" in value) {
    const array = value as unknown as Uint8Array;
    const ArrayOf = array.constructor as Uint8ArrayConstructor;
    return () => new ArrayOf(array.length);
  }
  return null;
}
