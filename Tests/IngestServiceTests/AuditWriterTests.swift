// From records on an event loop to files: rotation, bounds, what a disk cannot take, and the flush at the end.

import AuditLog
import Foundation
import Glibc
import Logging
import NIOCore
import NIOPosix
import ProcessSupport
import Synchronization
import TestSupport
import Testing

@testable import IngestService

@Suite("The audit log's files")
struct AuditWriterTests {
  private static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

  private static func record(_ number: Int) -> AuditRecord {
    AuditRecord(
      requestID: "r\(number)", method: "POST", path: "/api/webhooks/order", workflow: "order", client: "192.0.2.1",
      status: 200, outcome: .accepted, bodyBytes: 2, microseconds: 300)
  }

  private static func entries(_ directory: String) throws -> [AuditEntry] {
    var found: [AuditEntry] = []
    try AuditHistory(directory: directory, filter: AuditFilter()).forEach { found.append($0) }
    return found
  }

  private static func counter(_ registry: MetricsRegistry, _ name: String) -> Int {
    let line = registry.render().split(separator: "\n").first { $0.hasPrefix(name + " ") }
    return line.flatMap { Int($0.dropFirst(name.count + 1)) } ?? -1
  }

  private static let dropped = "millrace_ingest_audit_dropped_total"
  private static let written = "millrace_ingest_audit_records_total"

  @Test("lines are there after a moment without anything that asks for them")
  func patience() async throws {
    let directory = try TemporaryDirectory()
    let writer = AuditWriter(
      files: AuditFiles(directory: directory.file("a/b"), size: 1 << 20), registry: MetricsRegistry(),
      logger: Self.quiet)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let trail = writer.trail(on: loop)
    for round in 1...2 {
      try await loop.submit { trail.record(Self.record(round)) }.get()
      try await eventually("it is written") {
        try Self.entries(directory.file("a/b")).map(\.requestID) == (1...round).map { "r\($0)" }
      }
    }
    let segment = try #require(AuditSegment.all(in: directory.file("a/b"))?.first)
    var status = stat()
    #expect(stat(segment.path, &status) == 0 && status.st_mode & 0o777 & 0o037 == 0)
  }

