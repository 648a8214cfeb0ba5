// Reading the files back: order over several of them, filters, torn lines, and what comes while somebody watches.

import Foundation
import JSONCodec
import ProcessSupport
import TestSupport
import Testing

@testable import AuditLog

@Suite("Reading the audit log")
struct AuditReadingTests {
  /// A directory with files, whose names count as their beginnings.
  private static func directory(_ files: [(start: Int64, process: Int32, lines: String)]) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    for file in files {
      try directory.write(AuditSegment.name(start: file.start, process: file.process), file.lines)
    }
    return directory
  }

  private static func line(_ time: Int64, _ change: (inout AuditRecord) -> Void = { _ in }) -> String {
    var record = AuditLineTests.plain
    record.requestID = "r\(time)"
    change(&record)
    return AuditLineTests.text(record, at: time)
  }

  private static func all(_ directory: TemporaryDirectory, _ filter: AuditFilter = AuditFilter()) throws -> [String] {
    var found: [String] = []
    try AuditHistory(directory: directory.path, filter: filter).forEach { found.append($0.requestID ?? "?") }
    return found
  }

  @Test("gives the lines of several processes in order of time, all or the newest")
  func order() throws {
    let directory = try Self.directory([
      (1000, 7, Self.line(1010) + Self.line(1300) + Self.line(1200) + Self.line(5000)),
      (1100, 8, Self.line(1150) + Self.line(1250) + Self.line(9000)),
      (6000, 7, Self.line(6001) + Self.line(8000)),
    ])
    let expected = [1010, 1150, 1200, 1250, 1300, 5000, 6001, 8000, 9000].map { "r\($0)" }
    #expect(try Self.all(directory) == expected)
    let history = AuditHistory(directory: directory.path, filter: AuditFilter())
    #expect(try history.newest(4).map(\.requestID) == expected.suffix(4))
    #expect(try history.newest(100).map(\.requestID) == expected)
    #expect(try history.newest(0).isEmpty)
  }

  @Test("order holds over many lines and files, and beyond a block of one file")
  func many() throws {
    var files: [(start: Int64, process: Int32, lines: String)] = []
    for process in 1...4 {
      for part in 0..<3 {
        let times = (0..<500).map { Int64(part * 20_000 + $0 * 40 + process) }
        files.append((times[0], Int32(process), times.map { Self.line($0) }.joined()))
      }
    }
    let found = try Self.all(try Self.directory(files))
    #expect(found.count == 6000)
    let times = found.compactMap { Int($0.dropFirst()) }
    #expect(times == times.sorted())
  }

  @Test("passes over what is torn or no line of ours")
  func torn() throws {
    let directory = try Self.directory([
      (1000, 7, Self.line(1001) + "{\"time\":\"1970-01-01T00:00:01.002Z\",\"path\":\"/a}\n" + "nonsense\n\n{}\n"),
      (1000, 8, Self.line(1003) + String(Self.line(1004).dropLast(20))),
      (1000, 9, String(repeating: "x", count: 200_000) + "\n" + Self.line(1005)),
      (1000, 10, ""),
    ])
    try directory.write("audit-notes.txt", Self.line(1006))
    try directory.write("audit-1-x.jsonl", Self.line(1007))
    #expect(try Self.all(directory) == ["r1001", "r1003", "r1005"])
  }

  struct Wanted: Sendable {
    let what: String
    let ids: [String]
    let filter: AuditFilter

    init(_ what: String, _ ids: [String], _ change: (inout AuditFilter) -> Void) {
      var filter = AuditFilter()
      change(&filter)
      (self.what, self.ids, self.filter) = (what, ids, filter)
    }
  }

  static let wanted = [
    Wanted("everything", ["r1", "r2", "r3", "r4"]) { _ in },
    Wanted("a workflow", ["r2"]) { $0.workflow = "order" },
    Wanted("a workflow with a quote", ["r3"]) { $0.workflow = "a\"b" },
    Wanted("a workflow by half of its key", []) { $0.workflow = "ord" },
    Wanted("an address", ["r1"]) { $0.client = AddressRange("192.0.2.1") },
    Wanted("a network", ["r2", "r3"]) { $0.client = AddressRange("198.51.100.0/24") },
    Wanted("a status", ["r2"]) { $0.status = .exactly(401) },
    Wanted("a group of statuses", ["r1", "r2"]) { $0.status = .group(4) },
    Wanted("an outcome", ["r3"]) { $0.outcome = .accepted },
    Wanted("a reason", ["r2"]) { $0.reason = "bad-signature" },
    Wanted("an execution", ["r3"]) { $0.executionID = "0-1-2-abc" },
    Wanted("a request", ["r4"]) { $0.requestID = "r4" },
    Wanted("since", ["r3", "r4"]) { $0.since = 3 },
    Wanted("until", ["r1", "r2"]) { $0.until = 2 },
    Wanted("two things at once", []) { ($0.workflow, $0.outcome) = ("order", .accepted) },
  ]

  @Test("gives what is wanted, and nothing that only mentions it", arguments: wanted)
  func filter(wanted: Wanted) throws {
    let directory = try Self.directory([
      (
        1, 7,
        Self.line(1) { $0.path = #"/"workflow":"order","status":401,"# }
          + Self.line(2) {
            ($0.workflow, $0.client, $0.status, $0.reason) = ("order", "198.51.100.7", 401, "bad-signature")
          }
          + Self.line(3) {
            ($0.workflow, $0.client, $0.status, $0.outcome) = ("a\"b", "198.51.100.8", 200, .accepted)
            $0.executionID = "0-1-2-abc"
          }
          + Self.line(4) { ($0.client, $0.status, $0.outcome) = ("2001:db8::1", nil, .aborted) }
      )
    ])
    #expect(try Self.all(directory, wanted.filter) == wanted.ids, "\(wanted.what)")
  }

  @Test("statuses are written as people do", arguments: [("401", 401, 0), ("4xx", 0, 4), ("5XX", 0, 5)])
  func status(text: String, exactly: Int, group: Int) {
    #expect(AuditFilter.Status(text) == (group > 0 ? .group(group) : .exactly(exactly)))
  }

  @Test("what is no status is none", arguments: ["", "4", "xx", "0xx", "abc", "99999"])
  func noStatus(text: String) {
    #expect(AuditFilter.Status(text) == nil)
  }

  @Test("files outside the wanted time are not read")
  func skipped() throws {
    let directory = try Self.directory([(1000, 7, Self.line(1001)), (90_000, 7, Self.line(90_001))])
    let old = directory.file(AuditSegment.name(start: 1000, process: 7))
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 2)], ofItemAtPath: old)
    let segments = try #require(AuditSegment.all(in: directory.path))
    var filter = AuditFilter()
    filter.since = 10_000
    #expect(segments.map { AuditMatcher(filter).mayBeIn($0) } == [false, true])
    filter = AuditFilter()
    filter.until = 5000
    #expect(segments.map { AuditMatcher(filter).mayBeIn($0) } == [true, false])
    #expect(segments.map { AuditMatcher(AuditFilter()).mayBeIn($0) } == [true, true])
  }

  @Test("a directory that is not there is told")
  func missing() throws {
    let directory = try TemporaryDirectory()
    let history = AuditHistory(directory: directory.file("nowhere"), filter: AuditFilter())
    #expect(throws: AuditProblem.self) { try history.newest(1) }
    #expect(throws: AuditProblem.self) { try history.forEach { _ in } }
  }

  @Test("somebody who watches gets each line once, when its end is there, also from new files")
  func follow() throws {
    let directory = try TemporaryDirectory()
    let follower = AuditFollower(directory: directory.file("log"), filter: AuditFilter())
    #expect(follower.poll(limit: 10).isEmpty)
    let first = try directory.write("log/" + AuditSegment.name(start: 1, process: 7), Self.line(1) + Self.line(2))
    #expect(follower.poll(limit: 1).map(\.requestID) == ["r2"])
    let handle = try #require(FileHandle(forWritingAtPath: first))
    try handle.seekToEnd()
    let next = Self.line(3)
    try handle.write(contentsOf: Data(next.utf8.prefix(50)))
    #expect(follower.poll(limit: 10).isEmpty)
    try handle.write(contentsOf: Data(next.utf8.dropFirst(50)))
    try directory.write("log/" + AuditSegment.name(start: 4, process: 8), Self.line(4))
    #expect(follower.poll(limit: 10).map(\.requestID) == ["r3", "r4"])
    try FileManager.default.removeItem(atPath: first)
    #expect(follower.poll(limit: 10).isEmpty)
  }
}
