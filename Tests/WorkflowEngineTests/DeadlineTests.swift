// What ends a run from outside: timeouts, deadlines, cancellation, a process that shuts down.

import JSONCodec
import OutboundHTTP
import TestSupport
import Testing

@testable import WorkflowEngine

@Suite("Deadlines and cancellation")
struct DeadlineTests {
  /// Answers nothing until it is cancelled.
  private static let silent = RecordingServices { request throws(OutboundError) in
    try? await Task.sleep(for: .seconds(600))
    throw OutboundError(kind: .canceled, message: "\(request.method) \(request.url): cancelled")
  }

  private static let call = #"- {key: call, type: request, url: "https://a.example/", timeout: 20ms}"#

  @Test("a node's timeout fails the node")
  func nodeTimeout() async throws {
    var trial = Trial(Self.call)
    trial.services = Self.silent
    let report = try await trial.run()
    #expect(report.summary == "failed: node call: it did not finish within 20ms")
    #expect(report.record("call")?.status == .failed)
  }

  @Test("a timeout can be passed over")
  func passedOver() async throws {
    var trial = Trial(
      #"""
      - {key: call, type: request, url: "https://a.example/", timeout: 20ms, continueOnError: true}
      - {key: out, type: output, value: "{{$nodes.call.error.message}}"}
      """#)
    trial.services = Self.silent
    #expect(try await trial.run().output == "it did not finish within 20ms")
    #expect(trial.journal.checkpoints == [["call"]])
  }

  @Test("the execution's deadline ends the run, also one that has passed already", arguments: [20, -1000])
  func executionDeadline(milliseconds: Int) async throws {
    var trial = Trial(
      #"- {key: m, type: map, value: 1}"# + "\n" + #"- {key: call, type: request, url: "https://a.example/"}"#)
    trial.services = Self.silent
    trial.deadline = .now + .milliseconds(milliseconds)
    let report = try await trial.run()
    #expect(report.summary == "timedOut")
    #expect(report.records.map(\.path) == (milliseconds > 0 ? ["m"] : []))
  }

  @Test("a real transfer is cut off at the timeout")
  func realTransfer() async throws {
    let hold = AsyncStream<Void>.makeStream()
    let target = try await HTTPTarget.start { _ in
      for await _ in hold.stream {}
      return .ok
    }
    let transport = try HTTPTrial.transport()
    var trial = Trial(#"- {key: call, type: request, url: "\#(target.url())", timeout: 300ms}"#)
    trial.services = WorldServices(transport: transport, scripts: ScriptTrial.runners)
    let summary = try await trial.run().summary
    #expect(summary.hasPrefix("failed: node call: ") && summary.contains("within 300"), "\(summary)")
    hold.continuation.finish()
    await transport.shutdown()
    await target.stop()
  }

  @Test("a transport that is shutting down abandons the run: another worker will do the node")
  func closedTransport() async throws {
    let transport = try HTTPTrial.transport()
    await transport.shutdown()
    var trial = Trial(#"- {key: call, type: request, url: "https://a.example/", continueOnError: true}"#)
    trial.services = WorldServices(transport: transport, scripts: ScriptTrial.runners)
    #expect(try await trial.run().summary == "abandoned")
    #expect(trial.journal.checkpoints.isEmpty)
  }

  @Test("cancelling the task abandons the run and says nothing about the node")
  func cancellation() async throws {
    let started = AsyncStream<Void>.makeStream()
    var trial = Trial(
      "- {key: m, type: map, value: 1}\n- {key: call, type: request, url: \"https://a.example/\", continueOnError: true}"
    )
    trial.services = RecordingServices { request throws(OutboundError) in
      started.continuation.finish()
      try? await Task.sleep(for: .seconds(600))
      throw OutboundError(kind: .canceled, message: "cancelled")
    }
    let task = Task { [trial] in try await trial.run() }
    for await _ in started.stream {}
    task.cancel()
    let report = try await task.value
    #expect(report.summary == "abandoned")
    #expect(report.records.map(\.path) == ["m"])
    #expect(trial.journal.checkpoints.isEmpty)
  }

  @Test("an effect that was done when the task was cancelled is checkpointed all the same")
  func cancelledAfterEffect() async throws {
    let started = AsyncStream<Void>.makeStream()
    let proceed = AsyncStream<Void>.makeStream()
    var trial = Trial(
      #"- {key: call, type: request, url: "https://a.example/"}"# + "\n- {key: after, type: map, value: 1}")
    trial.services = RecordingServices { _ throws(OutboundError) in
      started.continuation.finish()
      // Deaf to cancellation, as an answer that has come already.
      await Task { for await _ in proceed.stream {} }.value
      return OutboundResponse(status: 200)
    }
    let task = Task { [trial] in try await trial.run() }
    for await _ in started.stream {}
    task.cancel()
    proceed.continuation.finish()
    #expect(try await task.value.summary == "abandoned")
    #expect(trial.journal.checkpoints == [["call"]])
  }
}
