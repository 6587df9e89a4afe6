// What the engine can do: operations, operands, and the table of functions that each instruction set fills.
#pragma once
#include <cstddef>
#include <cstdint>

namespace ludus {

/** The numbers are shared with src/tensors/native/operations.ts. */
enum class Op : int {
  Fill = 0,
  Cast,
  Strided,
  Unary,
  Binary,
  Select,
  Reduce,
  ArgReduce,
  Softmax,
  MatMul,
  Conv2d,
  Conv2dFilter,
  Conv2dInput,
  Depthwise,
  DepthwiseFilter,
  DepthwiseInput,
  Pool,
  MaxPoolGrad,
  AvgPoolGrad,
  Gather,
  OneHot,
  SegmentSum,
  ActivationGrad,
  SumSquares,
  Clip,
  Sgd,
  RmsProp,
  Adam,
  Encode,
  BatchNorm,
  LayerNorm,
  LayerNormGrad,
  Blend,
  BatchNormTraining,
  BatchNormTrainingGrad,
  ResponseNorm,
  ResponseNormGrad,
  CumulativeSum,
  LstmCell,
  LstmCellGrad,
  Count
};

enum class DType : int { F32 = 0, I32, U8, F64 };

inline size_t bytesOf(DType dtype) { return dtype == DType::U8 ? 1 : dtype == DType::F64 ? 8 : 4; }

/** Memory that an operation reads or writes; `length` counts elements. */
struct Operand {
  void* data = nullptr;
  int64_t length = 0;
  DType dtype = DType::F32;

  float* f32() const { return static_cast<float*>(data); }
  int32_t* i32() const { return static_cast<int32_t*>(data); }
  uint8_t* u8() const { return static_cast<uint8_t*>(data); }
  double* f64() const { return static_cast<double*>(data); }
};

/** Most operands and parameters that one operation takes. */
constexpr int maxOperands = 8;
constexpr int maxParameters = 48;
/** Highest rank of broadcasts and strided copies. */
constexpr int maxRank = 6;

/** Runs one operation whose operands and parameters were checked. @returns null, or what was wrong with the values */
using Kernel = const char* (*)(const Operand* operands, const double* parameters);

struct KernelTable {
  const char* name;
  Kernel kernels[static_cast<int>(Op::Count)];
  /** Multiply-adds by FMA (or multiply and add) on registers only; returns operations done. */
  double (*peak)(int64_t rounds, float* sink);
};

/** The kernels of the instruction set in use. */
const KernelTable& kernels();
/** Chooses by what the processor has, or by name (`LUDUS_ISA`); false if it is not there. */
bool chooseKernels(const char* name);

/** Runs a checked operation with the kernels in use. @returns null, or what was wrong; it throws nothing */
const char* execute(Op op, const Operand* operands, const double* parameters);

/** Null if operands and parameters fit each other; else one sentence. The text stays valid until the next call of the thread. */
const char* check(Op op, const Operand* operands, int operandCount, const double* parameters, int parameterCount);

enum class Activation : int { Linear = 0, Relu, Tanh, Sigmoid };

// clang-format off
enum class UnaryFn : int {
  Abs = 0, Neg, Relu, Relu6, Sigmoid, Tanh, Exp, Expm1, Log, Log1p, Sqrt, Rsqrt, Square, Reciprocal, Sign, Step, Floor,
  Ceil, Round, Sin, Cos, Tan, Erf, Softplus, Elu, LeakyRelu, ClipByValue, LogicalNot, IsNan, IsFinite, IsInf, Affine, Count
};
enum class BinaryFn : int {
  Add = 0, Sub, Multiply, RealDiv, Maximum, Minimum, SquaredDifference, Pow, Prelu, EluGrad,
  Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, And, Or, Count
};
enum class ReduceFn : int { Sum = 0, Mean, Max, Min, Prod, All, Any, Count };
// clang-format on

}  // namespace ludus
