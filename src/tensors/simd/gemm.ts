import {
  type Code,
  countDown,
  type FunctionScope,
  f32x4,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
  when,
} from "./assembler.js";

/** Columns of one panel of B, and of one tile of C. */
export const panelColumns = 8;
/** Bytes of one row of a packed panel. */
export const panelBytes = panelColumns * 4;
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
