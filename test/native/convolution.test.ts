import { Generator } from "gymnasium-js";
import { expect, test } from "vitest";
import { engineReport } from "../../src/tensors/index.js";
import { loadAddon } from "../../src/tensors/native/addon.js";
import { Op } from "../../src/tensors/native/operations.js";

const { missing } = (await engineReport()).find(({ name }) => name === "native")!;

interface Axis {
  size: number;
  filter: number;
  stride: number;
  dilation: number;
  before: number;
  out: number;
}

function randomAxis(rng: Generator): Axis {
  const one = (most: number) => rng.integers(1, most + 1);
  const [size, filter, stride, dilation] = [one(12), one(4), one(5), one(6)];
  const [before, after] = [rng.integers(0, 9), rng.integers(0, 9)];
  const reach = (filter - 1) * dilation + 1;
  return {
    size,
    filter,
    stride,
    dilation,
    before,
    out: Math.floor((size + before + after - reach) / stride) + 1,
  };
}

/** Calls `visit(x, filter, y)` with the offsets of all factors that meet, by the definition. */
function forEachProduct(
  { batch, c, k, high, wide }: { batch: number; c: number; k: number; high: Axis; wide: Axis },
  visit: (x: number, filter: number, y: number) => void,
): void {
  const counts = [batch, high.out, wide.out, high.filter, wide.filter, c, k];
  const total = counts.reduce((product, count) => product * count, 1);
  for (let index = 0; index < total; index++) {
    const at: number[] = [];
    let rest = index;
    for (const count of counts.toReversed()) {
      at.unshift(rest % count);
      rest = Math.floor(rest / count);
    }
    const [b, i, j, r, s, channel, out] = at as [number, number, number, number, number, number, number];
    const row = i * high.stride + r * high.dilation - high.before;
    const column = j * wide.stride + s * wide.dilation - wide.before;
    if (row < 0 || row >= high.size || column < 0 || column >= wide.size) continue;
    visit(
      ((b * high.size + row) * wide.size + column) * c + channel,
      ((r * wide.filter + s) * c + channel) * k + out,
      ((b * high.out + i) * wide.out + j) * k + out,
    );
  }
}

test("convolutions of any stride, dilation and padding and their gradients are what the definition gives", (context) => {
  if (missing !== null) context.skip(missing);
  const addon = loadAddon();
  const rng = new Generator(8);
  let done = 0;
  while (done < 250) {
    const [high, wide] = [randomAxis(rng), randomAxis(rng)];
    if (high.out < 1 || wide.out < 1) continue;
    done++;
    const [batch, c, k] = [rng.integers(1, 4), rng.integers(1, 11), rng.integers(1, 6)];
    const shape = [batch, high.size, wide.size, c, high.filter, wide.filter, k, high.out, wide.out];
    const steps = [high.stride, wide.stride, high.dilation, wide.dilation, high.before, wide.before];
    const values = (size: number) => Float32Array.from({ length: size }, () => 2 * rng.random() - 1);
    const x = values(batch * high.size * wide.size * c);
    const filter = values(high.filter * wide.filter * c * k);
    const y = values(batch * high.out * wide.out * k);
    const expected = { x: new Float64Array(x.length), filter: new Float64Array(filter.length) };
    const forward = new Float64Array(y.length);
    forEachProduct({ batch, c, k, high, wide }, (ofX, ofFilter, ofY) => {
      forward[ofY]! += x[ofX]! * filter[ofFilter]!;
      expected.x[ofX]! += y[ofY]! * filter[ofFilter]!;
      expected.filter[ofFilter]! += y[ofY]! * x[ofX]!;
    });
    const geometry = [...shape, ...steps];
    const run = (op: number, parameters: number[], a: Float32Array, b: Float32Array, size: number) => {
      const out = new Float32Array(size).fill(Number.NaN);
      addon.run(op, Float64Array.from(parameters), a as never, b as never, out);
      return out;
    };
    const results = [
      [run(Op.conv2d, [...geometry, 0, 0], x, filter, y.length), forward],
      [run(Op.conv2dInput, geometry, y, filter, x.length), expected.x],
      [run(Op.conv2dFilter, geometry, x, y, filter.length), expected.filter],
    ] as const;
    for (const [which, [actual, reference]] of results.entries()) {
      const error = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - reference[i]!)), 0);
      expect(error, `${["forward", "by x", "by the filter"][which]} ${geometry}`).toBeLessThan(2e-4);
    }
  }
});
