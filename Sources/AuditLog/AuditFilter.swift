// Which records somebody wants to see.

package import ProcessSupport

package struct AuditFilter: Sendable {
  package enum Status: Sendable, Equatable {
    case exactly(Int)
    /// 4 for all of 400 to 499.
    case group(Int)

    /// Reads `401` and `4xx`.
    package init?(_ text: String) {
      if text.utf8.count == 3, text.lowercased().hasSuffix("xx"), let group = Int(text.prefix(1)),
        (1...5).contains(group)
      {
        self = .group(group)
      } else if let status = Int(text), (100...599).contains(status) {
        self = .exactly(status)
      } else {
        return nil
      }
    }
  }

  package var workflow: String?
  package var client: AddressRange?
  package var status: Status?
  package var outcome: AuditOutcome?
  package var reason: String?
  package var executionID: String?
  package var requestID: String?
  /// Milliseconds since 1970, both ends included.
  package var since = Int64.min
  package var until = Int64.max

  package init() {}
}

/// A filter in the form in which it is fast: it looks for bytes in a line and reads only the lines that have them all.
struct AuditMatcher: Sendable {
  let since: Int64
  let until: Int64
  private let members: [[UInt8]]
  private let client: AddressRange?

  private static let timeStart = Array(#"{"time":""#.utf8)
  private static let clientStart = Array(#","client":""#.utf8)

  init(_ filter: AuditFilter) {
    since = filter.since
    until = filter.until
    client = filter.client
    var members: [[UInt8]] = []
    func add(_ name: String, _ value: String?, _ limit: Int) {
      if let value { members.append(AuditLine.member(name, value, limit: limit)) }
    }
    add("executionId", filter.executionID, AuditLine.Limit.executionID)
    add("requestId", filter.requestID, AuditLine.Limit.requestID)
    add("reason", filter.reason, AuditLine.Limit.reason)
    add("outcome", filter.outcome?.rawValue, AuditLine.Limit.reason)
    add("workflow", filter.workflow, AuditLine.Limit.workflow)
    switch filter.status {
    case .exactly(let status): members.append(Array("\"status\":\(status),".utf8))
    case .group(let group): members.append(Array("\"status\":\(group)".utf8))
    case nil: break
    }
    self.members = members
  }

  /// The time of a line that is wanted; nil for others, and for what is no line of ours.
  func time(ofWanted line: UnsafeRawBufferPointer) -> Int64? {
    let start = Self.timeStart
    guard line.count > start.count + AuditTime.length, line.starts(with: start), line.last == UInt8(ascii: "}"),
      members.allSatisfy({ line.position(of: $0) != nil }),
      let time = AuditTime.parse(UnsafeRawBufferPointer(rebasing: line[start.count...].prefix(AuditTime.length))),
      time >= since, time <= until, isFromClient(line)
    else { return nil }
    return time
  }

  private func isFromClient(_ line: UnsafeRawBufferPointer) -> Bool {
    guard let client else { return true }
    guard let start = line.position(of: Self.clientStart) else { return false }
    let text = line[(start + Self.clientStart.count)...].prefix { $0 != UInt8(ascii: "\"") }
    return IPAddress(String(decoding: text, as: UTF8.self)).map(client.contains) ?? false
  }
}
