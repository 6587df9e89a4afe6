import { type BatchMatMulAttrs, broadcast_util, type TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, simdOf } from "../simd/instance.js";
import { multiply } from "../simd/matmul.js";
import { asKernel } from "./memory.js";

const floatBytes = 4;

/** Product of the last two axes, `[..., n, k] x [..., k, m]`; the axes before them broadcast. */
export const batchMatMul = asKernel<"a" | "b", BatchMatMulAttrs>(({ inputs, attrs, backend }) => {
  const { a, b } = inputs;
  const { transposeA, transposeB } = attrs;
  if (a.dtype !== "float32" || b.dtype !== "float32") {
    throw new Error(`The wasm engine multiplies float32 matrices only, not ${a.dtype} by ${b.dtype}.`);
  }
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [rows, depth] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const columns = transposeB ? bRows : bColumns;
  const batch = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const c = backend.makeOutput([...batch, rows, columns], "float32");
  const simd = simdOf(backend);
  const [aStart, bStart, cStart] = [a, b, c].map((tensor) => addressOf(backend, tensor)) as [
    number,
    number,
    number,
  ];
  const offsets = batchOffsets(batch, a, b);
  if (depth === 0) backend.typedArrayFromHeap(c).fill(0);
  offsets.forEach(({ ofA, ofB }, index) => {
    multiply(simd, {
      a: { address: aStart + ofA * rows * depth * floatBytes, transposed: transposeA },
      b: { address: bStart + ofB * depth * columns * floatBytes, transposed: transposeB },
      c: cStart + index * rows * columns * floatBytes,
      rows,
      depth,
      columns,
    });
  });
  return c;
});

/** For each matrix of the result, which matrix of `a` and of `b` makes it. */
function batchOffsets(
  batch: readonly number[],
  a: TensorInfo,
  b: TensorInfo,
): { ofA: number; ofB: number }[] {
  const size = batch.reduce((product, dimension) => product * dimension, 1);
  const offsetIn = (shape: readonly number[], index: number): number => {
    let [rest, offset, stride] = [index, 0, 1];
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      const position = rest % batch[axis]!;
      rest = Math.floor(rest / batch[axis]!);
      const dimension = shape[shape.length - batch.length + axis] ?? 1;
      if (dimension !== 1) offset += position * stride;
      stride *= dimension;
    }
    return offset;
  };
  return Array.from({ length: size }, (_, index) => ({
    ofA: offsetIn(a.shape.slice(0, -2), index),
    ofB: offsetIn(b.shape.slice(0, -2), index),
  }));
}
