// What one thread keeps between JSON documents so that checking the next one allocates nothing.
#pragma once

// Errors are values here: simdjson is told not to offer the functions that throw.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <memory>

#include "CSimdjson.h"

namespace millrace {

/// A thread's simdjson parser and the padded copy of the document it works on (simdjson reads past the end).
///
/// The parser is simdjson's DOM parser: it checks everything, and the shared library picks its kernel for this
/// processor at run time. It leaves the offsets of all tokens behind, which is all that reading a document later needs.
struct Scratch {
  simdjson::dom::parser parser{};
  std::unique_ptr<uint8_t[]> buffer{};
  size_t capacity{0};

  /// Makes room for a document of `length` bytes nested `depth` levels deep (0 levels: as deep as before).
  simdjson::error_code reserve(size_t length, size_t depth) noexcept;
  /// Frees everything if it is more than a thread should keep.
  void release_if_large() noexcept;

  const uint32_t *tokens() const noexcept { return parser.implementation->structural_indexes.get(); }
  size_t token_count() const noexcept { return parser.implementation->n_structural_indexes; }
};

Scratch &scratch() noexcept;

inline bool is_white_space(uint8_t byte) noexcept {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

inline bool starts_number(uint8_t byte) noexcept { return byte == '-' || (byte >= '0' && byte <= '9'); }

/// Finds where a document that simdjson refused with `error` goes wrong, for the message.
json_report locate(Scratch &scratch, size_t length, size_t depth, simdjson::error_code error) noexcept;

/// The same by walking the grammar.
json_report locate_by_walk(Scratch &scratch, size_t length, size_t depth) noexcept;

/// Replaces numbers that are well formed but outside 64 bits or a double's range by a 0 and spaces, so that the strict
/// parser can judge the rest. Returns whether there were any.
bool blank_large_numbers(Scratch &scratch, size_t length) noexcept;

/// Replaces \u escapes of surrogates without their other half by \ufffd, which has the same length.
/// Returns whether there were any.
bool replace_lone_surrogates(uint8_t *text, size_t length) noexcept;

}  // namespace millrace
