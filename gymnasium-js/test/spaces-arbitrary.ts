import fc from "../../test/properties.js";
import {
  box,
  type Dtype,
  dict,
  discrete,
  graph,
  multiBinary,
  multiDiscrete,
  oneOf,
  type Space,
  sequence,
  text,
  tuple,
} from "../src/spaces/index.js";

type AnySpace = Space<unknown>;

const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 });
const integerDtypes = fc.constantFrom("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32");
const floatDtypes = fc.constantFrom("float32", "float64");

/** Floats with every combination of bounds, entry by entry. */
const floatBoxes = fc
  .tuple(shapes, floatDtypes)
  .chain(([shape, dtype]) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const bound = fc.float({ min: -1000, max: 1000, noNaN: true });
    const interval = fc.tuple(bound, fc.float({ min: 0, max: 50, noNaN: true }), fc.boolean(), fc.boolean());
    return fc.tuple(fc.constant({ shape, dtype }), fc.array(interval, { minLength: size, maxLength: size }));
  })
  .map(([{ shape, dtype }, intervals]) =>
    box<Dtype>({
      shape,
      dtype,
      low: intervals.map(([from, , open]) => (open ? -Infinity : from)),
      high: intervals.map(([from, width, , open]) => (open ? Infinity : Math.fround(from + width))),
    }),
  );

const integerBoxes = fc
  .tuple(shapes, integerDtypes, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }))
  .map(([shape, dtype, low, width]) =>
    box<Dtype>({ shape, dtype, low: dtype.startsWith("u") ? low : low - 50, high: low + width }),
  );

const discretes = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 60 }), integerDtypes)
  .map(([n, start, dtype]) => discrete(n, { start, dtype }));

const multiDiscretes = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 9 })), {
    minLength: 1,
    maxLength: 4,
  })
  .chain((variables) => fc.tuple(fc.constant(variables), integerDtypes))
  .map(([variables, dtype]) =>
    multiDiscrete(
      variables.map(([n]) => n),
      { start: variables.map(([, start]) => start), dtype },
    ),
  );

const texts = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 4 }), fc.constantFrom("01", "zyx", "aé🙂"))
  .map(([minLength, extra, charset]) => text({ minLength, maxLength: minLength + extra, charset }));

const leaves = fc.oneof(
  floatBoxes,
  integerBoxes,
  shapes.map((shape) => box({ low: 0, high: 1, shape, dtype: "bool" })),
  discretes,
  multiDiscretes,
  fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }).map(multiBinary),
  texts,
) as fc.Arbitrary<AnySpace>;

const keys = fc.uniqueArray(fc.constantFrom("a", "b", "10", "2", "x y", "🙂", "ａ"), {
  minLength: 1,
  maxLength: 3,
});

function composites(members: fc.Arbitrary<AnySpace>): fc.Arbitrary<AnySpace> {
  const several = fc.array(members, { minLength: 1, maxLength: 3 });
  const named = fc.tuple(keys, fc.array(members, { minLength: 3, maxLength: 3 }), fc.boolean());
  return fc.oneof(
    several.map((spaces) => tuple(spaces)),
    several.map((spaces) => oneOf(spaces)),
    named.map(([names, spaces, sortKeys]) =>
      dict(
        names.map((name, i) => [name, spaces[i] as AnySpace] as const),
        { sortKeys },
      ),
    ),
  ) as fc.Arbitrary<AnySpace>;
}

/** Spaces whose elements flatten to one array. */
export const flattenableSpaces: fc.Arbitrary<AnySpace> = fc.oneof(
  { weight: 3, arbitrary: leaves },
  { weight: 2, arbitrary: composites(fc.oneof(leaves, composites(leaves))) },
);

/** What sequences and graphs are made of. */
const features = fc.oneof({ weight: 2, arbitrary: leaves }, { weight: 1, arbitrary: composites(leaves) });

const unbounded = fc.oneof(
  fc.tuple(features, fc.boolean()).map(([space, stack]) => sequence(space, { stack })),
  fc.tuple(features, fc.option(features)).map(([nodes, edges]) => graph(nodes, edges)),
) as fc.Arbitrary<AnySpace>;

/** All kinds of spaces. */
export const spaces: fc.Arbitrary<AnySpace> = fc.oneof(
  { weight: 2, arbitrary: flattenableSpaces },
  { weight: 1, arbitrary: unbounded },
  { weight: 1, arbitrary: composites(fc.oneof(leaves, unbounded)) },
);

export const seeds = fc.integer({ min: 0, max: 2 ** 32 });
