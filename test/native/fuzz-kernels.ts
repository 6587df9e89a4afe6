import type { RandomSource } from "gymnasium-js";
import type { Addon, NativeArray, ProgramInstruction } from "../../src/tensors/native/addon.js";
import {
  binaryFunctions,
  dtypeCodes,
  Op,
  type OpCode,
  reductions,
  unaryFunctions,
} from "../../src/tensors/native/operations.js";

/** Calls of the addon, valid and not. It loads nothing of tfjs, so that it is quick under the sanitizers, too. */

const { float32: F32, int32: I32, bool: U8, float64: F64 } = dtypeCodes;

interface OperandSpec {
  dtype: number;
  length: number;
}

interface Call {
  op: OpCode;
  parameters: number[];
  operands: OperandSpec[];
}

export interface FuzzReport {
  calls: number;
  returned: number;
  threw: number;
}

export interface FuzzOptions {
  addon: Addon;
  rng: RandomSource;
  count: number;
  /** Bytes on both sides of every operand that must not change; 0 lets AddressSanitizer see every step outside. */
  guard: number;
}

export const opCodes = Object.values(Op);
const constructors = [Float32Array, Int32Array, Uint8Array, Float64Array] as const;
const pattern = 0xa5;

const below = (rng: RandomSource, n: number) => rng.integers(0, n);
const chance = (rng: RandomSource, p: number) => rng.random() < p;
const pick = <T>(rng: RandomSource, list: readonly T[]): T => list[below(rng, list.length)]!;
const product = (numbers: readonly number[]) => numbers.reduce((a, b) => a * b, 1);

/** A dimension: mostly small, at times zero, at times past a tile's edge. */
function dimension(rng: RandomSource, most: number): number {
  if (chance(rng, 0.06)) return 0;
  return chance(rng, 0.15) ? 1 + below(rng, most * 3) : 1 + below(rng, most);
}

function rowStrides(dims: readonly number[]): number[] {
  return dims.map((_, axis) => product(dims.slice(axis + 1)));
}

/** Output pixels along one axis, and the parameters that lead to them. */
function window(rng: RandomSource, dilated: boolean) {
  const size = dimension(rng, 9);
  const filter = 1 + below(rng, 5);
  const stride = 1 + below(rng, 4);
  const dilation = dilated && chance(rng, 0.3) ? 1 + below(rng, 3) : 1;
  const [before, after] = [below(rng, filter + 1), below(rng, filter + 1)];
  const reach = (filter - 1) * dilation + 1;
  const out = Math.max(0, Math.floor((size + before + after - reach) / stride) + 1);
  return { size, filter, stride, dilation, before, out };
}

const f32 = (length: number): OperandSpec => ({ dtype: F32, length });

function convolution(op: OpCode, rng: RandomSource): Call {
  const depthwise = op >= Op.depthwise && op <= Op.depthwiseInput;
  const pools = op >= Op.pool && op <= Op.avgPoolGrad;
  const dilated = !pools;
  const [high, wide] = [window(rng, dilated), window(rng, dilated)];
  const batch = dimension(rng, 3);
  const channels = dimension(rng, 6);
  const multiple = 1 + below(rng, 3);
  const outChannels = pools ? channels : depthwise ? channels * multiple : dimension(rng, 20);
  const parameters = [
    ...[batch, high.size, wide.size, channels, high.filter, wide.filter, outChannels, high.out, wide.out],
    ...[high.stride, wide.stride, high.dilation, wide.dilation, high.before, wide.before],
  ];
  const x = f32(batch * high.size * wide.size * channels);
  const y = f32(batch * high.out * wide.out * outChannels);
  const filter = f32(high.filter * wide.filter * outChannels * (depthwise ? 1 : channels));
  const bias = chance(rng, 0.5);
  switch (op) {
    case Op.conv2d:
      parameters.push(below(rng, 4), bias ? 1 : 0);
      return { op, parameters, operands: bias ? [x, filter, y, f32(outChannels)] : [x, filter, y] };
    case Op.depthwise:
      return { op, parameters, operands: [x, filter, y] };
    case Op.conv2dFilter:
    case Op.depthwiseFilter:
      return { op, parameters, operands: [x, y, filter] };
    case Op.conv2dInput:
    case Op.depthwiseInput:
      return { op, parameters, operands: [y, filter, x] };
    case Op.pool:
      return { op, parameters: [...parameters, below(rng, 2)], operands: [x, y] };
    case Op.maxPoolGrad:
      return { op, parameters, operands: [y, x, x] };
    default:
      return { op, parameters, operands: [y, x] };
  }
}

