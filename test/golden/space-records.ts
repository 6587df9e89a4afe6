import {
  type ArrayOf,
  Box,
  canCast,
  concatenate,
  Dict,
  Discrete,
  type Dtype,
  Graph,
  OneOf,
  Sequence,
  type Space,
  Tuple,
} from "gymnasium-js";

/** Of the arrays that an element can be. */
const arrayDtypes: ReadonlySet<string> = new Set<Dtype>([
  "float32",
  "float64",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "bool",
]);

/** One space of `spaces.json`; the file's README says what each field is. */
export interface SpaceRecord {
  name: string;
  space: Record<string, unknown>;
  flatdim: number | null;
  is_np_flattenable: boolean;
  flat_space?: Record<string, unknown>;
  batch3_space?: Record<string, unknown>;
  contains?: { x: TaggedValue; contains: boolean }[];
  variants: { name: string; args: Record<string, unknown> }[];
  per_seed: SeedRecord[];
}

export interface SeedRecord extends Record<string, unknown> {
  seed: number;
  seed_returns: unknown;
  samples?: unknown;
  flat?: unknown[];
  batch3?: unknown[];
}

export interface TaggedValue {
  kind: "ndarray" | "numpy_scalar" | "int" | "float" | "bool" | "str" | "tuple" | "list" | "dict";
  value: unknown;
  dtype?: string;
  shape?: number[];
}

/** An element as NumPy's `tolist` shows it: nested lists, one per array, in the element's own structure. */
export function asNested(space: Space<unknown>, element: unknown): unknown {
  if (space instanceof Tuple) {
    return space.spaces.map((member: Space<unknown>, i: number) =>
      asNested(member, (element as unknown[])[i]),
    );
  }
  if (space instanceof Dict) {
    return Object.fromEntries(
      space.keys.map((key: string) => [
        key,
        asNested(space.member(key), (element as Record<string, unknown>)[key]),
      ]),
    );
  }
  return (space.toJson([element]) as unknown[])[0];
}

/** What `flatten` gave, as nested lists; `flatSpace` is that of `flattenSpace`. */
export function flatAsNested(flatSpace: Space<unknown>, flat: unknown): unknown {
  if (flatSpace instanceof Box) return Array.from(flat as ArrayLike<number | bigint>, Number);
  if (flatSpace instanceof Sequence) {
    return flatSpace.items(flat as never).map((item: unknown) => flatAsNested(flatSpace.featureSpace, item));
  }
  if (flatSpace instanceof Graph) {
    const { nodes, edges, edge_links } = plainGraph(flatSpace, flat);
    return { nodes, edges, edge_links };
  }
  if (flatSpace instanceof Tuple) {
    return flatSpace.spaces.map((member: Space<unknown>, i: number) =>
      flatAsNested(member, (flat as unknown[])[i]),
    );
  }
  if (flatSpace instanceof Dict) {
    const members = flat as Record<string, unknown>;
    return Object.fromEntries(
      flatSpace.keys.map((key: string) => [key, flatAsNested(flatSpace.member(key), members[key])]),
    );
  }
  throw new Error(`no nested form of a flat ${flatSpace.type} is written down`);
}

/** A graph as `{nodes, edges, edge_links}` of nested lists, null for what it does not have. */
export function plainGraph(space: Graph, graph: unknown): Record<string, unknown> {
  const [json] = space.toJson([graph as never]) as {
    nodes: unknown[];
    edges?: unknown[];
    edge_links?: unknown;
  }[];
  return { nodes: json?.nodes[0], edges: json?.edges?.[0] ?? null, edge_links: json?.edge_links ?? null };
}

/** What makes it impossible to ask in JavaScript whether `space` contains a tagged Python value; null if nothing does. */
export function inexpressible(space: Space<unknown>, x: TaggedValue): string | null {
  if (((space instanceof Sequence && !space.stack) || space instanceof OneOf) && x.kind === "list") {
    return "a Python list, which is no tuple; JavaScript has one kind of array";
  }
  if (x.kind === "ndarray" && x.dtype === "bool" && space.dtype === "int8") {
    return "an array of bool; JavaScript's is one of uint8";
  }
  if (x.kind === "ndarray" && x.shape?.length !== 0 && !arrayDtypes.has(x.dtype as string)) {
    return `an array of ${x.dtype}, a dtype that Ludus does not have`;
  }
  return null;
}

/** Whether `space` contains a tagged Python value. */
export function containsTagged(space: Space<unknown>, x: TaggedValue): boolean {
  const dtype = scalarDtype(x);
  // A JavaScript number has no dtype. Where Python's has one, its caller applies the rule of safe casting.
  if (space instanceof Discrete && dtype !== null && !canCast(dtype, space.dtype)) return false;
  return space.contains(untag(space, x));
}

function scalarDtype(x: TaggedValue): Parameters<typeof canCast>[0] | null {
  if (x.kind === "float") return "float64";
  const isScalar = x.kind === "numpy_scalar" || (x.kind === "ndarray" && x.shape?.length === 0);
  return isScalar ? (x.dtype as Dtype) : null;
}

function untag(space: Space<unknown>, x: TaggedValue): unknown {
  const members = x.value as TaggedValue[];
  switch (x.kind) {
    case "tuple":
      return members.map((member, i) => untag(memberSpace(space, i, members), member));
    case "list":
      return isTagged(members[0])
        ? members.map((member, i) => untag(memberSpace(space, i, members), member))
        : x.value;
    case "dict": {
      const entries = Object.entries(x.value as Record<string, TaggedValue>);
      return Object.fromEntries(
        entries.map(([key, member]) => [key, untag((space as Dict).member(key), member)]),
      );
    }
    case "ndarray":
      return untagArray(space, x);
    case "bool":
      return Number(x.value);
    default:
      return x.value;
  }
}

function isTagged(value: unknown): boolean {
  return typeof value === "object" && value !== null && "kind" in value;
}

function memberSpace(space: Space<unknown>, i: number, members: TaggedValue[]): Space<unknown> {
  if (space instanceof Tuple) return space.spaces[i] ?? space;
  if (space instanceof Sequence) return space.featureSpace;
  if (space instanceof OneOf) return space.spaces[Number(members[0]?.value)] ?? space;
  return space;
}

/** Flat typed arrays carry no shape: where the record turns on it alone, nested lists, which do, stand in. */
function untagArray(space: Space<unknown>, { value, dtype, shape = [] }: TaggedValue): unknown {
  const values = [value].flat(Number.POSITIVE_INFINITY).map(Number);
  if (space instanceof Discrete) return shape.length === 0 ? values[0] : Int32Array.from(values);
  const size = space.shape?.reduce((product, extent) => product * extent, 1);
  if (values.length === size && JSON.stringify(shape) !== JSON.stringify(space.shape)) return value;
  return typedArray(dtype as Dtype, values);
}

function typedArray(dtype: Dtype, values: readonly number[]): ArrayOf<Dtype> {
  const whole = new Box<Dtype>({ low: 0, high: 1, shape: [values.length], dtype });
  const array = concatenate(whole, [whole.low]);
  for (const [i, value] of values.entries()) {
    if (array instanceof BigInt64Array) array[i] = BigInt(value);
    else array[i] = value;
  }
  return array;
}

/** The variant's arguments as `sample` takes them here. */
export function sampleOptions(args: Record<string, unknown>): Record<string, unknown> {
  const names: Record<string, string> = { num_nodes: "numNodes", num_edges: "numEdges" };
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [names[name] ?? name, value]));
}
