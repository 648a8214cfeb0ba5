// Hashes and keyed hashes by libcrypto, random bytes by the kernel.
#include "CScriptRunner.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

size_t script_digest(
  const char *algorithm, const uint8_t *key, size_t key_length, const uint8_t *bytes, size_t length, uint8_t *output
) {
  const EVP_MD *method = EVP_get_digestbyname(algorithm);
  unsigned int written = 0;
  if (!method) return 0;
  if (key) return HMAC(method, key, (int)key_length, bytes, length, output, &written) ? written : 0;
  return EVP_Digest(bytes, length, output, &written, method, NULL) ? written : 0;
}

bool script_random(uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t count = getrandom(bytes, length, 0);
    if (count <= 0) return false;
    bytes += count;
    length -= (size_t)count;
  }
  return true;
}