function matMul(rng: RandomSource): Call {
  const [m, n, k] = [dimension(rng, 20), dimension(rng, 40), dimension(rng, 20)];
  const batch = chance(rng, 0.6) ? 1 : dimension(rng, 4);
  const [a, b] = [chance(rng, 0.7) ? m * k : 0, chance(rng, 0.7) ? k * n : 0];
  const bias = chance(rng, 0.5);
  const parameters = [m, n, k, below(rng, 2), below(rng, 2), batch, a, b, m * n, below(rng, 4), bias ? 1 : 0];
  const last = Math.max(0, batch - 1);
  const operands = [f32(last * a + m * k), f32(last * b + k * n), f32(batch * m * n)];
  return { op: Op.matMul, parameters, operands: bias ? [...operands, f32(n)] : operands };
}

function binary(rng: RandomSource): Call {
  const fn = pick(rng, Object.values(binaryFunctions));
  const rank = 1 + below(rng, 6);
  const dims = Array.from({ length: rank }, () => dimension(rng, rank > 3 ? 3 : 9));
  const strides = () => {
    const shape = dims.map((dim) => (chance(rng, 0.3) ? 1 : dim));
    return { length: product(shape), at: rowStrides(shape).map((s, i) => (shape[i] === 1 ? 0 : s)) };
  };
  const [a, b] = [strides(), strides()];
  const comparison = fn >= binaryFunctions.Equal;
  // Whole numbers have no division, and no functions after it but the larger and the smaller.
  const wholes = fn <= binaryFunctions.Minimum && fn !== binaryFunctions.RealDiv && chance(rng, 0.4);
  const dtype = comparison ? below(rng, 3) : wholes ? I32 : F32;
  const out = { dtype: comparison ? U8 : dtype, length: product(dims) };
  const operands = [{ dtype, length: a.length }, { dtype, length: b.length }, out];
  return { op: Op.binary, parameters: [fn, rank, ...dims, ...a.at, ...b.at], operands };
}

function strided(rng: RandomSource): Call {
  const dims = Array.from({ length: 1 + below(rng, 6) }, () => dimension(rng, 4));
  const from = rowStrides(dims);
  const to = chance(rng, 0.5) ? from : rowStrides(dims.toReversed()).toReversed();
  const back = chance(rng, 0.3);
  const first = back ? Math.max(0, product(dims) - 1) : 0;
  const parameters = [dims.length, ...dims, ...from.map((s) => (back ? -s : s)), ...to, first, 0];
  const dtype = below(rng, 3);
  const length = product(dims);
  return {
    op: Op.strided,
    parameters,
    operands: [
      { dtype, length },
      { dtype, length },
    ],
  };
}

function optimizer(op: OpCode, rng: RandomSource): Call {
  const n = dimension(rng, 40);
  const [second, third] = [below(rng, 2), pick(rng, [0, 0.9])];
  const slots = op === Op.adam ? 2 : op === Op.sgd ? (third ? 1 : 0) : 1 + second + (third ? 1 : 0);
  const parameters =
    op === Op.adam ? [0.9, 0.999, 1e-8] : op === Op.sgd ? [third, second] : [0.9, 1e-8, second, third];
  const control = { dtype: F64, length: 5 };
  return {
    op,
    parameters,
    operands: [f32(n), f32(n), control, ...Array.from({ length: slots }, () => f32(n))],
  };
}

