import { Generator } from "gymnasium-js";
import { expect, type TestContext, test } from "vitest";
import { engineReport, useEngine } from "../../src/tensors/index.js";
import { type Addon, loadAddon } from "../../src/tensors/native/addon.js";
import { Op } from "../../src/tensors/native/operations.js";
import { callAll, detach, fuzzPrograms, fuzzRun } from "./fuzz-kernels.js";
import { difference, outcomeOf, tensorCases } from "./fuzz-tensors.js";

const { missing } = (await engineReport()).find(({ name }) => name === "native")!;

function addonOr(context: TestContext): Addon {
  if (missing !== null) context.skip(missing);
  return loadAddon();
}

const guard = 64;

test("every operation does valid calls, and writes nowhere but to its operands", (context) => {
  callAll({ addon: addonOr(context), rng: new Generator(1), count: 40, guard });
});

test("a random call is done or refused, and writes nowhere but to its operands", (context) => {
  const report = fuzzRun({ addon: addonOr(context), rng: new Generator(2), count: 50_000, guard });
  expect(report.returned).toBeGreaterThan(10_000);
  expect(report.threw).toBeGreaterThan(10_000);
});

test("a random program is made and run, or refused, and writes nowhere but to its slots", (context) => {
  const report = fuzzPrograms({ addon: addonOr(context), rng: new Generator(3), count: 8000, guard });
  expect(report.returned).toBeGreaterThan(2000);
  expect(report.threw).toBeGreaterThan(2000);
});

const floats = (length: number) => new Float32Array(length);
const huge = 2 ** 24;

// Sizes of zero that make loops long: each call is done or refused at once.
const emptyCalls: [name: string, op: number, parameters: number[], operands: number][] = [
  ["reduce", Op.reduce, [0, 2 ** 31, 2 ** 31, 0], 2],
  ["argReduce", Op.argReduce, [0, 2 ** 31, 2 ** 31, 0], 2],
  ["binary", Op.binary, [0, 3, 2 ** 31, 2 ** 31, 0, 0, 0, 0, 0, 0, 0], 3],
  ["softmax", Op.softmax, [0, 2 ** 31, 0], 2],
  ["encode", Op.encode, [2 ** 31, 2, 2 ** 31, 0, 1], 2],
  ["encode of no rows", Op.encode, [0, 2 ** 31, 2 ** 31, 2 ** 31, 1], 2],
  ["strided", Op.strided, [2, 2 ** 31, 2 ** 31, 0, 0, 0, 0, 0, 0], 2],
  ["matMul", Op.matMul, [1, 1, 0, 0, 0, 2 ** 31, 0, 0, 0, 0, 0], 3],
  ["conv2d", Op.conv2d, [1, 1, 1, 0, huge, huge, 1, 1, 1, 1, 1, 1, 2, 0, 0, 0, 0], 3],
  ["conv2dInput", Op.conv2dInput, [1, 1, 1, 1, 1, 1, 1, 0, 0, 2 ** 20, 2 ** 20, 1, 1, 0, 0], 3],
  ["depthwise", Op.depthwise, [1, 1, 1, 1, huge, huge, 0, huge, huge, 1, 1, 1, 1, 0, 0], 3],
  ["pool", Op.pool, [huge, 1, 1, 0, 1, 1, 0, huge, huge, 1, 1, 1, 1, 0, 0, 0], 2],
  [
    "padding out of proportion",
    Op.conv2d,
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2 ** 15, 2 ** 15, 0, 0],
    3,
  ],
];

test.for(emptyCalls)("%s of nothing ends at once", ([, op, parameters, operands], context) => {
  const addon = addonOr(context);
  const arrays = Array.from({ length: operands }, () => floats(1));
  if (op === Op.argReduce) arrays[1] = new Int32Array(1) as unknown as Float32Array<ArrayBuffer>;
  // Of the processor: others may have it meanwhile.
  const { user: start } = process.cpuUsage();
  try {
    addon.run(op, Float64Array.from(parameters), ...arrays);
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
  }
  expect((process.cpuUsage().user - start) / 1000).toBeLessThan(1000);
});

