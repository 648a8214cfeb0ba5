// The journal without processes: nothing is forgotten, nothing overtakes, nothing is sent or said again and again.

import Catalog
import ExecutionQueue
import Foundation
import JSONCodec
import Logging
import NIOCore
import ProcessSupport
import TestSupport
import Testing
import WebhookChecks
import Workflows

@testable import IngestService

@Suite("A journal", .timeLimit(.minutes(2)))
struct JournalTests {
  private static let trouble = "the journal cannot be replayed yet"
  private static let admitted = "webhooks admitted from the journal"

  @Test("has something in it from the first webhook on, also while that is being written")
  func pending() async throws {
    let stage = try JournalStage()
    #expect(!stage.journal.isPending)
    let isWritten = Switch()
    stage.journal.append(JournalStage.execution([1])) { _ in isWritten.set(true) }
    var gaps = 0
    repeat { gaps += stage.journal.isPending ? 0 : 1 } while !isWritten.isOn
    #expect(gaps == 0)
  }

  @Test("loses nothing and keeps the order while webhooks come in during its replay")
  func concurrent() async throws {
    let stage = try JournalStage()
    stage.queue.bringBack()
    try await stage.run {
      var tokens: [ExecutionToken] = []
      while stage.queue.calls.count < 5 { tokens.append(try await stage.append([1, 2, 3])) }
      try await eventually("it is empty") { !stage.journal.isPending }
      #expect(stage.queue.admittedTokens == tokens)
      #expect(stage.registry.render().contains("millrace_ingest_journal_bytes 0\n"))
    }
  }

  @Test("large webhooks do not overtake smaller ones, and no batch is large")
  func large() async throws {
    let stage = try JournalStage()
    var tokens: [ExecutionToken] = []
    for number in 0..<60 {
      let size = number % 7 == 3 ? 70_000 : number < 40 ? 60_000 : 10
      tokens.append(try await stage.append([UInt8](repeating: 1, count: size)))
    }
    stage.queue.bringBack()
    try await stage.run {
      try await eventually("it is empty") { !stage.journal.isPending }
    }
    #expect(stage.queue.admittedTokens == tokens)
    for call in stage.queue.calls {
      let sizes = call.map(\.payload.count)
      #expect(sizes.reduce(0, +) <= 1 << 20)
      #expect(sizes.count == 1 || sizes.allSatisfy { $0 < 70_000 })
    }
  }

  @Test("goes on behind what has been admitted when there is no room for more, and says so once")
  func noRoom() async throws {
    let stage = try JournalStage()
    let tokens = try await stage.fill(2000)
    stage.queue.bringBack(room: 64)
    try await stage.run {
      try await eventually("it has been refused several times") { stage.queue.refusals >= 4 }
      let first = Set(tokens.prefix(64))
      #expect(stage.queue.calls.joined().count { first.contains($0.token) } == 64)
      #expect(stage.log.lines(Self.trouble).count == 1)
      stage.queue.bringBack()
      try await eventually("it is empty") { !stage.journal.isPending }
      #expect(stage.queue.admittedTokens == tokens)
      try await eventually("the log has told of all") { stage.log.sum(Self.admitted) == 2000 }
      // Of 32 batches.
      #expect(stage.log.lines(Self.admitted).count <= 10)
    }
  }

