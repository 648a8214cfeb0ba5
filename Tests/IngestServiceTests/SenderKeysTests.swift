// What strangers may make this process ask for.

import Crypto
import ExecutionQueue
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing
import Verification

@testable import IngestService

@Suite("Senders' keys", .timeLimit(.minutes(1)))
struct SenderKeysTests {
  private let store = RecordingKeyStore()
  private let log = LogRecord()

  private func running(_ keys: SenderKeys, _ body: () async throws -> Void) async throws {
    let task = Task { try await keys.run() }
    defer { task.cancel() }
    try await body()
  }

  @Test("however many addresses strangers name, those of the settings and those that are known are asked for")
  func strangers() async throws {
    let known = "https://sns.example/known.pem"
    store.documents = [known: Array(P256.Signing.PrivateKey().publicKey.pemRepresentation.utf8)]
    let keys = SenderKeys(store: store, logger: log.logger)
    try await running(keys) {
      #expect(keys.keys(at: known, namedBy: .sender) == nil)
      try await eventually("a known one is held") { keys.keys(at: known, namedBy: .sender) != nil }
      for number in 0..<500 { #expect(keys.keys(at: "https://sns.example/\(number).pem", namedBy: .sender) == nil) }
      #expect(keys.keys(at: "https://issuer.example/keys", namedBy: .settings) == nil)
      keys.visit("https://sns.example/confirm")
      keys.renew("https://nobody.example/keys")
      try await eventually("they are asked for") {
        store.wanted.contains("https://issuer.example/keys") && store.wanted.contains("https://sns.example/confirm")
      }
      #expect(store.strange.count == 100)
      #expect(!store.wanted.contains("https://nobody.example/keys"))
    }
  }
}

private final class RecordingKeyStore: KeyDocumentStore {
  private struct State {
    var wanted: Set<String> = []
    var strange: Set<String> = []
    var documents: [String: [UInt8]] = [:]
  }

  private let state = Mutex(State())

  var wanted: Set<String> { state.withLock { $0.wanted } }
  var strange: Set<String> { state.withLock { $0.strange } }
  var documents: [String: [UInt8]] {
    get { state.withLock { $0.documents } }
    set { state.withLock { $0.documents = newValue } }
  }

  func ask(for urls: [String], namedByStrangers strange: [String]) async throws(QueueError) {
    state.withLock { state in
      state.wanted.formUnion(urls)
      state.strange.formUnion(strange)
    }
  }
  func documents(at urls: [String]) async throws(QueueError) -> [String: KeyDocument] {
    let known = documents
    return Dictionary(
      uniqueKeysWithValues: urls.compactMap { url in
        known[url].map { (url, KeyDocument(version: 1, bytes: $0)) }
      })
  }
  func take(limit: Int) async throws(QueueError) -> [String] { [] }
  func store(_ document: [UInt8], from url: String) async throws(QueueError) {}
  func dismiss(_ url: String) async throws(QueueError) {}
}
