// JSON bodies pass through here first: the plain C face of simdjson, the only door to it.
// No exception crosses it, and nothing a caller keeps points into its scratch memory.
#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Why a document was refused.
typedef enum json_problem {
  json_problem_none = 0,
  json_problem_empty,
  json_problem_too_large,
  json_problem_memory,
  json_problem_utf8,
  json_problem_control_character,
  json_problem_unclosed_string,
  json_problem_string,
  json_problem_number,
  json_problem_literal,
  json_problem_structure,
  json_problem_incomplete,
  json_problem_trailing,
  json_problem_depth,
  json_problem_nodes
} json_problem;

/// What a scan found: nothing wrong, or a problem and the byte where it lies.
/// The offset of json_problem_utf8 is left at 0.
typedef struct json_report {
  json_problem problem;
  size_t offset;
} json_report;

/// One token of the document with the byte range it covers; nodes lie in document order and a container's children
/// follow it, key and value in turn for an object. The first byte at `start` tells the kind.
typedef struct json_node {
  uint32_t start;
  uint32_t end;
  /// Index of the node after this one and all inside it.
  uint32_t next;
  /// Elements of an array, members of an object; for a string 1 if it has escapes, else 0.
  uint32_t count;
} json_node;

/// Bytes that `json_unescape` and `json_minify` may write past their result.
enum { json_slack = 64 };

/// Checks a whole document against RFC 8259 and the two limits, and remembers its tokens in this thread.
json_report json_scan(const uint8_t *bytes, size_t length, size_t depth, size_t nodes);

/// The number of nodes (values and keys) of the document last scanned without problem by this thread.
size_t json_node_count(void);

/// Writes those nodes: `bytes` are the bytes that were scanned, `nodes` has room for `json_node_count` of them.
void json_fill(const uint8_t *bytes, size_t length, json_node *nodes);

/// Ends the work begun by `json_scan`: gives back what a large document made this thread keep.
void json_finish(void);

/// Unescapes what stands between the quotes of a valid string. `output` has room for `length + json_slack`.
/// Surrogates without their other half become U+FFFD. Returns the length of the result.
size_t json_unescape(const uint8_t *text, size_t length, uint8_t *output);

/// Copies valid JSON without the white space outside strings. `output` has room for `length + json_slack`.
/// Returns the length of the result.
size_t json_minify(const uint8_t *bytes, size_t length, uint8_t *output);

/// The length of the JSON number at the start of `bytes`, 0 if there is none.
size_t json_number_length(const uint8_t *bytes, size_t length);

#ifdef __cplusplus
}
#endif

#endif
