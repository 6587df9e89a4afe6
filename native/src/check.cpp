// Every operation that comes from JavaScript passes here first: what passes can neither read nor write past its memory.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "operations.h"

namespace ludus {
namespace {

/** Larger counts are refused; products of them are kept here, too, so that nothing overflows. */
constexpr int64_t limit = int64_t(1) << 40;

int64_t times(int64_t a, int64_t b) {
  const __int128 product = __int128(a) * b;
  return product > limit ? limit : int64_t(product);
}

template <class... Rest>
int64_t times(int64_t a, int64_t b, Rest... rest) {
  return times(times(a, b), rest...);
}

const char* const dtypeNames[] = {"float32", "int32", "uint8", "float64"};

class Checker {
 public:
  Checker(const Operand* operands, int operandCount, const double* parameters, int parameterCount)
      : o(operands), operandCount_(operandCount), p(parameters), parameterCount_(parameterCount) {}

  const Operand* o;

  void parameters(int count) {
    if (parameterCount_ < count) fail("it takes %lld parameters, not %lld", count, parameterCount_);
  }
  void operands(int count) {
    if (operandCount_ < count) fail("it takes %lld operands, not %lld", count, operandCount_);
  }
  double number(int index) const { return index < parameterCount_ ? p[index] : 0; }
  /** Parameter `index` as a whole number in [least, most]. */
  int64_t whole(int index, int64_t least = 0, int64_t most = int64_t(1) << 31) {
    const double value = number(index);
    if (!(value >= double(least) && value <= double(most)) || value != std::floor(value)) {
      fail("parameter %lld is not a whole number in its range (it is about %lld)", index,
           std::isfinite(value) ? (long long)(std::fmax(-1e15, std::fmin(1e15, value))) : -1);
      return least;
    }
    return int64_t(value);
  }
  bool has(int operand) const { return operand < operandCount_; }
  void dtype(int operand, DType wanted) {
    if (!failed_ && has(operand) && o[operand].dtype != wanted)
      failText("operand " + std::to_string(operand) + " is " + dtypeNames[int(o[operand].dtype)] + ", not " +
               dtypeNames[int(wanted)]);
  }
  void length(int operand, int64_t wanted) {
    if (!failed_ && has(operand) && o[operand].length < wanted)
      fail("operand %lld has %lld elements, fewer than its shape", operand, o[operand].length);
  }
  void floats(int operand, int64_t wanted) {
    dtype(operand, DType::F32);
    length(operand, wanted);
  }
  bool ok() const { return !failed_; }
  void failText(const std::string& text) {
    if (failed_) return;
    failed_ = true;
    message() = text;
  }
  void fail(const char* format, long long a = 0, long long b = 0) {
    char text[200];
    std::snprintf(text, sizeof(text), format, a, b);
    failText(text);
  }
  static std::string& message() {
    static thread_local std::string text;
    return text;
  }

