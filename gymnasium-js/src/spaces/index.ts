export type { Seed } from "./base.js";
export { SpaceBase } from "./base.js";
export { batchSpace } from "./batch.js";
export { Box, type BoxOptions, box } from "./box.js";
export type { Bound, NestedBound } from "./box-bounds.js";
export type { Weights } from "./choose.js";
export { type BatchOf, concatenate, iterate } from "./concatenate.js";
export { Dict, type DictOptions, dict, type KeyedRules, type RecordOf } from "./dict.js";
export { Discrete, type DiscreteOptions, discrete } from "./discrete.js";
export { type ArrayOf, canCast, dtypeOf, type IntegerDtype, type NumberArray } from "./dtype.js";
export {
  type Flat,
  type FlatTarget,
  flatdim,
  flatten,
  flattenInto,
  flattenSpace,
  isFlattenable,
} from "./flatten.js";
export { Graph, type GraphInstance, type GraphOf, type GraphSampleOptions, graph } from "./graph.js";
export { spaceFromJson, spacesEqual } from "./json.js";
export { MultiBinary, multiBinary } from "./multi-binary.js";
export {
  MultiDiscrete,
  type MultiDiscreteOptions,
  multiDiscrete,
  type NestedNumbers,
} from "./multi-discrete.js";
export { type ChoiceOf, OneOf, oneOf } from "./one-of.js";
export { Sequence, type SequenceOf, type SequenceRule, sequence } from "./sequence.js";
export type { Dtype, ElementOf, SampleOptions, Space, TypedArray } from "./space.js";
export { Text, type TextOptions, type TextRule, text } from "./text.js";
export { type ElementsOf, type MemberRules, Tuple, tuple } from "./tuple.js";
export { unflatten } from "./unflatten.js";
