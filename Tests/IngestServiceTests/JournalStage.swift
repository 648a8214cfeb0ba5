// A journal in a directory of its own, before a queue that is away until the test brings it back.

import Catalog
import ExecutionQueue
import NIOCore
import NIOPosix
import ProcessSupport
import TestSupport
import Workflows

@testable import IngestService

struct JournalStage {
  let directory: TemporaryDirectory
  let queue = RecordingQueue(eventLoop: NIOSingletons.posixEventLoopGroup.next())
  let registry = MetricsRegistry()
  let log = LogRecord()
  let journal: Journal

  init(patience: Duration = .seconds(60)) throws {
    directory = try TemporaryDirectory()
    journal = Journal(
      files: try JournalFiles(directory: directory.path), limit: 100 << 20, admissions: queue, patience: patience,
      registry: registry, logger: log.logger)
  }

  /// Writes an execution to the journal; returns when it is on the disk.
  @discardableResult
  func append(_ payload: [UInt8], workflow: String = "flow") async throws -> ExecutionToken {
    let execution = Self.execution(payload, workflow: workflow)
    return try await withCheckedThrowingContinuation { continuation in
      journal.append(execution) { continuation.resume(with: $0.map(\.token)) }
    }
  }

  /// Writes many small ones; returns when all are on the disk.
  func fill(_ count: Int) async throws -> [ExecutionToken] {
    let executions = (0..<count).map { _ in Self.execution([1]) }
    let written = registry.counter("test_written", help: "Confirmed by the journal.")
    for execution in executions {
      journal.append(execution) { if case .success = $0 { written.increment() } }
    }
    try await eventually("all are written") { written.value == count }
    return executions.map(\.token)
  }

  static func execution(_ payload: [UInt8], workflow: String = "flow") -> NewExecution {
    NewExecution(token: .random(), workflow: workflow, priority: .normal, payload: payload, inbox: nil)
  }

  /// A webhook that found this version of its workflow.
  static func webhook(_ workflow: String, version: Int) -> [UInt8] {
    WebhookRequest(
      workflow: workflow, version: version, receivedAt: 0, method: "POST", path: "/", clientAddress: "",
      body: Array("body".utf8)
    ).encoded()
  }

  /// Runs the journal around `body`.
  func run(_ body: () async throws -> Void) async throws {
    let running = Task { [journal] in try await journal.run() }
    let result: Result<Void, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    running.cancel()
    _ = await running.result
    try result.get()
  }
}