/** A call of `op` that the addon does. */
export function validCall(op: OpCode, rng: RandomSource): Call {
  const [a, b, c] = [dimension(rng, 6), dimension(rng, 20), dimension(rng, 6)];
  const [plain, n] = [below(rng, 3), a * b * c];
  const i32 = (length: number): OperandSpec => ({ dtype: I32, length });
  const control = { dtype: F64, length: 5 };
  const done = (parameters: number[], operands: OperandSpec[]): Call => ({ op, parameters, operands });
  switch (op) {
    case Op.fill:
      return done([below(rng, 9)], [{ dtype: plain, length: n }]);
    case Op.cast:
      return done(
        [],
        [
          { dtype: below(rng, 3), length: n },
          { dtype: plain, length: n },
        ],
      );
    case Op.strided:
      return strided(rng);
    case Op.unary: {
      const fn = below(rng, Object.keys(unaryFunctions).length + 1);
      const fromBool = fn === unaryFunctions.LogicalNot;
      const toBool = fn >= unaryFunctions.LogicalNot && fn <= unaryFunctions.IsInf;
      const [dtype, out] = [fromBool ? U8 : F32, toBool ? U8 : F32];
      return done(
        [fn, -0.5, 0.5],
        [
          { dtype, length: n },
          { dtype: out, length: n },
        ],
      );
    }
    case Op.binary:
      return binary(rng);
    case Op.select: {
      const values = { dtype: plain, length: a * b };
      return done([Math.max(1, b)], [{ dtype: U8, length: b === 0 ? 0 : a }, values, values, values]);
    }
    case Op.reduce: {
      const fn = below(rng, 7);
      const whole = fn === reductions.Sum || fn === reductions.Max || fn === reductions.Min;
      const dtype = fn >= reductions.All ? U8 : whole && chance(rng, 0.4) ? I32 : F32;
      return done(
        [fn, a, b, c],
        [
          { dtype, length: n },
          { dtype, length: a * c },
        ],
      );
    }
    case Op.argReduce:
      return done([below(rng, 2), a, b + 1, c], [f32(a * (b + 1) * c), i32(a * c)]);
    case Op.softmax:
      return done([below(rng, 2), a, b], [f32(a * b), f32(a * b)]);
    case Op.matMul:
      return matMul(rng);
    case Op.gather:
      return done([a, b, c, 3], [{ dtype: plain, length: n }, i32(3), { dtype: plain, length: a * 3 * c }]);
    case Op.oneHot:
      return done([a, b, 1, 0], [i32(a), { dtype: plain, length: a * b }]);
    case Op.segmentSum:
      return done([a, b, c], [f32(a * b), i32(a), f32(c * b)]);
    case Op.activationGrad:
      return done([below(rng, 4)], [f32(n), f32(n), f32(n)]);
    case Op.sumSquares:
      return done([below(rng, 2)], [f32(n), control]);
    case Op.clip:
      return chance(rng, 0.5) ? done([1, 1], [control, f32(1)]) : done([0, 0], [control]);
    case Op.sgd:
    case Op.rmsProp:
    case Op.adam:
      return optimizer(op, rng);
    case Op.encode: {
      const outer = chance(rng, 0.3) ? 4 : c;
      const size = a * outer * b * 2;
      return done([a, outer, b, 2, 0.5], [{ dtype: plain, length: size }, f32(size)]);
    }
    case Op.batchNorm:
      return done([a, b, 1e-3], [f32(a * b), f32(b), f32(b), f32(b), f32(b), f32(a * b)]);
    case Op.layerNorm:
      return done([a, b, 1e-3], [f32(a * b), f32(b), f32(b), f32(a * b), f32(2 * a)]);
    case Op.layerNormGrad:
      return done([a, b], [f32(a * b), f32(a * b), f32(b), f32(2 * a), f32(a * b), f32(b), f32(b)]);
    case Op.batchNormTraining:
      return done([a, b, 1e-3], [f32(a * b), f32(b), f32(b), f32(a * b), f32(b), f32(b)]);
    case Op.batchNormTrainingGrad: {
      const [whole, columns] = [f32(a * b), f32(b)];
      return done([a, b, 1e-3], [whole, whole, columns, columns, columns, whole, columns, columns]);
    }
    case Op.responseNorm:
    case Op.responseNormGrad: {
      const operands = [f32(a * b), f32(a * b), f32(a * b)];
      const parameters = [a, b, below(rng, b + 1), 2, 0.1, pick(rng, [0.75, 0.6])];
      return done(parameters, op === Op.responseNorm ? operands.slice(1) : operands);
    }
    case Op.cumulativeSum:
      return done([a, b, c, below(rng, 2), below(rng, 2)], [f32(n), f32(n)]);
    case Op.lstmCell:
      return done([a, b], [f32(4 * a * b), f32(a * b), f32(a * b), f32(a * b), f32(4 * a * b)]);
    case Op.lstmCellGrad: {
      const [state, gates] = [f32(a * b), f32(4 * a * b)];
      return done([a, b], [state, state, gates, state, state, gates, state]);
    }
    case Op.blend:
      return done([0.1], [f32(n), f32(n)]);
    default:
      return convolution(op, rng);
  }
}

