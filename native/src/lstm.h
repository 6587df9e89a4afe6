// What an LSTM does between its products, forward and backward, in one pass over memory each. The loops have more arrays
// than a compiler compares: `ivdep` says that none overlaps another.
#pragma once
#include "elementwise.h"

namespace ludus {
namespace LUDUS_ISA {

/**
 * o: gates `[rows, 4 units]` (i, f, g, o), cell `[rows, units]`, hidden, next cell, the gates' activations; p: rows, units.
 * c' = sigmoid(f) c + sigmoid(i) tanh(g), h' = sigmoid(o) tanh(c'): Hochreiter & Schmidhuber 1997, Gers et al. 2000
 */
inline const char* lstmCell(const Operand* o, const double* p) {
  const int64_t rows = int64_t(p[0]), units = int64_t(p[1]);
  if (units == 0) return nullptr;
  parallelFor(rows, std::max(int64_t(1), elementGrain / (16 * units)), [&](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const float *gates = o[0].f32() + row * 4 * units, *cell = o[1].f32() + row * units;
      float *hidden = o[2].f32() + row * units, *next = o[3].f32() + row * units;
      float *in = o[4].f32() + row * 4 * units, *forget = in + units, *candidate = forget + units, *out = candidate + units;
#pragma GCC ivdep
      for (int64_t j = 0; j < 2 * units; j++) in[j] = sigmoidOf(gates[j]);
#pragma GCC ivdep
      for (int64_t j = 0; j < units; j++) candidate[j] = tanhOf(gates[2 * units + j]);
#pragma GCC ivdep
      for (int64_t j = 0; j < units; j++) out[j] = sigmoidOf(gates[3 * units + j]);
#pragma GCC ivdep
      for (int64_t j = 0; j < units; j++) next[j] = forget[j] * cell[j] + in[j] * candidate[j];
#pragma GCC ivdep
      for (int64_t j = 0; j < units; j++) hidden[j] = out[j] * tanhOf(next[j]);
    }
  });
  return nullptr;
}

/** o: dhidden, dnext, activations, cell, next cell, dgates, dcell; p: rows, units */
inline const char* lstmCellGrad(const Operand* o, const double* p) {
  const int64_t rows = int64_t(p[0]), units = int64_t(p[1]);
  if (units == 0) return nullptr;
  parallelFor(rows, std::max(int64_t(1), elementGrain / (8 * units)), [&](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      const float *dhidden = o[0].f32() + row * units, *dnext = o[1].f32() + row * units;
      const float *in = o[2].f32() + row * 4 * units, *forget = in + units, *candidate = forget + units, *out = candidate + units;
      const float *cell = o[3].f32() + row * units, *next = o[4].f32() + row * units;
      float *din = o[5].f32() + row * 4 * units, *dforget = din + units, *dcandidate = dforget + units, *dout = dcandidate + units;
      float* dcell = o[6].f32() + row * units;
#pragma GCC ivdep
      for (int64_t j = 0; j < units; j++) {
        const float squashed = tanhOf(next[j]);
        const float dc = dnext[j] + dhidden[j] * out[j] * (1 - squashed * squashed);
        const float i = in[j], f = forget[j], g = candidate[j], q = out[j], before = cell[j];
        din[j] = dc * g * i * (1 - i);
        dforget[j] = dc * before * f * (1 - f);
        dcandidate[j] = dc * i * (1 - g * g);
        dout[j] = dhidden[j] * squashed * q * (1 - q);
        dcell[j] = dc * f;
      }
    }
  });
  return nullptr;
}

}  // namespace LUDUS_ISA
}  // namespace ludus
