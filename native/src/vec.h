// One vector register of floats, by instruction set. kernels.cpp is compiled once for each.
#pragma once
#include <cstring>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace ludus {
namespace LUDUS_ISA {

#if defined(__AVX512F__)
using Vec = __m512;
constexpr int lanes = 16;
/** Rows of C that the microkernels hold in registers: read by row pointers, and by columns. */
constexpr int rowsAtOnce = 8, columnsAtOnce = 14;
inline Vec load(const float* p) { return _mm512_loadu_ps(p); }
inline void store(float* p, Vec v) { _mm512_storeu_ps(p, v); }
inline Vec splat(float x) { return _mm512_set1_ps(x); }
inline Vec fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
inline Vec add(Vec a, Vec b) { return _mm512_add_ps(a, b); }
inline Vec max(Vec a, Vec b) { return _mm512_max_ps(a, b); }
#elif defined(__AVX2__)
using Vec = __m256;
constexpr int lanes = 8;
constexpr int rowsAtOnce = 6, columnsAtOnce = 6;
inline Vec load(const float* p) { return _mm256_loadu_ps(p); }
inline void store(float* p, Vec v) { _mm256_storeu_ps(p, v); }
inline Vec splat(float x) { return _mm256_set1_ps(x); }
inline Vec fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
inline Vec add(Vec a, Vec b) { return _mm256_add_ps(a, b); }
inline Vec max(Vec a, Vec b) { return _mm256_max_ps(a, b); }
#elif defined(__x86_64__)
using Vec = __m128;
constexpr int lanes = 4;
constexpr int rowsAtOnce = 6, columnsAtOnce = 6;
inline Vec load(const float* p) { return _mm_loadu_ps(p); }
inline void store(float* p, Vec v) { _mm_storeu_ps(p, v); }
inline Vec splat(float x) { return _mm_set1_ps(x); }
inline Vec fma(Vec a, Vec b, Vec c) { return _mm_add_ps(_mm_mul_ps(a, b), c); }
inline Vec add(Vec a, Vec b) { return _mm_add_ps(a, b); }
inline Vec max(Vec a, Vec b) { return _mm_max_ps(a, b); }
#elif defined(__aarch64__)
using Vec = float32x4_t;
constexpr int lanes = 4;
constexpr int rowsAtOnce = 8, columnsAtOnce = 10;
inline Vec load(const float* p) { return vld1q_f32(p); }
inline void store(float* p, Vec v) { vst1q_f32(p, v); }
inline Vec splat(float x) { return vdupq_n_f32(x); }
inline Vec fma(Vec a, Vec b, Vec c) { return vfmaq_f32(c, a, b); }
inline Vec add(Vec a, Vec b) { return vaddq_f32(a, b); }
inline Vec max(Vec a, Vec b) { return vmaxq_f32(a, b); }
#else
struct Vec {
  float x;
};
constexpr int lanes = 1;
constexpr int rowsAtOnce = 4, columnsAtOnce = 4;
inline Vec load(const float* p) { return {*p}; }
inline void store(float* p, Vec v) { *p = v.x; }
inline Vec splat(float x) { return {x}; }
inline Vec fma(Vec a, Vec b, Vec c) { return {a.x * b.x + c.x}; }
inline Vec add(Vec a, Vec b) { return {a.x + b.x}; }
inline Vec max(Vec a, Vec b) { return {a.x > b.x ? a.x : b.x}; }
#endif

/** dst[k][j] = src[j][k] for `width` rows j of src and `depth` columns k; rows of dst are `stride` apart. */
inline void transposeInto(float* dst, long stride, const float* src, long sourceStride, long width, long depth) {
  long j = 0;
#if defined(__x86_64__)
  for (; j + 4 <= width; j += 4) {
    const float* s = src + j * sourceStride;
    long k = 0;
    for (; k + 4 <= depth; k += 4) {
      __m128 a = _mm_loadu_ps(s + k), b = _mm_loadu_ps(s + sourceStride + k);
      __m128 c = _mm_loadu_ps(s + 2 * sourceStride + k), d = _mm_loadu_ps(s + 3 * sourceStride + k);
      _MM_TRANSPOSE4_PS(a, b, c, d);
      _mm_storeu_ps(dst + k * stride + j, a);
      _mm_storeu_ps(dst + (k + 1) * stride + j, b);
      _mm_storeu_ps(dst + (k + 2) * stride + j, c);
      _mm_storeu_ps(dst + (k + 3) * stride + j, d);
    }
    for (; k < depth; k++)
      for (long i = 0; i < 4; i++) dst[k * stride + j + i] = s[i * sourceStride + k];
  }
#endif
  for (; j < width; j++)
    for (long k = 0; k < depth; k++) dst[k * stride + j] = src[j * sourceStride + k];
}

}  // namespace LUDUS_ISA
}  // namespace ludus
