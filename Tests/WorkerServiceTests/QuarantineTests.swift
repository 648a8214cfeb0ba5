// Executions of which workers have died, beside others that have done nothing.

import ExecutionQueue
import NIOCore
import ProcessSupport
import TestSupport
import Testing

@testable import WorkerService

@Suite("Executions whose worker has died twice", .timeLimit(.minutes(1)))
struct QuarantineTests {
  /// Admits so many, lets two workers die of them, and keeps the next one's requests waiting.
  private static func crashed(_ count: Int, _ stage: WorkerStage) async throws -> [ExecutionID] {
    var ids: [ExecutionID] = []
    for _ in 0..<count { ids.append(try await stage.admit()) }
    for name in ["first", "second"] {
      let worker = stage.queue.deliveries(worker: name)
      try await worker.heartbeat()
      let deliveries =
        name == "first"
        ? try await worker.take(.regular, limit: count, waiting: .seconds(5)) : try await worker.rescue(limit: count)
      try #require(deliveries.count == count)
      for delivery in deliveries { _ = try #require(try await worker.begin(delivery)) }
      try await worker.leave()
    }
    stage.probe.shut()
    return ids
  }

  @Test("run one at a time, and those that wait take no slot from others")
  func slots() async throws {
    let stage = try await WorkerStage(slots: 3)
    var ids = try await Self.crashed(3, stage)
    try await stage.run {
      try await eventually("one runs") { stage.probe.inside == 1 }
      try await eventually("all are taken over") { stage.metric("millrace_worker_rescued_total") == 3 }
      #expect(stage.slots.running == 1)
      for _ in 0..<2 { ids.append(try await stage.admit()) }
      try await eventually("others run beside it") { stage.probe.inside == 3 }
      stage.probe.open()
      for id in ids { #expect(try await stage.ended(id).state == .succeeded) }
    }
  }

  @Test("are left to other workers when more than four wait")
  func refused() async throws {
    let stage = try await WorkerStage(slots: 8)
    let ids = try await Self.crashed(7, stage)
    try await stage.run {
      try await eventually("two are given back") { stage.metric("millrace_worker_handed_back_total") >= 2 }
      #expect(stage.probe.inside == 1)
      #expect(stage.slots.running == 1)
      stage.probe.open()
      for id in ids { #expect(try await stage.ended(id).state == .succeeded) }
      #expect(stage.probe.most == 1)
    }
  }
}
