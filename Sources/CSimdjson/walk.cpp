// A refused body deserves a message that says where it goes wrong. simdjson's strict parser does not tell, so a refused
// document (and only such a one) is walked once more with simdjson's On-Demand parser, which knows where it stands.
#include "scratch.hpp"

namespace millrace {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;

/// What the walk came across, and how much deeper it may go.
struct Fault {
  json_problem problem;
  const char *place;
  size_t levels;

  void at(json_problem what, const char *where) noexcept {
    problem = what;
    place = where;
  }
};

error_code first_token(ondemand::document &document, std::string_view &token) noexcept {
  return document.raw_json_token().get(token);
}
error_code first_token(ondemand::value &value, std::string_view &token) noexcept {
  token = value.raw_json_token();
  return simdjson::SUCCESS;
}

/// Literals and numbers are compared as text; only strings need simdjson's judgement.
template <typename Value>
error_code walk_scalar(Value &value, std::string_view token, Fault &fault) noexcept {
  const auto *bytes = reinterpret_cast<const uint8_t *>(token.data());
  size_t length = token.size();
  while (length > 0 && is_white_space(bytes[length - 1])) length--;
  const std::string_view text = token.substr(0, length);
  if (length > 0 && bytes[0] == '"') {
    std::string_view unescaped;
    const error_code error = value.get_string().get(unescaped);
    if (error) fault.at(json_problem_string, token.data());
    return error;
  }
  if (length > 0 && starts_number(bytes[0])) {
    if (json_number_length(bytes, length) == length) return simdjson::SUCCESS;
    fault.at(json_problem_number, token.data());
    return simdjson::NUMBER_ERROR;
  }
  if (text == "true" || text == "false" || text == "null") return simdjson::SUCCESS;
  const bool is_word = length > 0 && ((bytes[0] | 0x20) >= 'a' && (bytes[0] | 0x20) <= 'z');
  fault.at(is_word ? json_problem_literal : json_problem_structure, token.data());
  return simdjson::TAPE_ERROR;
}

template <typename Value>
error_code walk(Value &value, Fault &fault) noexcept;

template <typename Value>
error_code walk_array(Value &value, Fault &fault) noexcept {
  ondemand::array array;
  SIMDJSON_TRY(value.get_array().get(array));
  ondemand::array_iterator iterator;
  SIMDJSON_TRY(array.begin().get(iterator));
  ondemand::array_iterator end;
  SIMDJSON_TRY(array.end().get(end));
  for (; iterator != end; ++iterator) {
    ondemand::value element;
    SIMDJSON_TRY((*iterator).get(element));
    SIMDJSON_TRY(walk(element, fault));
  }
  return simdjson::SUCCESS;
}

template <typename Value>
error_code walk_object(Value &value, Fault &fault) noexcept {
  ondemand::object object;
  SIMDJSON_TRY(value.get_object().get(object));
  ondemand::object_iterator iterator;
  SIMDJSON_TRY(object.begin().get(iterator));
  ondemand::object_iterator end;
  SIMDJSON_TRY(object.end().get(end));
  for (; iterator != end; ++iterator) {
    ondemand::field field;
    SIMDJSON_TRY((*iterator).get(field));
    const char *key = field.key().raw();
    std::string_view unescaped;
    const error_code error = field.unescaped_key().get(unescaped);
    if (error) {
      fault.at(json_problem_string, key - 1);
      return error;
    }
    SIMDJSON_TRY(walk(field.value(), fault));
  }
  return simdjson::SUCCESS;
}

template <typename Value>
error_code walk(Value &value, Fault &fault) noexcept {
  std::string_view token;
  SIMDJSON_TRY(first_token(value, token));
  if (token.empty() || (token[0] != '[' && token[0] != '{')) return walk_scalar(value, token, fault);
  if (fault.levels == 0) return simdjson::DEPTH_ERROR;
  fault.levels--;
  SIMDJSON_TRY(token[0] == '[' ? walk_array(value, fault) : walk_object(value, fault));
  fault.levels++;
  return simdjson::SUCCESS;
}

/// On-Demand refuses an array or object at once if the last token does not close it, without saying where it went
/// wrong. So one is closed here, after its end: the walk then meets the real fault, or comes to the added byte.
size_t close_root(Scratch &scratch, size_t length) noexcept {
  uint8_t *bytes = scratch.buffer.get();
  const uint8_t first = bytes[scratch.tokens()[0]];
  if (first != '[' && first != '{') return length;
  const uint8_t closing = first == '[' ? ']' : '}';
  if (bytes[scratch.tokens()[scratch.token_count() - 1]] == closing) return length;
  bytes[length] = closing;
  return length + 1;
}

}  // namespace

json_report locate_by_walk(Scratch &scratch, size_t length, size_t depth) noexcept {
  const json_report unknown{json_problem_structure, 0};
  const size_t walked = close_root(scratch, length);
  const char *text = reinterpret_cast<const char *>(scratch.buffer.get());
  ondemand::parser parser;
  if (parser.allocate(walked, depth + 2) != simdjson::SUCCESS) return unknown;
  ondemand::document document;
  if (parser.iterate(text, walked, walked + simdjson::SIMDJSON_PADDING).get(document)) return unknown;

  Fault fault{json_problem_none, nullptr, depth + 1};
  const error_code error = walk(document, fault);
  const char *place = fault.place;
  json_problem problem = fault.problem;
  if (place == nullptr) {
    problem = error == simdjson::SUCCESS ? json_problem_trailing : json_problem_structure;
    if (document.current_location().get(place)) place = text + length;
  }
  const size_t offset = static_cast<size_t>(place - text);
  if (offset >= length) return {json_problem_incomplete, length};
  // A lone scalar is not consumed by the walk: what follows it is the second token.
  const uint32_t *tokens = scratch.tokens();
  if (problem == json_problem_trailing && offset == tokens[0]) return {problem, tokens[1]};
  return {problem, offset};
}

}  // namespace millrace
