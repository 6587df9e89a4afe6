// C = A B (+ bias, activation) in register tiles. Convolutions are such products, too, whose A is read from the image.
//
// Every element of C sums over k in the same order, whatever the shape, the batch or the threads: equal bits.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "elementwise.h"
#include "operations.h"
#include "parallel.h"
#include "vec.h"

namespace ludus {
namespace LUDUS_ISA {

/** What happens to a finished element of C. */
struct Epilogue {
  const float* bias = nullptr;
  Activation activation = Activation::Linear;
};

/** The inner dimension in pieces: piece s covers `length` values of k, and A's values of it begin at offset[s]. */
struct Pieces {
  const long* offset;
  long count;
  long length;
};

/** B as rows of k; `stride` floats from one k to the next. */
struct Panel {
  const float* b;
  long stride;
  /** Columns of C that are stored; the panel may be wider. */
  long columns;
};

/** Memory of a thread that is kept between operations. Two, because an operation may need both. */
inline float* scratch(int which, size_t floats) {
  static thread_local std::vector<float> memory[3];
  auto& m = memory[which];
  if (m.size() < floats + 16) m.resize(floats + 16);
  return reinterpret_cast<float*>((reinterpret_cast<uintptr_t>(m.data()) + 63) & ~uintptr_t(63));
}

template <int MR, int NV>
inline __attribute__((always_inline)) void loadTile(Vec (&acc)[MR][NV], float* const* c, long columns) {
  constexpr long width = long(NV) * lanes;
  if (columns == width) {
    for (int r = 0; r < MR; r++)
      for (int v = 0; v < NV; v++) acc[r][v] = load(c[r] + v * lanes);
    return;
  }
  float edge[width];
  for (int r = 0; r < MR; r++) {
    std::memset(edge, 0, sizeof(edge));
    std::memcpy(edge, c[r], columns * sizeof(float));
    for (int v = 0; v < NV; v++) acc[r][v] = load(edge + v * lanes);
  }
}

template <int MR, int NV>
inline __attribute__((always_inline)) void storeTile(Vec (&acc)[MR][NV], float* const* c, long columns,
                                                    const Epilogue* end) {
  constexpr long width = long(NV) * lanes;
  float edge[width];
  if (end && end->bias) {
    const float* bias = end->bias;
    if (columns != width) {
      std::memset(edge, 0, sizeof(edge));
      std::memcpy(edge, bias, columns * sizeof(float));
      bias = edge;
    }
    for (int v = 0; v < NV; v++) {
      const Vec b = load(bias + v * lanes);
      for (int r = 0; r < MR; r++) acc[r][v] = add(acc[r][v], b);
    }
  }
  if (end && end->activation == Activation::Relu) {
    const Vec zero = splat(0);
    for (int r = 0; r < MR; r++)
      for (int v = 0; v < NV; v++) acc[r][v] = max(zero, acc[r][v]);
  }
  for (int r = 0; r < MR; r++) {
    if (columns == width) {
      for (int v = 0; v < NV; v++) store(c[r] + v * lanes, acc[r][v]);
    } else {
      for (int v = 0; v < NV; v++) store(edge + v * lanes, acc[r][v]);
      std::memcpy(c[r], edge, columns * sizeof(float));
    }
    if (end && (end->activation == Activation::Tanh || end->activation == Activation::Sigmoid))
      activateInPlace(c[r], columns, end->activation);
  }
}

/** A by rows: A(r, k) = a[r][offset + k]. */
template <int MR, int NV>
void rowsTile(const float* const* a, const Pieces& pieces, const Panel& panel, float* const* c, bool accumulate,
              const Epilogue* end) {
  Vec acc[MR][NV];
  if (accumulate) {
    loadTile<MR, NV>(acc, c, panel.columns);
  } else {
#pragma GCC unroll 16
    for (int r = 0; r < MR; r++)
#pragma GCC unroll 8
      for (int v = 0; v < NV; v++) acc[r][v] = splat(0);
  }
  const float* b = panel.b;
  for (long s = 0; s < pieces.count; s++) {
    const float* p[MR];
#pragma GCC unroll 16
    for (int r = 0; r < MR; r++) p[r] = a[r] + pieces.offset[s];
    for (long k = 0; k < pieces.length; k++, b += panel.stride) {
      Vec bv[NV];
#pragma GCC unroll 8
      for (int v = 0; v < NV; v++) bv[v] = load(b + v * lanes);
#pragma GCC unroll 16
      for (int r = 0; r < MR; r++) {
        const Vec x = splat(p[r][k]);
#pragma GCC unroll 8
        for (int v = 0; v < NV; v++) acc[r][v] = fma(x, bv[v], acc[r][v]);
      }
    }
  }
  storeTile<MR, NV>(acc, c, panel.columns, end);
}

/** A by columns: A(r, k) = a[offset + k * stride + r]. */
template <int MR, int NV>
void columnsTile(const float* a, long stride, const Pieces& pieces, const Panel& panel, float* c, long cStride,
                 bool accumulate) {
  Vec acc[MR][NV];
  float* rows[MR];
  for (int r = 0; r < MR; r++) rows[r] = c + r * cStride;
  if (accumulate) {
    loadTile<MR, NV>(acc, rows, panel.columns);
  } else {
#pragma GCC unroll 16
    for (int r = 0; r < MR; r++)
#pragma GCC unroll 8
      for (int v = 0; v < NV; v++) acc[r][v] = splat(0);
  }
  const float* b = panel.b;
  for (long s = 0; s < pieces.count; s++) {
    const float* p = a + pieces.offset[s];
    for (long k = 0; k < pieces.length; k++, b += panel.stride, p += stride) {
      Vec bv[NV];
#pragma GCC unroll 8
      for (int v = 0; v < NV; v++) bv[v] = load(b + v * lanes);
#pragma GCC unroll 16
      for (int r = 0; r < MR; r++) {
        const Vec x = splat(p[r]);
#pragma GCC unroll 8
        for (int v = 0; v < NV; v++) acc[r][v] = fma(x, bv[v], acc[r][v]);
      }
    }
  }
  storeTile<MR, NV>(acc, rows, panel.columns, nullptr);
}

using RowsTile = void (*)(const float* const*, const Pieces&, const Panel&, float* const*, bool, const Epilogue*);
using ColumnsTile = void (*)(const float*, long, const Pieces&, const Panel&, float*, long, bool);

template <int NV, int... MR>
constexpr RowsTile rowsTileOf(int rows, std::integer_sequence<int, MR...>) {
  constexpr RowsTile table[] = {rowsTile<MR + 1, NV>...};
  return table[rows - 1];
}
template <int NV, int... MR>
constexpr ColumnsTile columnsTileOf(int rows, std::integer_sequence<int, MR...>) {
  constexpr ColumnsTile table[] = {columnsTile<MR + 1, NV>...};
  return table[rows - 1];
}

inline RowsTile rowsTileFor(int rows, int vectors) {
  using Rows = std::make_integer_sequence<int, rowsAtOnce>;
  // A single row keeps the units busy only over many columns.
  if (vectors > 2) return rowsTile<1, 8>;
  return vectors == 1 ? rowsTileOf<1>(rows, Rows{}) : rowsTileOf<2>(rows, Rows{});
}
inline ColumnsTile columnsTileFor(int rows, int vectors) {
  using Rows = std::make_integer_sequence<int, columnsAtOnce>;
  return vectors == 1 ? columnsTileOf<1>(rows, Rows{}) : columnsTileOf<2>(rows, Rows{});
}

/** B as it lies in memory: `[depth, columns]`, or `[columns, depth]` if transposed; rows are `stride` apart. */
struct Right {
  const float* b;
  long stride;
  bool transposed;
  long depth;
  long columns;
};

/**
 * Columns [from, from + width) of B, packed if they are transposed, would be read past their end, or are read by many rows:
 * a stride of many floats leaves most of the first cache unused.
 */
inline Panel panelOf(const Right& right, long from, long width, int vectors, int which, bool often) {
  const long full = long(vectors) * lanes;
  const bool asItLies = !right.transposed && width == full;
  if (asItLies && !(often && right.stride > full)) return {right.b + from, right.stride, width};
  float* packed = scratch(which, size_t(right.depth) * full);
  if (width < full) std::memset(packed, 0, size_t(right.depth) * full * sizeof(float));
  if (right.transposed) {
    transposeInto(packed, full, right.b + from * right.stride, right.stride, width, right.depth);
  } else {
    for (long k = 0; k < right.depth; k++)
      std::memcpy(packed + k * full, right.b + k * right.stride + from, width * sizeof(float));
  }
  return {packed, full, width};
}

/** Values of k that a tile takes at once: B's part of them, 40 kB at most, stays near the first cache. */
constexpr long depthAtOnce = 320;
/** Blocks of rows that all of B is multiplied with before the next ones: A's part of them stays in the second cache. */
constexpr long blocksAtOnce = 32;
/** Rows in blocks for which packing B pays. */
constexpr long blocksToPack = 8;

/**
 * C = A B, A by rows. `pointers(from, count, a, c)` gives the starts of rows of A and C.
 * The inner dimension is `pieces`, all of one length.
 */
template <class Pointers>
void multiplyRows(long rows, const Pieces& pieces, const Right& right, const Epilogue& end, const Pointers& pointers) {
  if (rows <= 0 || right.columns <= 0) return;
  const bool single = rows == 1 && right.columns >= 4 * lanes;
  const int most = single ? 8 : 2;
  const long panelWidth = long(most) * lanes;
  const long panels = (right.columns + panelWidth - 1) / panelWidth;
  const long work = 2 * rows * right.depth * std::min(right.columns, panelWidth);
  const long blocks = (rows + rowsAtOnce - 1) / rowsAtOnce;
  const auto panelRows = [&](long p, long fromBlock, long toBlock) {
    const long from = p * panelWidth, width = std::min(panelWidth, right.columns - from);
    const int vectors = single ? 8 : width <= lanes ? 1 : 2;
    const bool often = !single && toBlock - fromBlock >= blocksToPack;
    const Panel whole = panelOf(right, from, width, vectors, 0, often);
    Epilogue ending = end;
    if (end.bias) ending.bias += from;
    const long perChunk = std::max(1L, depthAtOnce / std::max(1L, pieces.length));
    const long steps = pieces.length > depthAtOnce ? (pieces.length + depthAtOnce - 1) / depthAtOnce : 1;
    for (long s = 0; s < pieces.count; s += perChunk) {
      for (long step = 0; step < steps; step++) {
        const long begin = step * depthAtOnce;
        const Pieces part{pieces.offset + s, std::min(perChunk, pieces.count - s),
                          steps == 1 ? pieces.length : std::min(depthAtOnce, pieces.length - begin)};
        const bool first = s == 0 && step == 0;
        const bool last = s + perChunk >= pieces.count && step + 1 == steps;
        const Panel panel{whole.b + (s * pieces.length + begin) * whole.stride, whole.stride, width};
        for (long block = fromBlock; block < toBlock; block++) {
          // Blocks of nearly equal heights.
          const long r0 = block * rows / blocks, count = (block + 1) * rows / blocks - r0;
          const float* a[rowsAtOnce];
          float* c[rowsAtOnce];
          pointers(r0, count, a, c);
          for (long r = 0; r < count; r++) {
            a[r] += begin;
            c[r] += from;
          }
          rowsTileFor(int(count), vectors)(a, part, panel, c, !first, last ? &ending : nullptr);
        }
      }
    }
  };
  if (pieces.count == 0 || pieces.length == 0) {
    for (long r = 0; r < rows; r++) {
      const float* a[1];
      float* c[1];
      pointers(r, 1, a, c);
      std::memset(c[0], 0, right.columns * sizeof(float));
      if (end.bias) std::memmove(c[0], end.bias, right.columns * sizeof(float));
      activateInPlace(c[0], right.columns, end.activation);
    }
    return;
  }
  // About 100 microseconds of work are worth a second thread.
  const long threshold = 2'000'000;
  if (blocks >= 8 * threads()) {
    const long grain = std::max(4L, threshold / std::max(1L, work * panels / blocks));
    // Blocks that are multiplied at once pack B anew in any case; smaller parts would do so more often.
    const long parts = panels > 1 ? std::clamp(blocks / (threads() * blocksAtOnce), 1L, 4L) : 4L;
    const auto multiply = [&](int64_t from, int64_t to) {
      // With a single panel no row of A is read twice.
      const long atOnce = panels > 1 ? blocksAtOnce : long(to - from);
      for (long block = from; block < to; block += atOnce)
        for (long p = 0; p < panels; p++) panelRows(p, block, std::min<long>(to, block + atOnce));
    };
    parallelFor(blocks, grain, multiply, int(parts));
  } else {
    parallelFor(panels, std::max(1L, threshold / std::max(1L, work)), [&](int64_t from, int64_t to) {
      for (long p = from; p < to; p++) panelRows(p, 0, blocks);
    });
  }
}

/** C `[rows, columns]` (+)= A^T B where A is read by columns: row r of C begins at a[tile(r)]. */
struct ColumnsLeft {
  const float* a;
  /** Floats from one k to the next. */
  long stride;
};

/**
 * C = A B, A by columns. Rows of C come in `runs` runs of `runLength`; the values of run i begin at
 * `runOffset[i]` and are adjacent.
 */
inline void multiplyColumns(const ColumnsLeft& left, const long* runOffset, long runs, long runLength,
                            const Pieces& pieces, const Right& right, float* c, bool accumulate) {
  const long panelWidth = 2L * lanes;
  const long panels = (right.columns + panelWidth - 1) / panelWidth;
  const long perRun = (runLength + columnsAtOnce - 1) / columnsAtOnce;
  const long blocks = runs * perRun;
  const auto part = [&](long p, long fromBlock, long toBlock) {
    const long from = p * panelWidth, width = std::min(panelWidth, right.columns - from);
    const int vectors = width <= lanes ? 1 : 2;
    const Panel panel = panelOf(right, from, width, vectors, 0, toBlock - fromBlock >= blocksToPack);
    for (long block = fromBlock; block < toBlock; block++) {
      const long run = block / perRun, index = block % perRun;
      const long r0 = index * runLength / perRun, count = (index + 1) * runLength / perRun - r0;
      if (count == 0) continue;
      float* out = c + (run * runLength + r0) * right.columns + from;
      columnsTileFor(int(count), vectors)(left.a + runOffset[run] + r0, left.stride, pieces, panel, out,
                                          right.columns, accumulate);
    }
  };
  const long work = std::max(1L, 2 * columnsAtOnce * right.depth * std::min(right.columns, panelWidth));
  const auto multiply = [&](int64_t from, int64_t to) {
    for (long p = 0; p < panels; p++) part(p, from, to);
  };
  // Each part packs B anew.
  parallelFor(blocks, std::max(4L, 2'000'000 / work), multiply, 1);
}

/** o: a, b, c, bias; p: M, N, K, transposeA, transposeB, batch, aStep, bStep, cStep, activation, hasBias */
inline const char* matMul(const Operand* o, const double* p) {
  const long m = long(p[0]), n = long(p[1]), k = long(p[2]), batch = long(p[5]);
  const bool ta = p[3] != 0, tb = p[4] != 0;
  const Epilogue end{p[10] != 0 ? o[3].f32() : nullptr, Activation(int(p[9]))};
  if (m == 0 || n == 0) return nullptr;
  for (long i = 0; i < batch; i++) {
    const float* a = o[0].f32() + i * long(p[6]);
    const float* b = o[1].f32() + i * long(p[7]);
    float* c = o[2].f32() + i * long(p[8]);
    const Right right{b, tb ? k : n, tb, k, n};
    const long zero = 0;
    if (!ta) {
      const Pieces pieces{&zero, k > 0 ? 1L : 0L, k};
      multiplyRows(m, pieces, right, end, [&](long from, long count, const float** rows, float** out) {
        for (long r = 0; r < count; r++) {
          rows[r] = a + (from + r) * k;
          out[r] = c + (from + r) * n;
        }
      });
    } else {
      const Pieces pieces{&zero, 1, k};
      multiplyColumns({a, m}, &zero, 1, m, pieces, right, c, false);
      if (end.bias || end.activation != Activation::Linear)
        for (long r = 0; r < m; r++) {
          if (end.bias)
            for (long j = 0; j < n; j++) c[r * n + j] += end.bias[j];
          activateInPlace(c + r * n, n, end.activation);
        }
    }
  }
  return nullptr;
}

}  // namespace LUDUS_ISA
}  // namespace ludus
