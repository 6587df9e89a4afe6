import { panelBytes, panelColumns } from "./gemm.js";
import type { Simd } from "./instance.js";

/** A matrix in the engine's memory, row after row without gaps. */
interface Matrix {
  address: number;
  /** Uses the matrix as if it were transposed; what lies in memory is then `[columns, rows]` of its use. */
  transposed: boolean;
}

export interface Product {
  a: Matrix;
  b: Matrix;
  /** Address of the result, `[rows, columns]`. */
  c: number;
  rows: number;
  depth: number;
  columns: number;
  /** Adds to C instead of overwriting it. */
  accumulate?: boolean;
}

/** Rows of B that are packed at a time: a panel of 512 x 8 floats is 16 KiB and stays in the first-level cache. */
const depthBlock = 512;
/** Up to this many rows of A, packing B costs more than it saves. */
const fewRows = 6;
const floatBytes = 4;

/** C (+)= A B, with A `[rows, depth]` and B `[depth, columns]` after transposition. */
export function multiply(simd: Simd, product: Product): void {
  const { c, rows, depth, columns, accumulate = false } = product;
  if (depth === 0 || rows === 0) return;
  const packed = simd.scratch("panel", depthBlock * panelBytes);
  for (let column = 0; column < columns; column += panelColumns) {
    const width = Math.min(panelColumns, columns - column);
    const whole = width === panelColumns;
    const target = whole
      ? { address: c + column * floatBytes, stride: columns * floatBytes }
      : { address: simd.scratch("tile", rows * panelBytes), stride: panelBytes };
    if (!whole && accumulate) loadTile(simd, product, column, target.address);
    for (let k = 0; k < depth; k += depthBlock) {
      const block = { k, column, width, depth: Math.min(depthBlock, depth - k) };
      const panel = panelOf(simd, product, block, packed);
      multiplyPanel(simd, product, block, { panel, target, accumulate: accumulate || k > 0 });
    }
    if (!whole)
      simd.call.unpackTile(target.address, rows, width, c + column * floatBytes, columns * floatBytes);
  }
}

interface Block {
  k: number;
  column: number;
  width: number;
  depth: number;
}

/** The last, narrow panel of C is computed aside, eight columns wide. */
function loadTile(simd: Simd, { c, rows, columns }: Product, column: number, tile: number): void {
  simd.call.packRows(c + column * floatBytes, columns * floatBytes, rows, columns - column, tile);
}

/** Eight columns of a matrix. */
interface Strided {
  address: number;
  /** Bytes from one row to the next. */
  stride: number;
}

/** The block's columns of B: packed, or where they are if they are used so little that packing does not pay. */
function panelOf(simd: Simd, { b, rows, depth, columns }: Product, block: Block, packed: number): Strided {
  if (b.transposed) {
    const address = b.address + (block.column * depth + block.k) * floatBytes;
    simd.call.packColumns(address, depth * floatBytes, block.depth, block.width, packed);
    return { address: packed, stride: panelBytes };
  }
  const there = {
    address: b.address + (block.k * columns + block.column) * floatBytes,
    stride: columns * floatBytes,
  };
  if (rows <= fewRows && block.width === panelColumns) return there;
  simd.call.packRows(there.address, there.stride, block.depth, block.width, packed);
  return { address: packed, stride: panelBytes };
}

function multiplyPanel(
  simd: Simd,
  { a, rows, depth }: Product,
  block: Block,
  { panel, target, accumulate }: { panel: Strided; target: Strided; accumulate: boolean },
): void {
  const stride = (a.transposed ? rows : depth) * floatBytes;
  const address = a.address + block.k * (a.transposed ? stride : floatBytes);
  const gemm = a.transposed ? simd.call.gemmColumns : simd.call.gemmRows;
  gemm(
    address,
    stride,
    rows,
    panel.address,
    panel.stride,
    block.depth,
    target.address,
    target.stride,
    accumulate ? 1 : 0,
  );
}
