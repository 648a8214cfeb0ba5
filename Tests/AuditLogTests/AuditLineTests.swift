// A record as a line: every field under its name, valid JSON whatever comes from outside, and never too long.

import JSONCodec
import Testing

@testable import AuditLog

@Suite("A line of the audit log")
struct AuditLineTests {
  static func text(_ record: borrowing AuditRecord, at time: Int64 = 1_769_860_800_250) -> String {
    var stamp = AuditStamp()
    let time = stamp.bytes(at: time)
    let bytes = [UInt8](unsafeUninitializedCapacity: AuditLine.longest) { memory, count in
      count = AuditLine.write(record, at: time, to: UnsafeMutableRawPointer(memory.baseAddress!))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static var plain: AuditRecord {
    AuditRecord(
      requestID: "r1", method: "POST", path: "/api/webhooks/order", client: "192.0.2.1", status: 404, outcome: .refused)
  }

  @Test("has every field of the record, and none that is not known")
  func fields() {
    let plainLine = Self.text(Self.plain)
    #expect(
      plainLine
        == #"{"time":"2026-01-31T12:00:00.250Z","requestId":"r1","method":"POST","path":"/api/webhooks/order","#
        + #""client":"192.0.2.1","status":404,"outcome":"refused","bodyBytes":0,"microseconds":0}"# + "\n")
    let full = AuditRecord(
      requestID: "r2", method: "PUT", path: "/a", workflow: "order", client: "2001:db8::1", status: 401,
      outcome: .refused, check: .signature, reason: "bad-signature", why: "the timestamp is 412 s old",
      executionID: "0-1-2-abc", isUnanswered: true, bodyBytes: 12, microseconds: 3_456_789)
    let fullLine = Self.text(full)
    #expect(
      fullLine
        == #"{"time":"2026-01-31T12:00:00.250Z","requestId":"r2","method":"PUT","path":"/a","workflow":"order","#
        + #""client":"2001:db8::1","status":401,"outcome":"refused","check":"signature","reason":"bad-signature","#
        + #""why":"the timestamp is 412 s old","executionId":"0-1-2-abc","unanswered":true,"bodyBytes":12,"#
        + #""microseconds":3456789}"# + "\n")
  }

  @Test(
    "escapes what JSON or a terminal would take for something else",
    arguments: [
      "", "a\"b\\c", "line\nend\r\t", "\u{0}\u{1f}\u{7f}\u{9b}", "\u{2028}\u{2029}", "ü€😀", "\u{FFFD}", "}\n{",
    ])
  func escapes(text: String) throws {
    var record = Self.plain
    record.path = text
    record.why = text
    let line = Self.text(record)
    #expect(line.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    #expect(line.filter { $0 == "\n" }.count == 1)
    let document = try JSON.parse(line)
    #expect(document["path"]?.stringValue == text)
    #expect(document["why"]?.stringValue == text)
  }

  @Test("cuts long values between characters and says so", arguments: ["x", "ü", "😀", "\"", "\u{1}"])
  func cut(character: String) throws {
    let long = String(repeating: character, count: 20_000)
    let record = AuditRecord(
      requestID: long, method: long, path: "/" + long, workflow: long, client: long, status: .max, outcome: .handshake,
      check: .admission, reason: long, why: long, executionID: long, isUnanswered: true, bodyBytes: .max,
      microseconds: .max)
    let line = Self.text(record)
    #expect(line.utf8.count <= AuditLine.longest)
    let document = try JSON.parse(line)
    for name in ["requestId", "method", "path", "workflow", "client", "reason", "why", "executionId"] {
      let value = try #require(document[name]?.stringValue)
      #expect(value.hasSuffix("…"))
      #expect(value.dropLast().allSatisfy { $0 == "/" || String($0) == character })
    }
    #expect(document["microseconds"]?.intValue == .max)
  }

  @Test("a value of exactly the limit stays whole")
  func exactLimit() throws {
    var record = Self.plain
    record.path = String(repeating: "x", count: AuditLine.Limit.path)
    #expect(try JSON.parse(Self.text(record))["path"]?.stringValue == record.path)
  }

  @Test("every outcome and check is a word of its own")
  func names() throws {
    for outcome in AuditOutcome.allCases {
      for check in AuditCheck.allCases {
        var record = Self.plain
        (record.outcome, record.check) = (outcome, check)
        let document = try JSON.parse(Self.text(record))
        #expect(document["outcome"]?.stringValue == outcome.rawValue)
        #expect(document["check"]?.stringValue == check.rawValue)
      }
    }
  }

  @Test(
    "times are read as they are written",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (951_827_696_007, "2000-02-29T12:34:56.007Z"),
      (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
    ] as [(Int64, String)])
  func times(milliseconds: Int64, text: String) {
    #expect(AuditTime.text(milliseconds) == text)
    #expect(AuditTime.parse(text) == milliseconds)
  }

  @Test("a stamp that is used again changes with the time")
  func stamp() {
    var stamp = AuditStamp()
    for time: Int64 in [1000, 1001, 1999, 2000, 2000, 60_000, 1500, 86_400_000] {
      let text = withUnsafeBytes(of: stamp.bytes(at: time)) { String(decoding: $0, as: UTF8.self) }
      #expect(text == AuditTime.text(time))
    }
  }

  @Test(
    "times of people may be shorter",
    arguments: [
      ("2026-01-31", 1_769_817_600_000), ("2026-01-31T12:00", 1_769_860_800_000),
      ("2026-01-31T12:00:00Z", 1_769_860_800_000), ("2026-01-31T12:00:00.250", 1_769_860_800_250),
    ] as [(String, Int64)])
  func shortTimes(text: String, milliseconds: Int64) {
    #expect(AuditTime.parse(text) == milliseconds)
  }

  @Test(
    "what is no time is none",
    arguments: [
      "", "now", "2026-1-31", "2026-13-01", "2026-01-31 12:00", "2026-01-31T25:00", "2026-02-31", "2025-02-29",
      "1900-02-29",
    ])
  func noTimes(text: String) {
    #expect(AuditTime.parse(text) == nil)
  }
}
