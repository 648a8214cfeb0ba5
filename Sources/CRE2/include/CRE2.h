// Patterns in queries come from people, and texts from senders: the plain C face of RE2, whose time is linear in the
// text whatever the pattern. No exception crosses it, and it logs nothing.
#ifndef CRE2_H
#define CRE2_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled pattern. It never changes, so any number of threads may match with it.
typedef struct re2_pattern re2_pattern;

/// Compiles a pattern of RE2's syntax in UTF-8. NULL if it is none, or takes more memory than a pattern may.
/// The result is freed with `re2_free`.
re2_pattern *re2_compile(const char *pattern, size_t length);

void re2_free(re2_pattern *pattern);

/// The number of instructions the pattern has become: what matching a byte costs at worst.
size_t re2_size(const re2_pattern *pattern);

/// Whether the pattern matches the whole text, which is UTF-8.
bool re2_matches_whole(const re2_pattern *pattern, const char *text, size_t length);

/// Whether the pattern matches a part of the text, which is UTF-8.
bool re2_matches_part(const re2_pattern *pattern, const char *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
