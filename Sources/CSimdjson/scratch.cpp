// Grows and gives back the memory a thread works in while it checks JSON bodies.
#include "scratch.hpp"

namespace millrace {

namespace {
constexpr size_t smallest = size_t{16} << 10;
constexpr size_t largest_kept = size_t{1} << 20;

size_t rounded_up(size_t length) noexcept {
  size_t capacity = smallest;
  while (capacity < length) capacity *= 2;
  return capacity;
}
}  // namespace

Scratch &scratch() noexcept {
  static thread_local Scratch scratch;
  return scratch;
}

simdjson::error_code Scratch::reserve(size_t length, size_t depth) noexcept {
  if (length >= simdjson::SIMDJSON_MAXSIZE_BYTES) return simdjson::CAPACITY;
  if (length > capacity) {
    // Powers of two, so that a thread stops growing after a few documents; an exact fit for what will not be kept.
    const size_t wanted = length > largest_kept ? length : rounded_up(length);
    // One byte more than simdjson asks for: `locate` closes an open document with it.
    buffer.reset(new (std::nothrow) uint8_t[wanted + simdjson::SIMDJSON_PADDING + 1]);
    capacity = buffer ? wanted : 0;
    if (!buffer) return simdjson::MEMALLOC;
  }
  if (depth == 0) depth = parser.max_depth() > 0 ? parser.max_depth() : simdjson::DEFAULT_MAX_DEPTH;
  if (parser.doc.capacity() < capacity) {
    const simdjson::error_code error = parser.doc.allocate(capacity);
    if (error != simdjson::SUCCESS) return error;
  }
  if (parser.implementation && parser.capacity() >= capacity && parser.max_depth() == depth) return simdjson::SUCCESS;
  return parser.allocate(capacity, depth);
}

void Scratch::release_if_large() noexcept {
  if (capacity <= largest_kept) return;
  parser = simdjson::dom::parser{};
  buffer.reset();
  capacity = 0;
}

}  // namespace millrace
