// Optimisers in place: one pass over a variable, its gradient and its moments. src/tensors/optimizers/rules.ts has the
// equations and their sources.
//
// `control` is the optimiser's own float64 memory: [0] sum of squares of all gradients, [1] their L2 norm, [2] factor of
// the gradients (clipping; NaN if nothing may change), [3] learning rate (Adam: its step size), [4] Adam's root correction.
#pragma once
#include "elementwise.h"

namespace ludus {
namespace LUDUS_ISA {

/** PyTorch's guard against division by a zero norm, in `clip_grad_norm_`. */
constexpr double normEpsilon = 1e-6;

/** o: gradient, control; p: first (1: starts the sum anew) */
inline const char* sumSquares(const Operand* o, const double* p) {
  const float* g = o[0].f32();
  constexpr int width = 8;
  double lane[width] = {0};
  int64_t i = 0;
  for (; i + width <= o[0].length; i += width)
    for (int l = 0; l < width; l++) lane[l] += double(g[i + l]) * double(g[i + l]);
  for (int l = 0; i < o[0].length; i++, l++) lane[l] += double(g[i]) * double(g[i]);
  const double sum = ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
  double* control = o[1].f64();
  control[0] = (p[0] != 0 ? 0.0 : control[0]) + sum;
  return nullptr;
}

/** o: control, guard (a loss); p: clipNorm or 0, hasGuard. A norm or a guard that is not finite lets nothing change. */
inline const char* clip(const Operand* o, const double* p) {
  double* control = o[0].f64();
  const double norm = std::sqrt(control[0]);
  control[1] = norm;
  control[2] = p[0] > 0 ? std::min(1.0, p[0] / (norm + normEpsilon)) : 1.0;
  const bool isFinite = std::isfinite(norm) && (p[1] == 0 || std::isfinite(o[1].f32()[0]));
  if (!isFinite) control[2] = std::numeric_limits<double>::quiet_NaN();
  return nullptr;
}

// Each optimiser's loop is a function of its own that gets its numbers by value: read through a lambda's captures they could
// be what the loop writes, and no compiler would take several elements at once.

template <bool Momentum>
void sgdOf(const Operand* o, float scale, float rate, float momentum, bool nesterov, int64_t from, int64_t to) {
  float* __restrict w = o[0].f32();
  const float* __restrict g = o[1].f32();
  float* __restrict v = Momentum ? o[3].f32() : nullptr;
  for (int64_t i = from; i < to; i++) {
    const float gi = g[i] * scale;
    if (!Momentum) {
      w[i] -= rate * gi;
      continue;
    }
    const float velocity = momentum * v[i] + gi;
    v[i] = velocity;
    w[i] -= rate * (nesterov ? gi + momentum * velocity : velocity);
  }
}

/** o: weights, gradient, control, velocity; p: momentum, nesterov */
inline const char* sgd(const Operand* o, const double* p) {
  const double* control = o[2].f64();
  if (control[2] != control[2]) return nullptr;
  const float scale = float(control[2]), rate = float(control[3]), momentum = float(p[0]);
  const bool nesterov = p[1] != 0;
  parallelFor(o[0].length, elementGrain, [&](int64_t from, int64_t to) {
    if (momentum == 0) sgdOf<false>(o, scale, rate, momentum, nesterov, from, to);
    else sgdOf<true>(o, scale, rate, momentum, nesterov, from, to);
  });
  return nullptr;
}

template <bool Centered, bool Momentum>
void rmsPropOf(const Operand* o, float scale, float rate, float decay, float fresh, float epsilon, float momentum,
               int64_t from, int64_t to) {
  float* __restrict w = o[0].f32();
  const float* __restrict g = o[1].f32();
  float* __restrict s = o[3].f32();
  float* __restrict m = Centered ? o[4].f32() : nullptr;
  float* __restrict v = Momentum ? o[Centered ? 5 : 4].f32() : nullptr;
  for (int64_t i = from; i < to; i++) {
    const float gi = g[i] * scale;
    float variance = decay * s[i] + fresh * gi * gi;
    s[i] = variance;
    if (Centered) {
      const float mean = decay * m[i] + fresh * gi;
      m[i] = mean;
      variance -= mean * mean;
      variance = variance < 0 ? 0 : variance;
    }
    float change = gi / (std::sqrt(variance) + epsilon);
    if (Momentum) v[i] = change += momentum * v[i];
    w[i] -= rate * change;
  }
}

/** o: weights, gradient, control, square average, [gradient average], [velocity]; p: decay, epsilon, centered, momentum */
inline const char* rmsProp(const Operand* o, const double* p) {
  const double* control = o[2].f64();
  if (control[2] != control[2]) return nullptr;
  const float scale = float(control[2]), rate = float(control[3]);
  const float decay = float(p[0]), fresh = float(1 - p[0]), epsilon = float(p[1]), momentum = float(p[3]);
  parallelFor(o[0].length, elementGrain, [&](int64_t from, int64_t to) {
    const auto go = [&](auto f) { f(o, scale, rate, decay, fresh, epsilon, momentum, from, to); };
    if (p[2] != 0) momentum != 0 ? go(rmsPropOf<true, true>) : go(rmsPropOf<true, false>);
    else momentum != 0 ? go(rmsPropOf<false, true>) : go(rmsPropOf<false, false>);
  });
  return nullptr;
}

/** Exponential averages of gradients and their squares keep `beta` of the old and take `fresh` of the new. */
struct AdamNumbers {
  float scale, step, correction, beta1, fresh1, beta2, fresh2, epsilon;
};

inline void adamOf(const Operand* o, AdamNumbers n, int64_t from, int64_t to) {
  float* __restrict w = o[0].f32();
  const float* __restrict g = o[1].f32();
  float* __restrict mean = o[3].f32();
  float* __restrict square = o[4].f32();
  for (int64_t i = from; i < to; i++) {
    const float gi = g[i] * n.scale;
    const float m = n.beta1 * mean[i] + n.fresh1 * gi;
    const float v = n.beta2 * square[i] + n.fresh2 * gi * gi;
    mean[i] = m;
    square[i] = v;
    w[i] -= n.step * m / (std::sqrt(v) * n.correction + n.epsilon);
  }
}

/** o: weights, gradient, control, mean, square mean; p: beta1, beta2, epsilon */
inline const char* adam(const Operand* o, const double* p) {
  const double* control = o[2].f64();
  if (control[2] != control[2]) return nullptr;
  const AdamNumbers numbers{float(control[2]), float(control[3]), float(control[4]), float(p[0]),
                            float(1 - p[0]),   float(p[1]),       float(1 - p[1]),   float(p[2])};
  parallelFor(o[0].length, elementGrain, [&](int64_t from, int64_t to) { adamOf(o, numbers, from, to); });
  return nullptr;
}

inline void blendOf(const Operand* o, float keep, float tau, int64_t from, int64_t to) {
  float* y = o[0].f32();
  const float* x = o[1].f32();
  for (int64_t i = from; i < to; i++) y[i] = keep * y[i] + tau * x[i];
}

/** target = (1 - tau) target + tau online. o: target, online; p: tau */
inline const char* blend(const Operand* o, const double* p) {
  const float keep = float(1 - p[0]), tau = float(p[0]);
  parallelFor(o[0].length, elementGrain, [&](int64_t from, int64_t to) { blendOf(o, keep, tau, from, to); });
  return nullptr;
}

}  // namespace LUDUS_ISA
}  // namespace ludus
