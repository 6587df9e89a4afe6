import {
  type Code,
  countDown,
  type FunctionScope,
  f32,
  f32x4,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
  when,
  whileTrue,
} from "./assembler.js";

/** Columns of one panel of B, and of one tile of C. */
export const panelColumns = 8;
const panelBytes = panelColumns * 4;
/**
 * Rows of one tile of C, largest first. 6 x 8 takes 12 of the 16 vector registers of x86-64 for sums and measured
 * fastest of 3, 4, 5 and 6 rows; the smaller tiles take the rows that are left.
 */
const tileRows = [6, 2, 1] as const;

const panelParameters = [
  ["a", "i32"],
  ["aStride", "i32"],
  ["rows", "i32"],
  ["b", "i32"],
  ["bStride", "i32"],
  ["depth", "i32"],
  ["c", "i32"],
  ["cStride", "i32"],
  ["accumulate", "i32"],
] as const;

/** Which index of A runs fastest in memory: the column k ("row-major") or the row i ("transposed"). */
type Layout = "rows" | "columns";

interface Tile {
  height: number;
  layout: Layout;
  accumulators: readonly (readonly [Local, Local])[];
  /** One pointer per row of A, or one for all if rows are neighbours. */
  pointers: readonly Local[];
  columns: readonly [Local, Local];
  factor: Local;
}

/**
 * C[rows, 8] (+)= A[rows, depth] B[depth, 8]: all strides in bytes from row to row, of A^T for "columns". One pass of
 * `depth` keeps a tile of C in registers; sums run in the order of k, so results do not depend on the batch size.
 */
export function addGemmPanel(module: ModuleBuilder, name: string, layout: Layout): void {
  module.add(name, { parameters: panelParameters }, (parameters, scope) => {
    const { a, aStride, rows, c, cStride } = parameters;
    const tile = (height: number): Code => {
      const body = tileCode(height, layout, parameters, scope);
      const next = layout === "rows" ? i32.mul(aStride.get, i32.const(height)) : i32.const(4 * height);
      return countDown(rows, height, [
        ...body,
        ...a.advance(next),
        ...c.advance(i32.mul(cStride.get, i32.const(height))),
      ]);
    };
    return tileRows.flatMap(tile);
  });
}

type PanelParameters = Record<(typeof panelParameters)[number][0], Local>;

function tileCode(height: number, layout: Layout, parameters: PanelParameters, scope: FunctionScope): Code {
  const { a, aStride, b, depth, accumulate } = parameters;
  const rowIndices = Array.from({ length: height }, (_, row) => row);
  const tile: Tile = {
    height,
    layout,
    accumulators: rowIndices.map(() => [scope.local("v128"), scope.local("v128")] as const),
    pointers: (layout === "rows" ? rowIndices : [0]).map(() => scope.local("i32")),
    columns: [scope.local("v128"), scope.local("v128")],
    factor: scope.local("v128"),
  };
  const panel = scope.local("i32");
  const left = scope.local("i32");
  const unrolled = 4;
  const steps = (count: number): Code => [
    ...Array.from({ length: count }, (_, step) => stepCode(tile, parameters, panel, step)).flat(),
    ...(layout === "rows" ? tile.pointers.flatMap((pointer) => pointer.advance(4 * count)) : []),
  ];
  return [
    ...tile.pointers.flatMap((pointer, row) =>
      pointer.set(i32.add(a.get, i32.mul(aStride.get, i32.const(row)))),
    ),
    ...panel.set(b.get),
    ...left.set(depth.get),
    ...when(accumulate.get, moveTile(tile, parameters, scope, "load"), clearTile(tile)),
    ...countDown(left, unrolled, steps(unrolled)),
    ...countDown(left, 1, steps(1)),
    ...moveTile(tile, parameters, scope, "store"),
  ];
}

/** One k: row k of B times each A[i, k], added to the accumulators. */
function stepCode(tile: Tile, { aStride, bStride }: PanelParameters, panel: Local, step: number): Code {
  const [low, high] = tile.columns;
  const code: Code[] = [
    low.set(v128.load(panel.get, 0)),
    high.set(v128.load(panel.get, 16)),
    panel.advance(bStride.get),
  ];
  tile.accumulators.forEach(([sumLow, sumHigh], row) => {
    const value =
      tile.layout === "rows"
        ? v128.loadSplat(tile.pointers[row]!.get, 4 * step)
        : v128.loadSplat(tile.pointers[0]!.get, 4 * row);
    code.push(
      tile.factor.set(value),
      sumLow.set(f32x4.add(sumLow.get, f32x4.mul(tile.factor.get, low.get))),
      sumHigh.set(f32x4.add(sumHigh.get, f32x4.mul(tile.factor.get, high.get))),
    );
  });
  if (tile.layout === "columns") code.push(tile.pointers[0]!.advance(aStride.get));
  return code.flat();
}

function clearTile({ accumulators }: Tile): Code {
  return accumulators.flat().flatMap((accumulator) => accumulator.set(v128.zero));
}

function moveTile(
  { accumulators }: Tile,
  { c, cStride }: PanelParameters,
  scope: FunctionScope,
  direction: "load" | "store",
): Code {
  const row = scope.local("i32");
  return [
    ...row.set(c.get),
    ...accumulators.flatMap(([low, high]) => [
      ...(direction === "load"
        ? [...low.set(v128.load(row.get, 0)), ...high.set(v128.load(row.get, 16))]
        : [...v128.store(row.get, low.get, 0), ...v128.store(row.get, high.get, 16)]),
      ...row.advance(cStride.get),
    ]),
  ];
}

/**
 * Packs a panel of B, `[depth, columns <= 8]` with rows `stride` bytes apart, into `[depth, 8]` without gaps; missing
 * columns become 0.
 */
export function addPackRows(module: ModuleBuilder): void {
  const parameters = [
    ["b", "i32"],
    ["stride", "i32"],
    ["depth", "i32"],
    ["columns", "i32"],
    ["out", "i32"],
  ] as const;
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
  const parameters = [
    ["b", "i32"],
    ["stride", "i32"],
    ["depth", "i32"],
    ["columns", "i32"],
    ["out", "i32"],
  ] as const;
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
