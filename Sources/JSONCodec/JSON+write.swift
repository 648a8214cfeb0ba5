// Values leave here: into the queue, into responses, into other people's services.
import CSimdjson

extension JSON {
  /// Appends the value as JSON; slices as their source bytes, everything else without white space.
  package func write(to output: inout [UInt8]) {
    write(to: &output) { slice, output in output.append(contentsOf: slice.source) }
  }

  /// As `write`, with slices minified: white space outside strings removed, nothing else changed.
  package func writeCompact(to output: inout [UInt8]) {
    write(to: &output) { slice, output in output.append(minified: slice) }
  }

  package var bytes: [UInt8] {
    var output: [UInt8] = []
    write(to: &output)
    return output
  }

  /// Compact JSON.
  package var text: String {
    var output: [UInt8] = []
    writeCompact(to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  /// JSON for people: two spaces for each level.
  package var pretty: String {
    var output: [UInt8] = []
    writePretty(to: &output, level: 0)
    return String(decoding: output, as: UTF8.self)
  }

  private func write(to output: inout [UInt8], slice writeSlice: (JSONSlice, inout [UInt8]) -> Void) {
    switch self {
    case .null: output.append(text: "null")
    case .bool(let value): output.append(text: value ? "true" : "false")
    case .int(let value): output.append(text: String(value))
    case .double(let value): output.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
    case .number(let text) where JSONNumber.isValid(text): output.append(text: text)
    case .number(let text), .string(let text): output.append(quoted: text)
    case .source(let slice): writeSlice(slice, &output)
    case .array(let elements):
      output.append(elements, between: ("[", "]")) { $0.write(to: &$1, slice: writeSlice) }
    case .object(let object):
      output.append(object.members, between: ("{", "}")) { member, output in
        output.append(quoted: member.key)
        output.append(UInt8(ascii: ":"))
        member.value.write(to: &output, slice: writeSlice)
      }
    }
  }

  private func writePretty(to output: inout [UInt8], level: Int) {
    guard count > 0 else { return writeCompact(to: &output) }
    let indentation = "\n" + String(repeating: "  ", count: level)
    if kind == .array {
      output.append(elements, between: ("[", indentation + "]")) { element, output in
        output.append(contentsOf: (indentation + "  ").utf8)
        element.writePretty(to: &output, level: level + 1)
      }
    } else {
      output.append(members, between: ("{", indentation + "}")) { member, output in
        output.append(contentsOf: (indentation + "  ").utf8)
        output.append(quoted: member.key)
        output.append(contentsOf: ": ".utf8)
        member.value.writePretty(to: &output, level: level + 1)
      }
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append<Item>(
    _ items: [Item], between brackets: (opening: String, closing: String), each: (Item, inout [UInt8]) -> Void
  ) {
    append(text: brackets.opening)
    for (index, item) in items.enumerated() {
      if index > 0 { append(UInt8(ascii: ",")) }
      each(item, &self)
    }
    append(text: brackets.closing)
  }

  fileprivate mutating func append(minified slice: JSONSlice) {
    guard slice.kind == .array || slice.kind == .object else { return append(contentsOf: slice.token) }
    slice.token.withUnsafeBufferPointer { source in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: source.count + json_slack) { output in
        let count = json_minify(source.baseAddress, source.count, output.baseAddress)
        append(contentsOf: output[..<count])
      }
    }
  }

  /// Appends the text's bytes in one go.
  fileprivate mutating func append(text: String) {
    var text = text
    text.withUTF8 { append(contentsOf: $0) }
  }

  /// Appends a JSON string: quotes, backslashes and control characters escaped, all else as it is.
  mutating func append(quoted text: String) {
    append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { bytes in
      var written = 0
      for (position, byte) in bytes.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
        append(contentsOf: bytes[written..<position])
        append(escaped: byte)
        written = position + 1
      }
      append(contentsOf: bytes[written...])
    }
    append(UInt8(ascii: "\""))
  }

  private mutating func append(escaped byte: UInt8) {
    switch byte {
    case 0x22, 0x5C: append(contentsOf: [0x5C, byte])
    case 0x08: append(contentsOf: "\\b".utf8)
    case 0x09: append(contentsOf: "\\t".utf8)
    case 0x0A: append(contentsOf: "\\n".utf8)
    case 0x0C: append(contentsOf: "\\f".utf8)
    case 0x0D: append(contentsOf: "\\r".utf8)
    default:
      let digits = Array<UInt8>("0123456789abcdef".utf8)
      append(contentsOf: "\\u00".utf8)
      append(contentsOf: [digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }
  }
}
