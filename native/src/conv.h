// Convolutions, NHWC, as products whose left side is read from the (padded) image: no im2col matrix is ever written.
#pragma once
#include "gemm.h"

namespace ludus {
namespace LUDUS_ISA {

struct ConvShape {
  long batch, height, width, channels, filterHeight, filterWidth, outChannels, outHeight, outWidth;
  long strideHeight, strideWidth, dilationHeight, dilationWidth, padTop, padLeft;

  explicit ConvShape(const double* p)
      : batch(long(p[0])), height(long(p[1])), width(long(p[2])), channels(long(p[3])), filterHeight(long(p[4])),
        filterWidth(long(p[5])), outChannels(long(p[6])), outHeight(long(p[7])), outWidth(long(p[8])),
        strideHeight(long(p[9])), strideWidth(long(p[10])), dilationHeight(long(p[11])), dilationWidth(long(p[12])),
        padTop(long(p[13])), padLeft(long(p[14])) {}

  long paddedHeight() const {
    return std::max(height + padTop, (outHeight - 1) * strideHeight + (filterHeight - 1) * dilationHeight + 1);
  }
  long paddedWidth() const {
    return std::max(width + padLeft, (outWidth - 1) * strideWidth + (filterWidth - 1) * dilationWidth + 1);
  }
};

/** An image with zeros around it, or itself where none are needed. */
struct Image {
  const float* x;
  long height, width;
};

inline void padImage(float* out, const float* x, long batch, long height, long width, long channels, long top,
                     long left, long outHeight, long outWidth) {
  std::memset(out, 0, size_t(batch) * outHeight * outWidth * channels * sizeof(float));
  for (long b = 0; b < batch; b++)
    for (long i = 0; i < height; i++)
      std::memcpy(out + ((b * outHeight + i + top) * outWidth + left) * channels,
                  x + (b * height + i) * width * channels, size_t(width) * channels * sizeof(float));
}

inline Image padded(const ConvShape& s, const float* x) {
  const long h = s.paddedHeight(), w = s.paddedWidth();
  if (h == s.height && w == s.width && s.padTop == 0 && s.padLeft == 0) return {x, h, w};
  float* out = scratch(1, size_t(s.batch) * h * w * s.channels);
  padImage(out, x, s.batch, s.height, s.width, s.channels, s.padTop, s.padLeft, h, w);
  return {out, h, w};
}

/** Where the taps of a window lie: runs of adjacent values, from the window's first value on. */
struct Taps {
  std::vector<long> offset;
  long length;

