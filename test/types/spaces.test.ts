import {
  type Box,
  batchSpace,
  box,
  concatenate,
  type Discrete,
  dict,
  discrete,
  type ElementOf,
  flatten,
  type GraphInstance,
  graph,
  iterate,
  type MultiDiscrete,
  multiBinary,
  multiDiscrete,
  type NumberArray,
  oneOf,
  type Space,
  sequence,
  spaceFromJson,
  type TypedArray,
  text,
  tuple,
  unflatten,
} from "gymnasium-js";
import { describe, expectTypeOf, test } from "vitest";

const floats = box({ low: -1, high: 1, shape: [2] });
const bytes = box({ low: 0, high: 255, shape: [3], dtype: "uint8" });
const longs = box({ low: 0, high: 9, dtype: "int64" });

describe("element types", () => {
  test("of a Box follow the dtype, float32 unless given", () => {
    expectTypeOf(floats.sample()).toEqualTypeOf<Float32Array>();
    expectTypeOf(bytes.sample()).toEqualTypeOf<Uint8Array>();
    expectTypeOf(longs.sample()).toEqualTypeOf<BigInt64Array>();
    expectTypeOf(box({ low: 0, high: 1, dtype: "bool" }).low).toEqualTypeOf<Uint8Array>();
    // @ts-expect-error there is no such dtype
    if (false as boolean) box({ low: 0, high: 1, dtype: "float16" });
  });

  test("of the other leaves", () => {
    expectTypeOf(discrete(2).sample()).toEqualTypeOf<number>();
    expectTypeOf(multiDiscrete([2, 3]).sample()).toEqualTypeOf<Int32Array>();
    expectTypeOf(multiDiscrete([2 ** 40], { wide: true }).sample()).toEqualTypeOf<BigInt64Array>();
    expectTypeOf(multiBinary(3).sample()).toEqualTypeOf<Int8Array>();
    expectTypeOf(text({ maxLength: 3 }).sample()).toEqualTypeOf<string>();
  });

  test("of a Tuple are tuples", () => {
    const space = tuple([discrete(3), floats, tuple([text({ maxLength: 2 })])]);
    expectTypeOf(space.sample()).toEqualTypeOf<[number, Float32Array, [string]]>();
    expectTypeOf<ElementOf<typeof space>>().toEqualTypeOf<[number, Float32Array, [string]]>();
    expectTypeOf(tuple([discrete(1), discrete(2)] as Discrete[]).sample()).toEqualTypeOf<number[]>();
  });

  test("of a Dict are records, from an object and from pairs", () => {
    expectTypeOf(dict({ a: discrete(2) }).sample()).toEqualTypeOf<{ a: number }>();
    const nested = dict({ camera: dict({ pixels: bytes }), position: discrete(4) });
    expectTypeOf(nested.sample()).toEqualTypeOf<{ camera: { pixels: Uint8Array }; position: number }>();
    const pairs = dict([
      ["z", discrete(2)],
      ["a", floats],
    ]);
    expectTypeOf(pairs.sample()).toEqualTypeOf<{ z: number; a: Float32Array }>();
  });

  test("of a OneOf are told apart by the index", () => {
    const element = oneOf([discrete(3), floats]).sample();
    expectTypeOf(element).toEqualTypeOf<[index: 0, element: number] | [index: 1, element: Float32Array]>();
    if (element[0] === 0) expectTypeOf(element[1]).toEqualTypeOf<number>();
    else expectTypeOf(element[1]).toEqualTypeOf<Float32Array>();
  });

  test("of Sequence and Graph", () => {
    expectTypeOf(sequence(discrete(3)).sample()).toEqualTypeOf<number[]>();
    expectTypeOf(sequence(floats, { stack: true }).sample()).toEqualTypeOf<Float32Array>();
    const graphs = graph(floats, discrete(3));
    expectTypeOf(graphs.sample()).toEqualTypeOf<GraphInstance<Float32Array, Int32Array | BigInt64Array>>();
    expectTypeOf(graph(floats).sample().edges).toEqualTypeOf<null>();
  });
});

describe("spaces as Space", () => {
  test("each is a Space of its elements, and of any wider type", () => {
    expectTypeOf(floats).toExtend<Space<Float32Array>>();
    expectTypeOf(bytes).toExtend<Space<TypedArray>>();
    expectTypeOf(discrete(2)).toExtend<Space<number>>();
    expectTypeOf(tuple([discrete(2)])).toExtend<Space<[number]>>();
    for (const space of [
      floats,
      discrete(2),
      tuple([floats]),
      dict({ a: bytes }),
      graph(floats),
      sequence(bytes),
    ]) {
      expectTypeOf(space).toExtend<Space<unknown>>();
    }
    expectTypeOf(discrete(2)).not.toExtend<Space<string>>();
    expectTypeOf(spaceFromJson({ type: "Discrete", n: 2 })).toEqualTypeOf<Space<unknown>>();
  });

  test("contains narrows", () => {
    const value: unknown = 1;
    if (discrete(2).contains(value)) expectTypeOf(value).toEqualTypeOf<number>();
    const pair: unknown = null;
    const space = dict({ a: discrete(2), b: floats });
    if (space.contains(pair)) expectTypeOf(pair).toEqualTypeOf<{ a: number; b: Float32Array }>();
  });
});

describe("functions on spaces", () => {
  test("batchSpace keeps what it can know", () => {
    expectTypeOf(batchSpace(bytes, 2)).toEqualTypeOf<Box<"uint8">>();
    expectTypeOf(batchSpace(discrete(2), 2)).toEqualTypeOf<MultiDiscrete | MultiDiscrete<BigInt64Array>>();
    expectTypeOf(batchSpace(discrete(2) as Space<unknown>, 2)).toEqualTypeOf<Space<unknown>>();
  });

  test("concatenate, iterate, flatten and unflatten", () => {
    expectTypeOf(concatenate(bytes, [bytes.sample()])).toEqualTypeOf<Uint8Array>();
    const space = dict({ a: bytes, b: text({ maxLength: 1 }) });
    expectTypeOf(concatenate(space, [])).toEqualTypeOf<{ a: Uint8Array; b: string[] }>();
    expectTypeOf(iterate(bytes, new Uint8Array(6))).toEqualTypeOf<Uint8Array[]>();
    expectTypeOf(flatten(discrete(3), 1)).toEqualTypeOf<NumberArray>();
    expectTypeOf(unflatten(discrete(3), new Float32Array([0, 1, 0]))).toEqualTypeOf<number>();
    // @ts-expect-error a number is no element of a Box
    expectTypeOf(() => concatenate(bytes, [1])).toBeFunction();
  });
});
