// Softmax and normalisations: by row, by column (a batch), and over neighbouring channels.
#pragma once
#include "gemm.h"
#include "reductions.h"
#include "tiles.h"

namespace ludus {
namespace LUDUS_ISA {

/** o: x, y; p: logarithm, rows, columns */
inline const char* softmax(const Operand* o, const double* p) {
  const bool logarithm = p[0] != 0;
  const int64_t rows = int64_t(p[1]), n = int64_t(p[2]);
  if (n == 0) return nullptr;
  for (int64_t i = 0; i < rows; i++) {
    const float* x = o[0].f32() + i * n;
    float* y = o[1].f32() + i * n;
    float top = -INFINITY;
    for (int64_t j = 0; j < n; j++) top = maximumOf(top, x[j]);
    for (int64_t j = 0; j < n; j++) y[j] = expOf(x[j] - top);
    const float sum = sumBy(n, [&](int64_t j) { return y[j]; });
    if (logarithm) {
      const float shift = std::log(sum);
      for (int64_t j = 0; j < n; j++) y[j] = x[j] - top - shift;
    } else {
      for (int64_t j = 0; j < n; j++) y[j] /= sum;
    }
  }
  return nullptr;
}

/** o: x, mean, variance, offset, scale, y; p: rows, columns, epsilon. Statistics are by column. */
inline const char* batchNorm(const Operand* o, const double* p) {
  const int64_t rows = int64_t(p[0]), n = int64_t(p[1]);
  if (n == 0) return nullptr;
  const float epsilon = float(p[2]);
  const float *x = o[0].f32(), *mean = o[1].f32(), *variance = o[2].f32(), *offset = o[3].f32(), *scale = o[4].f32();
  float* y = o[5].f32();
  std::vector<float> factor(n);
  for (int64_t j = 0; j < n; j++) factor[j] = scale[j] / std::sqrt(variance[j] + epsilon);
  parallelFor(rows, std::max(int64_t(1), elementGrain / n), [&](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++)
      for (int64_t j = 0; j < n; j++) y[i * n + j] = (x[i * n + j] - mean[j]) * factor[j] + offset[j];
  });
  return nullptr;
}

/** o: x, scale, offset, y, statistics `[rows, 2]` (mean, 1 / deviation); p: rows, columns, epsilon */
inline const char* layerNorm(const Operand* o, const double* p) {
  const int64_t rows = int64_t(p[0]), n = int64_t(p[1]);
  const float epsilon = float(p[2]);
  const float *scale = o[1].f32(), *offset = o[2].f32();
  for (int64_t i = 0; i < rows; i++) {
    const float* x = o[0].f32() + i * n;
    float* y = o[3].f32() + i * n;
    const float mean = sumBy(n, [&](int64_t j) { return x[j]; }) / float(n);
    const float variance = sumBy(n, [&](int64_t j) { return (x[j] - mean) * (x[j] - mean); }) / float(n);
    const float inverse = 1.0f / std::sqrt(variance + epsilon);
    for (int64_t j = 0; j < n; j++) y[j] = (x[j] - mean) * inverse * scale[j] + offset[j];
    o[4].f32()[2 * i] = mean;
    o[4].f32()[2 * i + 1] = inverse;
  }
  return nullptr;
}

/** o: dy, x, scale, statistics, dx, dscale, doffset; p: rows, columns. Ba et al. 2016, differentiated. */
inline const char* layerNormGrad(const Operand* o, const double* p) {
  const int64_t rows = int64_t(p[0]), n = int64_t(p[1]);
  const float* scale = o[2].f32();
  float *dscale = o[5].f32(), *doffset = o[6].f32();
  for (int64_t j = 0; j < n; j++) dscale[j] = doffset[j] = 0;
  for (int64_t i = 0; i < rows; i++) {
    const float *dy = o[0].f32() + i * n, *x = o[1].f32() + i * n;
    const float mean = o[3].f32()[2 * i], inverse = o[3].f32()[2 * i + 1];
    float* dx = o[4].f32() + i * n;
    const float sum = sumBy(n, [&](int64_t j) { return dy[j] * scale[j]; }) / float(n);
    const float dot = sumBy(n, [&](int64_t j) { return dy[j] * scale[j] * ((x[j] - mean) * inverse); }) / float(n);
    for (int64_t j = 0; j < n; j++) {
      const float normal = (x[j] - mean) * inverse;
      dx[j] = inverse * (dy[j] * scale[j] - sum - normal * dot);
      dscale[j] += dy[j] * normal;
      doffset[j] += dy[j];
    }
  }
  return nullptr;
}

/** How columns of `[rows, n]` are summed: blocks of rows in float32, which stay in the first cache, and these in float64. */
struct ColumnBlocks {
  int64_t rows, n, blockRows, chunkRows;

