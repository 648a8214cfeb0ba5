// A record as a line of JSON. Every value has a limit, so a line has one too, and may be written straight into memory
// that is known to have room for it.

package enum AuditLine {
  /// No line is longer.
  package static let longest = 2560

  /// Bytes of values; what is cut ends with "…".
  enum Limit {
    static let requestID = 128
    static let method = 32
    static let path = 1024
    static let workflow = 256
    static let client = 64
    static let reason = 64
    static let why = 256
    static let executionID = 64
  }

  /// Writes the line with its end to memory that has room for `longest` bytes; how many bytes they were.
  package static func write(
    _ record: borrowing AuditRecord, at time: AuditStamp.Bytes, to memory: UnsafeMutableRawPointer
  ) -> Int {
    var line = AuditLineWriter(memory)
    line.write(#"{"time":""#)
    line.write(time)
    line.write(#"","requestId":"#)
    line.write(quoted: record.requestID, limit: Limit.requestID)
    line.write(#","method":"#)
    line.write(quoted: record.method, limit: Limit.method)
    line.write(#","path":"#)
    line.write(quoted: record.path, limit: Limit.path)
    if let workflow = record.workflow {
      line.write(#","workflow":"#)
      line.write(quoted: workflow, limit: Limit.workflow)
    }
    line.write(#","client":"#)
    line.write(quoted: record.client, limit: Limit.client)
    if let status = record.status {
      line.write(#","status":"#)
      line.write(status)
    }
    line.write(#","outcome":"#)
    line.write(quoted: record.outcome.rawValue, limit: Limit.reason)
    if record.check != nil || record.reason != nil || record.why != nil { write(reasonsOf: record, to: &line) }
    if let executionID = record.executionID {
      line.write(#","executionId":"#)
      line.write(quoted: executionID, limit: Limit.executionID)
    }
    if record.isUnanswered { line.write(#","unanswered":true"#) }
    line.write(#","bodyBytes":"#)
    line.write(record.bodyBytes)
    line.write(#","microseconds":"#)
    line.write(record.microseconds)
    line.write("}\n")
    return line.next - memory
  }

  private static func write(reasonsOf record: borrowing AuditRecord, to line: inout AuditLineWriter) {
    if let check = record.check {
      line.write(#","check":"#)
      line.write(quoted: check.rawValue, limit: Limit.reason)
    }
    if let reason = record.reason {
      line.write(#","reason":"#)
      line.write(quoted: reason, limit: Limit.reason)
    }
    if let why = record.why {
      line.write(#","why":"#)
      line.write(quoted: why, limit: Limit.why)
    }
  }

  /// Says that records are missing before this line, because they came faster than they could be written.
  package static func dropped(_ count: Int, at milliseconds: Int64) -> [UInt8] {
    Array("{\"time\":\"\(AuditTime.text(milliseconds))\",\"dropped\":\(count)}\n".utf8)
  }

  /// A member as lines have it, `"workflow":"order"` for example: quotes inside values are escaped, so it stands nowhere
  /// else in a line.
  static func member(_ name: String, _ value: String, limit: Int) -> [UInt8] {
    let head = Array("\"\(name)\":".utf8)
    return [UInt8](unsafeUninitializedCapacity: head.count + AuditLineWriter.longest(limit)) { memory, count in
      guard let start = memory.baseAddress else { return }
      var line = AuditLineWriter(UnsafeMutableRawPointer(start))
      head.withUnsafeBytes { line.write($0) }
      line.write(quoted: value, limit: limit)
      count = line.next - UnsafeMutableRawPointer(start)
    }
  }
}