  Taps(const ConvShape& s, long imageWidth) {
    const bool adjacent = s.dilationWidth == 1;
    length = adjacent ? s.filterWidth * s.channels : s.channels;
    if (length == 0) return;
    for (long r = 0; r < s.filterHeight; r++)
      for (long c = 0; c < (adjacent ? 1 : s.filterWidth); c++)
        offset.push_back((r * s.dilationHeight * imageWidth + c * s.dilationWidth) * s.channels);
  }
};

/** o: x, filter, y, bias; p: shape (15), activation, hasBias */
inline const char* conv2d(const Operand* o, const double* p) {
  const ConvShape s(p);
  if (s.batch == 0 || s.outHeight == 0 || s.outWidth == 0 || s.outChannels == 0) return nullptr;
  const Image image = padded(s, o[0].f32());
  const Taps taps(s, image.width);
  const long depth = s.filterHeight * s.filterWidth * s.channels, n = s.outChannels;
  const Right right{o[1].f32(), n, false, depth, n};
  const Epilogue end{p[16] != 0 ? o[3].f32() : nullptr, Activation(int(p[15]))};
  const Pieces pieces{taps.offset.data(), taps.length > 0 ? long(taps.offset.size()) : 0, taps.length};
  float* y = o[2].f32();
  const long rowStep = s.strideHeight * image.width * s.channels, columnStep = s.strideWidth * s.channels;
  multiplyRows(s.batch * s.outHeight * s.outWidth, pieces, right, end,
               [&](long from, long count, const float** a, float** c) {
                 long j = from % s.outWidth, i = from / s.outWidth % s.outHeight;
                 long b = from / s.outWidth / s.outHeight;
                 for (long r = 0; r < count; r++) {
                   a[r] = image.x + b * image.height * image.width * s.channels + i * rowStep + j * columnStep;
                   c[r] = y + (from + r) * n;
                   if (++j == s.outWidth) {
                     j = 0;
                     if (++i == s.outHeight) i = 0, b++;
                   }
                 }
               });
  return nullptr;
}

/** o: x, dy, dfilter; p: shape */
inline const char* conv2dFilter(const Operand* o, const double* p) {
  const ConvShape s(p);
  if (s.channels == 0 || s.outChannels == 0) return nullptr;
  const Image image = padded(s, o[0].f32());
  const Taps taps(s, image.width);
  const long n = s.outChannels, pixels = s.outHeight * s.outWidth;
  float* df = o[2].f32();
  if (s.batch == 0 || pixels == 0) {
    std::memset(df, 0, size_t(s.filterHeight) * s.filterWidth * s.channels * n * sizeof(float));
    return nullptr;
  }
  // As many images at once as keep dy in the second cache.
  const long images = std::max(1L, std::min(s.batch, 24'576 / std::max(1L, pixels * n)));
  std::vector<long> rows;
  for (long b = 0; b < images; b++)
    for (long i = 0; i < s.outHeight; i++)
      rows.push_back((b * image.height + i * s.strideHeight) * image.width * s.channels);
  for (long b = 0; b < s.batch; b += images) {
    const long count = std::min(images, s.batch - b);
    const Pieces pieces{rows.data(), count * s.outHeight, s.outWidth};
    const Right right{o[1].f32() + b * pixels * n, n, false, count * pixels, n};
    multiplyColumns({image.x + b * image.height * image.width * s.channels, s.strideWidth * s.channels},
                    taps.offset.data(), long(taps.offset.size()), taps.length, pieces, right, df, b > 0);
  }
  return nullptr;
}

/**
 * dx by phases: the pixels of one residue of the stride are a convolution of dy with every stride-th tap, flipped.
 * o: dy, filter, dx; p: shape, dilation 1
 */
inline const char* conv2dInput(const Operand* o, const double* p) {
  const ConvShape s(p);
  if (s.batch == 0 || s.height == 0 || s.width == 0 || s.channels == 0) return nullptr;
  const float* filter = o[1].f32();
  float* dx = o[2].f32();
  const long c = s.channels, n = s.outChannels, sh = s.strideHeight, sw = s.strideWidth;
  const long tapsHigh = (s.filterHeight + sh - 1) / sh, tapsWide = (s.filterWidth + sw - 1) / sw;
  // dy with zeros around it, so that every tap of every pixel falls inside.
  const long lastRow = (s.height - 1 + s.padTop) / sh, lastColumn = (s.width - 1 + s.padLeft) / sw;
  const long h = std::max(s.outHeight, lastRow + 1) + tapsHigh - 1;
  const long w = std::max(s.outWidth, lastColumn + 1) + tapsWide - 1;
  const float* dy = o[0].f32();
  if (h != s.outHeight || w != s.outWidth) {
    float* out = scratch(1, size_t(s.batch) * h * w * n);
    padImage(out, dy, s.batch, s.outHeight, s.outWidth, n, tapsHigh - 1, tapsWide - 1, h, w);
    dy = out;
  }
  float* packed = scratch(2, size_t(tapsHigh) * tapsWide * n * c);
  for (long ph = 0; ph < sh; ph++) {
    if (((ph - s.padTop) % sh + sh) % sh >= s.height) continue;
    for (long pw = 0; pw < sw; pw++) {
      const long th = ph < s.filterHeight ? (s.filterHeight - ph + sh - 1) / sh : 0;
      const long tw = pw < s.filterWidth ? (s.filterWidth - pw + sw - 1) / sw : 0;
      // First pixel of the phase, and how many there are.
      const long i0 = ((ph - s.padTop) % sh + sh) % sh, j0 = ((pw - s.padLeft) % sw + sw) % sw;
      const long rows = i0 < s.height ? (s.height - i0 + sh - 1) / sh : 0;
      const long columns = j0 < s.width ? (s.width - j0 + sw - 1) / sw : 0;
      if (rows == 0 || columns == 0) continue;
      for (long a = 0; a < th; a++)
        for (long b = 0; b < tw; b++) {
          const long row = ph + sh * (th - 1 - a), column = pw + sw * (tw - 1 - b);
          transposeInto(packed + (a * tw + b) * n * c, c, filter + (row * s.filterWidth + column) * c * n, n, c, n);
        }
      std::vector<long> offset;
      for (long a = 0; a < th && tw > 0; a++) offset.push_back(a * w * n);
      const Pieces pieces{offset.data(), n > 0 ? long(offset.size()) : 0, tw * n};
      const Right right{packed, c, false, th * tw * n, c};
      const long firstRow = (i0 + s.padTop) / sh + tapsHigh - th, firstColumn = (j0 + s.padLeft) / sw + tapsWide - tw;
      multiplyRows(s.batch * rows * columns, pieces, right, {},
                   [&](long from, long count, const float** a, float** out) {
                     for (long r = 0; r < count; r++) {
                       const long j = (from + r) % columns, i = (from + r) / columns % rows;
                       const long b = (from + r) / columns / rows;
                       a[r] = dy + ((b * h + firstRow + i) * w + firstColumn + j) * n;
                       out[r] = dx + ((b * s.height + i0 + i * sh) * s.width + j0 + j * sw) * c;
                     }
                   });
    }
  }
  return nullptr;
}

/** Calls `visit(tap, input pixel, output pixel)` for all that meet; offsets count pixels. */
template <class Visit>
void forEachTap(const ConvShape& s, long b, const Visit& visit) {
  if (s.channels == 0 || s.outChannels == 0) return;
  for (long i = 0; i < s.outHeight; i++)
    for (long r = 0; r < s.filterHeight; r++) {
      const long row = i * s.strideHeight + r * s.dilationHeight - s.padTop;
      if (row < 0 || row >= s.height) continue;
      for (long j = 0; j < s.outWidth; j++)
        for (long t = 0; t < s.filterWidth; t++) {
          const long column = j * s.strideWidth + t * s.dilationWidth - s.padLeft;
          if (column < 0 || column >= s.width) continue;
          visit(r * s.filterWidth + t, (b * s.height + row) * s.width + column,
                (b * s.outHeight + i) * s.outWidth + j);
        }
    }
}

/** o: x `[n, h, w, c]`, filter `[fh, fw, c, m]`, y `[n, oh, ow, c m]`; p: shape with outChannels = c m */
inline const char* depthwise(const Operand* o, const double* p) {
  const ConvShape s(p);
  const long c = s.channels, n = s.outChannels, m = c > 0 ? n / c : 0;
  const float *x = o[0].f32(), *f = o[1].f32();
  float* y = o[2].f32();
  parallelFor(s.batch, std::max(1L, 200'000 / std::max(1L, s.outHeight * s.outWidth * n * s.filterHeight * s.filterWidth)), [&](int64_t from, int64_t to) {
    for (long b = from; b < to; b++) {
      std::memset(y + b * s.outHeight * s.outWidth * n, 0, size_t(s.outHeight) * s.outWidth * n * sizeof(float));
      forEachTap(s, b, [&](long tap, long in, long out) {
        const float *xs = x + in * c, *fs = f + tap * n;
        float* ys = y + out * n;
        if (m == 1)
          for (long k = 0; k < c; k++) ys[k] += xs[k] * fs[k];
        else
          for (long k = 0; k < n; k++) ys[k] += xs[k / m] * fs[k];
      });
    }
  });
  return nullptr;
}

/** o: x, dy, dfilter */
inline const char* depthwiseFilter(const Operand* o, const double* p) {
  const ConvShape s(p);
  const long c = s.channels, n = s.outChannels, m = c > 0 ? n / c : 0;
  const float *x = o[0].f32(), *dy = o[1].f32();
  float* df = o[2].f32();
  std::memset(df, 0, size_t(s.filterHeight) * s.filterWidth * n * sizeof(float));
  for (long b = 0; b < s.batch; b++)
    forEachTap(s, b, [&](long tap, long in, long out) {
      const float *xs = x + in * c, *ds = dy + out * n;
      float* fs = df + tap * n;
      if (m == 1)
        for (long k = 0; k < c; k++) fs[k] += xs[k] * ds[k];
      else
        for (long k = 0; k < n; k++) fs[k] += xs[k / m] * ds[k];
    });
  return nullptr;
}

/** o: dy, filter, dx */
inline const char* depthwiseInput(const Operand* o, const double* p) {
  const ConvShape s(p);
  const long c = s.channels, n = s.outChannels, m = c > 0 ? n / c : 0;
  const float *dy = o[0].f32(), *f = o[1].f32();
  float* dx = o[2].f32();
  std::memset(dx, 0, size_t(s.batch) * s.height * s.width * c * sizeof(float));
  for (long b = 0; b < s.batch; b++)
    forEachTap(s, b, [&](long tap, long in, long out) {
      const float *ds = dy + out * n, *fs = f + tap * n;
      float* xs = dx + in * c;
      if (m == 1)
        for (long k = 0; k < c; k++) xs[k] += ds[k] * fs[k];
      else
        for (long k = 0; k < n; k++) xs[k / m] += ds[k] * fs[k];
    });
  return nullptr;
}

/** First and past-the-last index of a window inside the image. */
inline void windowOf(long index, long stride, long pad, long size, long image, long* from, long* to) {
  const long start = index * stride - pad;
  *from = std::max(0L, start);
  *to = std::max(*from, std::min(image, start + size));
}

/** o: x, y; p: shape with outChannels = channels, average (1) or max (0). Averages divide by the elements inside. */
inline const char* pool(const Operand* o, const double* p) {
  const ConvShape s(p);
  const bool average = p[15] != 0;
  const long c = s.channels;
  if (c == 0) return nullptr;
  for (long b = 0; b < s.batch; b++)
    for (long i = 0; i < s.outHeight; i++)
      for (long j = 0; j < s.outWidth; j++) {
        float* y = o[1].f32() + ((b * s.outHeight + i) * s.outWidth + j) * c;
        long i0, i1, j0, j1;
        windowOf(i, s.strideHeight, s.padTop, s.filterHeight, s.height, &i0, &i1);
        windowOf(j, s.strideWidth, s.padLeft, s.filterWidth, s.width, &j0, &j1);
        for (long k = 0; k < c; k++) y[k] = average ? 0.0f : -INFINITY;
        for (long row = i0; row < i1; row++)
          for (long column = j0; column < j1; column++) {
            const float* x = o[0].f32() + ((b * s.height + row) * s.width + column) * c;
            if (average)
              for (long k = 0; k < c; k++) y[k] += x[k];
            else
              // A NaN is never the largest, as in tfjs.
              for (long k = 0; k < c; k++) y[k] = x[k] > y[k] ? x[k] : y[k];
          }
        if (average)
          for (long k = 0; k < c; k++) y[k] /= float((i1 - i0) * (j1 - j0));
      }
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
  for (long b = 0; b < s.batch; b++)
    for (long i = 0; i < s.outHeight; i++)
      for (long j = 0; j < s.outWidth; j++) {
        long i0, i1, j0, j1;
        windowOf(i, s.strideHeight, s.padTop, s.filterHeight, s.height, &i0, &i1);
        windowOf(j, s.strideWidth, s.padLeft, s.filterWidth, s.width, &j0, &j1);
        for (long k = 0; k < c; k++) {
          long best = -1;
          for (long row = i0; row < i1; row++)
            for (long column = j0; column < j1; column++) {
              const long at = ((b * s.height + row) * s.width + column) * c + k;
              if (best < 0 || x[at] > x[best]) best = at;
            }
          if (best >= 0) dx[best] += dy[((b * s.outHeight + i) * s.outWidth + j) * c + k];
        }
      }
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
  for (long b = 0; b < s.batch; b++)
    for (long i = 0; i < s.outHeight; i++)
      for (long j = 0; j < s.outWidth; j++) {
        long i0, i1, j0, j1;
        windowOf(i, s.strideHeight, s.padTop, s.filterHeight, s.height, &i0, &i1);
        windowOf(j, s.strideWidth, s.padLeft, s.filterWidth, s.width, &j0, &j1);
        const float* ds = dy + ((b * s.outHeight + i) * s.outWidth + j) * c;
        for (long row = i0; row < i1; row++)
          for (long column = j0; column < j1; column++) {
            float* xs = dx + ((b * s.height + row) * s.width + column) * c;
            for (long k = 0; k < c; k++) xs[k] += ds[k] * share;
          }
      }
  return nullptr;
}

}  // namespace LUDUS_ISA
}  // namespace ludus