const oddNumbers = [
  ...[0, -0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 64, 100, 1000, 2 ** 16, 2 ** 20, 2 ** 24, 2 ** 31 - 1],
  ...[2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53, 1e300, -1, -2, -3, -(2 ** 31), -(2 ** 53)],
  ...[0.5, -0.5, 1.5, 1e-300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
];

/** Arrays with guards around them. */
class Memory {
  private readonly watched: { whole: Uint8Array; from: number; to: number }[] = [];
  constructor(
    private readonly rng: RandomSource,
    private readonly guard: number,
  ) {}

  /** An array of numbers of all kinds; indices are mostly valid. */
  array({ dtype, length }: OperandSpec): NativeArray {
    const make = constructors[dtype]!;
    const bytes = length * make.BYTES_PER_ELEMENT;
    // At times at the edge of a cache line, at times between.
    const start =
      this.guard === 0 ? 0 : this.guard + below(this.rng, 8) * Math.max(4, make.BYTES_PER_ELEMENT);
    const whole = new Uint8Array(new ArrayBuffer(start + bytes + this.guard)).fill(pattern);
    const array = new make(whole.buffer, start, length);
    for (let i = 0; i < length; i++) array[i] = this.value(dtype);
    this.watched.push({ whole, from: start, to: start + bytes });
    return array;
  }

  /** Another view of an array's memory, of any dtype, shifted and cut. */
  alias(array: NativeArray, { dtype, length }: OperandSpec): NativeArray {
    const make = constructors[dtype]!;
    const shift = below(this.rng, 3) * 8;
    const start = Math.ceil((array.byteOffset + shift) / 8) * 8;
    const room = Math.floor((array.byteOffset + array.byteLength - start) / make.BYTES_PER_ELEMENT);
    if (room < 0) return array;
    return new make(array.buffer as ArrayBuffer, start, Math.min(room, length));
  }

  private value(dtype: number): number {
    if (dtype === U8) return below(this.rng, 2);
    if (dtype === I32) return chance(this.rng, 0.1) ? pick(this.rng, [-1, 2 ** 31 - 1]) : below(this.rng, 3);
    return chance(this.rng, 0.05) ? pick(this.rng, oddNumbers) : 2 * this.rng.random() - 1;
  }

  /** @throws if a byte of a guard changed */
  check(what: () => string): void {
    for (const { whole, from, to } of this.watched) {
      if (whole.length === 0) continue;
      const changed = (byte: number) => byte !== pattern;
      if (whole.subarray(0, from).some(changed) || whole.subarray(to).some(changed)) {
        throw new GuardError(`The addon wrote outside an operand in ${what()}.`);
      }
    }
  }
}

export class GuardError extends Error {}

const wrongKinds: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => 3,
  () => "operand",
  () => [1, 2, 3],
  () => ({ length: 3, buffer: new ArrayBuffer(8) }),
  () => new Int8Array(4),
  () => new Uint16Array(4),
  () => new BigInt64Array(2),
  () => new DataView(new ArrayBuffer(8)),
  () => new ArrayBuffer(8),
  () => Symbol.iterator,
  () => 1n,
  () => () => 1,
  () => new Proxy(new Float32Array(3), {}),
];

