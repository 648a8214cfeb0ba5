// The writer behind stored webhooks and answers: it says the same as the slower ways.

import JSONCodec
import Testing

@Suite("The byte writer")
struct ByteWriterTests {
  private func written(capacity: Int = 0, _ body: (inout ByteWriter) -> Void) -> String {
    var writer = ByteWriter(capacity: capacity)
    body(&writer)
    return String(decoding: [UInt8](writer, followedBy: []), as: UTF8.self)
  }

  @Test("writes whole numbers as Swift does", arguments: [0, 9, 10, 99, 100, -1, -10, 1_767_225_600_123, .max, .min])
  func numbers(number: Int) {
    #expect(written { $0.write(number) } == String(number))
  }

  @Test("quotes texts as JSON does", arguments: ["", "plain", "ü\u{1F600}", "a\"b\\c\n\u{1}\u{1F}", "\"", "x\u{0}"])
  func quoted(text: String) {
    #expect(written { $0.write(quoted: text) } == JSON.string(text).text)
    // ASCII letters alone: names of header fields have no others.
    #expect(written { $0.write(quoted: "ÄB" + text, lowercased: true) } == JSON.string("Äb" + text).text)
  }

  @Test("grows as it is written to, and keeps what was there")
  func growth() {
    let word = String(repeating: "0123456789", count: 7)
    #expect(written { writer in for _ in 0..<100 { writer.write(word) } } == String(repeating: word, count: 100))
  }

  @Test("replaces a byte, and puts a tail behind")
  func tail() {
    var writer = ByteWriter(capacity: 8)
    writer.write("abc")
    writer.replace(at: 1, with: UInt8(ascii: "X"))
    writer.write([1, 2])
    #expect([UInt8](writer, followedBy: [9, 8]) == Array("aXc".utf8) + [1, 2, 9, 8])
    #expect(writer.count == 5)
  }
}
