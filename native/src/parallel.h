// Threads inside one operation. Work is split by outputs only, so that the bits do not depend on how many there are.
#pragma once
#include <cstdint>

namespace ludus {

/** Threads that big operations use, the calling one included; 1 switches them off. */
void setThreads(int count);
int threads();

using Task = void (*)(void* context, int64_t from, int64_t to);
void parallelRange(int64_t count, int64_t grain, int partsPerThread, Task task, void* context);

/**
 * Calls `body(from, to)` on parts of [0, count), each at least `grain` long, on as many threads as that allows. Several parts
 * per thread leave little to wait for where one comes late or is held up; where each part costs something, one is better.
 */
template <class Body>
void parallelFor(int64_t count, int64_t grain, const Body& body, int partsPerThread = 4) {
  if (threads() <= 1 || count < 2 * grain) {
    if (count > 0) body(int64_t(0), count);
    return;
  }
  parallelRange(
      count, grain, partsPerThread,
      [](void* context, int64_t from, int64_t to) { (*static_cast<const Body*>(context))(from, to); },
      const_cast<Body*>(&body));
}

}  // namespace ludus