export function detach(array: ArrayBufferView): void {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
}

/** Changes one thing of a valid call. */
function spoil(call: Call, rng: RandomSource): void {
  const { parameters, operands } = call;
  switch (below(rng, 6)) {
    case 0:
      call.op = pick(rng, opCodes);
      return;
    case 1:
      if (parameters.length > 0) parameters[below(rng, parameters.length)] = pick(rng, oddNumbers);
      return;
    case 2:
      if (operands.length > 0) operands[below(rng, operands.length)]!.length = below(rng, 9);
      return;
    case 3:
      if (operands.length > 0) operands[below(rng, operands.length)]!.dtype = below(rng, 4);
      return;
    case 4:
      if (chance(rng, 0.5)) operands.pop();
      else operands.push({ dtype: below(rng, 4), length: below(rng, 9) });
      return;
    default:
      parameters.length = below(rng, parameters.length + 1);
  }
}

function wildCall(rng: RandomSource): Call {
  const parameters = Array.from({ length: below(rng, 24) }, () =>
    chance(rng, 0.6) ? below(rng, 5) : pick(rng, oddNumbers),
  );
  const operands = Array.from({ length: below(rng, 10) }, () => ({
    dtype: chance(rng, 0.6) ? F32 : below(rng, 4),
    length: pick(rng, [0, 1, 2, 3, 5, 8, 24, 64]),
  }));
  return { op: pick(rng, opCodes), parameters, operands };
}

function copyOf({ op, parameters, operands }: Call): Call {
  return { op, parameters: [...parameters], operands: operands.map((operand) => ({ ...operand })) };
}

/** Counts what `attempt` did: it may throw an Error, and nothing else. */
function tally(report: FuzzReport, attempt: () => void): void {
  report.calls++;
  try {
    attempt();
    report.returned++;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof GuardError) throw error;
    report.threw++;
  }
}

/** Random calls of `run`: valid ones, valid ones with something changed, and ones of nothing but noise. */
export function fuzzRun({ addon, rng, count, guard }: FuzzOptions): FuzzReport {
  const report: FuzzReport = { calls: 0, returned: 0, threw: 0 };
  for (let i = 0; i < count; i++) {
    const call = chance(rng, 0.25) ? wildCall(rng) : copyOf(validCall(pick(rng, opCodes), rng));
    for (let spoils = below(rng, 3); spoils > 0; spoils--) spoil(call, rng);
    const memory = new Memory(rng, guard);
    const arrays: unknown[] = [];
    for (const operand of call.operands) {
      const former = arrays.length > 0 && chance(rng, 0.08) ? (pick(rng, arrays) as NativeArray) : null;
      arrays.push(former ? memory.alias(former, operand) : memory.array(operand));
    }
    let parameters: unknown = Float64Array.from(call.parameters);
    const views = arrays.filter((array) => array instanceof Float64Array);
    if (views.length > 0 && chance(rng, 0.05)) parameters = pick(rng, views);
    if (arrays.length > 0 && chance(rng, 0.03)) detach(pick(rng, arrays) as NativeArray);
    if (arrays.length > 0 && chance(rng, 0.03)) arrays[below(rng, arrays.length)] = pick(rng, wrongKinds)();
    if (chance(rng, 0.01)) parameters = pick(rng, wrongKinds)();
    const op: unknown = chance(rng, 0.01)
      ? pick(rng, [-1, opCodes.length, 1e9, Number.NaN, "1", null])
      : call.op;
    tally(report, () => addon.run(op as number, parameters as Float64Array, ...(arrays as NativeArray[])));
    memory.check(() => JSON.stringify(call));
  }
  return report;
}

