// Moving elements: fills, strided copies (transpose, slice, pad, concat, tile, reverse), gather, one-hot, frames.
#pragma once
#include <cstdio>

#include "elementwise.h"

namespace ludus {
namespace LUDUS_ISA {

/** o: y; p: value */
inline const char* fill(const Operand* o, const double* p) {
  const Operand& y = o[0];
  if (y.dtype == DType::F32)
    for (int64_t i = 0; i < y.length; i++) y.f32()[i] = float(p[0]);
  else if (y.dtype == DType::I32)
    for (int64_t i = 0; i < y.length; i++) y.i32()[i] = int32_t(p[0]);
  else
    std::memset(y.data, int(p[0]), size_t(y.length));
  return nullptr;
}

template <class T>
void copyStrided(const T* x, T* y, int rank, const int64_t* dims, const int64_t* from, const int64_t* to) {
  const int last = rank - 1;
  int64_t outer = 1;
  for (int i = 0; i < last; i++) outer *= dims[i];
  int64_t index[maxRank] = {0};
  for (int64_t step = 0; step < outer; step++) {
    const int64_t n = dims[last], a = from[last], b = to[last];
    if (a == 1 && b == 1) std::memmove(y, x, size_t(n) * sizeof(T));
    else if (b == 1 && a == 0)
      for (int64_t i = 0; i < n; i++) y[i] = *x;
    else
      for (int64_t i = 0; i < n; i++) y[i * b] = x[i * a];
    for (int i = last - 1; i >= 0; i--) {
      x += from[i];
      y += to[i];
      if (++index[i] < dims[i]) break;
      x -= from[i] * dims[i];
      y -= to[i] * dims[i];
      index[i] = 0;
    }
  }
}

/** o: x, y of one dtype; p: rank, dims, strides in x, strides in y, first element in x, in y */
inline const char* strided(const Operand* o, const double* p) {
  const int rank = int(p[0]);
  int64_t dims[maxRank], from[maxRank], to[maxRank];
  for (int i = 0; i < rank; i++) {
    dims[i] = int64_t(p[1 + i]);
    from[i] = int64_t(p[1 + rank + i]);
    to[i] = int64_t(p[1 + 2 * rank + i]);
    if (dims[i] == 0) return nullptr;
  }
  const int64_t first = int64_t(p[1 + 3 * rank]), second = int64_t(p[2 + 3 * rank]);
  if (o[0].dtype == DType::U8) copyStrided(o[0].u8() + first, o[1].u8() + second, rank, dims, from, to);
  else copyStrided(o[0].i32() + first, o[1].i32() + second, rank, dims, from, to);
  return nullptr;
}

/** o: x `[outer, axis, inner]`, indices, y `[outer, n, inner]`; p: outer, axis, inner, n */
inline const char* gather(const Operand* o, const double* p) {
  const int64_t outer = int64_t(p[0]), axis = int64_t(p[1]), inner = int64_t(p[2]), n = int64_t(p[3]);
  const int32_t* at = o[1].i32();
  for (int64_t i = 0; i < n; i++)
    if (at[i] < 0 || at[i] >= axis) {
      static thread_local char text[96];
      std::snprintf(text, sizeof(text), "GatherV2: the index value %d is not in [0, %lld]", at[i], (long long)axis - 1);
      return text;
    }
  const size_t width = size_t(inner) * bytesOf(o[0].dtype);
  if (n == 0 || width == 0) return nullptr;
  for (int64_t i = 0; i < outer; i++)
    for (int64_t j = 0; j < n; j++) {
      // Looked at again: y may lie over the indices.
      const int32_t index = at[j];
      if (index < 0 || index >= axis) return "GatherV2: the result overwrites the indices.";
      std::memmove(o[2].u8() + (i * n + j) * width, o[0].u8() + (i * axis + index) * width, width);
    }
  return nullptr;
}

/** o: indices, y f32 or i32; p: n, depth, on, off */
inline const char* oneHot(const Operand* o, const double* p) {
  const int64_t n = int64_t(p[0]), depth = int64_t(p[1]);
  const int32_t* at = o[0].i32();
  const auto write = [&](auto* y, auto on, auto off) {
    for (int64_t i = 0; i < n * depth; i++) y[i] = off;
    for (int64_t i = 0; i < n; i++) {
      const int32_t index = at[i];
      if (index >= 0 && index < depth) y[i * depth + index] = on;
    }
  };
  if (o[1].dtype == DType::F32) write(o[1].f32(), float(p[2]), float(p[3]));
  else if (o[1].dtype == DType::I32) write(o[1].i32(), int32_t(p[2]), int32_t(p[3]));
  else write(o[1].u8(), uint8_t(int(p[2])), uint8_t(int(p[3])));
  return nullptr;
}

/** o: x `[n, width]`, ids, y `[segments, width]`; p: n, width, segments. Ids outside are dropped. */
inline const char* segmentSum(const Operand* o, const double* p) {
  const int64_t n = int64_t(p[0]), width = int64_t(p[1]), segments = int64_t(p[2]);
  std::memset(o[2].data, 0, size_t(segments * width) * sizeof(float));
  for (int64_t i = 0; i < n; i++) {
    const int32_t id = o[1].i32()[i];
    if (id < 0 || id >= segments) continue;
    float* y = o[2].f32() + id * width;
    const float* x = o[0].f32() + i * width;
    for (int64_t j = 0; j < width; j++) y[j] += x[j];
  }
  return nullptr;
}

/** y[row, pixel, outer, inner] = scale x[row, outer, pixel, inner] */
template <class T>
void encodeFrom(const T* x, float* y, int64_t rows, int64_t outer, int64_t pixels, int64_t inner, float scale) {
  if (outer == 1) {
    for (int64_t i = 0; i < rows * pixels * inner; i++) y[i] = scale * float(x[i]);
    return;
  }
  const int64_t depth = outer * inner;
  for (int64_t row = 0; row < rows; row++) {
    const T* in = x + row * outer * pixels * inner;
    float* out = y + row * pixels * depth;
    if (outer == 4 && inner == 1) {
      // The usual stack of four single frames.
      for (int64_t i = 0; i < pixels; i++)
        for (int64_t k = 0; k < 4; k++) out[4 * i + k] = scale * float(in[k * pixels + i]);
      continue;
    }
    for (int64_t k = 0; k < outer; k++)
      for (int64_t i = 0; i < pixels; i++)
        for (int64_t l = 0; l < inner; l++) out[i * depth + k * inner + l] = scale * float(in[(k * pixels + i) * inner + l]);
  }
}

/** o: x u8, i32 or f32, y f32; p: rows, outer, pixels, inner, scale */
inline const char* encode(const Operand* o, const double* p) {
  const int64_t rows = int64_t(p[0]), outer = int64_t(p[1]), pixels = int64_t(p[2]), inner = int64_t(p[3]);
  const float scale = float(p[4]);
  if (rows == 0 || outer == 0 || pixels == 0 || inner == 0) return nullptr;
  const int64_t size = outer * pixels * inner;
  parallelFor(rows, std::max(int64_t(1), elementGrain / std::max(int64_t(1), size)), [&](int64_t from, int64_t to) {
    float* y = o[1].f32() + from * size;
    if (o[0].dtype == DType::U8) encodeFrom(o[0].u8() + from * size, y, to - from, outer, pixels, inner, scale);
    else if (o[0].dtype == DType::I32) encodeFrom(o[0].i32() + from * size, y, to - from, outer, pixels, inner, scale);
    else encodeFrom(o[0].f32() + from * size, y, to - from, outer, pixels, inner, scale);
  });
  return nullptr;
}

}  // namespace LUDUS_ISA
}  // namespace ludus
