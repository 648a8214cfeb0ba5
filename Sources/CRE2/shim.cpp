// Compiles and matches with bounded memory: a pattern and the automaton built while matching share one allowance.
#include <re2/re2.h>

#include <new>

#include "CRE2.h"

struct re2_pattern {
  re2::RE2 expression;

  re2_pattern(re2::StringPiece pattern, const re2::RE2::Options &options) : expression(pattern, options) {}

  bool matches(re2::StringPiece text, re2::RE2::Anchor anchor) const {
    return expression.Match(text, 0, text.size(), anchor, nullptr, 0);
  }
};

namespace {

constexpr int64_t memory_limit = 2 << 20;

}  // namespace

extern "C" re2_pattern *re2_compile(const char *pattern, size_t length) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(memory_limit);
  auto *compiled = new (std::nothrow) re2_pattern({pattern, length}, options);
  if (compiled != nullptr && !compiled->expression.ok()) {
    delete compiled;
    return nullptr;
  }
  return compiled;
}

extern "C" void re2_free(re2_pattern *pattern) { delete pattern; }

extern "C" size_t re2_size(const re2_pattern *pattern) {
  return static_cast<size_t>(pattern->expression.ProgramSize());
}

extern "C" bool re2_matches_whole(const re2_pattern *pattern, const char *text, size_t length) {
  return pattern->matches({text, length}, re2::RE2::ANCHOR_BOTH);
}

extern "C" bool re2_matches_part(const re2_pattern *pattern, const char *text, size_t length) {
  return pattern->matches({text, length}, re2::RE2::UNANCHORED);
}
