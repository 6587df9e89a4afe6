// Arithmetic element by element. Loops are plain, for the compiler to make vectors of; exp and tanh are ours, because
// the C library's have no vector form and differ from one version to the next.
#pragma once
#include <cmath>
#include <cstring>
#include <limits>

#include "operations.h"
#include "parallel.h"

namespace ludus {
namespace LUDUS_ISA {

/** Elements below which a second thread does not pay. */
constexpr int64_t elementGrain = 1 << 16;

inline float bitsToFloat(uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof(x));
  return x;
}

inline int32_t floatToBits(float x) {
  int32_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  return bits;
}

/** e^x, within 2 units in the last place. Cephes' expf: 2^n times a polynomial on [-ln 2 / 2, ln 2 / 2]. */
inline float expOf(float x) {
  float clamped = x < -104.0f ? -104.0f : x;
  clamped = clamped > 89.0f ? 89.0f : clamped;
  // Added to 1.5 * 2^23, a small number is rounded to a whole one, which then stands in the lowest bits.
  constexpr float shifter = 12582912.0f;
  const float shifted = clamped * 1.44269504088896341f + shifter;
  const float n = shifted - shifter;
  float r = clamped - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float q = 1.9875691500e-4f;
  q = q * r + 1.3981999507e-3f;
  q = q * r + 8.3334519073e-3f;
  q = q * r + 4.1665795894e-2f;
  q = q * r + 1.6666665459e-1f;
  q = q * r + 5.0000001201e-1f;
  q = q * r * r + r + 1.0f;
  // In two steps, so that both ends of the range are reached. A NaN stays one through q.
  const int32_t whole = floatToBits(shifted) - 0x4B400000;
  const int32_t half = whole >> 1;
  return q * bitsToFloat(uint32_t(half + 127) << 23) * bitsToFloat(uint32_t(whole - half + 127) << 23);
}

inline float sigmoidOf(float x) { return 1.0f / (1.0f + expOf(-x)); }

/** Cephes' tanhf: a polynomial near 0, by exp elsewhere. */
inline float tanhOf(float x) {
  const float size = std::fabs(x);
  const float z = x * x;
  float q = -5.70498872745e-3f;
  q = q * z + 2.06390887954e-2f;
  q = q * z - 5.37397155531e-2f;
  q = q * z + 1.33314422036e-1f;
  q = q * z - 3.33332819422e-1f;
  const float small = q * z * x + x;
  const float large = std::copysign(1.0f - 2.0f / (expOf(2.0f * size) + 1.0f), x);
  return size < 0.625f ? small : x != x ? x : large;
}

inline void activateInPlace(float* x, int64_t n, Activation activation) {
  switch (activation) {
    case Activation::Linear:
      return;
    case Activation::Relu:
      for (int64_t i = 0; i < n; i++) x[i] = x[i] < 0 ? 0 : x[i];
      return;
    case Activation::Tanh:
      for (int64_t i = 0; i < n; i++) x[i] = tanhOf(x[i]);
      return;
    case Activation::Sigmoid:
      for (int64_t i = 0; i < n; i++) x[i] = sigmoidOf(x[i]);
      return;
  }
}

template <class F>
const char* mapFloats(const Operand& x, const Operand& y, const F& f) {
  const float* in = x.f32();
  float* out = y.f32();
  parallelFor(y.length, elementGrain, [&](int64_t from, int64_t to) {
    // A copy, which no store to `out` can change: else loops of functions with constants are no vectors.
    const F function = f;
    for (int64_t i = from; i < to; i++) out[i] = function(in[i]);
  });
  return nullptr;
}

template <class F>
const char* mapToBool(const Operand& x, const Operand& y, const F& f) {
  const float* in = x.f32();
  for (int64_t i = 0; i < y.length; i++) y.u8()[i] = f(in[i]);
  return nullptr;
}

/** Rounds halves to even, as tfjs does. */
inline float roundOf(float x) { return std::nearbyint(x); }

/** o: x, y; p: function, a, b */
inline const char* unary(const Operand* o, const double* p) {
  const Operand &x = o[0], &y = o[1];
  const float a = float(p[1]), b = float(p[2]);
  switch (UnaryFn(int(p[0]))) {
    case UnaryFn::Abs: return mapFloats(x, y, [](float v) { return std::fabs(v); });
    case UnaryFn::Neg: return mapFloats(x, y, [](float v) { return -v; });
    case UnaryFn::Relu: return mapFloats(x, y, [](float v) { return v < 0 ? 0.0f : v; });
    case UnaryFn::Relu6: return mapFloats(x, y, [](float v) { return v < 0 ? 0.0f : v > 6 ? 6.0f : v; });
    case UnaryFn::Sigmoid: return mapFloats(x, y, [](float v) { return sigmoidOf(v); });
    case UnaryFn::Tanh: return mapFloats(x, y, [](float v) { return tanhOf(v); });
    case UnaryFn::Exp: return mapFloats(x, y, [](float v) { return expOf(v); });
    case UnaryFn::Expm1: return mapFloats(x, y, [](float v) { return std::expm1(v); });
    case UnaryFn::Log: return mapFloats(x, y, [](float v) { return std::log(v); });
    case UnaryFn::Log1p: return mapFloats(x, y, [](float v) { return std::log1p(v); });
    case UnaryFn::Sqrt: return mapFloats(x, y, [](float v) { return std::sqrt(v); });
    case UnaryFn::Rsqrt: return mapFloats(x, y, [](float v) { return 1.0f / std::sqrt(v); });
    case UnaryFn::Square: return mapFloats(x, y, [](float v) { return v * v; });
    case UnaryFn::Reciprocal: return mapFloats(x, y, [](float v) { return 1.0f / v; });
    case UnaryFn::Sign: return mapFloats(x, y, [](float v) { return v < 0 ? -1.0f : v > 0 ? 1.0f : 0.0f; });
    case UnaryFn::Step: return mapFloats(x, y, [a](float v) { return v != v ? v : v > 0 ? 1.0f : a; });
    case UnaryFn::Floor: return mapFloats(x, y, [](float v) { return std::floor(v); });
    case UnaryFn::Ceil: return mapFloats(x, y, [](float v) { return std::ceil(v); });
    case UnaryFn::Round: return mapFloats(x, y, [](float v) { return roundOf(v); });
    case UnaryFn::Sin: return mapFloats(x, y, [](float v) { return std::sin(v); });
    case UnaryFn::Cos: return mapFloats(x, y, [](float v) { return std::cos(v); });
    case UnaryFn::Tan: return mapFloats(x, y, [](float v) { return float(std::tan(double(v))); });
    case UnaryFn::Erf: return mapFloats(x, y, [](float v) { return std::erf(v); });
    case UnaryFn::Softplus:
      return mapFloats(x, y, [](float v) { return v > 20 ? v : v < -20 ? expOf(v) : std::log1p(expOf(v)); });
    case UnaryFn::Elu: return mapFloats(x, y, [](float v) { return v >= 0 ? v : std::expm1(v); });
    case UnaryFn::LeakyRelu: return mapFloats(x, y, [a](float v) { return v < 0 ? a * v : v; });
    case UnaryFn::ClipByValue: return mapFloats(x, y, [a, b](float v) { return v > b ? b : v < a ? a : v; });
    case UnaryFn::Affine: return mapFloats(x, y, [a, b](float v) { return a * v + b; });
    case UnaryFn::LogicalNot:
      for (int64_t i = 0; i < y.length; i++) y.u8()[i] = x.u8()[i] == 0;
      return nullptr;
    case UnaryFn::IsNan: return mapToBool(x, y, [](float v) { return v != v; });
    case UnaryFn::IsFinite: return mapToBool(x, y, [](float v) { return std::isfinite(v); });
    case UnaryFn::IsInf: return mapToBool(x, y, [](float v) { return std::isinf(v); });
    case UnaryFn::Count: break;
  }
  return "There is no such function of one operand.";
}

/** Shapes of a binary operation: rank, dimensions, strides of a, strides of b (0 where broadcast). */
struct Broadcast {
  int rank;
  int64_t dims[maxRank], a[maxRank], b[maxRank];

