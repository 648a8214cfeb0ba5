// UTF-8 and domain names by ICU, which JavaScriptCore has in memory anyway.
#include "CScriptRunner.h"

#include <string.h>
#include <unicode/uidna.h>
#include <unicode/ustring.h>

static UIDNA *names;

bool script_warm_up(void) {
  UErrorCode code = U_ZERO_ERROR;
  names = uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII, &code);
  static const char *const algorithms[] = {"MD5", "SHA1", "SHA256", "SHA384", "SHA512"};
  uint8_t digest[script_digest_size];
  for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
    const uint8_t key[] = {0};
    if (!script_digest(algorithms[i], key, sizeof key, key, sizeof key, digest)) return false;
    if (!script_digest(algorithms[i], NULL, 0, key, sizeof key, digest)) return false;
  }
  return U_SUCCESS(code);
}

size_t script_decode_utf8(const uint8_t *bytes, size_t length, uint16_t *output, size_t *malformed) {
  UErrorCode code = U_ZERO_ERROR;
  int32_t written = 0, substituted = 0;
  u_strFromUTF8WithSub(
    output, (int32_t)length, &written, (const char *)bytes, (int32_t)length, 0xfffd, &substituted, &code);
  *malformed = (size_t)substituted;
  return U_SUCCESS(code) ? (size_t)written : 0;
}

size_t script_encode_utf8(const uint16_t *units, size_t length, uint8_t *output) {
  UErrorCode code = U_ZERO_ERROR;
  int32_t written = 0, substituted = 0;
  u_strToUTF8WithSub(
    (char *)output, (int32_t)(length * 3), &written, units, (int32_t)length, 0xfffd, &substituted, &code);
  return U_SUCCESS(code) ? (size_t)written : 0;
}

/// The URL Standard calls ToASCII without CheckHyphens and VerifyDnsLength, so these findings do not count.
static const uint32_t tolerated = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG
  | UIDNA_ERROR_DOMAIN_NAME_TOO_LONG | UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN
  | UIDNA_ERROR_HYPHEN_3_4;

size_t script_domain_to_ascii(const uint16_t *name, size_t length, uint16_t *output, size_t capacity) {
  UErrorCode code = U_ZERO_ERROR;
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  int32_t written = uidna_nameToASCII(names, name, (int32_t)length, output, (int32_t)capacity, &info, &code);
  return U_SUCCESS(code) && !(info.errors & ~tolerated) ? (size_t)written : 0;
}