  @Test("what it could not take is told once a second, with the sum")
  func unwritable() async throws {
    let stage = try JournalStage()
    // The folder is gone: no file can be made in it.
    stage.directory.remove()
    for _ in 0..<20 { await #expect(throws: QueueError.self) { try await stage.append([1]) } }
    try await eventually("nothing is in it") { !stage.journal.isPending }
    try await stage.run {
      try await eventually("the log has told of all") { stage.log.sum("the journal cannot be written") == 20 }
    }
    #expect(stage.log.lines("the journal cannot be written").count < 20)
  }

  @Test("waits for workflows as long as a store has none, and runs the version that there is then")
  func emptiedStore() async throws {
    let stage = try JournalStage(patience: .zero)
    let store = MemoryQueue()
    let gate = AdmissionGate(logger: stage.log.logger)
    let catalog = Self.catalog(store)
    stage.journal.depend(on: JournalSurroundings(catalog: catalog, gate: gate))
    try await stage.append(JournalStage.webhook("flow", version: 5))
    try await stage.append(JournalStage.webhook("gone", version: 5), workflow: "gone")
    gate.set(problem: nil)
    stage.queue.bringBack()
    try await stage.run {
      try await eventually("it waits") { stage.log.lines(Self.trouble).count == 1 }
      let looks = stage.queue.looks
      try await eventually("it has tried again") { stage.queue.looks > looks + 2 }
      #expect(stage.queue.admitted.isEmpty)
      _ = try await store.publish([try Self.definition("flow")], at: 0)
      try await eventually("it is empty") { !stage.journal.isPending }
      let requests = try stage.queue.admitted.map { try WebhookRequest(decoding: $0.payload) }
      #expect(requests.map(\.workflow) == ["flow", "gone"])
      #expect(requests.map(\.version) == [1, 1])
      #expect(requests.map(\.body) == [Array("body".utf8), Array("body".utf8)])
    }
  }

  @Test("waits a while for a workflow that is missing among others, with what came before it admitted")
  func missing() async throws {
    let stage = try JournalStage(patience: .seconds(3600))
    let store = MemoryQueue()
    let gate = AdmissionGate(logger: stage.log.logger)
    stage.journal.depend(on: JournalSurroundings(catalog: Self.catalog(store), gate: gate))
    _ = try await store.publish([try Self.definition("flow")], at: 0)
    let first = try await stage.append(JournalStage.webhook("flow", version: 1))
    let second = try await stage.append(JournalStage.webhook("late", version: 1), workflow: "late")
    let third = try await stage.append(JournalStage.webhook("flow", version: 1))
    gate.set(problem: nil)
    stage.queue.bringBack()
    try await stage.run {
      try await eventually("it waits") { stage.log.lines(Self.trouble).count == 1 }
      #expect(stage.queue.admittedTokens == [first])
      _ = try await store.publish([try Self.definition("late")], at: 1)
      try await eventually("it is empty") { !stage.journal.isPending }
      #expect(stage.queue.admittedTokens == [first, second, third])
    }
  }

  @Test("a damaged record costs itself, not those behind it, and its file is kept", arguments: [false, true])
  func damaged(isLast: Bool) async throws {
    let stage = try JournalStage()
    let tokens = try await stage.fill(20)
    let names = try FileManager.default.contentsOfDirectory(atPath: stage.directory.path)
    let name = try #require(names.first { $0.hasSuffix(".journal") })
    let file = URL(fileURLWithPath: stage.directory.file(name))
    var bytes = ByteBuffer(bytes: try Data(contentsOf: file))
    // The last byte of the tenth record, or of the last one.
    var end = 0
    for _ in 0..<(isLast ? tokens.count : 10) {
      end += 8 + Int(try #require(bytes.getInteger(at: end, as: UInt32.self)))
    }
    let last = try #require(bytes.getInteger(at: end - 1, as: UInt8.self))
    bytes.setInteger(last ^ 1, at: end - 1)
    try Data(bytes.readableBytesView).write(to: file)
    stage.queue.bringBack()
    try await stage.run {
      try await eventually("it is empty") { !stage.journal.isPending }
    }
    #expect(stage.queue.admittedTokens.count == tokens.count - 1)
    #expect(Set(stage.queue.admittedTokens).isSubset(of: tokens))
    #expect(stage.log.lines("a journal file is damaged in the middle").count == (isLast ? 0 : 1))
    #expect(stage.log.lines("the end of a journal file cannot be read").count == (isLast ? 1 : 0))
    #expect(FileManager.default.fileExists(atPath: stage.directory.file(name + ".torn")))
  }

  @Test("is not ready to take over while it cannot be written")
  func readiness() async throws {
    let stage = try JournalStage()
    #expect(stage.journal.hasRoom)
    stage.directory.remove()
    await #expect(throws: QueueError.self) { try await stage.append([1]) }
    #expect(!stage.journal.hasRoom)
  }

  @Test("goes into no Redis that has not been looked at since the outage, or that may forget")
  func gate() async throws {
    let stage = try JournalStage()
    let store = MemoryQueue()
    _ = try await store.publish([try Self.definition("flow")], at: 0)
    let gate = AdmissionGate(logger: stage.log.logger)
    gate.set(problem: nil)
    gate.set(pressure: nil)
    stage.journal.depend(on: JournalSurroundings(catalog: Self.catalog(store), gate: gate))
    try await stage.append(JournalStage.webhook("flow", version: 1))
    stage.queue.bringBack()
    try await stage.run {
      try await eventually("it has tried") { stage.queue.looks > 2 }
      #expect(stage.queue.admitted.isEmpty)
      gate.set(problem: "the append-only file is off")
      try await eventually("it says why it waits") { stage.log.lines(Self.trouble).count == 1 }
      #expect(stage.queue.admitted.isEmpty)
      gate.set(problem: nil)
      try await eventually("it is empty") { !stage.journal.isPending }
      #expect(stage.queue.admitted.count == 1)
    }
  }

  private static func catalog(_ store: MemoryQueue) -> CatalogService {
    CatalogService(
      store: store, loader: WorkflowLoader(nodesIgnored: (), trigger: WebhookChecks.triggerExtension),
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
  }

  private static func definition(_ key: String) throws -> NewDefinition {
    let loader = WorkflowLoader(nodesIgnored: (), trigger: WebhookChecks.triggerExtension)
    let loaded = try loader.load(file: "\(key).yaml", text: Definition.echo)
    return NewDefinition(key: key, enabled: true, definition: loaded.definition.bytes)
  }
}
