/** Operations of the addon, by their numbers there (native/src/operations.h, where their operands are described). */
export const Op = {
  fill: 0,
  cast: 1,
  strided: 2,
  unary: 3,
  binary: 4,
  select: 5,
  reduce: 6,
  argReduce: 7,
  softmax: 8,
  matMul: 9,
  conv2d: 10,
  conv2dFilter: 11,
  conv2dInput: 12,
  depthwise: 13,
  depthwiseFilter: 14,
  depthwiseInput: 15,
  pool: 16,
  maxPoolGrad: 17,
  avgPoolGrad: 18,
  gather: 19,
  oneHot: 20,
  segmentSum: 21,
  activationGrad: 22,
  sumSquares: 23,
  clip: 24,
  sgd: 25,
  rmsProp: 26,
  adam: 27,
  encode: 28,
  batchNorm: 29,
  layerNorm: 30,
  layerNormGrad: 31,
  blend: 32,
  batchNormTraining: 33,
  batchNormTrainingGrad: 34,
  responseNorm: 35,
  responseNormGrad: 36,
  cumulativeSum: 37,
  lstmCell: 38,
  lstmCellGrad: 39,
} as const;

export type OpCode = (typeof Op)[keyof typeof Op];

/** tfjs kernels of one operand, by their numbers. */
export const unaryFunctions = {
  Abs: 0,
  Neg: 1,
  Relu: 2,
  Relu6: 3,
  Sigmoid: 4,
  Tanh: 5,
  Exp: 6,
  Expm1: 7,
  Log: 8,
  Log1p: 9,
  Sqrt: 10,
  Rsqrt: 11,
  Square: 12,
  Reciprocal: 13,
  Sign: 14,
  Step: 15,
  Floor: 16,
  Ceil: 17,
  Round: 18,
  Sin: 19,
  Cos: 20,
  Tan: 21,
  Erf: 22,
  Softplus: 23,
  Elu: 24,
  LeakyRelu: 25,
  ClipByValue: 26,
  LogicalNot: 27,
  IsNan: 28,
  IsFinite: 29,
  IsInf: 30,
} as const;

/** tfjs kernels of two operands; from `Equal` on they give booleans. */
export const binaryFunctions = {
  Add: 0,
  Sub: 1,
  Multiply: 2,
  RealDiv: 3,
  Maximum: 4,
  Minimum: 5,
  SquaredDifference: 6,
  Pow: 7,
  Prelu: 8,
  EluGrad: 9,
  Equal: 10,
  NotEqual: 11,
  Less: 12,
  LessEqual: 13,
  Greater: 14,
  GreaterEqual: 15,
  LogicalAnd: 16,
  LogicalOr: 17,
} as const;

export const reductions = { Sum: 0, Mean: 1, Max: 2, Min: 3, Prod: 4, All: 5, Any: 6 } as const;

export const activationCodes = { linear: 0, relu: 1, tanh: 2, sigmoid: 3 } as const;

/** Dtypes of memory, by their numbers in the addon. */
export const dtypeCodes = { float32: 0, int32: 1, bool: 2, float64: 3 } as const;

/** Highest rank of broadcasts and strided copies. */
export const maxRank = 6;
