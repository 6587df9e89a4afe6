// Max and average pooling, NHWC, and their gradients. Channels run in tiles, images on threads.
#pragma once
#include "conv.h"
#include "tiles.h"

namespace ludus {
namespace LUDUS_ISA {

/** First and past-the-last index of a window inside the image. */
inline void windowOf(long index, long stride, long pad, long size, long image, long* from, long* to) {
  const long start = index * stride - pad;
  *from = std::max(0L, start);
  *to = std::max(*from, std::min(image, start + size));
}

/** A window inside its image; rows and columns. */
struct Window {
  long i0, i1, j0, j1;
  long elements() const { return (i1 - i0) * (j1 - j0); }
};

/** Calls `visit(window, first pixel of the image, output pixel)` for every window, images on threads. */
template <class Visit>
void forEachWindow(const ConvShape& s, const Visit& visit) {
  const long work = s.outHeight * s.outWidth * s.filterHeight * s.filterWidth * s.channels;
  parallelFor(s.batch, std::max(1L, long(elementGrain) / std::max(1L, work)), [&](int64_t from, int64_t to) {
    for (long b = from; b < to; b++)
      for (long i = 0; i < s.outHeight; i++) {
        Window w;
        windowOf(i, s.strideHeight, s.padTop, s.filterHeight, s.height, &w.i0, &w.i1);
        for (long j = 0; j < s.outWidth; j++) {
          windowOf(j, s.strideWidth, s.padLeft, s.filterWidth, s.width, &w.j0, &w.j1);
          visit(w, b * s.height * s.width, (b * s.outHeight + i) * s.outWidth + j);
        }
      }
  });
}

template <bool average>
void poolWindows(const ConvShape& s, const float* x, float* y) {
  const long c = s.channels;
  forEachWindow(s, [&](const Window& w, long image, long out) {
    forTiles(c, [&](auto width, long k) {
      using T = Tile<width>;
      auto value = T::splat(average ? 0.0f : -INFINITY);
      for (long row = w.i0; row < w.i1; row++)
        for (long column = w.j0; column < w.j1; column++) {
          const auto in = T::load(x + (image + row * s.width + column) * c + k);
          // A NaN is never the largest, as in tfjs.
          value = average ? value + in : in > value ? in : value;
        }
      T::store(y + out * c + k, average ? value / float(w.elements()) : value);
    });
  });
}

/** o: x, y; p: shape with outChannels = channels, average (1) or max (0). Averages divide by the elements inside. */
inline const char* pool(const Operand* o, const double* p) {
  const ConvShape s(p);
  if (s.channels == 0) return nullptr;
  if (p[15] != 0) poolWindows<true>(s, o[0].f32(), o[1].f32());
  else poolWindows<false>(s, o[0].f32(), o[1].f32());
  return nullptr;
}

/** o: dy, x, dx: each gradient goes to the first largest element of its window. */
inline const char* maxPoolGrad(const Operand* o, const double* p) {
  const ConvShape s(p);
  const long c = s.channels;
  if (c == 0) return nullptr;
  const float *dy = o[0].f32(), *x = o[1].f32();
  float* dx = o[2].f32();
  std::memset(dx, 0, size_t(s.batch) * s.height * s.width * c * sizeof(float));
  forEachWindow(s, [&](const Window& w, long image, long out) {
    if (w.elements() == 0) return;
    const float* ds = dy + out * c;
    forTiles(c, [&](auto width, long k) {
      using T = Tile<width>;
      // Pixels fit 32 bits, because check() bounds the image.
      const long first = image + w.i0 * s.width + w.j0;
      auto best = T::load(x + first * c + k);
      auto at = T::splat(int32_t(first));
      for (long row = w.i0; row < w.i1; row++)
        for (long column = w.j0; column < w.j1; column++) {
          const long pixel = image + row * s.width + column;
          const auto in = T::load(x + pixel * c + k);
          const auto larger = in > best;
          at = larger ? T::splat(int32_t(pixel)) : at;
          best = larger ? in : best;
        }
      for (int l = 0; l < width; l++) dx[at[l] * c + k + l] += ds[k + l];
    });
  });
  return nullptr;
}

/** o: dy, dx: each gradient is shared by its whole window, size by size, as tfjs defines the kernel. */
inline const char* avgPoolGrad(const Operand* o, const double* p) {
  const ConvShape s(p);
  const long c = s.channels;
  if (c == 0) return nullptr;
  const float* dy = o[0].f32();
  float* dx = o[1].f32();
  const float share = 1.0f / float(s.filterHeight * s.filterWidth);
  std::memset(dx, 0, size_t(s.batch) * s.height * s.width * c * sizeof(float));
  forEachWindow(s, [&](const Window& w, long image, long out) {
    const float* ds = dy + out * c;
    for (long row = w.i0; row < w.i1; row++)
      for (long column = w.j0; column < w.j1; column++) {
        float* xs = dx + (image + row * s.width + column) * c;
        forTiles(c, [&](auto width, long k) {
          using T = Tile<width>;
          T::store(xs + k, T::load(xs + k) + T::load(ds + k) * share);
        });
      }
  });
  return nullptr;
}

}  // namespace LUDUS_ISA
}  // namespace ludus
