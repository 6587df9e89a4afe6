import {
  type Code,
  countDown,
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
  when,
} from "./assembler.js";

/** Adds `addBias(y, rows, columns, bias, rectify)`: y[i, j] += bias[j], then max(y, 0) if `rectify`. */
export function addBiasKernel(module: ModuleBuilder): void {
  const parameters = [
    ["y", "i32"],
    ["rows", "i32"],
    ["columns", "i32"],
    ["bias", "i32"],
    ["rectify", "i32"],
  ] as const;
  module.add("addBias", { parameters }, ({ y, rows, columns, bias, rectify }, scope) => {
    const [source, left] = [scope.local("i32"), scope.local("i32")];
    const [sum, one] = [scope.local("v128"), scope.local("f32")];
    const row = (rectified: boolean): Code => [
      ...source.set(bias.get),
      ...left.set(columns.get),
      ...countDown(left, 4, [
        ...sum.set(f32x4.add(v128.load(y.get), v128.load(source.get))),
        ...v128.store(y.get, rectified ? f32x4.pmax(sum.get, v128.zero) : sum.get),
        ...y.advance(16),
        ...source.advance(16),
      ]),
      ...countDown(left, 1, [
        ...one.set(f32.add(f32.load(y.get), f32.load(source.get))),
        ...f32.store(y.get, rectified ? f32.max(one.get, f32.const(0)) : one.get),
        ...y.advance(4),
        ...source.advance(4),
      ]),
    ];
    return when(rectify.get, countDown(rows, 1, row(true)), countDown(rows, 1, row(false)));
  });
}

/** What the derivative of an activation becomes, from dy and the activation's output y. */
const activationGradients = {
  reluGradient: {
    lanes: (dy: Code, y: Code) => v128.and(dy, f32x4.greater(y, v128.zero)),
    single: (dy: Code, y: Code) => f32.select(dy, f32.const(0), f32.greater(y, f32.const(0))),
  },
  tanhGradient: {
    lanes: (dy: Code, y: Code) => f32x4.mul(dy, f32x4.sub(f32x4.splat(f32.const(1)), f32x4.mul(y, y))),
    single: (dy: Code, y: Code) => f32.mul(dy, f32.sub(f32.const(1), f32.mul(y, y))),
  },
  sigmoidGradient: {
    lanes: (dy: Code, y: Code) => f32x4.mul(dy, f32x4.mul(y, f32x4.sub(f32x4.splat(f32.const(1)), y))),
    single: (dy: Code, y: Code) => f32.mul(dy, f32.mul(y, f32.sub(f32.const(1), y))),
  },
};

/** Adds `<activation>Gradient(dy, y, out, size)` for relu, tanh and sigmoid. */
export function addActivationGradients(module: ModuleBuilder): void {
  const parameters = [
    ["dy", "i32"],
    ["y", "i32"],
    ["out", "i32"],
    ["size", "i32"],
  ] as const;
  for (const [name, gradient] of Object.entries(activationGradients)) {
    module.add(name, { parameters }, ({ dy, y, out, size }) => {
      const advance = (bytes: number): Code => [
        ...dy.advance(bytes),
        ...y.advance(bytes),
        ...out.advance(bytes),
      ];
      return [
        ...countDown(size, 4, [
          ...v128.store(out.get, gradient.lanes(v128.load(dy.get), v128.load(y.get))),
          ...advance(16),
        ]),
        ...countDown(size, 1, [
          ...f32.store(out.get, gradient.single(f32.load(dy.get), f32.load(y.get))),
          ...advance(4),
        ]),
      ];
    });
  }
}

/** Adds `columnSums(x, rows, columns, out)`: out[j] = sum of x[i, j] over i, in the order of i. */
export function addColumnSums(module: ModuleBuilder): void {
  const parameters = [
    ["x", "i32"],
    ["rows", "i32"],
    ["columns", "i32"],
    ["out", "i32"],
  ] as const;
  module.add("columnSums", { parameters }, ({ x, rows, columns, out }, scope) => {
    const [cell, left, stride] = [scope.local("i32"), scope.local("i32"), scope.local("i32")];
    const [lanes, single] = [scope.local("v128"), scope.local("f32")];
    const downRows = (body: Code): Code => [
      ...cell.set(x.get),
      ...left.set(rows.get),
      ...countDown(left, 1, [...body, ...cell.advance(stride.get)]),
    ];
    return [
      ...stride.set(i32.mul(columns.get, i32.const(4))),
      ...countDown(columns, 4, [
        ...lanes.set(v128.zero),
        ...downRows(lanes.set(f32x4.add(lanes.get, v128.load(cell.get)))),
        ...v128.store(out.get, lanes.get),
        ...x.advance(16),
        ...out.advance(16),
      ]),
      ...countDown(columns, 1, [
        ...single.set(f32.const(0)),
        ...downRows(single.set(f32.add(single.get, f32.load(cell.get)))),
        ...f32.store(out.get, single.get),
        ...x.advance(4),
        ...out.advance(4),
      ]),
    ];
  });
}

/** Adds `sumOfSquares(x, size)`: squared and summed in float64. */
export function addSumOfSquares(module: ModuleBuilder): void {
  const signature = {
    parameters: [
      ["x", "i32"],
      ["size", "i32"],
    ],
    result: "f64",
  } as const;
  module.add("sumOfSquares", signature, ({ x, size }, scope) => {
    const [low, high] = [scope.local("v128"), scope.local("v128")];
    const [four, pair] = [scope.local("v128"), scope.local("v128")];
    const [rest, one] = [scope.local("f64"), scope.local("f64")];
    const add = (sum: Local, value: Code): Code => [
      ...pair.set(f64x2.promoteLow(value)),
      ...sum.set(f64x2.add(sum.get, f64x2.mul(pair.get, pair.get))),
    ];
    return [
      ...countDown(size, 4, [
        ...four.set(v128.load(x.get)),
        ...add(low, four.get),
        ...add(high, v128.shuffle(four.get, four.get, [2, 3, 2, 3])),
        ...x.advance(16),
      ]),
      ...countDown(size, 1, [
        ...one.set(f64.promote(f32.load(x.get))),
        ...rest.set(f64.add(rest.get, f64.mul(one.get, one.get))),
        ...x.advance(4),
      ]),
      ...low.set(f64x2.add(low.get, high.get)),
      ...f64.add(f64.add(f64x2.extract(low.get, 0), f64x2.extract(low.get, 1)), rest.get),
    ];
  });
}
