import {
  type Code,
  countDown,
  f32,
  f32x4,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
  when,
  whileTrue,
} from "./assembler.js";

const windowParameters = [
  ["image", "i32"],
  ["columns", "i32"],
  ["height", "i32"],
  ["width", "i32"],
  ["channels", "i32"],
  ["outHeight", "i32"],
  ["outWidth", "i32"],
  ["filterHeight", "i32"],
  ["filterWidth", "i32"],
  ["strideHeight", "i32"],
  ["strideWidth", "i32"],
  ["dilationHeight", "i32"],
  ["dilationWidth", "i32"],
  ["top", "i32"],
  ["left", "i32"],
] as const;

/** What happens to a run of neighbouring floats: both pointers move on by `count`, which ends at 0. */
type RunVisitor = (pixels: Local, cells: Local, count: Local) => Code;

/** What happens to `count` cells of windows that lie in the padding; `cells` moves on. */
type PaddingVisitor = (cells: Local, count: Local) => Code;

/**
 * Adds a function that walks all windows of one image `[height, width, channels]` along with the matrix `columns`
 * `[outHeight outWidth, filterHeight filterWidth channels]` that has one window a row.
 */
function addWindowWalk(
  module: ModuleBuilder,
  name: string,
  visit: { inside: RunVisitor; padding: PaddingVisitor },
): void {
  module.add(name, { parameters: windowParameters }, (parameters, scope) => {
    const { image, columns, height, width, channels, outHeight, outWidth } = parameters;
    const { filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, top, left } =
      parameters;
    const [i, j, r, c] = [scope.local("i32"), scope.local("i32"), scope.local("i32"), scope.local("i32")];
    const [row, first, column] = [scope.local("i32"), scope.local("i32"), scope.local("i32")];
    const [pixels, count] = [scope.local("i32"), scope.local("i32")];
    const upTo = (index: Local, end: Local, body: Code): Code => [
      ...index.set(i32.const(0)),
      ...whileTrue(i32.less(index.get, end.get), [...body, ...index.advance(1)]),
    ];
    const within = (index: Local, size: Local): Code =>
      i32.and(i32.greaterEqual(index.get, i32.const(0)), i32.less(index.get, size.get));
    const pixelAt = (columnIndex: Local): Code =>
      pixels.set(
        i32.add(
          image.get,
          i32.mul(i32.mul(i32.add(i32.mul(row.get, width.get), columnIndex.get), channels.get), i32.const(4)),
        ),
      );
    const tap = [
      ...column.set(i32.add(first.get, i32.mul(c.get, dilationWidth.get))),
      ...count.set(channels.get),
      ...when(
        within(column, width),
        [...pixelAt(column), ...visit.inside(pixels, columns, count)],
        visit.padding(columns, count),
      ),
    ];
    const wholeRun = [
      ...count.set(i32.mul(filterWidth.get, channels.get)),
      ...pixelAt(first),
      ...visit.inside(pixels, columns, count),
    ];
    const neighbours = i32.less(dilationWidth.get, i32.const(2));
    const fits = i32.and(
      i32.greaterEqual(first.get, i32.const(0)),
      i32.greaterEqual(width.get, i32.add(first.get, filterWidth.get)),
    );
    const filterRow = [
      ...row.set(
        i32.sub(i32.add(i32.mul(i.get, strideHeight.get), i32.mul(r.get, dilationHeight.get)), top.get),
      ),
      ...when(within(row, height), when(i32.and(neighbours, fits), wholeRun, upTo(c, filterWidth, tap)), [
        ...count.set(i32.mul(filterWidth.get, channels.get)),
        ...visit.padding(columns, count),
      ]),
    ];
    const oneWindow = [
      ...first.set(i32.sub(i32.mul(j.get, strideWidth.get), left.get)),
      ...upTo(r, filterHeight, filterRow),
    ];
    return upTo(i, outHeight, upTo(j, outWidth, oneWindow));
  });
}

/** im2col: copies each window into a row; padding becomes 0. */
export function addGatherWindows(module: ModuleBuilder): void {
  addWindowWalk(module, "gatherWindows", {
    inside: (pixels, cells, count) => [
      ...countDown(count, 4, [
        ...v128.store(cells.get, v128.load(pixels.get)),
        ...cells.advance(16),
        ...pixels.advance(16),
      ]),
      ...countDown(count, 1, [
        ...f32.store(cells.get, f32.load(pixels.get)),
        ...cells.advance(4),
        ...pixels.advance(4),
      ]),
    ],
    padding: (cells, count) =>
      countDown(count, 1, [...f32.store(cells.get, f32.const(0)), ...cells.advance(4)]),
  });
}

/** col2im: adds each row back onto the pixels of its window; cells in the padding are dropped. */
export function addScatterWindows(module: ModuleBuilder): void {
  addWindowWalk(module, "scatterWindows", {
    inside: (pixels, cells, count) => [
      ...countDown(count, 4, [
        ...v128.store(pixels.get, f32x4.add(v128.load(pixels.get), v128.load(cells.get))),
        ...cells.advance(16),
        ...pixels.advance(16),
      ]),
      ...countDown(count, 1, [
        ...f32.store(pixels.get, f32.add(f32.load(pixels.get), f32.load(cells.get))),
        ...cells.advance(4),
        ...pixels.advance(4),
      ]),
    ],
    padding: (cells, count) => cells.advance(i32.mul(count.get, i32.const(4))),
  });
}
