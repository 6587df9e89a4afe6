// Convolutions, NHWC, as products whose left side is read from the (padded) image: no im2col matrix is ever written.
#pragma once
#include <numeric>

#include "gemm.h"
#include "tiles.h"

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
  const long row = outWidth * channels, inner = width * channels, before = left * channels, after = row - before - inner;
  const long grain = std::max(1L, long(elementGrain) / std::max(1L, outHeight * row));
  parallelFor(batch, grain, [&](int64_t from, int64_t to) {
    for (long b = from; b < to; b++) {
      float* image = out + b * outHeight * row;
      std::memset(image, 0, size_t(top * row) * sizeof(float));
      for (long i = 0; i < height; i++) {
        float* line = image + (top + i) * row;
        std::memset(line, 0, size_t(before) * sizeof(float));
        std::memcpy(line + before, x + (b * height + i) * inner, size_t(inner) * sizeof(float));
        std::memset(line + before + inner, 0, size_t(after) * sizeof(float));
      }
      std::memset(image + (top + height) * row, 0, size_t((outHeight - top - height) * row) * sizeof(float));
    }
  });
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
  // As many images at once as keep dy in the second cache, but so many that dfilter is not read and written all the time.
  const long few = 24'576 / std::max(1L, pixels * n), enough = (256 + pixels - 1) / pixels;
  const long images = std::max(1L, std::min(s.batch, std::max(few, enough)));
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

/** Adds a window's values `[fh, fw, c]` to the pixels of its image that it covers. */
inline void addWindow(const ConvShape& s, const float* values, float* image, long i, long j) {
  const long column = j * s.strideWidth - s.padLeft;
  const bool whole = s.dilationWidth == 1 && column >= 0 && column + s.filterWidth <= s.width;
  const auto add = [](float* to, const float* from, long count) {
    forTiles(count, [&](auto width, long k) {
      using T = Tile<width>;
      T::store(to + k, T::load(to + k) + T::load(from + k));
    });
  };
  for (long r = 0; r < s.filterHeight; r++, values += s.filterWidth * s.channels) {
    const long row = i * s.strideHeight + r * s.dilationHeight - s.padTop;
    if (row < 0 || row >= s.height) continue;
    float* to = image + row * s.width * s.channels;
    if (whole) {
      add(to + column * s.channels, values, s.filterWidth * s.channels);
      continue;
    }
    for (long t = 0; t < s.filterWidth; t++) {
      const long at = column + t * s.dilationWidth;
      if (at >= 0 && at < s.width) add(to + at * s.channels, values + t * s.channels, s.channels);
    }
  }
}

/**
 * dx of images of few channels, window by window: dy times the filter, whose taps are the columns then, so that the
 * lanes are full, and all windows added up.
 */
inline void conv2dInputByWindows(const ConvShape& s, const float* dy, const float* filter, float* dx) {
  const long n = s.outChannels, pixels = s.outHeight * s.outWidth;
  const long columns = s.filterHeight * s.filterWidth * s.channels, size = s.height * s.width * s.channels;
  std::memset(dx, 0, size_t(s.batch) * size * sizeof(float));
  const long images = std::max(1L, std::min(s.batch, (1L << 18) / (pixels * columns)));
  float* windows = scratch(1, size_t(images) * pixels * columns);
  const long zero = 0;
  const Pieces pieces{&zero, 1, n};
  const Right right{filter, n, true, n, columns};
  for (long b = 0; b < s.batch; b += images) {
    const long count = std::min(images, s.batch - b);
    multiplyRows(count * pixels, pieces, right, {}, [&](long from, long rows, const float** a, float** c) {
      for (long r = 0; r < rows; r++) {
        a[r] = dy + (b * pixels + from + r) * n;
        c[r] = windows + (from + r) * columns;
      }
    });
    const long grain = std::max(1L, long(elementGrain) / (pixels * columns));
    parallelFor(count, grain, [&](int64_t from, int64_t to) {
      for (long image = from; image < to; image++)
        for (long out = 0; out < pixels; out++)
          addWindow(s, windows + (image * pixels + out) * columns, dx + (b + image) * size, out / s.outWidth,
                    out % s.outWidth);
    });
  }
}

/** How the pixels of one axis and the outputs meet, by residues of the stride. */
struct Phases {
  long stride, dilation, pad, filter, size;
  /** From one tap of a phase to the next, and from one's output to the next one's, which is before it. */
  long tapStep, outStep;
  /** Outputs before the first that taps reach. */
  long before;

  Phases(long stride, long dilation, long pad, long filter, long size)
      : stride(stride), dilation(dilation), pad(pad), filter(filter), size(size) {
    const long common = std::gcd(stride, dilation);
    tapStep = stride / common;
    outStep = dilation / common;
    before = (filter + tapStep - 1) / tapStep * outStep - 1;
  }

  long count() const { return std::min(stride, size); }
};

