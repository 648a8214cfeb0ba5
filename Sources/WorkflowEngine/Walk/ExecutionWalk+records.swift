// What the walk leaves behind: a record for each node, and what becomes of failures.

import JSONCodec
import ProcessSupport
import Workflows

extension ExecutionWalk {
  /// Makes the result readable for the nodes that follow and keeps it for the next checkpoint.
  mutating func finish(
    _ visit: NodeVisit, _ result: JSON, status: NodeRecord.Status = .succeeded, error: String? = nil,
    isSecret: Bool = false, branch: Int? = nil
  ) throws {
    scope.set(result: result, of: visit.node.key, isSecret: isSecret)
    guard !visit.isRecorded else { return }
    let error = error.map(Redaction(scope.secrets).text)
    let record = visit.record(status, result, error: error, isMasked: isSecret, branch: branch)
    let size = isSecret ? result.bytes.count : record.bytes.count
    guard size <= Self.largestResult else {
      let limit = ByteSize(bytes: Self.largestResult)
      throw NodeFailure.error("its result of \(size) bytes is larger than \(limit), the most that a node may have")
    }
    guard ground.volume.reserve(record.bytes.count) else {
      let limit = ByteSize(bytes: RecordVolume.most)
      throw NodeFailure.error("with its result the execution would store more than \(limit), the most that one may")
        .asFinal()
    }
    append(record)
    ground.observer?(record, visit.node)
  }

  /// Goes on with `{error: …}` as the result when the workflow says so, and ends the execution otherwise.
  mutating func fail(_ visit: NodeVisit, _ failure: NodeFailure) async -> Outcome? {
    let message = Redaction(scope.secrets).text(failure.message)
    if let policy = visit.node.retry,
      policy.allows(failure, after: visit.tries + 1, onUncertain: visit.node.onUncertain)
    {
      return retry(visit, failure, policy, message: message)
    }
    cause = .failure
    guard visit.node.continueOnError else {
      keep(visit.record(.failed, .null, error: message, tries: visit.tries + 1), of: visit.node)
      let line = "node \(visit.node.key): \(message)"
      switch failure.kind {
      case .failed: return .failed(message: line, node: visit.node.key)
      case .error: return .error(message: line, node: visit.node.key)
      }
    }
    cause = .workflow
    if let mark = visit.mark { restore(mark) }
    var result = redaction.value(failure.result)
    var record = visit.record(.failed, result, error: message)
    if record.bytes.count > Self.largestResult || !ground.volume.hasRoom(for: record.bytes.count) {
      result = redaction.value(failure.withoutData.result)
      record = visit.record(.failed, result, error: message)
    }
    scope.set(result: result, of: visit.node.key, isSecret: false)
    keep(record, of: visit.node)
    guard visit.hadEffect || visit.mark != nil else { return nil }
    // What follows builds on the failure, so a later run must not come to something else.
    do {
      try await checkpoint()
      if let callback = visit.openCallback { _ = try await close(callback) }
    } catch { return error.outcome }
    return nil
  }

  /// Not skipped when the task is cancelled: what has been done must not be done again.
  mutating func checkpoint() async throws(Interruption) {
    guard !pending.isEmpty else { return }
    do { try await journal.checkpoint(pending) } catch { throw .abandoned(error) }
    (pending, pendingBytes) = ([], 0)
  }

  mutating func checkpoint(callbacks: [String]) async throws(Interruption) {
    do { try await journal.checkpoint(pending, callbacks: callbacks) } catch { throw .abandoned(error) }
    (pending, pendingBytes) = ([], 0)
  }

  /// Something to go on from that is no end of a node.
  mutating func note(_ record: NodeRecord) {
    ground.volume.add(record.bytes.count)
    append(record)
  }

  /// For values: one that owes nothing to `$env` stays as it is, even if it happens to contain the same text.
  var redaction: Redaction { Redaction(scope.hasReadSecret ? scope.secrets : []) }

  private mutating func keep(_ record: NodeRecord, of node: Node) {
    note(record)
    ground.observer?(record, node)
  }

  private mutating func append(_ record: NodeRecord) {
    pending.append(record)
    pendingBytes += record.bytes.count
    own?.append(record)
  }

  // MARK: forgetting

  /// What is to be seen behind this place if what follows fails and is passed over.
  struct Mark: Sendable {
    fileprivate let scope: ExecutionScope.Mark
    fileprivate let output: JSON?
  }

  var mark: Mark { Mark(scope: scope.mark, output: output) }

  /// Records stay: they tell what has been done.
  mutating func restore(_ mark: Mark) {
    scope.restore(mark.scope)
    output = mark.output
  }
}
