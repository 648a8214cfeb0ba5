// Checks a JSON body strictly in one pass and lists its tokens for lazy reading later.
// What simdjson refuses although RFC 8259 allows it (numbers of any size, lone surrogates) is admitted here.
#include <cstring>

#include "scratch.hpp"

namespace millrace {
namespace {

/// Values are all tokens but closing brackets, commas and colons; each colon marks one string as a key.
/// Returns the offset of the first value beyond the limit, or SIZE_MAX.
size_t first_beyond(const Scratch &scratch, size_t limit) noexcept {
  const uint32_t *tokens = scratch.tokens();
  size_t values = 0;
  for (size_t i = 0; i < scratch.token_count(); i++) {
    switch (scratch.buffer[tokens[i]]) {
      case '}': case ']': case ',': break;
      case ':': values--; break;
      default:
        values++;
        const bool is_key = i + 1 < scratch.token_count() && scratch.buffer[tokens[i + 1]] == ':';
        if (values > limit && !is_key) return tokens[i];
    }
  }
  return SIZE_MAX;
}

/// simdjson's second stage, repeated on a repaired copy if only its own limits were in the way. A repair keeps every
/// token where it is, so the first stage still holds.
simdjson::error_code check_grammar(Scratch &scratch, size_t length) noexcept {
  auto &parser = scratch.parser;
  simdjson::error_code error = parser.implementation->stage2(parser.doc);
  bool numbers_repaired = false;
  bool strings_repaired = false;
  while (error != simdjson::SUCCESS) {
    if (error == simdjson::NUMBER_ERROR && !numbers_repaired) {
      numbers_repaired = true;
      if (!blank_large_numbers(scratch, length)) return error;
    } else if (error == simdjson::STRING_ERROR && !strings_repaired) {
      strings_repaired = true;
      if (!replace_lone_surrogates(scratch.buffer.get(), length)) return error;
    } else {
      return error;
    }
    error = parser.implementation->stage2(parser.doc);
  }
  return error;
}

uint32_t trimmed_end(const uint8_t *bytes, size_t end) noexcept {
  while (is_white_space(bytes[end - 1])) end--;
  return static_cast<uint32_t>(end);
}

json_node scalar(const uint8_t *bytes, uint32_t start, size_t following, uint32_t index) noexcept {
  const uint32_t end = trimmed_end(bytes, following);
  const bool escaped = bytes[start] == '"' && std::memchr(bytes + start, '\\', end - start) != nullptr;
  return {start, end, index + 1, escaped ? 1u : 0u};
}

}  // namespace
}  // namespace millrace

using namespace millrace;

extern "C" json_report json_scan(const uint8_t *bytes, size_t length, size_t depth, size_t nodes) {
  Scratch &scratch = millrace::scratch();
  if (length == 0) return {json_problem_empty, 0};
  // simdjson counts the document itself as a level.
  simdjson::error_code error = scratch.reserve(length, depth + 1);
  if (error != simdjson::SUCCESS) {
    return {error == simdjson::MEMALLOC ? json_problem_memory : json_problem_too_large, 0};
  }
  std::memcpy(scratch.buffer.get(), bytes, length);
  std::memset(scratch.buffer.get() + length, 0, simdjson::SIMDJSON_PADDING);

  auto &implementation = *scratch.parser.implementation;
  error = implementation.stage1(scratch.buffer.get(), length, simdjson::stage1_mode::regular);
  if (error == simdjson::SUCCESS) {
    if (scratch.token_count() > nodes) {
      const size_t offset = first_beyond(scratch, nodes);
      if (offset != SIZE_MAX) return {json_problem_nodes, offset};
    }
    error = check_grammar(scratch, length);
  }
  if (error != simdjson::SUCCESS) return locate(scratch, length, depth, error);
  return {json_problem_none, 0};
}

extern "C" size_t json_node_count(void) {
  const Scratch &scratch = millrace::scratch();
  const uint32_t *tokens = scratch.tokens();
  size_t nodes = 0;
  for (size_t i = 0; i < scratch.token_count(); i++) {
    const uint8_t byte = scratch.buffer[tokens[i]];
    nodes += byte != '}' && byte != ']' && byte != ',' && byte != ':';
  }
  return nodes;
}

extern "C" void json_fill(const uint8_t *bytes, size_t length, json_node *nodes) {
  const Scratch &scratch = millrace::scratch();
  const uint32_t *tokens = scratch.tokens();
  const size_t count = scratch.token_count();
  // While a container is open its `next` holds its parent: no stack needed.
  constexpr uint32_t none = UINT32_MAX;
  uint32_t parent = none;
  uint32_t index = 0;
  for (size_t i = 0; i < count; i++) {
    const uint32_t start = tokens[i];
    switch (bytes[start]) {
      case ',': break;
      case ':': nodes[parent].count++; break;
      case '}': case ']': {
        json_node &container = nodes[parent];
        parent = container.next;
        container.end = start + 1;
        container.next = index;
        break;
      }
      default: {
        if (parent != none && bytes[nodes[parent].start] == '[') nodes[parent].count++;
        if (bytes[start] == '{' || bytes[start] == '[') {
          nodes[index] = {start, start, parent, 0};
          parent = index++;
        } else {
          nodes[index] = scalar(bytes, start, i + 1 < count ? tokens[i + 1] : length, index);
          index++;
        }
      }
    }
  }
}

extern "C" void json_finish(void) { scratch().release_if_large(); }

extern "C" size_t json_unescape(const uint8_t *text, size_t length, uint8_t *output) {
  Scratch &scratch = millrace::scratch();
  if (scratch.reserve(length + 1, 0) != simdjson::SUCCESS) return 0;
  uint8_t *source = scratch.buffer.get();
  std::memcpy(source, text, length);
  replace_lone_surrogates(source, length);
  // The closing quote ends the string for simdjson.
  source[length] = '"';
  std::memset(source + length + 1, 0, simdjson::SIMDJSON_PADDING - 1);
  const uint8_t *end = scratch.parser.implementation->parse_string(source, output);
  const size_t result = end ? static_cast<size_t>(end - output) : 0;
  scratch.release_if_large();
  return result;
}

extern "C" size_t json_minify(const uint8_t *bytes, size_t length, uint8_t *output) {
  size_t result = 0;
  const auto error = simdjson::minify(
      reinterpret_cast<const char *>(bytes), length, reinterpret_cast<char *>(output), result);
  if (error == simdjson::SUCCESS) return result;
  std::memcpy(output, bytes, length);
  return length;
}