/** Pixels `start, start + stride, ...`: a convolution of dy with the taps `first, first + tapStep, ...`, flipped. */
struct Phase {
  long start, pixels, first = 0, taps = 0;
  /** Output of the first pixel under the last tap, counted from the zeros around. */
  long output = 0;

  Phase(const Phases& s, long start) : start(start), pixels((s.size - start + s.stride - 1) / s.stride) {
    const long reach = start + s.pad;
    for (long tap = 0; tap < std::min(s.tapStep, s.filter); tap++) {
      if ((reach - tap * s.dilation) % s.stride != 0) continue;
      first = tap;
      taps = (s.filter - tap + s.tapStep - 1) / s.tapStep;
      output = (reach - tap * s.dilation) / s.stride + s.before - (taps - 1) * s.outStep;
      return;
    }
  }
};

/** dx by phases, so that no product is with a zero that the stride or the dilation puts in. o: dy, filter, dx; p: shape */
inline const char* conv2dInput(const Operand* o, const double* p) {
  const ConvShape s(p);
  if (s.batch == 0 || s.height == 0 || s.width == 0 || s.channels == 0) return nullptr;
  const float* filter = o[1].f32();
  float* dx = o[2].f32();
  const long c = s.channels, n = s.outChannels;
  if (n == 0 || s.outHeight == 0 || s.outWidth == 0) {
    std::memset(dx, 0, size_t(s.batch) * s.height * s.width * c * sizeof(float));
    return nullptr;
  }
  // A register holds up to 16 channels: with fewer than half of these, most of it would idle.
  const long pixels = s.outHeight * s.outWidth, taps = s.filterHeight * s.filterWidth;
  if (c < 8 && pixels <= s.height * s.width && pixels * taps * c <= 1 << 20) {
    conv2dInputByWindows(s, o[0].f32(), filter, dx);
    return nullptr;
  }
  const Phases high(s.strideHeight, s.dilationHeight, s.padTop, s.filterHeight, s.height);
  const Phases wide(s.strideWidth, s.dilationWidth, s.padLeft, s.filterWidth, s.width);
  // dy with zeros around it, so that every tap of every pixel falls inside.
  const long h = std::max(s.outHeight, (s.height - 1 + s.padTop) / s.strideHeight + 1) + high.before;
  const long w = std::max(s.outWidth, (s.width - 1 + s.padLeft) / s.strideWidth + 1) + wide.before;
  const float* dy = o[0].f32();
  if (h != s.outHeight || w != s.outWidth) {
    float* out = scratch(1, size_t(s.batch) * h * w * n);
    padImage(out, dy, s.batch, s.outHeight, s.outWidth, n, high.before, wide.before, h, w);
    dy = out;
  }
  const auto mostTaps = [](const Phases& phases) { return (phases.filter + phases.tapStep - 1) / phases.tapStep; };
  float* packed = scratch(2, size_t(mostTaps(high)) * mostTaps(wide) * n * c);
  std::vector<Phase> columns;
  for (long left = 0; left < wide.count(); left++) columns.emplace_back(wide, left);
  for (long top = 0; top < high.count(); top++) {
    const Phase row(high, top);
    for (const Phase& column : columns) {
      const long th = row.taps, tw = column.taps;
      parallelFor(th * tw, std::max(1L, long(elementGrain) / (n * c)), [&](int64_t from, int64_t to) {
        for (long tap = from; tap < to; tap++) {
          const long i = row.first + high.tapStep * (th - 1 - tap / tw);
          const long j = column.first + wide.tapStep * (tw - 1 - tap % tw);
          transposeInto(packed + tap * n * c, c, filter + (i * s.filterWidth + j) * c * n, n, c, n);
        }
      });
      // Taps whose outputs are adjacent make one run.
      const bool adjacent = wide.outStep == 1;
      std::vector<long> offset;
      for (long a = 0; a < th && tw > 0; a++)
        for (long b = 0; b < (adjacent ? 1 : tw); b++)
          offset.push_back((a * high.outStep * w + b * wide.outStep) * n);
      const Pieces pieces{offset.data(), long(offset.size()), adjacent ? tw * n : n};
      const Right right{packed, c, false, th * tw * n, c};
      multiplyRows(s.batch * row.pixels * column.pixels, pieces, right, {},
                   [&](long from, long count, const float** a, float** out) {
                     for (long r = 0; r < count; r++) {
                       const long j = (from + r) % column.pixels, i = (from + r) / column.pixels % row.pixels;
                       const long b = (from + r) / column.pixels / row.pixels;
                       a[r] = dy + ((b * h + row.output + i) * w + column.output + j) * n;
                       const long x = row.start + i * s.strideHeight, y = column.start + j * s.strideWidth;
                       out[r] = dx + ((b * s.height + x) * s.width + y) * c;
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

}  // namespace LUDUS_ISA
}  // namespace ludus
