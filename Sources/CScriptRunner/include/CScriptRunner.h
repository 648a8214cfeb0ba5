// What millrace-script does in C: the embedded prelude, text and domain names by ICU, digests by libcrypto, and the
// lock-down. Everything here must work after the lock-down: no call opens a file or makes a process.
#ifndef CSCRIPTRUNNER_H
#define CSCRIPTRUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// One JavaScript file of the prelude, ended by a zero byte.
typedef struct script_source {
  const char *name;
  const char *text;
} script_source;

/// The prelude's files in the order in which they are run; the last has no name.
extern const script_source *const script_prelude;

/// Decodes UTF-8 as the Encoding Standard does, each malformed part becoming U+FFFD and counted in `malformed`.
/// `output` has room for `length` units. Returns the number of units.
size_t script_decode_utf8(const uint8_t *bytes, size_t length, uint16_t *output, size_t *malformed);

/// Encodes UTF-16, a surrogate without its other half as U+FFFD. `output` has room for three bytes per unit.
/// Returns the number of bytes.
size_t script_encode_utf8(const uint16_t *units, size_t length, uint8_t *output);

/// The ASCII form of a domain name (UTS #46, not transitional, as the URL Standard asks). `output` has room for
/// `capacity` units. Returns the number of units, 0 if the name is not valid.
size_t script_domain_to_ascii(const uint16_t *name, size_t length, uint16_t *output, size_t capacity);

/// Loads what ICU and libcrypto need. False if an algorithm is missing.
bool script_warm_up(void);

/// The longest digest, in bytes.
enum { script_digest_size = 64 };

/// Hash, or keyed hash (HMAC) if `key` is not null, by libcrypto's name of the algorithm. Returns the digest's
/// length, 0 for an unknown algorithm.
size_t script_digest(
  const char *algorithm, const uint8_t *key, size_t key_length, const uint8_t *bytes, size_t length, uint8_t *output);

/// Fills `bytes` from the kernel's generator.
bool script_random(uint8_t *bytes, size_t length);

/// Before the engine starts: leaves no descriptor but the socket and standard error, limits what a process may use,
/// and offers this process to the kernel first when memory is short.
bool script_prepare(void);

/// After the engine is warm: no new privileges, and a system call filter that leaves computing, memory, threads and
/// the open descriptors. Everything else fails with EPERM.
bool script_lock_down(void);

/// Tries what the lock-down must refuse, prints a line for each, and returns how many attempts succeeded.
int script_probe_lock_down(void);

/// Ends the process when the other end of `descriptor` is closed, also while a script computes.
bool script_end_with_peer(int descriptor);

#endif
