import type { RandomSource } from "gymnasium-js";
import { tf } from "../../src/tensors/index.js";

/** Random calls of tfjs's public operations: fitting, not fitting, empty. */

type Dtype = "float32" | "int32" | "bool";

interface Input {
  shape: number[];
  dtype: Dtype;
  values: number[];
}

export interface TensorCase {
  name: string;
  inputs: Input[];
  compute(...inputs: tf.Tensor[]): tf.Tensor | tf.Tensor[];
  /** tfjs-backend-cpu is no reference here; such cases are left out. */
  cpuIsWrong?: boolean;
}

const unaryOps = [
  ...["abs", "neg", "relu", "relu6", "sigmoid", "tanh", "exp", "expm1", "log", "log1p", "sqrt", "rsqrt"],
  ...["square", "reciprocal", "sign", "step", "floor", "ceil", "round", "sin", "cos", "tan", "erf"],
  ...["softplus", "elu", "leakyRelu", "logicalNot", "isNaN", "isFinite", "isInf", "zerosLike", "onesLike"],
] as const;
const binaryOps = [
  ...["add", "sub", "mul", "div", "maximum", "minimum", "squaredDifference", "pow", "prelu"],
  ...["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual", "logicalAnd", "logicalOr"],
] as const;
const reductionOps = ["sum", "mean", "max", "min", "prod", "all", "any", "argMax", "argMin"] as const;

type AnyOp = (...inputs: unknown[]) => tf.Tensor;
const opOf = (name: string): AnyOp => (tf as unknown as Record<string, AnyOp>)[name]!;

class Cases {
  constructor(private readonly rng: RandomSource) {}

  private below(n: number): number {
    return this.rng.integers(0, n);
  }
  private chance(p: number): boolean {
    return this.rng.random() < p;
  }
  private pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  private dimension(most: number): number {
    return this.chance(0.08) ? 0 : 1 + this.below(most);
  }

  private shape(least = 0, most = 6): number[] {
    const rank = least + this.below(most - least + 1);
    return Array.from({ length: rank }, () => this.dimension(rank > 3 ? 3 : 6));
  }

  private dtype(): Dtype {
    return this.chance(0.75) ? "float32" : this.pick(["int32", "bool"] as const);
  }

  private input(shape: number[], dtype: Dtype = this.dtype(), odd = false): Input {
    const value = (): number => {
      if (dtype === "bool") return this.below(2);
      if (dtype === "int32") return this.below(9) - 4;
      if (odd && this.chance(0.06)) return this.pick([Number.NaN, Infinity, -Infinity, 0, -0, 1e30, -1e-30]);
      return Math.fround(4 * this.rng.random() - 2);
    };
    return { shape, dtype, values: Array.from({ length: tf.util.sizeFromShape(shape) }, value) };
  }

  private indices(shape: number[], end: number): Input {
    const input = this.input(shape, "int32");
    return { ...input, values: input.values.map(() => this.below(Math.max(1, end))) };
  }

  /** An axis of a tensor of this rank, at times outside. */
  private axis(rank: number): number {
    return this.chance(0.05) ? this.pick([rank, -rank - 1]) : this.below(2 * Math.max(1, rank)) - rank;
  }

  private axes(rank: number): number[] | number | undefined {
    if (this.chance(0.2)) return undefined;
    if (this.chance(0.3)) return this.axis(rank);
    return Array.from({ length: rank }, (_, i) => i).filter(() => this.chance(0.5));
  }

  /** A shape that broadcasts with another, or (seldom) does not. */
  private partner(shape: readonly number[]): number[] {
    const cut = shape.slice(this.chance(0.3) ? this.below(shape.length + 1) : 0);
    const partner = cut.map((dim) => (this.chance(0.25) ? 1 : dim));
    if (partner.length > 0 && this.chance(0.06)) partner[this.below(partner.length)] = 1 + this.below(7);
    return partner;
  }

