// Log lines: their two shapes, and that nothing in them can break out of them.

import Foundation
import Logging
import Testing

@testable import ProcessSupport

@Suite struct LogLineTests {
  private let time: Int64 = 1_769_860_800_005

  @Test("a text line has time, level, message, fields and component")
  func text() {
    let line = LogLine(
      time: time, level: .info, component: "worker", message: "execution succeeded",
      fields: [("id", "e1"), ("reason", "two words"), ("count", .stringConvertible(3)), ("empty", "")])
    #expect(
      String(decoding: line.text, as: UTF8.self)
        == #"2026-01-31T12:00:00.005Z INFO    execution succeeded id=e1 reason="two words" count=3 empty="" component=worker"#
        + "\n")
  }

  @Test("a JSON line is one object with the same, numbers and lists kept")
  func json() throws {
    let line = LogLine(
      time: time, level: .error, component: "worker", message: "it \"broke\"\n",
      fields: [
        ("count", .stringConvertible(3)), ("flag", .stringConvertible(true)), ("level", "own"),
        ("list", .array(["a", .dictionary(["k": "v"])])), ("weird", "\u{1b}[31m\u{0}\\é\u{2028}"),
      ])
    let bytes = line.json
    #expect(bytes.last == UInt8(ascii: "\n") && bytes.count(where: { $0 == UInt8(ascii: "\n") }) == 1)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    #expect(object["time"] as? String == "2026-01-31T12:00:00.005Z")
    #expect(object["level"] as? String == "error")
    #expect(object["level_"] as? String == "own")
    #expect(object["message"] as? String == "it \"broke\"\n")
    #expect(object["component"] as? String == "worker")
    #expect(object["count"] as? Int == 3)
    #expect(object["flag"] as? Bool == true)
    #expect((object["list"] as? [Any])?.count == 2)
    #expect(object["weird"] as? String == "\u{1b}[31m\u{0}\\é\u{2028}")
  }

  @Test(
    "what came from outside cannot start a line or reach the terminal as control characters",
    arguments: ["a\nb", "a\r\nb", "\u{1b}[2J", "\u{7f}", "\u{9b}31m", "a\u{2028}b", "a=b c\"d"])
  func escaped(_ value: String) {
    let line = LogLine(
      time: time, level: .info, component: value, message: value, fields: [(value, .string(value))])
    for bytes in [line.text, line.json] {
      let scalars = String(decoding: bytes.dropLast(), as: UTF8.self).unicodeScalars
      #expect(scalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) && $0.value != 0x2028 })
    }
  }

  @Test("a very long value is cut")
  func cut() {
    let line = LogLine(
      time: time, level: .info, component: "c", message: String(repeating: "m", count: 100_000),
      fields: [("k", .string(String(repeating: "v", count: 100_000)))])
    #expect(line.text.count < 20_000)
    #expect(line.json.count < 20_000)
  }
}