  explicit Broadcast(const double* p) : rank(int(p[1])) {
    for (int i = 0; i < rank; i++) {
      dims[i] = int64_t(p[2 + i]);
      a[i] = int64_t(p[2 + rank + i]);
      b[i] = int64_t(p[2 + 2 * rank + i]);
    }
  }
};

template <class T, class U, class F>
void innerLoop(const T* a, int64_t aStep, const T* b, int64_t bStep, U* out, int64_t n, const F& f) {
  if (aStep == 1 && bStep == 1)
    for (int64_t i = 0; i < n; i++) out[i] = f(a[i], b[i]);
  else if (aStep == 1 && bStep == 0) {
    const T y = *b;
    for (int64_t i = 0; i < n; i++) out[i] = f(a[i], y);
  } else if (aStep == 0 && bStep == 1) {
    const T x = *a;
    for (int64_t i = 0; i < n; i++) out[i] = f(x, b[i]);
  } else
    for (int64_t i = 0; i < n; i++) out[i] = f(a[i * aStep], b[i * bStep]);
}

template <class T, class U, class F>
const char* combine(const Broadcast& s, const T* a, const T* b, U* out, const F& f) {
  if (s.rank == 1) {
    parallelFor(s.dims[0], elementGrain, [&](int64_t from, int64_t to) {
      innerLoop(a + from * s.a[0], s.a[0], b + from * s.b[0], s.b[0], out + from, to - from, f);
    });
    return nullptr;
  }
  const int last = s.rank - 1;
  int64_t outer = 1;
  for (int i = 0; i < last; i++) outer *= s.dims[i];
  int64_t index[maxRank] = {0}, atA = 0, atB = 0;
  for (int64_t step = 0; step < outer; step++, out += s.dims[last]) {
    innerLoop(a + atA, s.a[last], b + atB, s.b[last], out, s.dims[last], f);
    for (int i = last - 1; i >= 0; i--) {
      atA += s.a[i];
      atB += s.b[i];
      if (++index[i] < s.dims[i]) break;
      atA -= s.a[i] * s.dims[i];
      atB -= s.b[i] * s.dims[i];
      index[i] = 0;
    }
  }
  return nullptr;
}

template <class T>
const char* compareOf(BinaryFn fn, const Broadcast& s, const T* a, const T* b, uint8_t* out) {
  switch (fn) {
    case BinaryFn::Equal: return combine(s, a, b, out, [](T x, T y) -> uint8_t { return x == y; });
    case BinaryFn::NotEqual: return combine(s, a, b, out, [](T x, T y) -> uint8_t { return x != y; });
    case BinaryFn::Less: return combine(s, a, b, out, [](T x, T y) -> uint8_t { return x < y; });
    case BinaryFn::LessEqual: return combine(s, a, b, out, [](T x, T y) -> uint8_t { return x <= y; });
    case BinaryFn::Greater: return combine(s, a, b, out, [](T x, T y) -> uint8_t { return x > y; });
    case BinaryFn::GreaterEqual: return combine(s, a, b, out, [](T x, T y) -> uint8_t { return x >= y; });
    case BinaryFn::And: return combine(s, a, b, out, [](T x, T y) -> uint8_t { return x != 0 && y != 0; });
    case BinaryFn::Or: return combine(s, a, b, out, [](T x, T y) -> uint8_t { return x != 0 || y != 0; });
    default: return "There is no such comparison.";
  }
}

/** The larger (smaller) of two, NaN if one is NaN. */
inline float maximumOf(float x, float y) { return x != x ? x : y != y ? y : x > y ? x : y; }
inline float minimumOf(float x, float y) { return x != x ? x : y != y ? y : x < y ? x : y; }

/** ECMAScript's power: unlike C's, 1 to what is not finite is NaN. */
inline float powOf(float x, float y) {
  if (y != y || (std::isinf(y) && std::fabs(x) == 1)) return std::numeric_limits<float>::quiet_NaN();
  return float(std::pow(double(x), double(y)));
}

/** o: a, b, out; p: function, rank, dims, strides of a, strides of b */
inline const char* binary(const Operand* o, const double* p) {
  const BinaryFn fn = BinaryFn(int(p[0]));
  for (int i = 0; i < int(p[1]); i++)
    if (p[2 + i] == 0) return nullptr;
  const Broadcast s(p);
  if (fn >= BinaryFn::Equal) {
    if (o[0].dtype == DType::F32) return compareOf(fn, s, o[0].f32(), o[1].f32(), o[2].u8());
    if (o[0].dtype == DType::I32) return compareOf(fn, s, o[0].i32(), o[1].i32(), o[2].u8());
    return compareOf(fn, s, o[0].u8(), o[1].u8(), o[2].u8());
  }
  if (o[0].dtype == DType::I32) {
    const int32_t *a = o[0].i32(), *b = o[1].i32();
    int32_t* out = o[2].i32();
    using U = uint32_t;
    switch (fn) {
      case BinaryFn::Add: return combine(s, a, b, out, [](int32_t x, int32_t y) { return int32_t(U(x) + U(y)); });
      case BinaryFn::Sub: return combine(s, a, b, out, [](int32_t x, int32_t y) { return int32_t(U(x) - U(y)); });
      case BinaryFn::Multiply: return combine(s, a, b, out, [](int32_t x, int32_t y) { return int32_t(U(x) * U(y)); });
      case BinaryFn::Maximum: return combine(s, a, b, out, [](int32_t x, int32_t y) { return x > y ? x : y; });
      case BinaryFn::Minimum: return combine(s, a, b, out, [](int32_t x, int32_t y) { return x < y ? x : y; });
      default: return "There is no such function of whole numbers.";
    }
  }
  const float *a = o[0].f32(), *b = o[1].f32();
  float* out = o[2].f32();
  switch (fn) {
    case BinaryFn::Add: return combine(s, a, b, out, [](float x, float y) { return x + y; });
    case BinaryFn::Sub: return combine(s, a, b, out, [](float x, float y) { return x - y; });
    case BinaryFn::Multiply: return combine(s, a, b, out, [](float x, float y) { return x * y; });
    case BinaryFn::RealDiv: return combine(s, a, b, out, [](float x, float y) { return x / y; });
    case BinaryFn::Maximum: return combine(s, a, b, out, maximumOf);
    case BinaryFn::Minimum: return combine(s, a, b, out, minimumOf);
    case BinaryFn::SquaredDifference:
      return combine(s, a, b, out, [](float x, float y) { return (x - y) * (x - y); });
    case BinaryFn::Pow:
      return combine(s, a, b, out, powOf);
    case BinaryFn::Prelu: return combine(s, a, b, out, [](float x, float y) { return x < 0 ? y * x : x; });
    case BinaryFn::EluGrad:
      return combine(s, a, b, out, [](float dy, float y) { return y >= 0 ? dy : dy * (y + 1); });
    default: return "There is no such function of two operands.";
  }
}

/** o: dy, y, dx; p: activation */
inline const char* activationGrad(const Operand* o, const double* p) {
  const float *dy = o[0].f32(), *y = o[1].f32();
  float* dx = o[2].f32();
  const auto each = [&](auto f) {
    parallelFor(o[2].length, elementGrain, [&](int64_t from, int64_t to) {
      for (int64_t i = from; i < to; i++) dx[i] = f(dy[i], y[i]);
    });
  };
  switch (Activation(int(p[0]))) {
    case Activation::Linear: each([](float d, float) { return d; }); break;
    case Activation::Relu: each([](float d, float v) { return v > 0 ? d : 0.0f; }); break;
    case Activation::Tanh: each([](float d, float v) { return d * (1.0f - v * v); }); break;
    case Activation::Sigmoid: each([](float d, float v) { return d * (v * (1.0f - v)); }); break;
  }
  return nullptr;
}

/** o: condition u8, t, e, out; p: elements of t for one of the condition */
template <class T>
void selectOf(const uint8_t* condition, const T* t, const T* e, T* out, int64_t n, int64_t inner) {
  if (inner == 1)
    for (int64_t i = 0; i < n; i++) out[i] = condition[i] ? t[i] : e[i];
  else
    for (int64_t i = 0; i < n; i++) out[i] = condition[i / inner] ? t[i] : e[i];
}

inline const char* select(const Operand* o, const double* p) {
  const int64_t inner = int64_t(p[0]);
  if (bytesOf(o[3].dtype) == 4) selectOf(o[0].u8(), o[1].i32(), o[2].i32(), o[3].i32(), o[3].length, inner);
  else selectOf(o[0].u8(), o[1].u8(), o[2].u8(), o[3].u8(), o[3].length, inner);
  return nullptr;
}

/** Whole part modulo 2^32, 0 for what is not finite: ECMAScript's ToInt32. */
inline int32_t toInt32(float x) {
  if (x > -2147483648.0f && x < 2147483648.0f) return int32_t(x);
  if (!std::isfinite(x)) return 0;
  const double whole = std::fmod(std::trunc(double(x)), 4294967296.0);
  return int32_t(uint32_t(int64_t(whole)));
}

template <class From, class To, class F>
const char* castOf(const From* x, To* y, int64_t n, const F& f) {
  for (int64_t i = 0; i < n; i++) y[i] = f(x[i]);
  return nullptr;
}

/** o: x, y */
inline const char* cast(const Operand* o, const double*) {
  const int64_t n = o[1].length;
  const auto same = [](auto v) { return v; };
  switch (int(o[0].dtype) * 4 + int(o[1].dtype)) {
    case int(DType::F32) * 4 + int(DType::I32): return castOf(o[0].f32(), o[1].i32(), n, toInt32);
    case int(DType::F32) * 4 + int(DType::U8):
      return castOf(o[0].f32(), o[1].u8(), n, [](float v) -> uint8_t { return v != 0; });
    case int(DType::I32) * 4 + int(DType::F32):
      return castOf(o[0].i32(), o[1].f32(), n, [](int32_t v) { return float(v); });
    case int(DType::I32) * 4 + int(DType::U8):
      return castOf(o[0].i32(), o[1].u8(), n, [](int32_t v) -> uint8_t { return v != 0; });
    case int(DType::U8) * 4 + int(DType::F32):
      return castOf(o[0].u8(), o[1].f32(), n, [](uint8_t v) { return float(v); });
    case int(DType::U8) * 4 + int(DType::I32):
      return castOf(o[0].u8(), o[1].i32(), n, [](uint8_t v) { return int32_t(v); });
    case int(DType::F32) * 4 + int(DType::F32): return castOf(o[0].f32(), o[1].f32(), n, same);
    case int(DType::I32) * 4 + int(DType::I32): return castOf(o[0].i32(), o[1].i32(), n, same);
    case int(DType::U8) * 4 + int(DType::U8): return castOf(o[0].u8(), o[1].u8(), n, same);
  }
  return "There is no such conversion.";
}

}  // namespace LUDUS_ISA
}  // namespace ludus