  private unary(): TensorCase {
    const name = this.pick(unaryOps);
    const dtype = name === "logicalNot" && this.chance(0.9) ? "bool" : this.dtype();
    return { name, inputs: [this.input(this.shape(), dtype, true)], compute: opOf(name) };
  }

  private binary(): TensorCase {
    const name = this.pick(binaryOps);
    const shape = this.shape();
    const dtype = name.startsWith("logical") ? "bool" : this.dtype();
    const other = this.chance(0.85) ? dtype : this.dtype();
    const inputs = [this.input(shape, dtype, true), this.input(this.partner(shape), other, true)];
    if (this.chance(0.5)) inputs.reverse();
    return { name, inputs, compute: opOf(name) };
  }

  private reduction(): TensorCase {
    const name = this.pick(reductionOps);
    const shape = this.shape();
    const dtype = name === "all" || name === "any" ? "bool" : this.dtype();
    const axes = name.startsWith("arg") ? this.axis(shape.length) : this.axes(shape.length);
    const keep = this.chance(0.4);
    const compute = (x: tf.Tensor) =>
      name.startsWith("arg") ? opOf(name)(x, axes) : opOf(name)(x, axes, keep);
    // Of nothing, cpu makes NaN (max, min), 0 (mean) and false (all), because it reads past its array's end.
    const cpuIsWrong = shape.includes(0) && ["max", "min", "mean", "all"].includes(name);
    return { name: `${name} ${axes} ${keep}`, inputs: [this.input(shape, dtype)], compute, cpuIsWrong };
  }

  private matMul(): TensorCase {
    const [m, n, k] = [this.dimension(9), this.dimension(40), this.dimension(20)];
    const inner = this.chance(0.05) ? k + 1 : k;
    const [ta, tb] = [this.chance(0.3), this.chance(0.3)];
    const batch = this.chance(0.5) ? [] : this.shape(1, 2);
    const a = [...batch, ...(ta ? [k, m] : [m, k])];
    const b = [...this.partner(batch), ...(tb ? [n, inner] : [inner, n])];
    const dtype = this.chance(0.95) ? "float32" : this.dtype();
    const name = `matMul ${ta} ${tb}`;
    const compute = (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D, ta, tb);
    // Of no matrices by one, cpu makes a product with more values than its shape has.
    return {
      name,
      inputs: [this.input(a, dtype), this.input(b, dtype)],
      compute,
      cpuIsWrong: batch.includes(0),
    };
  }