/** Sizes that are split among threads. */
function largeCalls(): Call[] {
  const n = 140_001;
  const image = [13, 31, 29, 7, 5, 3, 37, 14, 14, 2, 2, 1, 1, 1, 0];
  const x = f32(13 * 31 * 29 * 7);
  const [y, filter] = [f32(13 * 14 * 14 * 37), f32(5 * 3 * 7 * 37)];
  const separate = [...image.slice(0, 6), 14, ...image.slice(7)];
  const [m, k, columns] = [333, 401, 79];
  const matrices = [f32(m * k), f32(k * columns), f32(m * columns)];
  const transposes = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  return [
    { op: Op.unary, parameters: [unaryFunctions.Tanh, 0, 0], operands: [f32(n), f32(n)] },
    { op: Op.binary, parameters: [0, 1, n, 1, 0], operands: [f32(n), f32(1), f32(n)] },
    { op: Op.activationGrad, parameters: [3], operands: [f32(n), f32(n), f32(n)] },
    { op: Op.blend, parameters: [0.5], operands: [f32(n), f32(n)] },
    {
      op: Op.adam,
      parameters: [0.9, 0.99, 1e-8],
      operands: [f32(n), f32(n), { dtype: F64, length: 5 }, f32(n), f32(n)],
    },
    {
      op: Op.encode,
      parameters: [50, 4, 900, 1, 1],
      operands: [{ dtype: U8, length: 180_000 }, f32(180_000)],
    },
    { op: Op.conv2d, parameters: [...image, 1, 1], operands: [x, filter, y, f32(37)] },
    { op: Op.conv2dFilter, parameters: image, operands: [x, y, filter] },
    { op: Op.conv2dInput, parameters: image, operands: [y, filter, x] },
    { op: Op.depthwise, parameters: separate, operands: [x, f32(5 * 3 * 14), f32(13 * 14 * 14 * 14)] },
    ...transposes.map(([a, b]) => ({
      op: Op.matMul,
      parameters: [m, columns, k, a!, b!, 1, 0, 0, 0, 2, 0],
      operands: matrices,
    })),
    {
      op: Op.matMul,
      parameters: [1, 5001, 401, 0, 0, 1, 0, 0, 0, 0, 0],
      operands: [f32(401), f32(401 * 5001), f32(5001)],
    },
  ];
}

/** `count` valid calls of every operation and some large ones, which must all be done. */
export function callAll({ addon, rng, count, guard }: FuzzOptions): void {
  const small = opCodes.flatMap((op) => Array.from({ length: count }, () => validCall(op, rng)));
  for (const call of [...small, ...largeCalls()]) {
    const { op, parameters, operands } = call;
    if (op === Op.gather && parameters[1] === 0) continue;
    const memory = new Memory(rng, guard);
    const arrays = operands.map((operand) => memory.array(operand));
    // Indices of a gather have to lie inside.
    if (op === Op.gather) arrays[1]!.fill(parameters[1]! - 1);
    try {
      addon.run(op, Float64Array.from(parameters), ...arrays);
    } catch (error) {
      throw new Error(`${(error as Error).message} ${JSON.stringify(call)}`);
    }
    memory.check(() => JSON.stringify(call));
  }
}

interface Description {
  slots: [number, number][];
  instructions: ProgramInstruction[];
  functions: (() => void)[];
}

/** A program of some valid calls; each operand has a slot of its own, or its place in one of bytes. */
function describedProgram(calls: readonly Call[], functions: (() => void)[], rng: RandomSource): Description {
  const slots: [number, number][] = [[U8, 0]];
  const instructions = calls.map(({ op, parameters, operands }) => ({
    op: op as number,
    parameters,
    operands: operands.map(({ dtype, length }): [number, number, number, number] => {
      if (dtype !== F64 && chance(rng, 0.5)) {
        const offset = slots[0]![1];
        slots[0]![1] = Math.ceil((offset + length * constructors[dtype]!.BYTES_PER_ELEMENT) / 64) * 64;
        return [0, offset, length, dtype];
      }
      slots.push([dtype, length]);
      return [slots.length - 1, 0, length, dtype];
    }),
    host: -1,
  }));
  for (const host of functions.keys()) {
    const at = below(rng, instructions.length + 1);
    instructions.splice(at, 0, { op: -1, parameters: [], operands: [], host });
  }
  return { slots, instructions, functions };
}

