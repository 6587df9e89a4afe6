// A captured step: operations with their memory, run one after the other in one call.
#pragma once
#include <vector>

#include "operations.h"

namespace ludus {

/** One slot of external memory: the arena, an input, a variable, a constant. */
struct Slot {
  DType dtype;
  /** Elements that a bound array must have at least. */
  int64_t length;
  /** Bytes; what operands of the slot need beyond the slot's own dtype (the arena is bytes, its values are not). */
  size_t alignment;
};

struct Place {
  int slot;
  int64_t byteOffset;
  int64_t length;
  DType dtype;
};

struct Instruction {
  /** An operation, or -1 for a function of JavaScript. */
  int op;
  std::vector<Place> operands;
  std::vector<double> parameters;
  int hostFunction = 0;
};

/** Instructions [from, to). With a length, all of them work element by element on so many elements, and are fused. */
struct Group {
  size_t from, to;
  int64_t length;
};

struct Program {
  std::vector<Slot> slots;
  std::vector<Instruction> instructions;
  std::vector<Group> groups;
};

/** Finds the element-wise chains of a program; fills `groups`. */
void group(Program& program);

/**
 * Runs a group on memory. A chain runs piece by piece, so that what one instruction writes is still in the first cache
 * when the next one reads it; each element sees the same arithmetic. @returns null, or what was wrong
 */
const char* runGroup(const Program& program, const Group& group, uint8_t* const* bases);

}  // namespace ludus