  ColumnBlocks(int64_t rows, int64_t n) : rows(rows), n(n) {
    blockRows = std::max(int64_t(16), std::min(int64_t(256), 4096 / n));
    // What one thread takes depends on the shape alone, so that the bits do not depend on the threads.
    chunkRows = std::max(int64_t(1), elementGrain / (blockRows * n)) * blockRows;
  }
  int64_t chunks() const { return (rows + chunkRows - 1) / chunkRows; }

  /** Calls `visit(chunk, first row, rows)` for every block, chunks on threads. */
  template <class Visit>
  void forEach(const Visit& visit) const {
    parallelFor(chunks(), 1, [&](int64_t from, int64_t to) {
      for (int64_t chunk = from; chunk < to; chunk++) {
        const int64_t end = std::min(rows, (chunk + 1) * chunkRows);
        for (int64_t row = chunk * chunkRows; row < end; row += blockRows)
          visit(chunk, row, std::min(blockRows, end - row));
      }
    });
  }
};

/** Means and sums of squared deviations of columns, of `count` rows. */
struct Moments {
  double* mean;
  double* deviations;

  /** Takes in those of other rows. Chan et al. 1979: Updating formulae and a pairwise algorithm for sample variances */
  template <class T>
  void merge(double count, const T* otherMean, const T* otherDeviations, double otherCount, int64_t n) const {
    const double share = otherCount / (count + otherCount), weight = count * share;
    for (int64_t j = 0; j < n; j++) {
      const double delta = double(otherMean[j]) - mean[j];
      mean[j] += delta * share;
      deviations[j] += double(otherDeviations[j]) + delta * delta * weight;
    }
  }
};

/** Sum of f(row, column) over rows, for a tile of columns; four rows in turn, so that additions do not wait. */
template <class Width, class F>
inline __attribute__((always_inline)) void sumTile(Width width, int64_t rows, float* out, const F& f) {
  float sum[4][width] = {{0}};
  int64_t i = 0;
  for (; i + 4 <= rows; i += 4)
    for (int r = 0; r < 4; r++)
      for (int l = 0; l < width; l++) sum[r][l] += f(i + r, l);
  for (; i < rows; i++)
    for (int l = 0; l < width; l++) sum[0][l] += f(i, l);
  for (int l = 0; l < width; l++) out[l] = (sum[0][l] + sum[1][l]) + (sum[2][l] + sum[3][l]);
}

/** o: x, scale, offset, y, mean, variance; p: rows, columns, epsilon. Statistics of the rows, the variance biased. */
inline const char* batchNormTraining(const Operand* o, const double* p) {
  const int64_t rows = int64_t(p[0]), n = int64_t(p[1]);
  if (n == 0) return nullptr;
  const float *x = o[0].f32(), *scale = o[1].f32(), *offset = o[2].f32();
  float *y = o[3].f32(), *meanOut = o[4].f32(), *varianceOut = o[5].f32();
  const ColumnBlocks blocks(rows, n);
  const int64_t chunks = blocks.chunks();
  std::vector<double> moments(size_t(chunks + 1) * 2 * n, 0.0);
  const auto momentsOf = [&](int64_t chunk) {
    double* at = moments.data() + chunk * 2 * n;
    return Moments{at, at + n};
  };
  blocks.forEach([&](int64_t chunk, int64_t row, int64_t count) {
    float* mean = scratch(0, size_t(2) * n);
    float* deviations = mean + n;
    forTiles(n, [&](auto width, int64_t j) {
      const float* in = x + row * n + j;
      sumTile(width, count, mean + j, [&](int64_t i, int l) { return in[i * n + l]; });
      float middle[width];
      for (int l = 0; l < width; l++) middle[l] = mean[j + l] = mean[j + l] / float(count);
      sumTile(width, count, deviations + j, [&](int64_t i, int l) {
        const float d = in[i * n + l] - middle[l];
        return d * d;
      });
    });
    momentsOf(chunk).merge(double(row - chunk * blocks.chunkRows), mean, deviations, double(count), n);
  });
  const Moments all = momentsOf(chunks);
  for (int64_t chunk = 0; chunk < chunks; chunk++) {
    const int64_t first = chunk * blocks.chunkRows, count = std::min(blocks.chunkRows, rows - first);
    const Moments part = momentsOf(chunk);
    all.merge(double(first), part.mean, part.deviations, double(count), n);
  }
  std::vector<float> factor(n), mean(n), shift(offset, offset + n);
  for (int64_t j = 0; j < n; j++) {
    const double variance = all.deviations[j] / double(rows);
    factor[j] = float(double(scale[j]) / std::sqrt(variance + p[2]));
    mean[j] = meanOut[j] = float(all.mean[j]);
    varianceOut[j] = float(variance);
  }
  blocks.forEach([&](int64_t, int64_t from, int64_t count) {
    forTiles(n, [&](auto width, int64_t j) {
      float f[width], m[width], s[width];
      for (int l = 0; l < width; l++) f[l] = factor[j + l], m[l] = mean[j + l], s[l] = shift[j + l];
      for (int64_t i = from; i < from + count; i++)
        for (int l = 0; l < width; l++) y[i * n + j + l] = (x[i * n + j + l] - m[l]) * f[l] + s[l];
    });
  });
  return nullptr;
}

/**
 * dx = scale / deviation (dy - mean of dy - normal x mean of (dy normal x)).
 * o: dy, x, scale, mean, variance, dx, dscale, doffset; p: rows, columns, epsilon. Ioffe & Szegedy 2015, section 3
 */
inline const char* batchNormTrainingGrad(const Operand* o, const double* p) {
  const int64_t rows = int64_t(p[0]), n = int64_t(p[1]);
  if (n == 0) return nullptr;
  const float *dy = o[0].f32(), *x = o[1].f32(), *scale = o[2].f32(), *variance = o[4].f32();
  float *dx = o[5].f32(), *dscale = o[6].f32(), *doffset = o[7].f32();
  const std::vector<float> mean(o[3].f32(), o[3].f32() + n);
  const ColumnBlocks blocks(rows, n);
  const int64_t chunks = blocks.chunks();
  // Of each chunk the sums of dy and of dy (x - mean).
  std::vector<double> sums(size_t(std::max(int64_t(1), chunks)) * 2 * n, 0.0);
  blocks.forEach([&](int64_t chunk, int64_t row, int64_t count) {
    double* sum = sums.data() + chunk * 2 * n;
    forTiles(n, [&](auto width, int64_t j) {
      const float *in = x + row * n + j, *ds = dy + row * n + j;
      float part[width], m[width];
      for (int l = 0; l < width; l++) m[l] = mean[j + l];
      sumTile(width, count, part, [&](int64_t i, int l) { return ds[i * n + l]; });
      for (int l = 0; l < width; l++) sum[j + l] += part[l];
      sumTile(width, count, part, [&](int64_t i, int l) { return ds[i * n + l] * (in[i * n + l] - m[l]); });
      for (int l = 0; l < width; l++) sum[n + j + l] += part[l];
    });
  });
  for (int64_t chunk = 1; chunk < chunks; chunk++)
    for (int64_t j = 0; j < 2 * n; j++) sums[j] += sums[chunk * 2 * n + j];
  std::vector<float> factor(n), slope(n), level(n);
  for (int64_t j = 0; j < n; j++) {
    const double inverse = 1.0 / std::sqrt(double(variance[j]) + p[2]), gain = double(scale[j]) * inverse;
    factor[j] = float(gain);
    slope[j] = float(gain * inverse * inverse * sums[n + j] / double(rows));
    level[j] = float(gain * sums[j] / double(rows));
  }
  for (int64_t j = 0; j < n; j++) {
    const double inverse = 1.0 / std::sqrt(double(variance[j]) + p[2]);
    dscale[j] = float(sums[n + j] * inverse);
    doffset[j] = float(sums[j]);
  }
  blocks.forEach([&](int64_t, int64_t from, int64_t count) {
    forTiles(n, [&](auto width, int64_t j) {
      float f[width], m[width], k[width], b[width];
      for (int l = 0; l < width; l++) f[l] = factor[j + l], m[l] = mean[j + l], k[l] = slope[j + l], b[l] = level[j + l];
      for (int64_t i = from; i < from + count; i++)
        for (int l = 0; l < width; l++) {
          const int64_t at = i * n + j + l;
          dx[at] = dy[at] * f[l] - (x[at] - m[l]) * k[l] - b[l];
        }
    });
  });
  return nullptr;
}

/** Channels, and how their neighbours normalise them. */
struct ResponseNorm {
  int64_t rows, n, radius;
  float bias, alpha, beta;

