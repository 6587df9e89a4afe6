// Sums and their kin. Sums of long rows run in 16 lanes, in the same order on every machine.
#pragma once
#include <vector>

#include "elementwise.h"
#include "tiles.h"

namespace ludus {
namespace LUDUS_ISA {

constexpr int sumLanes = 16;

inline float sumOfLanes(const float* lane) {
  float pairs[8];
  for (int i = 0; i < 8; i++) pairs[i] = lane[i] + lane[i + 8];
  for (int i = 0; i < 4; i++) pairs[i] = pairs[i] + pairs[i + 4];
  return (pairs[0] + pairs[2]) + (pairs[1] + pairs[3]);
}

/** Sum of f(i) for i in [0, n). */
template <class F>
float sumBy(int64_t n, const F& f) {
  float lane[sumLanes] = {0};
  int64_t i = 0;
  for (; i + sumLanes <= n; i += sumLanes)
    for (int l = 0; l < sumLanes; l++) lane[l] += f(i + l);
  for (int l = 0; i < n; i++, l++) lane[l] += f(i);
  return sumOfLanes(lane);
}

/** Folds the middle axis of `[outer, n, inner]`. */
template <class T, class F>
void fold(const T* x, T* y, int64_t outer, int64_t n, int64_t inner, T start, const F& f) {
  for (int64_t o = 0; o < outer; o++) {
    T* out = y + o * inner;
    for (int64_t j = 0; j < inner; j++) out[j] = start;
    for (int64_t i = 0; i < n; i++) {
      const T* in = x + (o * n + i) * inner;
      for (int64_t j = 0; j < inner; j++) out[j] = f(out[j], in[j]);
    }
  }
}

/** Sums columns in tiles; four rows in turn, so that additions do not wait for each other. */
inline void sumColumns(const float* x, float* y, int64_t rows, int64_t columns) {
  forTiles(columns, [&](auto width, int64_t j) {
    float sum[4][width] = {{0}};
    int64_t i = 0;
    for (; i + 4 <= rows; i += 4)
      for (int r = 0; r < 4; r++)
        for (int l = 0; l < width; l++) sum[r][l] += x[(i + r) * columns + j + l];
    for (; i < rows; i++)
      for (int l = 0; l < width; l++) sum[i & 3][l] += x[i * columns + j + l];
    for (int l = 0; l < width; l++) y[j + l] = (sum[0][l] + sum[1][l]) + (sum[2][l] + sum[3][l]);
  });
}

/** o: x, y; p: function, outer, n, inner */
inline const char* reduce(const Operand* o, const double* p) {
  const ReduceFn fn = ReduceFn(int(p[0]));
  const int64_t outer = int64_t(p[1]), n = int64_t(p[2]), inner = int64_t(p[3]);
  if (outer == 0 || inner == 0) return nullptr;
  if (o[0].dtype == DType::U8) {
    const bool all = fn == ReduceFn::All;
    fold<uint8_t>(o[0].u8(), o[1].u8(), outer, n, inner, all, [all](uint8_t x, uint8_t y) -> uint8_t {
      return all ? x && y : x || y;
    });
    return nullptr;
  }
  if (o[0].dtype == DType::I32) {
    const int32_t* x = o[0].i32();
    int32_t* y = o[1].i32();
    using L = std::numeric_limits<int32_t>;
    if (fn == ReduceFn::Sum) fold(x, y, outer, n, inner, 0, [](int32_t a, int32_t b) { return int32_t(uint32_t(a) + uint32_t(b)); });
    else if (fn == ReduceFn::Max) fold(x, y, outer, n, inner, L::min(), [](int32_t a, int32_t b) { return a > b ? a : b; });
    else if (fn == ReduceFn::Min) fold(x, y, outer, n, inner, L::max(), [](int32_t a, int32_t b) { return a < b ? a : b; });
    else return "There is no such reduction of whole numbers.";
    return nullptr;
  }
  const float* x = o[0].f32();
  float* y = o[1].f32();
  switch (fn) {
    case ReduceFn::Sum:
    case ReduceFn::Mean:
      if (inner == 1) {
        for (int64_t i = 0; i < outer; i++) y[i] = sumBy(n, [&](int64_t j) { return x[i * n + j]; });
      } else {
        for (int64_t i = 0; i < outer; i++) sumColumns(x + i * n * inner, y + i * inner, n, inner);
      }
      if (fn == ReduceFn::Mean)
        for (int64_t i = 0; i < outer * inner; i++) y[i] /= float(n);
      return nullptr;
    case ReduceFn::Max: fold(x, y, outer, n, inner, -INFINITY, maximumOf); return nullptr;
    case ReduceFn::Min: fold(x, y, outer, n, inner, INFINITY, minimumOf); return nullptr;
    case ReduceFn::Prod: fold(x, y, outer, n, inner, 1.0f, [](float a, float b) { return a * b; }); return nullptr;
    default: return "There is no such reduction.";
  }
}

/** o: x, y i32; p: least (1) or largest (0), outer, n, inner. The first of equals. */
inline const char* argReduce(const Operand* o, const double* p) {
  const bool least = p[0] != 0;
  const int64_t outer = int64_t(p[1]), n = int64_t(p[2]), inner = int64_t(p[3]);
  if (outer == 0 || inner == 0) return nullptr;
  const float* x = o[0].f32();
  for (int64_t i = 0; i < outer; i++)
    for (int64_t j = 0; j < inner; j++) {
      int64_t best = 0;
      for (int64_t k = 1; k < n; k++) {
        const float now = x[(i * n + k) * inner + j], so = x[(i * n + best) * inner + j];
        if (least ? now < so : now > so) best = k;
      }
      o[1].i32()[i * inner + j] = int32_t(best);
    }
  return nullptr;
}

/** o: x, y; p: outer, n, inner, exclusive, reverse. Sums along the middle axis up to each element. */
inline const char* cumulativeSum(const Operand* o, const double* p) {
  const int64_t outer = int64_t(p[0]), n = int64_t(p[1]), inner = int64_t(p[2]);
  const bool exclusive = p[3] != 0, reverse = p[4] != 0;
  if (outer == 0 || n == 0 || inner == 0) return nullptr;
  for (int64_t i = 0; i < outer; i++) {
    const float* x = o[0].f32() + i * n * inner;
    float* y = o[1].f32() + i * n * inner;
    for (int64_t k = 0; k < n; k++) {
      const int64_t now = reverse ? n - 1 - k : k, before = reverse ? now + 1 : now - 1;
      for (int64_t j = 0; j < inner; j++) {
        const float sum = k == 0 ? 0.0f : y[before * inner + j];
        const float term = !exclusive ? x[now * inner + j] : k == 0 ? 0.0f : x[before * inner + j];
        y[now * inner + j] = sum + term;
      }
    }
  }
  return nullptr;
}

}  // namespace LUDUS_ISA
}  // namespace ludus
