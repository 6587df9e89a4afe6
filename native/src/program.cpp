#include "program.h"

#include <algorithm>

#include "parallel.h"

namespace ludus {
namespace {

/** Elements of a piece; chains of fewer than two pieces are not worth it. */
constexpr int64_t pieceLength = 2048;

/** Length of an element-wise instruction whose operands are as long as its result or single elements; else 0. */
int64_t elementwiseLength(const Instruction& i) {
  const auto& p = i.parameters;
  if (i.op == int(Op::Unary)) {
    const bool floats = i.operands[0].dtype == DType::F32 && i.operands[1].dtype == DType::F32;
    return floats && i.operands[0].length == i.operands[1].length ? i.operands[1].length : 0;
  }
  if (i.op == int(Op::ActivationGrad)) {
    const int64_t n = i.operands[2].length;
    return i.operands[0].length == n && i.operands[1].length == n ? n : 0;
  }
  if (i.op != int(Op::Binary) || p[1] != 1 || i.operands[0].dtype != DType::F32) return 0;
  // Parameters: function, rank 1, length, stride of a, stride of b; comparisons write bytes and stay alone.
  if (i.operands[2].dtype != DType::F32) return 0;
  for (int side = 0; side < 2; side++)
    if (p[3 + side] != 0 && p[3 + side] != 1) return 0;
  return int64_t(p[2]) == i.operands[2].length ? int64_t(p[2]) : 0;
}

bool isSingle(const Instruction& i, size_t operand) {
  return i.op == int(Op::Binary) && operand < 2 && i.parameters[3 + operand] == 0;
}

bool overlaps(const Place& a, const Place& b) {
  return a.slot == b.slot && a.byteOffset < b.byteOffset + b.length * int64_t(bytesOf(b.dtype)) &&
         b.byteOffset < a.byteOffset + a.length * int64_t(bytesOf(a.dtype));
}

/**
 * Whether an instruction can run in pieces with those before it: what one writes and another touches has to be the
 * very same elements in the same place. (The arena uses memory again, so other overlaps occur.)
 */
bool joins(const Instruction& next, const std::vector<Instruction>& all, size_t from, size_t to) {
  for (size_t k = from; k < to; k++) {
    const Instruction& other = all[k];
    for (size_t a = 0; a < next.operands.size(); a++)
      for (size_t b = 0; b < other.operands.size(); b++) {
        const bool written = a + 1 == next.operands.size() || b + 1 == other.operands.size();
        const Place &x = next.operands[a], &y = other.operands[b];
        if (!written || !overlaps(x, y)) continue;
        if (x.byteOffset != y.byteOffset || x.length != y.length || isSingle(next, a) || isSingle(other, b)) return false;
      }
  }
  return true;
}

const char* runPieces(const Program& program, const Group& group, uint8_t* const* bases, int64_t from, int64_t to) {
  for (int64_t start = from; start < to; start += pieceLength) {
    const int64_t n = std::min(pieceLength, to - start);
    for (size_t k = group.from; k < group.to; k++) {
      const Instruction& instruction = program.instructions[k];
      Operand operands[maxOperands];
      for (size_t i = 0; i < instruction.operands.size(); i++) {
        const Place& p = instruction.operands[i];
        const bool single = isSingle(instruction, i);
        operands[i] = {bases[p.slot] + p.byteOffset + (single ? 0 : start * int64_t(bytesOf(p.dtype))),
                       single ? p.length : n, p.dtype};
      }
      double parameters[maxParameters + 1];
      std::copy(instruction.parameters.begin(), instruction.parameters.end(), parameters);
      if (instruction.op == int(Op::Binary)) parameters[2] = double(n);
      if (const char* wrong = execute(Op(instruction.op), operands, parameters)) return wrong;
    }
  }
  return nullptr;
}

}  // namespace

void group(Program& program) {
  const auto& all = program.instructions;
  for (size_t from = 0; from < all.size();) {
    const int64_t length = all[from].op < 0 ? 0 : elementwiseLength(all[from]);
    size_t to = from + 1;
    if (length >= 2 * pieceLength)
      while (to < all.size() && all[to].op >= 0 && elementwiseLength(all[to]) == length && joins(all[to], all, from, to))
        to++;
    program.groups.push_back({from, to, to > from + 1 ? length : 0});
    from = to;
  }
}

const char* runGroup(const Program& program, const Group& group, uint8_t* const* bases) {
  if (group.length > 0) {
    const int64_t pieces = (group.length + pieceLength - 1) / pieceLength;
    const char* wrong = nullptr;
    parallelFor(pieces, 32, [&](int64_t from, int64_t to) {
      const char* here = runPieces(program, group, bases, from * pieceLength, std::min(group.length, to * pieceLength));
      if (here) wrong = here;
    });
    return wrong;
  }
  const Instruction& instruction = program.instructions[group.from];
  Operand operands[maxOperands];
  for (size_t i = 0; i < instruction.operands.size(); i++) {
    const Place& p = instruction.operands[i];
    operands[i] = {bases[p.slot] + p.byteOffset, p.length, p.dtype};
  }
  return execute(Op(instruction.op), operands, instruction.parameters.data());
}

}  // namespace ludus