  private conv2d(): TensorCase {
    const depthwise = this.chance(0.3);
    const channels = this.dimension(4);
    const x = [this.dimension(3), this.dimension(10), this.dimension(10), channels];
    const last = depthwise ? 1 + this.below(3) : this.dimension(20);
    const filter = [1 + this.below(4), 1 + this.below(4), this.chance(0.05) ? channels + 1 : channels, last];
    const strides: [number, number] = [1 + this.below(3), 1 + this.below(3)];
    const dilations = strides[0] === 1 && strides[1] === 1 && this.chance(0.4) ? 1 + this.below(3) : 1;
    const pad = this.pick(["same", "valid", 1, 2] as const);
    const compute = (image: tf.Tensor, f: tf.Tensor) =>
      depthwise
        ? tf.depthwiseConv2d(image as tf.Tensor4D, f as tf.Tensor4D, strides, pad, "NHWC", dilations)
        : tf.conv2d(image as tf.Tensor4D, f as tf.Tensor4D, strides, pad, "NHWC", dilations);
    const inputs = [this.input(x, "float32"), this.input(filter, "float32")];
    const gradient = this.chance(0.4);
    const both = (...xs: tf.Tensor[]) =>
      gradient
        ? tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.square(compute(a, b))))(xs)
        : compute(xs[0]!, xs[1]!);
    // Where a filter is larger than an image without elements, cpu makes a tensor with a negative dimension.
    // (With a number for padding, tfjs takes the filter's height for its width, too.)
    const margin = typeof pad === "number" ? 2 * pad : 0;
    const side = (axis: number) => filter[typeof pad === "number" ? 0 : axis - 1]!;
    const cpuIsWrong =
      pad !== "same" && [1, 2].some((axis) => x[axis]! + margin < (side(axis) - 1) * dilations + 1);
    const name = `conv2d ${depthwise} ${strides} ${dilations} ${pad} ${gradient}`;
    return { name, inputs, compute: both, cpuIsWrong };
  }

  private pool(): TensorCase {
    const name = this.pick(["maxPool", "avgPool"] as const);
    const shape = [this.dimension(3), this.dimension(10), this.dimension(10), this.dimension(5)];
    const size: [number, number] = [1 + this.below(4), 1 + this.below(4)];
    const strides: [number, number] = [1 + this.below(3), 1 + this.below(3)];
    const pad = this.pick(["same", "valid", 1] as const);
    const forward = (x: tf.Tensor) => tf[name](x as tf.Tensor4D, size, strides, pad);
    const gradient = this.chance(0.4);
    const compute = (x: tf.Tensor) =>
      gradient ? tf.grad((y: tf.Tensor) => tf.sum(tf.square(forward(y))))(x) : forward(x);
    return {
      name: `${name} ${size} ${strides} ${pad} ${gradient}`,
      inputs: [this.input(shape, "float32")],
      compute,
    };
  }

  private transpose(): TensorCase {
    const shape = this.shape();
    const perm = shape.map((_, i) => i).sort(() => this.rng.random() - 0.5);
    if (perm.length > 0 && this.chance(0.05)) perm[0] = perm.length;
    return { name: `transpose ${perm}`, inputs: [this.input(shape)], compute: (x) => tf.transpose(x, perm) };
  }

  private slice(): TensorCase {
    const shape = this.shape(1);
    const begin = shape.map((dim) => this.below(dim + 1));
    const size = shape.map((dim, i) => (this.chance(0.2) ? -1 : this.below(dim - begin[i]! + 1)));
    if (this.chance(0.05)) size[0] = shape[0]! + 1;
    return {
      name: `slice ${begin} ${size}`,
      inputs: [this.input(shape)],
      compute: (x) => tf.slice(x, begin, size),
    };
  }

  private pad(): TensorCase {
    const shape = this.shape(0, 5);
    const paddings = shape.map((): [number, number] => [this.below(3), this.below(3)]);
    const value = this.pick([0, 1, 2]);
    const dtype = this.dtype();
    // Paddings of fewer axes than the tensor has are left out: tfjs does not look, and cpu makes something of them.
    return {
      name: `pad ${JSON.stringify(paddings)} ${value}`,
      inputs: [this.input(shape, dtype)],
      compute: (x) => tf.pad(x, paddings, dtype === "bool" ? Math.min(1, value) : value),
    };
  }

  private joined(): TensorCase {
    const stack = this.chance(0.3);
    const shape = this.shape(1, stack ? 4 : 5);
    const at = this.below(shape.length);
    const dtype = this.dtype();
    const inputs = Array.from({ length: 1 + this.below(3) }, () => {
      const own = shape.map((dim, i) => (!stack && i === at ? this.dimension(4) : dim));
      if (this.chance(0.03)) own[0] = own[0]! + 1;
      return this.input(own, this.chance(0.95) ? dtype : this.dtype());
    });
    const axis = this.chance(0.05) ? shape.length + 1 : this.chance(0.3) ? at - shape.length : at;
    const compute = (...xs: tf.Tensor[]) => (stack ? tf.stack(xs, Math.abs(axis)) : tf.concat(xs, axis));
    return { name: `${stack ? "stack" : "concat"} ${axis}`, inputs, compute };
  }

  private parted(): TensorCase {
    const shape = this.shape(1, 5);
    const axis = this.below(shape.length);
    const dim = shape[axis]!;
    const unstack = this.chance(0.4);
    const parts = this.pick([1, 2, Math.max(1, dim)]);
    const compute = (x: tf.Tensor) => (unstack ? tf.unstack(x, axis) : tf.split(x, parts, axis));
    return {
      name: `${unstack ? "unstack" : `split ${parts}`} ${axis}`,
      inputs: [this.input(shape)],
      compute,
    };
  }

  private repeated(): TensorCase {
    const shape = this.shape(1, 5);
    if (this.chance(0.5)) {
      const reps = shape.map(() => this.below(3));
      if (this.chance(0.05)) reps.pop();
      return { name: `tile ${reps}`, inputs: [this.input(shape)], compute: (x) => tf.tile(x, reps) };
    }
    const axes = this.axes(shape.length);
    return { name: `reverse ${axes}`, inputs: [this.input(shape)], compute: (x) => tf.reverse(x, axes) };
  }

  /** Indices outside are left out: cpu reads past its array there and gives NaN or a neighbour's value. */
  private gather(): TensorCase {
    const shape = this.shape(1, 4);
    const axis = this.below(shape.length);
    const at = this.indices(this.shape(0, 2), shape[axis]!);
    if (shape[axis] === 0) return this.gather();
    return {
      name: `gather ${axis}`,
      inputs: [this.input(shape), at],
      compute: (x, i) => tf.gather(x, i, axis),
    };
  }

  private indexed(): TensorCase {
    const depth = this.dimension(6);
    if (this.chance(0.6)) {
      const inputs = [this.indices(this.shape(0, 3), depth + 2)];
      const dtype = this.dtype();
      const compute = (i: tf.Tensor) => tf.oneHot(i as tf.Tensor1D, depth, 1, 0, dtype);
      return { name: `oneHot ${depth} ${dtype}`, inputs, compute };
    }
    const [rows, columns] = [this.dimension(6), this.dimension(5)];
    const inputs = [this.input([rows, columns], "float32"), this.indices([rows], depth)];
    const compute = (x: tf.Tensor, ids: tf.Tensor) => tf.unsortedSegmentSum(x, ids as tf.Tensor1D, depth);
    // cpu fails on no segments with a TypeError, because it adds up no tensors.
    return { name: `unsortedSegmentSum ${depth}`, inputs, compute, cpuIsWrong: depth === 0 };
  }

  private softmax(): TensorCase {
    const shape = this.shape(0, 5);
    const name = this.pick(["softmax", "logSoftmax", "logSumExp"] as const);
    const axis = this.chance(0.8) ? shape.length - 1 : this.axis(shape.length);
    const compute = (x: tf.Tensor) => (name === "logSumExp" ? tf.logSumExp(x, axis) : tf[name](x, axis));
    // See `reduction` for the maximum of nothing.
    const cpuIsWrong = name === "logSumExp" && shape.includes(0);
    return { name: `${name} ${axis}`, inputs: [this.input(shape, "float32")], compute, cpuIsWrong };
  }

  private where(): TensorCase {
    const shape = this.shape();
    const dtype = this.dtype();
    const condition = this.input(
      this.chance(0.3) ? this.partner(shape) : shape,
      this.chance(0.95) ? "bool" : "float32",
    );
    const inputs = [condition, this.input(shape, dtype), this.input(this.partner(shape), dtype)];
    return { name: "where", inputs, compute: (c, t, e) => tf.where(c, t, e) };
  }

  /** A cast of NaN or of what int32 does not hold is left out: engines may do what they like. */
  private cast(): TensorCase {
    const to = this.dtype();
    return { name: `cast ${to}`, inputs: [this.input(this.shape())], compute: (x) => tf.cast(x, to) };
  }

  private other(): TensorCase {
    const shape = this.shape(1, 4);
    switch (this.below(4)) {
      case 0: {
        const terms = Array.from({ length: 1 + this.below(3) }, () => this.input(shape, "float32"));
        return { name: "addN", inputs: terms, compute: (...xs) => tf.addN(xs) };
      }
      case 1:
        return {
          name: "clipByValue",
          inputs: [this.input(shape, this.dtype(), true)],
          compute: (x) => tf.clipByValue(x, -0.5, 1),
        };
      case 2: {
        const own = this.shape(4, 4);
        const statistics = [own.slice(-1), own.slice(-1), own.slice(-1)].map((s) => this.input(s, "float32"));
        const compute = (x: tf.Tensor, m: tf.Tensor, o: tf.Tensor, s: tf.Tensor) =>
          tf.batchNorm(x, m as tf.Tensor1D, tf.square(m) as tf.Tensor1D, o as tf.Tensor1D, s as tf.Tensor1D);
        return { name: "batchNorm", inputs: [this.input(own, "float32"), ...statistics], compute };
      }
      default: {
        const count = tf.util.sizeFromShape(shape);
        const to = this.chance(0.9) ? [count, 1] : [count + 1];
        return {
          name: `reshape ${to}`,
          inputs: [this.input(shape)],
          compute: (x) => tf.mul(tf.reshape(x, to), 2),
        };
      }
    }
  }

  next(): TensorCase {
    const kinds = [
      ...[this.unary, this.binary, this.binary, this.reduction, this.reduction, this.matMul, this.conv2d],
      ...[this.conv2d, this.pool, this.transpose, this.slice, this.pad, this.joined, this.parted],
      ...[this.repeated, this.gather, this.indexed, this.softmax, this.where, this.cast, this.other],
    ];
    return this.pick(kinds).call(this);
  }
}

