import { GymnasiumError } from "../errors.js";
import type { Box } from "./box.js";
import { concatenate, iterate } from "./concatenate.js";
import type { Discrete } from "./discrete.js";
import type { NumberArray } from "./dtype.js";
import { flatBox, flatdim, flatLayout, isFlattenable } from "./flat-layout.js";
import { Graph, type GraphInstance } from "./graph.js";
import { known } from "./known-space.js";
import type { MultiBinary } from "./multi-binary.js";
import type { MultiDiscrete } from "./multi-discrete.js";
import { Sequence } from "./sequence.js";
import type { ElementOf, Space } from "./space.js";
import type { Text } from "./text.js";
import { Tuple } from "./tuple.js";

export { flatdim, isFlattenable } from "./flat-layout.js";

/** Spaces whose elements flatten to one array whatever is inside. */
export type ArraySpace = Box | Discrete | MultiDiscrete | MultiBinary | Text;

/** One array, or, where a Graph or Sequence is inside, the element's structure with arrays as leaves. */
export type Flat = NumberArray | readonly Flat[] | { readonly [key: string]: Flat } | GraphInstance;

/**
 * The space of flattened elements: a Box of shape [flatdim(space)]. Where a Graph or Sequence is inside, the same
 * structure with its flattenable parts turned into Boxes.
 *
 * Source: `gymnasium.spaces.flatten_space`.
 */
export function flattenSpace(space: ArraySpace): Box;
export function flattenSpace(space: Space<unknown>): Space<unknown>;
export function flattenSpace(space: Space<unknown>): Space<unknown> {
  if (isFlattenable(space)) return flatBox(space);
  const one = known(space);
  switch (one.type) {
    case "Tuple":
      return new Tuple(one.spaces.map((member) => flattenSpace(member)));
    case "Dict":
      return one.mapMembers((member) => flattenSpace(member));
    case "Sequence":
      return new Sequence(flattenSpace(one.featureSpace), one.stack);
    case "Graph":
      return new Graph(
        flattenSpace(one.nodeSpace),
        one.edgeSpace === null ? null : flattenSpace(one.edgeSpace),
      );
    default:
      throw new GymnasiumError(
        "unsupported",
        `flattenSpace: a ${one.type} around a Graph or Sequence has no flat form.`,
      );
  }
}

/**
 * An element as one flat array, its values in the order of the space's members: Discrete values as one-hot vectors,
 * texts as character indices padded with the size of the character set, a OneOf as index and padded element. The
 * array's dtype is that of `flattenSpace(space)`, save that int64 values which all fit 32 bits come as an Int32Array.
 *
 * Source: `gymnasium.spaces.flatten`.
 */
export function flatten<S extends ArraySpace>(space: S, element: ElementOf<S>): NumberArray;
export function flatten(space: Space<unknown>, element: unknown): Flat;
export function flatten(space: Space<unknown>, element: unknown): Flat {
  if (isFlattenable(space)) {
    const { dim, ArrayType } = flatLayout(space);
    const out = new ArrayType(dim);
    flattenInto(space, element, { out, offset: 0 });
    return out;
  }
  const one = known(space);
  switch (one.type) {
    case "Tuple":
      return one.spaces.map((member, i) => flatten(member, (element as unknown[])[i]));
    case "Dict":
      return one.record((key) => flatten(one.member(key), (element as Record<string, unknown>)[key])) as Flat;
    case "Sequence": {
      const items = one.items(element as never).map((item) => flatten(one.featureSpace, item));
      return (one.stack ? joinFlat(one.featureSpace, items) : items) as Flat;
    }
    case "Graph": {
      const { nodes, edges, edgeLinks } = element as GraphInstance;
      const batch = (member: Space<unknown>, rows: unknown) =>
        joinFlat(
          member,
          iterate(member, rows).map((row) => flatten(member, row)),
        );
      const flatEdges = edges === null || one.edgeSpace === null ? null : batch(one.edgeSpace, edges);
      return { nodes: batch(one.nodeSpace, nodes), edges: flatEdges, edgeLinks };
    }
    default:
      throw new GymnasiumError(
        "unsupported",
        `flatten: a ${one.type} around a Graph or Sequence has no flat form.`,
      );
  }
}

function joinFlat(space: Space<unknown>, rows: readonly Flat[]): unknown {
  if (rows.length === 0 && isFlattenable(space)) return new (flatLayout(space).ArrayType)(0);
  return concatenate(flattenSpace(space), rows);
}

/** Where `flattenInto` writes. */
export interface FlatTarget {
  readonly out: NumberArray;
  readonly offset: number;
}

/**
 * Like `flatten`, for a flattenable space, into memory that is there: `flatdim(space)` values from `offset` on, all of
 * which are written.
 */
export function flattenInto(space: Space<unknown>, element: unknown, { out, offset }: FlatTarget): void {
  const one = known(space);
  switch (one.type) {
    case "Box":
    case "MultiBinary":
      copyInto(element as NumberArray, out, offset);
      return;
    case "Discrete":
      oneHotInto(out, offset, { n: one.n, hot: (element as number) - one.start });
      return;
    case "MultiDiscrete": {
      let from = offset;
      for (let i = 0; i < one.size; i++) {
        const [n, start] = [one.nvec[i] as number, one.start[i] as number];
        oneHotInto(out, from, { n, hot: Number((element as NumberArray)[i]) - start });
        from += n;
      }
      return;
    }
    case "Text":
      textInto(one, element as string, { out, offset });
      return;
    case "Tuple": {
      let from = offset;
      for (const [i, member] of one.spaces.entries()) {
        flattenInto(member, (element as unknown[])[i], { out, offset: from });
        from += flatdim(member);
      }
      return;
    }
    case "Dict": {
      let from = offset;
      for (const key of one.keys) {
        flattenInto(one.member(key), (element as Record<string, unknown>)[key], { out, offset: from });
        from += flatdim(one.member(key));
      }
      return;
    }
    case "OneOf": {
      const [index, value] = element as [number, unknown];
      const member = one.spaces[index] as Space<unknown>;
      const dim = flatdim(member);
      put(out, offset, index);
      flattenInto(member, value, { out, offset: offset + 1 });
      // As in Gymnasium, the room that other members need is filled with this one's first value.
      const first = dim === 0 ? 0 : (out[offset + 1] as number | bigint);
      for (let i = offset + 1 + dim; i < offset + flatdim(one); i++) put(out, i, first);
      return;
    }
    case "Sequence":
    case "Graph":
      flatdim(one);
      return;
    default:
      one satisfies never;
  }
}

function put(out: NumberArray, i: number, value: number | bigint): void {
  if (out instanceof BigInt64Array) out[i] = BigInt(value);
  else out[i] = Number(value);
}

function copyInto(from: NumberArray, out: NumberArray, offset: number): void {
  const sameKind = from instanceof BigInt64Array === out instanceof BigInt64Array;
  if (sameKind) (out as Float64Array).set(from as Float64Array, offset);
  else for (let i = 0; i < from.length; i++) put(out, offset + i, from[i] as number | bigint);
}

function oneHotInto(out: NumberArray, offset: number, { n, hot }: { n: number; hot: number }): void {
  if (out instanceof BigInt64Array) out.fill(0n, offset, offset + n);
  else out.fill(0, offset, offset + n);
  put(out, offset + hot, 1);
}

function textInto(space: Text, text: string, { out, offset }: FlatTarget): void {
  let length = 0;
  for (const character of text)
    put(out, offset + length++, space.indexOf(character) ?? space.characters.length);
  for (; length < space.maxLength; length++) put(out, offset + length, space.characters.length);
}