  explicit ResponseNorm(const double* p)
      : rows(int64_t(p[0])), n(int64_t(p[1])), radius(int64_t(p[2])), bias(float(p[3])), alpha(float(p[4])),
        beta(float(p[5])) {}

  /** Calls `row(i, padded, sums, powers)`, with memory for `[n + 2 radius]` (zeros at both ends), `[n]` and `[n]`. */
  template <class Row>
  void forEachRow(const Row& row) const {
    if (n == 0) return;
    parallelFor(rows, std::max(int64_t(1), elementGrain / (n * (radius + 4))), [&](int64_t from, int64_t to) {
      float* padded = scratch(0, size_t(3 * n + 2 * radius));
      std::memset(padded, 0, size_t(n + 2 * radius) * sizeof(float));
      float* sums = padded + n + 2 * radius;
      for (int64_t i = from; i < to; i++) row(i, padded, sums, sums + n);
    });
  }

  /** sums_j = padded_j + ... + padded_{j + 2 radius}: of channel j and its neighbours. */
  void sumNeighbours(const float* padded, float* sums) const {
    for (int64_t j = 0; j < n; j++) sums[j] = padded[j];
    for (int64_t k = 1; k <= 2 * radius; k++)
      for (int64_t j = 0; j < n; j++) sums[j] += padded[j + k];
  }

