// Webhooks while Redis is away, of an ingest with a journal.

import ExecutionQueue
import TestSupport
import Testing

@testable import IngestService

@Suite("An ingest with a journal")
struct OutageTests {
  private static let ordered = "order: \"{{$context.method}}\"\n"
  private static let workflows = [
    "echo": Definition.echo, "sync": Definition.sync, "line": ordered + Definition.echo,
    "call": ordered + Definition.sync,
  ]

  /// `outage` is what the webhooks meet, `lasting` what the journal meets.
  private static func options(
    _ directory: TemporaryDirectory, outage: Switch, lasting: Switch
  ) -> IngestStage.Options {
    var options = IngestStage.Options()
    options.admissions = { SwitchedQueue(queue: $0, outage: outage) }
    options.journalDirectory = directory.path
    options.replays = { SwitchedQueue(queue: $0, outage: lasting) }
    return options
  }

  @Test("takes asynchronous webhooks while Redis is away, whatever was wrong with it before it went")
  func takingOver() async throws {
    let directory = try TemporaryDirectory()
    let outage = Switch()
    try await IngestStage.with(Self.workflows, options: Self.options(directory, outage: outage, lasting: outage)) {
      stage in
      stage.gate.set(problem: "Redis cannot write its append-only file")
      stage.gate.set(pressure: "Redis has used 91 % of its maxmemory")
      #expect(try await stage.post("echo").status == 503)
      outage.set(true)
      let answer = try await stage.post("echo")
      #expect(answer.status == 200)
      #expect(answer.executionID != nil)
      #expect(try await stage.post("sync").status == 503)
      #expect(stage.journal?.isPending == true)
      #expect(try await stage.depth() == 0)
      outage.set(false)
      stage.gate.set(pressure: nil)
      stage.gate.set(problem: nil)
      // Each tick of the journal may have seen the outage after the verdict.
      try await eventually("it runs") {
        stage.gate.set(problem: nil)
        return try await stage.depth() == 1
      }
    }
  }

  @Test("takes nothing for a Redis that it has never looked at")
  func unseen() async throws {
    let directory = try TemporaryDirectory()
    let outage = Switch(true)
    try await IngestStage.with(Self.workflows, options: Self.options(directory, outage: outage, lasting: outage)) {
      stage in
      stage.gate.set(problem: "The settings of Redis have not been looked at yet.")
      let status = try await stage.post("echo").status
      #expect(status == 503)
      #expect(stage.journal?.isPending == false)
    }
  }

  @Test("lets no synchronous call of a workflow with an order overtake what is in the journal")
  func order() async throws {
    let directory = try TemporaryDirectory()
    let (outage, lasting) = (Switch(true), Switch(true))
    try await IngestStage.with(Self.workflows, options: Self.options(directory, outage: outage, lasting: lasting)) {
      stage in
      _ = try await stage.worker()
      #expect(try await stage.post("line").status == 200)
      outage.set(false)
      let call = try await stage.post("call", headers: [("prefer", "wait=0")])
      #expect(call.status == 503)
      #expect(call[header: "retry-after"] == "1")
      #expect(try await stage.depth() == 0)
      // What need not keep an order goes its way, and what must goes in behind.
      #expect(try await stage.post("sync", headers: [("prefer", "wait=0")]).status == 202)
      #expect(try await stage.post("line").status == 200)
      #expect(try await stage.post("call", headers: [("prefer", "respond-async")]).status == 202)
      #expect(try await stage.depth() == 1)
      lasting.set(false)
      try await eventually("the journal is empty") {
        stage.gate.set(problem: nil)
        return stage.journal?.isPending == false
      }
      #expect(try await stage.depth() == 4)
      #expect(try await stage.post("call", headers: [("prefer", "wait=0")]).status == 202)
    }
  }
}
