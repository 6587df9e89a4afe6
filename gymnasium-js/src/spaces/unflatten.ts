import { GymnasiumError } from "../errors.js";
import { concatenate, iterate } from "./concatenate.js";
import type { NumberArray } from "./dtype.js";
import { flatdim, isFlattenable } from "./flat-layout.js";
import { flattenSpace } from "./flatten.js";
import type { GraphInstance } from "./graph.js";
import { known } from "./known-space.js";
import type { ElementOf, Space } from "./space.js";

/**
 * The element that `flatten` made `flat` of. Arrays of any dtype are taken (a net's output, say).
 *
 * Source: `gymnasium.spaces.unflatten`.
 *
 * @throws GymnasiumError `invalid-options` where a one-hot part has no entry but zeros, or the length is wrong
 */
export function unflatten<S extends Space<unknown>>(space: S, flat: unknown): ElementOf<S> {
  if (isFlattenable(space)) requireLength(space, flat);
  return unflattenKnown(space, flat) as ElementOf<S>;
}

function requireLength(space: Space<unknown>, flat: unknown): asserts flat is NumberArray {
  const dim = flatdim(space);
  if (ArrayBuffer.isView(flat) && (flat as NumberArray).length === dim) return;
  throw new GymnasiumError(
    "invalid-options",
    `unflatten: expected a typed array of ${dim} values for this ${space.type}.`,
  );
}

function unflattenKnown(space: Space<unknown>, flat: unknown): unknown {
  const one = known(space);
  switch (one.type) {
    case "Box":
    case "MultiBinary":
      return one.fromFlat(flat as NumberArray);
    case "Discrete":
      return one.start + hotIndex(flat as NumberArray);
    case "MultiDiscrete": {
      const parts = split(flat as NumberArray, one.nvec);
      return one.toElement(parts.map((part, i) => (one.start[i] as number) + hotIndex(part)));
    }
    case "Text":
      return Array.from(flat as ArrayLike<number>, (index) => one.characters[Number(index)] ?? "").join("");
    case "Tuple": {
      const parts = isFlattenable(one)
        ? split(flat as NumberArray, one.spaces.map(flatdim))
        : (flat as unknown[]);
      return one.spaces.map((member, i) => unflattenKnown(member, parts[i]));
    }
    case "Dict": {
      const members = one.keys.map((key) => one.member(key));
      const parts = isFlattenable(one) ? split(flat as NumberArray, members.map(flatdim)) : null;
      return one.record((key, i) =>
        unflattenKnown(one.member(key), parts === null ? (flat as Record<string, unknown>)[key] : parts[i]),
      );
    }
    case "OneOf": {
      const index = Math.trunc(Number((flat as NumberArray)[0]));
      const member = one.member(index);
      return [index, unflattenKnown(member, (flat as NumberArray).subarray(1, 1 + flatdim(member)))];
    }
    case "Sequence": {
      const items = one.stack ? rowsOfFlat(one.featureSpace, flat) : (flat as unknown[]);
      return one.assemble(items.map((item) => unflattenKnown(one.featureSpace, item)));
    }
    case "Graph": {
      const { nodes, edges, edgeLinks } = flat as GraphInstance;
      const batch = (member: Space<unknown>, rows: unknown) =>
        concatenate(
          member,
          rowsOfFlat(member, rows).map((row) => unflattenKnown(member, row)),
        );
      const edgeSpace = edges === null ? null : one.edgeSpace;
      return {
        nodes: batch(one.nodeSpace, nodes),
        edges: edgeSpace === null ? null : batch(edgeSpace, edges),
        edgeLinks,
      };
    }
    default:
      return one satisfies never;
  }
}

function rowsOfFlat(space: Space<unknown>, flat: unknown): unknown[] {
  return iterate(flattenSpace(space), flat);
}

function split(flat: NumberArray, dims: readonly number[]): NumberArray[] {
  let end = 0;
  return dims.map((dim) => {
    end += dim;
    return flat.subarray(end - dim, end);
  });
}

function hotIndex(flat: NumberArray): number {
  for (let i = 0; i < flat.length; i++) if (Number(flat[i]) !== 0) return i;
  throw new GymnasiumError(
    "invalid-options",
    `unflatten: a one-hot vector of ${flat.length} values is all zeros, expected one that is not.`,
  );
}
