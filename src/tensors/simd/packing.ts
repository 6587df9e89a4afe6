import {
  type Code,
  countDown,
  f32,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
  when,
  whileTrue,
} from "./assembler.js";
import { panelBytes, panelColumns } from "./gemm.js";

/** Of both packings: where the panel is, how far its rows are apart, its size, and where it goes. */
const parameters = [
  ["b", "i32"],
  ["stride", "i32"],
  ["depth", "i32"],
  ["columns", "i32"],
  ["out", "i32"],
] as const;

/**
 * Packs a panel of B, `[depth, columns <= 8]` with rows `stride` bytes apart, into `[depth, 8]` without gaps; missing
 * columns become 0.
 */
export function addPackRows(module: ModuleBuilder): void {
  module.add("packRows", { parameters }, ({ b, stride, depth, columns, out }, scope) => {
    const column = scope.local("i32");
    const at = (base: Local) => i32.add(base.get, i32.shiftLeft(column.get, i32.const(2)));
    const whole = [
      ...v128.store(out.get, v128.load(b.get, 0)),
      ...v128.store(out.get, v128.load(b.get, 16), 16),
    ];
    const part = [
      ...v128.store(out.get, v128.zero),
      ...v128.store(out.get, v128.zero, 16),
      ...column.set(i32.const(0)),
      ...whileTrue(i32.less(column.get, columns.get), [
        ...f32.store(at(out), f32.load(at(b))),
        ...column.advance(1),
      ]),
    ];
    const full = i32.greaterEqual(columns.get, i32.const(panelColumns));
    return countDown(depth, 1, [
      ...when(full, whole, part),
      ...b.advance(stride.get),
      ...out.advance(panelBytes),
    ]);
  });
}

/**
 * Packs a panel of B^T: `[columns <= 8, depth]` with rows `stride` bytes apart, into `[depth, 8]` without gaps; missing
 * columns become 0. Full panels go in blocks of 4 x 4.
 */
export function addPackColumns(module: ModuleBuilder): void {
  module.add("packColumns", { parameters }, ({ b, stride, depth, columns, out }, scope) => {
    const source = scope.local("i32");
    const column = scope.local("i32");
    const lines = Array.from({ length: 4 }, () => scope.local("v128"));
    const mixed = Array.from({ length: 4 }, () => scope.local("v128"));
    const block = (half: number): Code => [
      ...lines.flatMap((line) => [...line.set(v128.load(source.get)), ...source.advance(stride.get)]),
      ...transpose4(lines, mixed),
      ...lines.flatMap((line, k) => v128.store(out.get, line.get, panelBytes * k + 16 * half)),
    ];
    const scalar = [
      ...v128.store(out.get, v128.zero),
      ...v128.store(out.get, v128.zero, 16),
      ...column.set(i32.const(0)),
      ...source.set(b.get),
      ...whileTrue(i32.less(column.get, columns.get), [
        ...f32.store(i32.add(out.get, i32.shiftLeft(column.get, i32.const(2))), f32.load(source.get)),
        ...source.advance(stride.get),
        ...column.advance(1),
      ]),
    ];
    return [
      ...when(
        i32.greaterEqual(columns.get, i32.const(panelColumns)),
        countDown(depth, 4, [
          ...source.set(b.get),
          ...block(0),
          ...block(1),
          ...b.advance(16),
          ...out.advance(4 * panelBytes),
        ]),
      ),
      ...countDown(depth, 1, [...scalar, ...b.advance(4), ...out.advance(panelBytes)]),
    ];
  });
}

/** Transposes the 4 x 4 floats in `lines`, in place. */
function transpose4(lines: readonly Local[], mixed: readonly Local[]): Code {
  const [a, b, c, d] = lines.map((line) => line.get) as [Code, Code, Code, Code];
  const [m0, m1, m2, m3] = mixed as [Local, Local, Local, Local];
  return [
    ...m0.set(v128.shuffle(a, b, [0, 4, 1, 5])),
    ...m1.set(v128.shuffle(a, b, [2, 6, 3, 7])),
    ...m2.set(v128.shuffle(c, d, [0, 4, 1, 5])),
    ...m3.set(v128.shuffle(c, d, [2, 6, 3, 7])),
    ...lines[0]!.set(v128.shuffle(m0.get, m2.get, [0, 1, 4, 5])),
    ...lines[1]!.set(v128.shuffle(m0.get, m2.get, [2, 3, 6, 7])),
    ...lines[2]!.set(v128.shuffle(m1.get, m3.get, [0, 1, 4, 5])),
    ...lines[3]!.set(v128.shuffle(m1.get, m3.get, [2, 3, 6, 7])),
  ];
}

/** Copies the first `columns` of each of `rows` rows of a packed `[rows, 8]` tile to rows `stride` bytes apart. */
export function addUnpackTile(module: ModuleBuilder): void {
  const parameters = [
    ["tile", "i32"],
    ["rows", "i32"],
    ["columns", "i32"],
    ["c", "i32"],
    ["stride", "i32"],
  ] as const;
  module.add("unpackTile", { parameters }, ({ tile, rows, columns, c, stride }, scope) => {
    const column = scope.local("i32");
    const at = (base: Local) => i32.add(base.get, i32.shiftLeft(column.get, i32.const(2)));
    return countDown(rows, 1, [
      ...column.set(i32.const(0)),
      ...whileTrue(i32.less(column.get, columns.get), [
        ...f32.store(at(c), f32.load(at(tile))),
        ...column.advance(1),
      ]),
      ...tile.advance(panelBytes),
      ...c.advance(stride.get),
    ]);
  });
}
