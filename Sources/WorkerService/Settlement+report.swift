// Between the queue's words and the engine's.

import ExecutionQueue
import JSONCodec
import ProcessSupport
import WorkflowEngine
import Workflows

#if canImport(Glibc)
  import Glibc
#endif

extension ExecutionInput {
  init(
    _ lease: Lease, request: WebhookRequest, workflow: Workflow, environment: [String: String],
    asked: ContinuousClock.Instant, resumeAddress: String
  ) throws {
    // Handing an execution back moves the fence on, but counts as no attempt.
    let records = try lease.checkpoint.map { try NodeRecord(path: $0.path, decoding: $0.bytes) }
    self.init(
      id: lease.id.description, request: request, attempt: lease.crashes + 1, environment: environment,
      records: records, replied: lease.replied,
      // The time limit counts from the admission on, waiting included.
      deadline: workflow.timeout.map { asked + $0 - .milliseconds(lease.now - lease.since) },
      clock: ExecutionClock(milliseconds: lease.now, asked: asked, answered: .now), arrivals: lease.arrivals,
      resumeAddress: resumeAddress)
  }
}

extension Wait {
  /// Nil when it does not wait.
  init?(_ report: RunReport, workflow: Workflow, lease: Lease) {
    guard case .suspended(let suspension) = report.outcome else { return nil }
    let deadline = workflow.timeout.map { lease.since + $0.milliseconds }
    self.init(
      until: min(suspension.until, deadline ?? .max), callbacks: suspension.callbacks,
      fields: report.records.map { CheckpointField(path: $0.path, bytes: $0.bytes) })
  }
}

extension Settlement {
  /// Throws the reason when the run was abandoned: then there is nothing to settle.
  init(_ report: RunReport, workflow: Workflow) throws {
    let state: ExecutionState
    var problem: String?
    switch report.outcome {
    case .succeeded: state = .succeeded
    case .failed(let message, let node):
      state = .failed
      problem = Self.message(message, node: node)
    case .error(let message, let node):
      state = .error
      problem = Self.message(message, node: node)
    case .timedOut:
      state = .timedOut
      problem = "the execution took longer than its timeout"
    case .abandoned(let reason): throw reason
    case .suspended: throw NotSettled()
    }
    self.init(
      state: state, message: problem, output: report.output?.bytes, reply: report.reply?.encoded(),
      fields: report.records.map { CheckpointField(path: $0.path, bytes: $0.bytes) },
      keep: workflow.retention(state), dead: report.isDeadLetter ? .failed : nil)
  }

  /// A run that waits has no settlement.
  private struct NotSettled: Error {}

  private static func message(_ message: String, node: String?) -> String {
    guard let node, !message.contains(node) else { return message }
    return "node \"\(node)\": \(message)"
  }
}

extension Workflow {
  /// A synchronous execution is kept for as long as a repeated webhook may ask for its answer.
  fileprivate func retention(_ state: ExecutionState) -> Duration {
    let written = state == .succeeded ? keep.succeeded : keep.failed
    return trigger.mode == .sync ? max(written, trigger.checks?.replayWindow ?? .zero) : written
  }
}