test("parameters that lie in an operand's memory are read before it is written", (context) => {
  const addon = addonOr(context);
  // Five products; the fourth falls on the step from one `a` to the next, and is huge when it is read as one.
  const parameters = Float64Array.of(1, 4, 1, 0, 0, 5, 1, 4, 4, 0, 0);
  const c = new Float32Array(parameters.buffer);
  addon.run(Op.matMul, parameters, floats(5).fill(2 ** 15), floats(20).fill(2 ** 15), c);
  expect(c.subarray(0, 20)).toEqual(floats(20).fill(2 ** 30));
});

test("a gather over its own indices reads nothing outside", (context) => {
  const addon = addonOr(context);
  const x = Int32Array.of(2 ** 30, -(2 ** 30), 2 ** 30, -(2 ** 30));
  const indices = Int32Array.of(0, 1, 0, 0);
  const gather = () => addon.run(Op.gather, Float64Array.of(2, 2, 1, 2), x, indices, indices);
  expect(gather).toThrow("overwrites the indices");
});

interface Malformed {
  slot?: number;
  operands?: unknown[];
}

/** A program of one fill of a slot of four floats. */
function fillProgram(addon: Addon, { slot = 0, operands }: Malformed, functions: (() => void)[] = []) {
  const fill = { op: Op.fill, parameters: [7], operands: operands ?? [[slot, 0, 4, 0]], host: 0 };
  const calls = functions.map((_, host) => ({ op: -1, parameters: [], operands: [], host }));
  return new addon.Program([[0, 4]], [...calls, fill] as never, functions);
}

test.for([1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 1e15, -1, 0.5e16, Number.NaN])(
  "slot %d is refused",
  (slot, context) => {
    const addon = addonOr(context);
    expect(() => fillProgram(addon, { slot })).toThrow(Error);
  },
);

test("a list of operands that grows while it is read does not leave the stack", (context) => {
  const addon = addonOr(context);
  const operands: unknown[] = [[0, 0, 4, 0]];
  const grow = () => {
    for (let i = 0; i < 1000; i++) operands.push([0, 0, 4, 0]);
    return [0, 0, 4, 0];
  };
  Object.defineProperty(operands, 0, { get: grow, configurable: true });
  const program = fillProgram(addon, { operands });
  const array = floats(4);
  program.run([array]);
  expect(array).toEqual(Float32Array.of(7, 7, 7, 7));
});

test("an array that a host function detaches, or that a getter detaches, is refused", (context) => {
  const addon = addonOr(context);
  const lost = floats(4);
  const program = fillProgram(addon, {}, [() => detach(lost)]);
  expect(() => program.run([lost])).toThrow("detached");
  const pair = new addon.Program(
    [
      [0, 4],
      [0, 4],
    ],
    [{ op: Op.fill, parameters: [7], operands: [[0, 0, 4, 0]], host: 0 }],
    [],
  );
  const [first, second] = [floats(4), floats(4)];
  const arrays = [first, second];
  Object.defineProperty(arrays, 1, {
    get: () => {
      detach(first);
      return second;
    },
  });
  expect(() => pair.run(arrays)).toThrow("detached");
});

test("bytes that begin where floats would not be aligned are refused", (context) => {
  const addon = addonOr(context);
  const operands: [number, number, number, number][] = [[0, 0, 4, 0]];
  const program = new addon.Program([[2, 16]], [{ op: Op.fill, parameters: [7], operands, host: 0 }], []);
  expect(() => program.run([new Uint8Array(new ArrayBuffer(32), 1, 16)])).toThrow("aligned");
});

test("on random tensors the native engine gives what cpu gives, or refuses what cpu refuses", async (context) => {
  addonOr(context);
  const cases = tensorCases(5000, new Generator(4));
  await useEngine("cpu");
  const expected = cases.map(outcomeOf);
  await useEngine("native");
  const wrong = cases.flatMap((testCase, i) => {
    const found = difference(outcomeOf(testCase), expected[i]!);
    const shapes = testCase.inputs.map(({ shape, dtype }) => `${dtype}[${shape}]`).join(", ");
    return found === null ? [] : [`${testCase.name} of ${shapes}: ${found}`];
  });
  expect(wrong).toEqual([]);
  expect(expected.filter((outcome) => outcome instanceof Error).length).toBeGreaterThan(50);
});
