// Texts that need no escape, looked at in words, beside a look at each byte.

import Testing

@testable import JSONCodec

@Suite("Plain text")
struct PlainTextTests {
  @Test("is told as by a look at each byte, whatever stands at whatever place", arguments: 0...25)
  func everyByteAtEveryPlace(count: Int) {
    var wrong: [[UInt8]] = []
    for place in 0..<max(count, 1) {
      for byte in UInt8.min...UInt8.max {
        for filling in [UInt8(ascii: "a"), 0x80, 0xFF] {
          var bytes = [UInt8](repeating: filling, count: count)
          if count > 0 { bytes[place] = byte }
          let isRight = bytes.withUnsafeBytes {
            $0.isPlainText == $0.allSatisfy(Self.isPlain)
              && $0.isPlainASCII == $0.allSatisfy { Self.isPlain($0) && $0 < 0x7F }
          }
          if !isRight { wrong.append(bytes) }
        }
      }
    }
    #expect(wrong.isEmpty)
  }

  private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x22 && byte != 0x5C }

  @Test(
    "texts are quoted as JSON, their names in lower case when asked",
    arguments: [
      ("", #""""#, #""""#), ("Content-Type", #""Content-Type""#, #""content-type""#), ("@[`{", #""@[`{""#, #""@[`{""#),
      ("a\"b\\c", #""a\"b\\c""#, #""a\"b\\c""#), ("Ä€", #""Ä€""#, #""Ä€""#),
    ])
  func quoting(text: String, quoted: String, lowercased: String) {
    var writer = ByteWriter(capacity: 0)
    writer.write(quoted: text)
    writer.write(quoted: text, lowercased: true)
    let written = writer.withBytes { String(decoding: $0, as: UTF8.self) }
    #expect(written == quoted + lowercased)
  }
}
