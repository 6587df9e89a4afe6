/**
 * A small WebAssembly assembler: just what the kernels in this folder need. Instructions are functions that take
 * their operands as code and return code, so a kernel reads as an expression: `f32x4.add(load(p), x.get)`.
 *
 * Source: https://webassembly.github.io/spec/core/binary/
 */

/** Encoded instructions. */
export type Code = readonly number[];

export type ValueType = "i32" | "f32" | "f64" | "v128";

const typeCode: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

const op =
  (...opcode: number[]) =>
  (...operands: Code[]): Code => [...operands.flat(), ...opcode];
const simd = (opcode: number) => op(0xfd, ...unsigned(opcode));
/** A memory access at `address` + `offset` bytes; alignment is only a hint and left at 1 byte. */
const access =
  (...opcode: number[]) =>
  (address: Code, offset = 0): Code => [...address, ...opcode, 0, ...unsigned(offset)];
const write =
  (...opcode: number[]) =>
  (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...opcode, 0, ...unsigned(offset)];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  add: op(0x6a),
  sub: op(0x6b),
  mul: op(0x6c),
  and: op(0x71),
  shiftLeft: op(0x74),
  less: op(0x48),
  greaterEqual: op(0x4e),
};

export const f32 = {
  const: (value: number): Code => [0x43, ...new Uint8Array(new Float32Array([value]).buffer)],
  load: access(0x2a),
  store: write(0x38),
  add: op(0x92),
  sub: op(0x93),
  mul: op(0x94),
  div: op(0x95),
  sqrt: op(0x91),
  max: op(0x97),
  abs: op(0x8b),
  less: op(0x5d),
  greater: op(0x5e),
  select: (whenTrue: Code, whenFalse: Code, condition: Code): Code => [
    ...whenTrue,
    ...whenFalse,
    ...condition,
    0x1b,
  ],
};

export const f64 = {
  add: op(0xa0),
  mul: op(0xa2),
  promote: op(0xbb),
};

export const v128 = {
  load: access(0xfd, 0x00),
  /** One float32, copied into all four lanes. */
  loadSplat: access(0xfd, 0x09),
  store: write(0xfd, 0x0b),
  and: simd(0x4e),
  /** a & ~b. */
  andNot: simd(0x4f),
  zero: [0xfd, 0x0c, ...new Array<number>(16).fill(0)] as Code,
  /** Picks four of the eight float32 lanes of `a` (0..3) and `b` (4..7). */
  shuffle: (a: Code, b: Code, lanes: readonly [number, number, number, number]): Code => [
    ...a,
    ...b,
    0xfd,
    0x0d,
    ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)),
  ],
};

export const f32x4 = {
  splat: simd(0x13),
  less: simd(0x43),
  greater: simd(0x44),
  abs: simd(0xe0),
  sqrt: simd(0xe3),
  add: simd(0xe4),
  sub: simd(0xe5),
  mul: simd(0xe6),
  div: simd(0xe7),
  /** a < b ? b : a, lane by lane. */
  pmax: simd(0xeb),
};

export const f64x2 = {
  add: simd(0xf0),
  mul: simd(0xf2),
  /** The two low float32 lanes as float64. */
  promoteLow: simd(0x5f),
  extract: (value: Code, lane: 0 | 1): Code => [...value, 0xfd, 0x21, lane],
};

/** A parameter or local variable of the function being built. */
export class Local {
  readonly get: Code;

  constructor(private readonly index: number) {
    this.get = [0x20, ...unsigned(index)];
  }

  set(value: Code): Code {
    return [...value, 0x21, ...unsigned(this.index)];
  }

  /** Adds a byte count or another i32. */
  advance(by: Code | number): Code {
    return this.set(i32.add(this.get, typeof by === "number" ? i32.const(by) : by));
  }
}

/** Runs `body` if `condition` is not 0. */
export function when(condition: Code, body: Code, otherwise: Code = []): Code {
  return [...condition, 0x04, 0x40, ...body, ...(otherwise.length > 0 ? [0x05, ...otherwise] : []), 0x0b];
}

/** Runs `body` as long as `condition` is not 0. */
export function whileTrue(condition: Code, body: Code): Code {
  return when(condition, [0x03, 0x40, ...body, ...condition, 0x0d, 0x00, 0x0b]);
}

/** Runs `body` for `counter` = `counter`, `counter` - step, ... as long as at least `step` are left. */
export function countDown(counter: Local, step: number, body: Code): Code {
  return whileTrue(i32.greaterEqual(counter.get, i32.const(step)), [...body, ...counter.advance(-step)]);
}

interface FunctionParts {
  name: string;
  parameters: ValueType[];
  result: ValueType | null;
  locals: ValueType[];
  body: Code;
}

export interface FunctionScope {
  /** Declares a local variable; it starts at 0. */
  local(type: ValueType): Local;
}

/** Collects functions over one imported memory (`env.memory`) and writes the binary module. */
export class ModuleBuilder {
  private readonly functions: FunctionParts[] = [];

  /**
   * Adds an exported function.
   *
   * @param signature parameter types by name, in order, and the result's type
   * @param build writes the body, from the parameters as locals
   */
  add<Name extends string>(
    name: string,
    signature: { parameters: readonly (readonly [Name, ValueType])[]; result?: ValueType },
    build: (parameters: Record<Name, Local>, scope: FunctionScope) => Code,
  ): void {
    const types = signature.parameters.map(([, type]) => type);
    const locals: ValueType[] = [];
    const scope: FunctionScope = {
      local: (type) => new Local(types.length + locals.push(type) - 1),
    };
    const parameters = Object.fromEntries(
      signature.parameters.map(([parameter], index) => [parameter, new Local(index)]),
    ) as Record<Name, Local>;
    const body = build(parameters, scope);
    this.functions.push({ name, parameters: types, result: signature.result ?? null, locals, body });
  }

  /** The binary module. */
  build(): Uint8Array<ArrayBuffer> {
    const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
    const section = (id: number, items: readonly Code[]): Code => {
      const content = vector(items);
      return [id, ...unsigned(content.length), ...content];
    };
    const text = (value: string): Code => vector([...new TextEncoder().encode(value)].map((byte) => [byte]));
    const types = this.functions.map(({ parameters, result }) => [
      0x60,
      ...vector(parameters.map((type) => [typeCode[type]])),
      ...vector(result ? [[typeCode[result]]] : []),
    ]);
    const bodies = this.functions.map(({ locals, body }) => {
      const code = [...vector(locals.map((type) => [1, typeCode[type]])), ...body, 0x0b];
      return [...unsigned(code.length), ...code];
    });
    return new Uint8Array([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, types),
      ...section(2, [[...text("env"), ...text("memory"), 0x02, 0x00, 0x01]]),
      ...section(
        3,
        this.functions.map((_, index) => unsigned(index)),
      ),
      ...section(
        7,
        this.functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]),
      ),
      ...section(10, bodies),
    ]);
  }
}
