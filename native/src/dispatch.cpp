// Chooses the instruction set once, by what the processor says of itself.
#include <cstring>
#include <new>
#include <stdexcept>

#include "operations.h"

namespace ludus {

#if defined(__x86_64__)
namespace avx512 {
extern const KernelTable table;
}
namespace avx2 {
extern const KernelTable table;
}
namespace baseline {
extern const KernelTable table;
}
#elif defined(__aarch64__)
namespace neon {
extern const KernelTable table;
}
#else
namespace baseline {
extern const KernelTable table;
}
#endif

namespace {

struct Candidate {
  const KernelTable* table;
  bool present;
};

const KernelTable* best(const char* name) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool hasAvx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool hasAvx512 = hasAvx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  const Candidate candidates[] = {{&avx512::table, hasAvx512}, {&avx2::table, hasAvx2}, {&baseline::table, true}};
#elif defined(__aarch64__)
  const Candidate candidates[] = {{&neon::table, true}};
#else
  const Candidate candidates[] = {{&baseline::table, true}};
#endif
  for (const Candidate& candidate : candidates)
    if (candidate.present && (!name || std::strcmp(name, candidate.table->name) == 0)) return candidate.table;
  return nullptr;
}

const KernelTable* chosen = best(nullptr);

}  // namespace

const KernelTable& kernels() { return *chosen; }

const char* execute(Op op, const Operand* operands, const double* parameters) {
  constexpr const char* noMemory = "There is not enough memory for an operation of the native engine.";
  try {
    return kernels().kernels[int(op)](operands, parameters);
  } catch (const std::bad_alloc&) {
    return noMemory;
  } catch (const std::length_error&) {
    return noMemory;
  }
}

bool chooseKernels(const char* name) {
  const KernelTable* found = best(name);
  if (found) chosen = found;
  return found != nullptr;
}

}  // namespace ludus