  /** sums = bias + alpha times the neighbours' squares; powers = sums^-beta */
  void normalisers(const float* x, float* padded, float* sums, float* powers) const {
    for (int64_t j = 0; j < n; j++) padded[radius + j] = x[j] * x[j];
    sumNeighbours(padded, sums);
    for (int64_t j = 0; j < n; j++) sums[j] = bias + alpha * sums[j];
    // The usual exponent by roots, which are instructions.
    if (beta == 0.75f)
      for (int64_t j = 0; j < n; j++) powers[j] = 1.0f / (std::sqrt(sums[j]) * std::sqrt(std::sqrt(sums[j])));
    else
      for (int64_t j = 0; j < n; j++) powers[j] = powOf(sums[j], -beta);
  }
};

/** o: x, y; p: rows, channels, radius, bias, alpha, beta. Krizhevsky et al. 2012, section 3.3 */
inline const char* responseNorm(const Operand* o, const double* p) {
  const ResponseNorm s(p);
  s.forEachRow([&](int64_t i, float* padded, float* sums, float* powers) {
    const float* x = o[0].f32() + i * s.n;
    float* y = o[1].f32() + i * s.n;
    s.normalisers(x, padded, sums, powers);
    for (int64_t j = 0; j < s.n; j++) y[j] = x[j] * powers[j];
  });
  return nullptr;
}

/**
 * dx_i = dy_i s_i^-beta - 2 alpha beta x_i sum over neighbours j of dy_j x_j s_j^(-beta - 1), s = bias + alpha (...).
 * o: dy, x, dx; p: as responseNorm's
 */
inline const char* responseNormGrad(const Operand* o, const double* p) {
  const ResponseNorm s(p);
  const float factor = 2 * s.alpha * s.beta;
  s.forEachRow([&](int64_t i, float* padded, float* sums, float* powers) {
    const float *dy = o[0].f32() + i * s.n, *x = o[1].f32() + i * s.n;
    float* dx = o[2].f32() + i * s.n;
    s.normalisers(x, padded, sums, powers);
    for (int64_t j = 0; j < s.n; j++) padded[s.radius + j] = dy[j] * x[j] * powers[j] / sums[j];
    s.sumNeighbours(padded, sums);
    for (int64_t j = 0; j < s.n; j++) dx[j] = dy[j] * powers[j] - factor * x[j] * sums[j];
  });
  return nullptr;
}

}  // namespace LUDUS_ISA
}  // namespace ludus