 private:
  int operandCount_;
  const double* p;
  int parameterCount_;
  bool failed_ = false;
};

struct Shape {
  int64_t batch, height, width, channels, filterHeight, filterWidth, outChannels, outHeight, outWidth;
  int64_t x, y, taps;
  /** Of the copies with zeros around: of x, and for the gradient of x, of dy. */
  int64_t imageHeight, imageWidth, gradientHeight, gradientWidth;
};

/** The 15 parameters of convolutions and pools. */
Shape convolution(Checker& c, bool dilated) {
  c.parameters(15);
  constexpr int64_t most = int64_t(1) << 24, most1 = 1 << 20;
  Shape s{};
  int64_t* fields[] = {&s.batch, &s.height, &s.width, &s.channels, &s.filterHeight, &s.filterWidth,
                       &s.outChannels, &s.outHeight, &s.outWidth};
  for (int i = 0; i < 9; i++) *fields[i] = c.whole(i, i == 4 || i == 5 ? 1 : 0, most);
  const int64_t sh = c.whole(9, 1, most1), sw = c.whole(10, 1, most1);
  const int64_t dh = c.whole(11, 1, dilated ? most1 : 1), dw = c.whole(12, 1, dilated ? most1 : 1);
  const int64_t top = c.whole(13, 0, most1), left = c.whole(14, 0, most1);
  s.x = times(s.batch, s.height, s.width, s.channels);
  s.y = times(s.batch, s.outHeight, s.outWidth, s.outChannels);
  s.taps = times(s.filterHeight, s.filterWidth);
  // Zeros count as ones: without elements, too, loops run over windows.
  const int64_t high = std::max(s.height + top, times(std::max<int64_t>(1, s.outHeight), sh) + times(s.filterHeight, dh)) + s.filterHeight;
  const int64_t wide = std::max(s.width + left, times(std::max<int64_t>(1, s.outWidth), sw) + times(s.filterWidth, dw)) + s.filterWidth;
  if (c.ok() && times(std::max<int64_t>(1, s.batch), high, wide, std::max<int64_t>({1, s.channels, s.outChannels})) > (int64_t(1) << 31))
    c.fail("the padded image is too large");
  s.imageHeight = std::max(s.height + top, times(s.outHeight, sh) + times(s.filterHeight - 1, dh));
  s.imageWidth = std::max(s.width + left, times(s.outWidth, sw) + times(s.filterWidth - 1, dw));
  s.gradientHeight = std::max(s.outHeight, (s.height + top) / sh + 1) + times(s.filterHeight, dh) / sh + dh;
  s.gradientWidth = std::max(s.outWidth, (s.width + left) / sw + 1) + times(s.filterWidth, dw) / sw + dw;
  return s;
}

void bias(Checker& c, int operand, int64_t columns) {
  c.operands(operand + 1);
  c.floats(operand, columns);
}

/** Extent of a strided view: all elements must lie in [0, length). */
void view(Checker& c, int operand, int rank, int dimsAt, int stridesAt, int64_t first) {
  int64_t low = first, high = first;
  for (int i = 0; i < rank; i++) {
    const int64_t dim = c.whole(dimsAt + i);
    const int64_t stride = c.whole(stridesAt + i, -(int64_t(1) << 31));
    if (dim == 0) return;
    const __int128 reach = __int128(dim - 1) * stride;
    if (reach > limit || reach < -limit) return c.fail("a stride reaches too far");
    (reach < 0 ? low : high) += int64_t(reach);
  }
  if (c.ok() && c.has(operand) && (low < 0 || high >= c.o[operand].length))
    c.fail("the view of operand %lld leaves its memory", operand);
}

void checkBinary(Checker& c) {
  c.operands(3);
  c.parameters(2);
  const int64_t fn = c.whole(0, 0, int64_t(BinaryFn::Count) - 1), rank = c.whole(1, 1, maxRank);
  c.parameters(int(2 + 3 * rank));
  if (!c.ok()) return;
  const DType in = c.o[0].dtype;
  c.dtype(1, in);
  const bool comparison = fn >= int64_t(BinaryFn::Equal);
  if (!comparison && in != DType::F32 && in != DType::I32) c.fail("it takes float32 or int32 operands");
  if (in == DType::F64) c.fail("it does not take float64 operands");
  c.dtype(2, comparison ? DType::U8 : in);
  int64_t size = 1;
  for (int i = 0; i < rank; i++) size = times(size, c.whole(2 + i));
  c.length(2, size);
  if (size == 0 || !c.ok()) return;
  view(c, 0, int(rank), 2, int(2 + rank), 0);
  view(c, 1, int(rank), 2, int(2 + 2 * rank), 0);
}

void checkUnary(Checker& c) {
  c.operands(2);
  c.parameters(3);
  const UnaryFn fn = UnaryFn(c.whole(0, 0, int64_t(UnaryFn::Count) - 1));
  if (!c.ok()) return;
  const bool fromBool = fn == UnaryFn::LogicalNot;
  const bool toBool = fromBool || fn == UnaryFn::IsNan || fn == UnaryFn::IsFinite || fn == UnaryFn::IsInf;
  c.dtype(0, fromBool ? DType::U8 : DType::F32);
  c.dtype(1, toBool ? DType::U8 : DType::F32);
  c.length(0, c.o[1].length);
}

void checkReduce(Checker& c) {
  c.operands(2);
  c.parameters(4);
  const ReduceFn fn = ReduceFn(c.whole(0, 0, int64_t(ReduceFn::Count) - 1));
  const int64_t outer = c.whole(1), n = c.whole(2), inner = c.whole(3);
  if (!c.ok()) return;
  const bool logical = fn == ReduceFn::All || fn == ReduceFn::Any;
  const bool wholes = fn == ReduceFn::Sum || fn == ReduceFn::Max || fn == ReduceFn::Min;
  const DType in = c.o[0].dtype;
  if (logical ? in != DType::U8 : !(in == DType::F32 || (in == DType::I32 && wholes)))
    c.fail("it does not reduce operands of this dtype");
  c.dtype(1, in);
  c.length(0, times(outer, n, inner));
  c.length(1, times(outer, inner));
}

void checkMatMul(Checker& c) {
  c.operands(3);
  c.parameters(11);
  const int64_t m = c.whole(0), n = c.whole(1), k = c.whole(2), batch = c.whole(5);
  c.whole(3, 0, 1), c.whole(4, 0, 1);
  c.whole(9, 0, 3);
  const int64_t last = std::max<int64_t>(0, batch - 1);
  const int64_t aStep = c.whole(6), bStep = c.whole(7), cStep = c.whole(8);
  if (batch == 0) return;
  if (c.ok() && batch > 1 && cStep < times(m, n)) c.fail("the products would overlap");
  c.floats(0, times(last, aStep) + times(m, k));
  c.floats(1, times(last, bStep) + times(k, n));
  c.floats(2, times(last, cStep) + times(m, n));
  if (c.number(10) != 0) bias(c, 3, n);
}

void checkConvolution(Checker& c, Op op) {
  const Shape s = convolution(c, true);
  c.operands(3);
  const bool depthwise = op == Op::Depthwise || op == Op::DepthwiseFilter || op == Op::DepthwiseInput;
  if (c.ok() && depthwise && (s.channels == 0 ? s.outChannels != 0 : s.outChannels % s.channels != 0))
    c.fail("the output channels are no multiple of the input channels");
  const int64_t copy = op == Op::Conv2dInput ? times(s.batch, s.gradientHeight, s.gradientWidth, s.outChannels)
                                             : times(s.batch, s.imageHeight, s.imageWidth, s.channels);
  if (c.ok() && !depthwise && copy > std::max(int64_t(1) << 26, times(64, s.x + s.y)))
    c.fail("its padding or dilation is out of proportion to its image");
  const int64_t filter = times(s.taps, s.outChannels, depthwise ? 1 : s.channels);
  switch (op) {
    case Op::Conv2d:
      c.parameters(17);
      c.whole(15, 0, 3);
      if (c.number(16) != 0) bias(c, 3, s.outChannels);
      [[fallthrough]];
    case Op::Depthwise:
      c.floats(0, s.x), c.floats(1, filter), c.floats(2, s.y);
      return;
    case Op::Conv2dFilter:
    case Op::DepthwiseFilter:
      c.floats(0, s.x), c.floats(1, s.y), c.floats(2, filter);
      return;
    default:
      c.floats(0, s.y), c.floats(1, filter), c.floats(2, s.x);
  }
}

void checkPool(Checker& c, Op op) {
  const Shape s = convolution(c, false);
  const int64_t y = times(s.batch, s.outHeight, s.outWidth, s.channels);
  c.operands(op == Op::MaxPoolGrad ? 3 : 2);
  if (op == Op::Pool) c.parameters(16), c.floats(0, s.x), c.floats(1, y);
  if (op == Op::MaxPoolGrad) c.floats(0, y), c.floats(1, s.x), c.floats(2, s.x);
  if (op == Op::AvgPoolGrad) c.floats(0, y), c.floats(1, s.x);
}

void checkOptimizer(Checker& c, Op op) {
  c.parameters(op == Op::Sgd ? 2 : op == Op::RmsProp ? 4 : 3);
  int slots = op == Op::Adam ? 2 : 0;
  if (op == Op::Sgd) slots = c.number(0) != 0;
  if (op == Op::RmsProp) slots = 1 + (c.number(2) != 0) + (float(c.number(3)) != 0);
  c.operands(3 + slots);
  if (!c.ok()) return;
  const int64_t n = c.o[0].length;
  c.floats(0, n), c.floats(1, n);
  c.dtype(2, DType::F64), c.length(2, 5);
  for (int i = 0; i < slots; i++) c.floats(3 + i, n);
}

void checkMovement(Checker& c, Op op) {
  switch (op) {
    case Op::Fill:
      c.operands(1), c.parameters(1);
      if (c.ok() && c.o[0].dtype == DType::F64) c.fail("it does not fill float64 memory");
      if (c.ok() && c.o[0].dtype != DType::F32) c.whole(0, -(int64_t(1) << 31), (int64_t(1) << 31) - 1);
      return;
    case Op::Strided: {
      c.operands(2), c.parameters(3);
      const int rank = int(c.whole(0, 1, maxRank));
      c.parameters(3 + 3 * rank);
      if (!c.ok()) return;
      c.dtype(1, c.o[0].dtype);
      if (c.o[0].dtype == DType::F64) c.fail("it does not copy float64 memory");
      int64_t size = 1;
      for (int i = 0; i < rank; i++) size = times(size, c.whole(1 + i));
      if (c.ok() && size > c.o[1].length) c.fail("it writes more elements than operand 1 has");
      view(c, 0, rank, 1, 1 + rank, c.whole(1 + 3 * rank));
      view(c, 1, rank, 1, 1 + 2 * rank, c.whole(2 + 3 * rank));
      return;
    }
    case Op::Gather: {
      c.operands(3), c.parameters(4);
      const int64_t outer = c.whole(0), axis = c.whole(1), inner = c.whole(2), n = c.whole(3);
      if (!c.ok()) return;
      c.length(0, times(outer, axis, inner)), c.length(1, n), c.length(2, times(outer, n, inner));
      c.dtype(1, DType::I32), c.dtype(2, c.o[0].dtype);
      return;
    }
    case Op::OneHot: {
      c.operands(2), c.parameters(4);
      const int64_t n = c.whole(0), depth = c.whole(1);
      c.dtype(0, DType::I32), c.length(0, n), c.length(1, times(n, depth));
      if (c.ok() && c.o[1].dtype == DType::F64) c.fail("it does not fill float64 memory");
      if (c.ok() && c.o[1].dtype != DType::F32)
        for (int i = 2; i < 4; i++) c.whole(i, -(int64_t(1) << 31), (int64_t(1) << 31) - 1);
      return;
    }
    case Op::SegmentSum: {
      c.operands(3), c.parameters(3);
      const int64_t n = c.whole(0), width = c.whole(1), segments = c.whole(2);
      c.floats(0, times(n, width)), c.dtype(1, DType::I32), c.length(1, n), c.floats(2, times(segments, width));
      return;
    }
    default: {
      c.operands(2), c.parameters(5);
      const int64_t size = times(c.whole(0), c.whole(1), c.whole(2), c.whole(3));
      if (c.ok() && c.o[0].dtype == DType::F64) c.fail("it does not read float64 memory");
      c.length(0, size), c.floats(1, size);
    }
  }
}

void checkResponseNorm(Checker& c, Op op) {
  c.parameters(6);
  const int64_t rows = c.whole(0), n = c.whole(1), size = times(rows, n);
  c.whole(2, 0, n);
  const int operands = op == Op::ResponseNorm ? 2 : 3;
  c.operands(operands);
  for (int i = 0; i < operands; i++) c.floats(i, size);
}

void checkLstm(Checker& c, Op op) {
  c.parameters(2);
  const int64_t size = times(c.whole(0), c.whole(1)), gates = times(4, size);
  const bool forward = op == Op::LstmCell;
  const int operands = forward ? 5 : 7;
  c.operands(operands);
  for (int i = 0; i < operands; i++) {
    const bool wide = forward ? i == 0 || i == 4 : i == 2 || i == 5;
    c.floats(i, wide ? gates : size);
  }
}

void checkNormalisation(Checker& c, Op op) {
  c.parameters(op == Op::LayerNormGrad ? 2 : 3);
  const int first = op == Op::Softmax ? 1 : 0;
  const int64_t rows = c.whole(first), n = c.whole(first + 1), size = times(rows, n);
  switch (op) {
    case Op::Softmax:
      c.operands(2), c.floats(0, size), c.floats(1, size);
      return;
    case Op::BatchNorm:
      c.operands(6), c.floats(0, size), c.floats(5, size);
      for (int i = 1; i < 5; i++) c.floats(i, n);
      return;
    case Op::BatchNormTraining:
      c.operands(6), c.floats(0, size), c.floats(3, size);
      for (int i : {1, 2, 4, 5}) c.floats(i, n);
      return;
    case Op::BatchNormTrainingGrad:
      c.operands(8), c.floats(0, size), c.floats(1, size), c.floats(5, size);
      for (int i : {2, 3, 4, 6, 7}) c.floats(i, n);
      return;
    case Op::LayerNorm:
      c.operands(5), c.floats(0, size), c.floats(1, n), c.floats(2, n), c.floats(3, size), c.floats(4, times(2, rows));
      return;
    default:
      c.operands(7), c.floats(0, size), c.floats(1, size), c.floats(2, n), c.floats(3, times(2, rows));
      c.floats(4, size), c.floats(5, n), c.floats(6, n);
  }
}

void checkOther(Checker& c, Op op) {
  switch (op) {
    case Op::Cast:
      c.operands(2);
      if (c.ok() && (c.o[0].dtype == DType::F64 || c.o[1].dtype == DType::F64)) c.fail("it does not cast float64");
      if (c.ok()) c.length(0, c.o[1].length);
      return;
    case Op::Select: {
      c.operands(4), c.parameters(1);
      const int64_t inner = c.whole(0, 1);
      if (!c.ok()) return;
      const int64_t n = c.o[3].length;
      c.dtype(0, DType::U8), c.length(0, (n + inner - 1) / inner);
      for (int i = 1; i < 3; i++) c.dtype(i, c.o[3].dtype), c.length(i, n);
      if (c.o[3].dtype == DType::F64) c.fail("it does not take float64 operands");
      return;
    }
    case Op::ArgReduce: {
      c.operands(2), c.parameters(4);
      const int64_t outer = c.whole(1), n = c.whole(2, 1), inner = c.whole(3);
      c.floats(0, times(outer, n, inner)), c.dtype(1, DType::I32), c.length(1, times(outer, inner));
      return;
    }
    case Op::ActivationGrad:
      c.operands(3), c.parameters(1), c.whole(0, 0, 3);
      if (!c.ok()) return;
      for (int i = 0; i < 3; i++) c.floats(i, c.o[2].length);
      return;
    case Op::SumSquares:
      c.operands(2), c.parameters(1), c.floats(0, 0), c.dtype(1, DType::F64), c.length(1, 5);
      return;
    case Op::Clip:
      c.operands(1), c.parameters(2), c.dtype(0, DType::F64), c.length(0, 5);
      if (c.number(1) != 0) c.operands(2), c.floats(1, 1);
      return;
    case Op::CumulativeSum: {
      c.operands(2), c.parameters(5);
      const int64_t size = times(c.whole(0), c.whole(1), c.whole(2));
      c.floats(0, size), c.floats(1, size);
      return;
    }
    default:  // Blend
      c.operands(2), c.parameters(1);
      if (c.ok()) c.floats(0, 0), c.floats(1, c.o[0].length);
  }
}

const char* const names[] = {
    "Fill", "Cast", "Strided", "Unary", "Binary", "Select", "Reduce", "ArgReduce", "Softmax", "MatMul", "Conv2d",
    "Conv2dFilter", "Conv2dInput", "Depthwise", "DepthwiseFilter", "DepthwiseInput", "Pool", "MaxPoolGrad",
    "AvgPoolGrad", "Gather", "OneHot", "SegmentSum", "ActivationGrad", "SumSquares", "Clip", "Sgd", "RmsProp", "Adam",
    "Encode", "BatchNorm", "LayerNorm", "LayerNormGrad", "Blend",
    "BatchNormTraining", "BatchNormTrainingGrad", "ResponseNorm", "ResponseNormGrad", "CumulativeSum", "LstmCell",
    "LstmCellGrad"};

}  // namespace

const char* check(Op op, const Operand* operands, int operandCount, const double* parameters, int parameterCount) {
  Checker c(operands, operandCount, parameters, parameterCount);
  switch (op) {
    case Op::Binary: checkBinary(c); break;
    case Op::Unary: checkUnary(c); break;
    case Op::Reduce: checkReduce(c); break;
    case Op::MatMul: checkMatMul(c); break;
    case Op::Conv2d: case Op::Conv2dFilter: case Op::Conv2dInput:
    case Op::Depthwise: case Op::DepthwiseFilter: case Op::DepthwiseInput: checkConvolution(c, op); break;
    case Op::Pool: case Op::MaxPoolGrad: case Op::AvgPoolGrad: checkPool(c, op); break;
    case Op::Sgd: case Op::RmsProp: case Op::Adam: checkOptimizer(c, op); break;
    case Op::Fill: case Op::Strided: case Op::Gather: case Op::OneHot: case Op::SegmentSum: case Op::Encode:
      checkMovement(c, op); break;
    case Op::Softmax: case Op::BatchNorm: case Op::LayerNorm: case Op::LayerNormGrad:
    case Op::BatchNormTraining: case Op::BatchNormTrainingGrad: checkNormalisation(c, op); break;
    case Op::ResponseNorm: case Op::ResponseNormGrad: checkResponseNorm(c, op); break;
    case Op::LstmCell: case Op::LstmCellGrad: checkLstm(c, op); break;
    case Op::Count: c.fail("there is no such operation"); break;
    default: checkOther(c, op);
  }
  if (c.ok()) return nullptr;
  Checker::message() = std::string("The native operation ") + names[int(op)] + " was refused: " + Checker::message() + ".";
  return Checker::message().c_str();
}

}  // namespace ludus