export function tensorCases(count: number, rng: RandomSource): TensorCase[] {
  const cases = new Cases(rng);
  const wanted: TensorCase[] = [];
  while (wanted.length < count) {
    const next = cases.next();
    if (!next.cpuIsWrong) wanted.push(next);
  }
  return wanted;
}

export interface Outcome {
  shape: number[];
  dtype: string;
  values: Float64Array;
}

/** What the engine in use makes of a case: the results, or the Error. @throws what is not an Error */
export function outcomeOf({ inputs, compute }: TensorCase): Outcome[] | Error {
  const outcomes: Outcome[] = [];
  try {
    tf.tidy(() => {
      const tensors = inputs.map(({ shape, dtype, values }) => tf.tensor(values, shape, dtype));
      for (const y of [compute(...tensors)].flat()) {
        outcomes.push({ shape: y.shape, dtype: y.dtype, values: Float64Array.from(y.dataSync()) });
      }
    });
    return outcomes;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

/** Null if both mean the same; else what differs. */
export function difference(actual: Outcome[] | Error, expected: Outcome[] | Error): string | null {
  if (actual instanceof Error || expected instanceof Error) {
    if (actual instanceof Error && expected instanceof Error) return null;
    return actual instanceof Error
      ? `native throws: ${actual.message}`
      : `cpu throws: ${(expected as Error).message}`;
  }
  if (actual.length !== expected.length) return `${actual.length} results, not ${expected.length}`;
  for (const [index, { shape, dtype, values }] of actual.entries()) {
    const other = expected[index]!;
    if (String(shape) !== String(other.shape)) return `shape ${shape}, not ${other.shape}`;
    if (dtype !== other.dtype) return `dtype ${dtype}, not ${other.dtype}`;
    if (values.length !== other.values.length) return `${values.length} values, not ${other.values.length}`;
    for (const [i, value] of values.entries()) {
      const wanted = other.values[i]!;
      const close = Math.abs(value - wanted) <= 1e-4 * Math.max(1, Math.abs(wanted));
      if (!(Object.is(value, wanted) || close || value === wanted)) return `${value}, not ${wanted}, at ${i}`;
    }
  }
  return null;
}
