// All kernels, compiled once for each instruction set (see scripts/build-native.mjs); LUDUS_ISA is its name.
#include "conv.h"
#include "gemm.h"
#include "lstm.h"
#include "movement.h"
#include "normalisation.h"
#include "optimizers.h"
#include "pool.h"
#include "reductions.h"

#define LUDUS_TEXT_OF(x) #x
#define LUDUS_TEXT(x) LUDUS_TEXT_OF(x)

namespace ludus {
namespace LUDUS_ISA {

/** Independent multiply-adds on registers: as many chains as hide their latency. */
inline double peak(int64_t rounds, float* sink) {
  constexpr int chains = lanes >= 16 ? 24 : 12;
  Vec acc[chains];
  for (int i = 0; i < chains; i++) acc[i] = splat(float(i));
  const Vec a = splat(0.999f), b = splat(0.001f);
  for (int64_t r = 0; r < rounds; r++) {
#pragma GCC unroll 24
    for (int i = 0; i < chains; i++) acc[i] = fma(acc[i], a, b);
  }
  Vec sum = acc[0];
  for (int i = 1; i < chains; i++) sum = add(sum, acc[i]);
  float out[lanes];
  store(out, sum);
  *sink = out[0];
  return 2.0 * chains * lanes * double(rounds);
}

/** In the order of `Op`. */
extern const KernelTable table = {
    LUDUS_TEXT(LUDUS_ISA),
    {fill,       cast,          strided,       unary,         binary,      select,      reduce,
     argReduce,  softmax,       matMul,        conv2d,        conv2dFilter, conv2dInput, depthwise,
     depthwiseFilter, depthwiseInput, pool,    maxPoolGrad,   avgPoolGrad, gather,      oneHot,
     segmentSum, activationGrad, sumSquares,   clip,          sgd,         rmsProp,     adam,
     encode,     batchNorm,     layerNorm,     layerNormGrad, blend,
     batchNormTraining, batchNormTrainingGrad, responseNorm, responseNormGrad, cumulativeSum, lstmCell, lstmCellGrad},
    peak};

}  // namespace LUDUS_ISA
}  // namespace ludus
