// The text of a workflow file becomes one value with positions: YAML, and JSON, which is read the same way.

import JSONCodec
import Yams

enum SourceDocument {
  static let largestFile = 1 << 20
  static let deepestNesting = 64
  static let tooDeep = "nested deeper than \(deepestNesting) levels"
  static let mostValues = 100_000

  /// - Throws: one diagnostic for what keeps the text from being read at all, or all that is wrong with its values.
  static func parse(_ text: String, file: String) throws(Diagnostics) -> SourceValue {
    guard text.utf8.count <= largestFile else {
      throw Diagnostics([
        Diagnostic(
          file: file, line: 1, column: 1,
          message: "the file has \(text.utf8.count) bytes; a workflow file may have 1 MB at most")
      ])
    }
    let isMarked = text.unicodeScalars.first == "\u{FEFF}"
    let unmarked = isMarked ? String(text.unicodeScalars.dropFirst()) : text
    let readable = try plainJSON(unmarked, file: file) ?? unmarked
    let source = SourceText(readable)
    let root: Yams.Node?
    do {
      // The basic resolver looks at no regular expressions; the core schema is applied here.
      root = try Parser(yaml: readable, resolver: .basic, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      throw SyntaxProblem(error, in: source).diagnostics(file: file)
    } catch {
      throw Diagnostics([Diagnostic(file: file, line: 1, column: 1, message: "\(error)")])
    }
    guard let root else {
      throw Diagnostics([Diagnostic(file: file, line: 1, column: 1, message: "the file is empty")])
    }
    var reading = SourceReading(file: file, source: source)
    let value = reading.value(root, depth: 1)
    if !reading.problems.isEmpty { throw Diagnostics(reading.problems) }
    return value
  }

  /// A JSON file is held to JSON's grammar first, which gives better messages than YAML's. Nil when it is not JSON.
  private static func plainJSON(_ text: String, file: String) throws(Diagnostics) -> String? {
    let isJSON = file.hasSuffix(".json")
    guard isJSON || text.utf8.first == UInt8(ascii: "{") else { return nil }
    do {
      _ = try JSON.parse(text)
    } catch {
      if !isJSON { return nil }
      throw Diagnostics([Diagnostic(file: file, line: error.line, column: error.column, message: error.message)])
    }
    return joiningSurrogates(text)
  }

  /// YAML knows no surrogate pairs: `\ud83d\ude00` becomes the character itself. Only for text that is valid JSON.
  private static func joiningSurrogates(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
        result.append(bytes[index])
        index += 1
        continue
      }
      if let high = unit(bytes, at: index), (0xD800...0xDBFF).contains(high), let low = unit(bytes, at: index + 6),
        (0xDC00...0xDFFF).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
      {
        result += Array(String(Character(scalar)).utf8)
        index += 12
      } else {
        result += bytes[index...index + 1]
        index += 2
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func unit(_ bytes: [UInt8], at index: Int) -> UInt32? {
    guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else {
      return nil
    }
    return UInt32(String(decoding: bytes[index + 2..<index + 6], as: UTF8.self), radix: 16)
  }
}
