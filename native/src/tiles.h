// Channels in tiles that fit registers.
#pragma once
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace ludus {
namespace LUDUS_ISA {

/** `width` adjacent channels. The compiler's own vectors: it splits and pads them to the registers that there are. */
template <int width>
struct Tile {
  typedef float Floats __attribute__((vector_size(width * sizeof(float))));
  typedef int32_t Ints __attribute__((vector_size(width * sizeof(int32_t))));

  static Floats load(const float* p) {
    Floats v;
    std::memcpy(&v, p, sizeof(v));
    return v;
  }
  static void store(float* p, Floats v) { std::memcpy(p, &v, sizeof(v)); }
  static Floats splat(float x) { return x - Floats{}; }
  static Ints splat(int32_t x) { return x - Ints{}; }
};

/** Calls `body(width, first)` for tiles of [0, count), whose width the compiler knows: 16, 8, 4, 2 and 1. */
template <int width = 16, class Body>
inline __attribute__((always_inline)) void forTiles(int64_t count, const Body& body, int64_t first = 0) {
  for (; first + width <= count; first += width) body(std::integral_constant<int, width>{}, first);
  if constexpr (width > 1) forTiles<width / 2>(count, body, first);
}

}  // namespace LUDUS_ISA
}  // namespace ludus
