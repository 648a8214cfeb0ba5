// A refused body deserves a message that says where it goes wrong; simdjson's strict parser does not tell.
// What needs no look at the grammar is found here, the rest by a walk with simdjson's other parser.
#include "scratch.hpp"

namespace millrace {
namespace {

/// The control character that stands in a string, or the opening quote of the string that never ends.
json_report locate_in_strings(const uint8_t *bytes, size_t length, json_problem problem) noexcept {
  bool inside = false;
  size_t opening = 0;
  for (size_t i = 0; i < length; i++) {
    if (bytes[i] == '"') {
      inside = !inside;
      opening = i;
    } else if (inside && bytes[i] == '\\') {
      i++;
    } else if (inside && bytes[i] < 0x20 && problem == json_problem_control_character) {
      return {problem, i};
    }
  }
  return {problem, opening};
}

json_report locate_depth(const Scratch &scratch, size_t limit) noexcept {
  size_t depth = 0;
  for (size_t i = 0; i < scratch.token_count(); i++) {
    const uint32_t offset = scratch.tokens()[i];
    const uint8_t byte = scratch.buffer[offset];
    if ((byte == '{' || byte == '[') && ++depth > limit) return {json_problem_depth, offset};
    if ((byte == '}' || byte == ']') && depth > 0) depth--;
  }
  return {json_problem_depth, 0};
}

}  // namespace

json_report locate(Scratch &scratch, size_t length, size_t depth, simdjson::error_code error) noexcept {
  switch (error) {
    case simdjson::EMPTY: return {json_problem_empty, 0};
    case simdjson::CAPACITY: return {json_problem_too_large, 0};
    case simdjson::MEMALLOC: return {json_problem_memory, 0};
    case simdjson::UTF8_ERROR: return {json_problem_utf8, 0};
    case simdjson::UNESCAPED_CHARS:
      return locate_in_strings(scratch.buffer.get(), length, json_problem_control_character);
    case simdjson::UNCLOSED_STRING:
      return locate_in_strings(scratch.buffer.get(), length, json_problem_unclosed_string);
    case simdjson::DEPTH_ERROR: return locate_depth(scratch, depth);
    default: return locate_by_walk(scratch, length, depth);
  }
}

}  // namespace millrace
