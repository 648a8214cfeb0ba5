// What a sender of malformed JSON is told, with the place, in one line.
import CSimdjson

/// Why text is not acceptable JSON, and where.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  package let message: String
  /// Bytes before the fault.
  package let offset: Int
  /// Counted from 1.
  package let line: Int
  /// Counted from 1, in Unicode scalars.
  package let column: Int

  package init(message: String, offset: Int, line: Int, column: Int) {
    self.message = message
    self.offset = offset
    self.line = line
    self.column = column
  }

  package var description: String { "line \(line), column \(column): \(message)" }
}

extension JSONError {
  init(_ report: json_report, in bytes: UnsafeRawBufferPointer, limits: JSONLimits) {
    var offset = min(report.offset, bytes.count)
    if report.problem == json_problem_utf8 { offset = Self.firstInvalidByte(in: bytes) }
    let (line, column) = Self.position(of: offset, in: bytes)
    let message = Self.message(report.problem, at: offset, in: bytes, limits: limits)
    self.init(message: message, offset: offset, line: line, column: column)
  }

  private static func message(
    _ problem: json_problem, at offset: Int, in bytes: UnsafeRawBufferPointer, limits: JSONLimits
  ) -> String {
    switch problem {
    case json_problem_empty: "the JSON document is empty"
    case json_problem_too_large: "the JSON document is larger than 4 GB"
    case json_problem_memory: "not enough memory to read a JSON document of \(bytes.count) bytes"
    case json_problem_utf8: "the JSON is not valid UTF-8"
    case json_problem_control_character: "a control character in a string must be written as an escape such as \\n"
    case json_problem_unclosed_string: "the string that starts here is never closed"
    case json_problem_string: "this string has an invalid escape"
    case json_problem_number: "this is not a valid JSON number"
    case json_problem_literal: "unknown word; JSON knows true, false and null, and strings stand in double quotes"
    case json_problem_incomplete: "the JSON document ends too early: an array or object is not closed"
    case json_problem_trailing: "\(found(at: offset, in: bytes)) after the end of the JSON document"
    case json_problem_depth: "the JSON is nested more than \(limits.boundedDepth) levels deep"
    case json_problem_nodes: "the JSON has more than \(limits.boundedNodes) values"
    default: structureMessage(at: offset, in: bytes)
    }
  }

  private static func structureMessage(at offset: Int, in bytes: UnsafeRawBufferPointer) -> String {
    if offset == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return "JSON must not start with a byte order mark" }
    return "\(found(at: offset, in: bytes)) where a value, key, comma, colon or bracket was expected"
  }

  private static func found(at offset: Int, in bytes: UnsafeRawBufferPointer) -> String {
    guard offset < bytes.count else { return "unexpected end" }
    let character = String(decoding: bytes[offset..<min(offset + 4, bytes.count)], as: UTF8.self).unicodeScalars.first
    return "unexpected \(character.map { "'\($0.escaped(asASCII: false))'" } ?? "byte")"
  }

  private static func position(of offset: Int, in bytes: UnsafeRawBufferPointer) -> (line: Int, column: Int) {
    var (line, column) = (1, 1)
    for byte in bytes[..<offset] {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return (line, column)
  }

  private static func firstInvalidByte(in bytes: UnsafeRawBufferPointer) -> Int {
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes.bindMemory(to: UInt8.self).span)
      return 0
    } catch {
      return error.byteOffsets.lowerBound
    }
  }
}
