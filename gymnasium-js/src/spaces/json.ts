import { GymnasiumError } from "../errors.js";
import { sameData } from "../same-data.js";
import { Box, box } from "./box.js";
import type { NestedBound } from "./box-bounds.js";
import { dict } from "./dict.js";
import { discrete } from "./discrete.js";
import { dtypes, type IntegerDtype } from "./dtype.js";
import { graph } from "./graph.js";
import type { KnownSpace } from "./known-space.js";
import { multiBinary } from "./multi-binary.js";
import { multiDiscrete, type NestedNumbers } from "./multi-discrete.js";
import { oneOf } from "./one-of.js";
import { sequence } from "./sequence.js";
import type { Dtype, Space } from "./space.js";
import { text } from "./text.js";
import { tuple } from "./tuple.js";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The space that `describe` wrote, with a generator of its own. It is an error to give anything else.
 *
 * @throws GymnasiumError `invalid-space` that names what is missing or wrong
 */
export function spaceFromJson(json: unknown): Space<unknown> {
  const { type, ...fields } = record(json, "a space");
  const read =
    typeof type === "string" && Object.hasOwn(readers, type)
      ? readers[type as KnownSpace["type"]]
      : undefined;
  if (read !== undefined) return read(fields);
  throw invalid(`the type is ${JSON.stringify(type)}, expected one of ${Object.keys(readers).join(", ")}`);
}

const readers: { readonly [Type in KnownSpace["type"]]: (fields: Fields) => Space<unknown> } = {
  Box: readBox,
  Discrete: (fields) =>
    discrete(fields["n"] as number, {
      start: optional(fields, "start") as number | undefined,
      dtype: readDtype(fields) as IntegerDtype | undefined,
    }),
  MultiDiscrete: (fields) => {
    const options = {
      start: optional(fields, "start") as NestedNumbers | undefined,
      dtype: readDtype(fields) as IntegerDtype | undefined,
    };
    const nvec = list(fields, "nvec") as NestedNumbers;
    return fields["wide"] === 1
      ? multiDiscrete(nvec, { ...options, wide: true })
      : multiDiscrete(nvec, options);
  },
  MultiBinary: (fields) => multiBinary(list(fields, "shape") as number[]),
  Text: (fields) =>
    text({
      minLength: fields["min_length"] as number,
      maxLength: fields["max_length"] as number,
      charset: String(fields["character_list"]),
    }),
  Tuple: (fields) => tuple(list(fields, "spaces").map(spaceFromJson)),
  Dict: (fields) => {
    const pairs = list(fields, "spaces").map((pair) => {
      const [key, space] = Array.isArray(pair) ? pair : [];
      return [String(key), spaceFromJson(space)] as const;
    });
    return dict(pairs, { sortKeys: fields["sort_keys"] !== 0 });
  },
  Sequence: (fields) => sequence(spaceFromJson(fields["space"]), { stack: fields["stack"] === true }),
  Graph: (fields) =>
    graph(
      spaceFromJson(fields["node_space"]),
      (fields["edge_space"] ?? null) === null ? null : spaceFromJson(fields["edge_space"]),
    ),
  OneOf: (fields) => oneOf(list(fields, "spaces").map(spaceFromJson)),
};

function readBox(fields: Fields): Space<unknown> {
  return box<Dtype>({
    shape: list(fields, "shape") as number[],
    dtype: readDtype(fields),
    low: readBound(fields, "low", "bounded_below", -Infinity),
    high: readBound(fields, "high", "bounded_above", Infinity),
  });
}

/** Integers without bound are written as their dtype's limit, with a 0 among the flags. */
function readBound(fields: Fields, name: string, flags: string, unbounded: number): NestedBound[] {
  const bounded = optional(fields, flags) as readonly unknown[] | undefined;
  return list(fields, name).map((value, i) => (bounded?.[i] === 0 ? unbounded : readNumber(value)));
}

function readNumber(value: unknown): number | bigint {
  if (typeof value !== "string") return value as number;
  return /^-?\d+$/.test(value) ? BigInt(value) : Number(value);
}

function readDtype(fields: Fields): Dtype | undefined {
  const dtype = fields["dtype"];
  if (dtype === undefined || dtypes.includes(dtype as Dtype)) return dtype as Dtype | undefined;
  throw invalid(`the dtype is ${JSON.stringify(dtype)}, expected one of ${dtypes.join(", ")}`);
}

function record(json: unknown, what: string): Fields {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Fields;
  throw invalid(`${what} is ${JSON.stringify(json)}, expected an object with a type`);
}

function list(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (Array.isArray(value)) return value;
  throw invalid(`${name} is ${JSON.stringify(value)}, expected a list`);
}

function optional(fields: Fields, name: string): unknown {
  return fields[name] ?? undefined;
}

function invalid(problem: string): GymnasiumError {
  return new GymnasiumError("invalid-space", `Space from JSON: ${problem}.`);
}

/** Whether two spaces have the same elements and the same description; their generators do not count. */
export function spacesEqual(a: Space<unknown>, b: Space<unknown>): boolean {
  if (a === b) return true;
  // Boxes may be pictures: their bounds as text would be megabytes.
  if (a instanceof Box && b instanceof Box) return boxesEqual(a, b);
  return JSON.stringify(a.describe()) === JSON.stringify(b.describe());
}

function boxesEqual(a: Box, b: Box): boolean {
  if (a.dtype !== b.dtype) return false;
  const facts = ({ shape, low, high, boundedBelow, boundedAbove }: Box) => [
    shape,
    low,
    high,
    boundedBelow,
    boundedAbove,
  ];
  return sameData(facts(a), facts(b));
}