  @Test("everything from several event loops is in the files after a flush, once and in order")
  func flush() async throws {
    let directory = try TemporaryDirectory()
    let registry = MetricsRegistry()
    let writer = AuditWriter(
      files: AuditFiles(directory: directory.path, size: 64 << 20), registry: registry, logger: Self.quiet)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for (index, loop) in group.makeIterator().enumerated() {
        let trail = writer.trail(on: loop)
        tasks.addTask {
          try await loop.submit { for number in 0..<5000 { trail.record(Self.record(index * 10_000 + number)) } }.get()
        }
      }
      try await tasks.waitForAll()
    }
    await writer.flush(within: .seconds(30))
    let entries = try Self.entries(directory.path)
    #expect(entries.count == 15_000)
    #expect(Set(entries.compactMap(\.requestID)).count == 15_000)
    #expect(Self.counter(registry, Self.written) == 15_000)
    #expect(Self.counter(registry, Self.dropped) == 0)
    try await group.shutdownGracefully()
  }

  @Test("files are ended at a sixteenth of the size, and the oldest go, whoever of several wrote them")
  func rotation() async throws {
    let directory = try TemporaryDirectory()
    let size = 4 << 20
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let writers = (0..<3).map { _ in
      AuditWriter(
        files: AuditFiles(directory: directory.path, size: size), registry: MetricsRegistry(), logger: Self.quiet)
    }
    let trails = writers.map { $0.trail(on: loop) }
    for round in 0..<30 {
      try await loop.submit {
        for number in 0..<1000 { for trail in trails { trail.record(Self.record(round * 1000 + number)) } }
      }.get()
      for writer in writers { await writer.flush(within: .seconds(30)) }
      let sizes = try #require(AuditSegment.all(in: directory.path)).map(\.size)
      // Two more writers may each be within one file of their own.
      #expect(sizes.reduce(0, +) <= size + 2 * (size / 16) + 3 * AuditChunk.size)
      #expect(sizes.allSatisfy { $0 <= size / 16 + AuditChunk.size })
    }
    let entries = try Self.entries(directory.path)
    // 90,000 records of about 200 bytes were written; those that are left are the newest, without a gap.
    #expect(entries.count > 10_000 && entries.count < 40_000)
    let numbers = Set(entries.compactMap { $0.requestID.flatMap { Int($0.dropFirst()) } })
    let oldest = try #require(numbers.min())
    #expect(numbers == Set(oldest...29_999))
  }

  @Test("a file that another process has removed is left, and nothing after that is lost")
  func removed() async throws {
    let directory = try TemporaryDirectory()
    var files = AuditFiles(directory: directory.path, size: 1 << 20)
    func append(_ number: Int) throws {
      let chunk = AuditChunk()
      var stamp = AuditStamp()
      chunk.append(Self.record(number), at: stamp.bytes(at: WallClock.milliseconds))
      try files.append(chunk.bytes)
    }
    try append(1)
    try FileManager.default.removeItem(atPath: try #require(AuditSegment.all(in: directory.path)?.first).path)
    try append(2)
    try append(3)
    #expect(try Self.entries(directory.path).map(\.requestID) == ["r2", "r3"])
  }

  @Test("a full disk loses records and nothing else; they are counted, complained about once, and told afterwards")
  func fullDisk() async throws {
    let directory = try TemporaryDirectory()
    let registry = MetricsRegistry()
    let log = LogRecord()
    let disk = Disk()
    disk.isFull = true
    let files = AuditFiles(directory: directory.path, size: 1 << 20) { path in
      disk.isFull ? open("/dev/full", O_WRONLY | O_CLOEXEC) : open(path, O_WRONLY | O_CREAT | O_APPEND, 0o640)
    }
    let writer = AuditWriter(files: files, registry: registry, logger: log.logger)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let trail = writer.trail(on: loop)
    for number in 1...3 {
      try await loop.submit { trail.record(Self.record(number)) }.get()
      await writer.flush(within: .seconds(10))
    }
    #expect(Self.counter(registry, Self.dropped) == 3)
    #expect(log.lines.count == 1)
    disk.isFull = false
    try await loop.submit { trail.record(Self.record(4)) }.get()
    await writer.flush(within: .seconds(10))
    let entries = try Self.entries(directory.path)
    #expect(entries.compactMap(\.dropped) == [3])
    #expect(entries.compactMap(\.requestID) == ["r4"])
    #expect(Self.counter(registry, Self.written) == 1)
  }

  @Test("a place that cannot be a directory loses records and nothing else")
  func noDirectory() async throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("file", "")
    let registry = MetricsRegistry()
    let log = LogRecord()
    let writer = AuditWriter(
      files: AuditFiles(directory: file + "/log", size: 1 << 20), registry: registry, logger: log.logger)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let trail = writer.trail(on: loop)
    try await loop.submit { trail.record(Self.record(1)) }.get()
    await writer.flush(within: .seconds(10))
    #expect(Self.counter(registry, Self.dropped) == 1)
    #expect(log.lines.count == 1)
  }

  @Test("while the disk does not answer, memory stays bounded and records are counted; later they go on")
  func blockedWriter() async throws {
    let directory = try TemporaryDirectory()
    let registry = MetricsRegistry()
    let disk = Disk()
    let files = AuditFiles(directory: directory.path, size: 64 << 20) { path in
      disk.waitUntilFree()
      return open(path, O_WRONLY | O_CREAT | O_APPEND, 0o640)
    }
    disk.isFull = true
    let writer = AuditWriter(files: files, registry: registry, logger: Self.quiet, limit: 4 * AuditChunk.size)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let trail = writer.trail(on: loop)
    let sent = 10_000
    try await loop.submit { for number in 0..<sent { trail.record(Self.record(number)) } }.get()
    let lost = Self.counter(registry, Self.dropped)
    // Four pieces wait, one is being written, one is being filled; a line has about 200 bytes.
    #expect(lost > sent - 6 * AuditChunk.size / 150)
    #expect(lost < sent - 5 * AuditChunk.size / 250)
    disk.isFull = false
    await writer.flush(within: .seconds(30))
    await writer.flush(within: .seconds(30))
    let entries = try Self.entries(directory.path)
    #expect(entries.compactMap(\.requestID).count == sent - lost)
    try await loop.submit { trail.record(Self.record(sent)) }.get()
    await writer.flush(within: .seconds(30))
    #expect(try Self.entries(directory.path).compactMap(\.dropped).reduce(0, +) == lost)
    #expect(Self.counter(registry, Self.dropped) == lost)
  }

  @Test("a stop writes what is there")
  func gracefulStop() async throws {
    let directory = try TemporaryDirectory()
    let writer = AuditWriter(
      files: AuditFiles(directory: directory.path, size: 1 << 20), registry: MetricsRegistry(), logger: Self.quiet)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let trail = writer.trail(on: loop)
    let running = Task { try await writer.run() }
    try await loop.submit { for number in 0..<100 { trail.record(Self.record(number)) } }.get()
    running.cancel()
    try await running.value
    #expect(try Self.entries(directory.path).count == 100)
  }
}

/// A disk as the test wants it.
private final class Disk: Sendable {
  private let full = Mutex(false)

  var isFull: Bool {
    get { full.withLock { $0 } }
    set { full.withLock { $0 = newValue } }
  }

  /// Holds the writing thread, as a file system does that has lost its server.
  func waitUntilFree() {
    while isFull { usleep(1000) }
  }
}
