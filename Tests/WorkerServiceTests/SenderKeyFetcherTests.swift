// Which addresses of senders' keys stay wanted.

import ExecutionQueue
import OutboundHTTP
import Scripting
import Synchronization
import TestSupport
import Testing
import WorkflowEngine

@testable import WorkerService

@Suite("Fetching senders' keys", .timeLimit(.minutes(1)))
struct SenderKeyFetcherTests {
  @Test("what is there is stored, what is not there is dismissed, and what may come back stays wanted")
  func outcomes() async throws {
    let store = WantedKeys(["200", "404", "503", "429", "resolve", "refused"])
    let log = LogRecord()
    let fetcher = SenderKeyFetcher(store: store, services: Answers(), logger: log.logger)
    let running = Task { try await fetcher.run() }
    try await eventually("all have been asked for") { log.warnings.count == 5 && store.stored == ["200"] }
    running.cancel()
    _ = await running.result
    #expect(store.dismissed == ["404", "refused"])
  }
}

private struct Answers: NodeServices {
  func send(_ request: OutboundRequest) async throws(OutboundError) -> OutboundResponse {
    switch request.url {
    case "resolve": throw OutboundError(kind: .resolve, message: "no address")
    case "refused": throw OutboundError(kind: .refusedAddress, message: "private")
    default: return OutboundResponse(status: Int(request.url) ?? 0)
    }
  }
  func run(_ call: ScriptCall) async throws(ScriptFailure) -> ScriptOutcome {
    throw ScriptFailure(.unavailable, "this test runs no scripts")
  }
}

private final class WantedKeys: KeyDocumentStore {
  private let state: Mutex<(wanted: [String], stored: Set<String>, dismissed: Set<String>)>

  init(_ wanted: [String]) { state = Mutex((wanted, [], [])) }

  var stored: Set<String> { state.withLock { $0.stored } }
  var dismissed: Set<String> { state.withLock { $0.dismissed } }

  func ask(for urls: [String], namedByStrangers strange: [String]) async throws(QueueError) {}
  func documents(at urls: [String]) async throws(QueueError) -> [String: KeyDocument] { [:] }
  func take(limit: Int) async throws(QueueError) -> [String] {
    state.withLock { state in
      let taken = Array(state.wanted.prefix(limit))
      state.wanted.removeFirst(taken.count)
      return taken
    }
  }
  func store(_ document: [UInt8], from url: String) async throws(QueueError) {
    state.withLock { _ = $0.stored.insert(url) }
  }
  func dismiss(_ url: String) async throws(QueueError) {
    state.withLock { _ = $0.dismissed.insert(url) }
  }
}
