export { Box, type BoxOptions, box } from "./box.js";
export type { Bound, NestedBound } from "./box-bounds.js";
export { Discrete, type DiscreteOptions, discrete } from "./discrete.js";
export { type ArrayOf, canCast, dtypeOf, type NumberArray } from "./dtype.js";
export type { Dtype, ElementOf, SampleOptions, Space, TypedArray } from "./space.js";