const junk: readonly (() => unknown)[] = [
  ...oddNumbers.map((number) => () => number),
  ...wrongKinds,
  () => 1e15,
  () => [],
  () => ({}),
  () => new Array(20).fill(0),
  () => ({ valueOf: () => 1 }),
  () => ({
    valueOf: () => {
      throw new Error("valueOf");
    },
  }),
];

/** Replaces one value, anywhere inside. */
function spoilInside(value: unknown, rng: RandomSource): unknown {
  const isPlainObject = (x: unknown) => x instanceof Object && Object.getPrototypeOf(x) === Object.prototype;
  const isNested = Array.isArray(value) || isPlainObject(value);
  const keys = isNested ? Object.keys(value as object) : [];
  if (keys.length === 0 || chance(rng, 0.1)) return pick(rng, junk)();
  const nested = value as Record<string, unknown>;
  const key = pick(rng, keys);
  nested[key] = spoilInside(nested[key], rng);
  return value;
}

/** Long element-wise calls, which a program joins and does piece by piece. */
function chain(rng: RandomSource): Call[] {
  const length = 4096 + below(rng, 3000);
  const single = chance(rng, 0.3);
  return Array.from({ length: 2 + below(rng, 3) }, (): Call => {
    if (chance(rng, 0.5))
      return { op: Op.unary, parameters: [2, 0, 0], operands: [f32(length), f32(length)] };
    const operands = [f32(length), f32(single ? 1 : length), f32(length)];
    return { op: Op.binary, parameters: [0, 1, length, 1, single ? 0 : 1], operands };
  });
}

/** Random programs, most of them spoiled somewhere, and runs of those that were made. */
export function fuzzPrograms({ addon, rng, count, guard }: FuzzOptions): FuzzReport {
  const report: FuzzReport = { calls: 0, returned: 0, threw: 0 };
  for (let i = 0; i < count; i++) {
    const bound: NativeArray[] = [];
    let program: InstanceType<Addon["Program"]> | null = null;
    const hosts = [
      () => {},
      () => program?.run(bound),
      () => {
        if (bound.length > 0) detach(pick(rng, bound));
      },
      () => {
        bound.length = 0;
      },
      () => {
        throw new Error("host");
      },
    ];
    const functions = Array.from({ length: below(rng, 3) }, () => pick(rng, hosts));
    const calls = chance(rng, 0.05)
      ? chain(rng)
      : Array.from({ length: 1 + below(rng, 4) }, () => copyOf(validCall(pick(rng, opCodes), rng)));
    const description = describedProgram(calls, functions, rng);
    const lengths = description.slots.map(([dtype, length]) => ({ dtype, length }));
    let parts: unknown[] = [description.slots, description.instructions, description.functions];
    for (let spoils = below(rng, 3); spoils > 0; spoils--) {
      parts = spoilInside(parts, rng) as unknown[];
      if (!Array.isArray(parts)) parts = [parts];
    }
    tally(report, () => {
      program = new addon.Program(...(parts as ConstructorParameters<Addon["Program"]>));
    });
    if (!program) continue;
    const memory = new Memory(rng, guard);
    bound.push(...lengths.map((spec) => memory.array(spec)));
    if (chance(rng, 0.2)) bound[below(rng, bound.length)] = memory.array({ dtype: below(rng, 4), length: 3 });
    if (chance(rng, 0.1)) bound.pop();
    if (chance(rng, 0.1)) (bound as unknown[])[0] = pick(rng, wrongKinds)();
    for (let run = 0; run < 2; run++) {
      tally(report, () => (program as InstanceType<Addon["Program"]>).run(bound));
      memory.check(() => JSON.stringify(calls));
    }
  }
  return report;
}
