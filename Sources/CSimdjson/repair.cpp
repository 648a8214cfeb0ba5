// simdjson keeps numbers in 64 bits and refuses half surrogate pairs; senders of webhooks know neither rule.
// These repairs change only the working copy and no length, so that every offset stays true.
#include <charconv>
#include <cstring>

#include "scratch.hpp"

namespace millrace {

namespace {

size_t digits(const uint8_t *bytes, size_t at, size_t length) noexcept {
  while (at < length && bytes[at] >= '0' && bytes[at] <= '9') at++;
  return at;
}

bool ends_token(const uint8_t *bytes, size_t at, size_t length) noexcept {
  return at == length || is_white_space(bytes[at]) || bytes[at] == ',' || bytes[at] == ']' || bytes[at] == '}';
}

/// The four hexadecimal digits at `text` as a UTF-16 code unit, or 0 when they are none.
uint32_t code_unit(const uint8_t *text, const uint8_t *end) noexcept {
  if (end - text < 4) return 0;
  const char *first = reinterpret_cast<const char *>(text);
  uint32_t unit = 0;
  const auto result = std::from_chars(first, first + 4, unit, 16);
  return result.ptr == first + 4 ? unit : 0;
}

bool is_high(uint32_t unit) noexcept { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low(uint32_t unit) noexcept { return unit >= 0xDC00 && unit <= 0xDFFF; }

}  // namespace

bool blank_large_numbers(Scratch &scratch, size_t length) noexcept {
  uint8_t *bytes = scratch.buffer.get();
  bool found = false;
  for (size_t i = 0; i < scratch.token_count(); i++) {
    const size_t start = scratch.tokens()[i];
    if (!starts_number(bytes[start])) continue;
    const size_t size = json_number_length(bytes + start, length - start);
    // A number of one digit is never the culprit, and a malformed one is left for simdjson to refuse.
    if (size < 2 || !ends_token(bytes, start + size, length)) continue;
    std::memset(bytes + start, ' ', size);
    bytes[start] = '0';
    found = true;
  }
  return found;
}

bool replace_lone_surrogates(uint8_t *text, size_t length) noexcept {
  uint8_t *const end = text + length;
  bool found = false;
  while (text < end) {
    text = static_cast<uint8_t *>(std::memchr(text, '\\', static_cast<size_t>(end - text)));
    if (text == nullptr || end - text < 6) break;
    const uint32_t unit = text[1] == 'u' ? code_unit(text + 2, end) : 0;
    if (!is_high(unit) && !is_low(unit)) {
      text += 2;
    } else if (is_high(unit) && end - text >= 12 && text[6] == '\\' && text[7] == 'u' &&
               is_low(code_unit(text + 8, end))) {
      text += 12;
    } else {
      std::memcpy(text + 2, "fffd", 4);
      text += 6;
      found = true;
    }
  }
  return found;
}

}  // namespace millrace

extern "C" size_t json_number_length(const uint8_t *bytes, size_t length) {
  using millrace::digits;
  size_t at = length > 0 && bytes[0] == '-' ? 1 : 0;
  const size_t whole = at;
  at = digits(bytes, at, length);
  if (at == whole || (bytes[whole] == '0' && at > whole + 1)) return 0;
  if (at < length && bytes[at] == '.') {
    const size_t fraction = at + 1;
    at = digits(bytes, fraction, length);
    if (at == fraction) return 0;
  }
  if (at < length && (bytes[at] == 'e' || bytes[at] == 'E')) {
    at++;
    if (at < length && (bytes[at] == '+' || bytes[at] == '-')) at++;
    const size_t exponent = at;
    at = digits(bytes, exponent, length);
    if (at == exponent) return 0;
  }
  return at;
}
