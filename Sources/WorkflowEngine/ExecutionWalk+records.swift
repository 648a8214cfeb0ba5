// What the walk leaves behind: a record for each node, and what becomes of failures.

import JSONCodec
import ProcessSupport
import Workflows

extension ExecutionWalk {
  /// Makes the result readable for the nodes that follow and keeps it for the next checkpoint.
  mutating func finish(
    _ visit: NodeVisit, _ result: JSON, status: NodeRecord.Status = .succeeded, error: String? = nil,
    isSecret: Bool = false
  ) throws {
    scope.set(result: result, of: visit.node.key, isSecret: isSecret)
    guard !visit.isRecorded else { return }
    let error = error.map(Redaction(scope.secrets).text)
    let record = visit.record(status, result, error: error, isMasked: isSecret)
    let size = isSecret ? result.bytes.count : record.bytes.count
    guard size <= Self.largestResult else {
      let limit = ByteSize(bytes: Self.largestResult)
      throw NodeFailure.error("its result of \(size) bytes is larger than \(limit), the most that a node may have")
    }
    keep(record, of: visit.node)
  }

  /// Goes on with `{error: …}` as the result when the workflow says so, and ends the execution otherwise.
  mutating func fail(_ visit: NodeVisit, _ failure: NodeFailure) async -> Outcome? {
    let message = Redaction(scope.secrets).text(failure.message)
    guard visit.node.continueOnError else {
      keep(visit.record(.failed, .null, error: message), of: visit.node)
      let line = "node \(visit.node.key): \(message)"
      switch failure.kind {
      case .failed: return .failed(message: line, node: visit.node.key)
      case .error: return .error(message: line, node: visit.node.key)
      }
    }
    let result = redaction.value(failure.result)
    scope.set(result: result, of: visit.node.key, isSecret: false)
    keep(visit.record(.failed, result, error: message), of: visit.node)
    guard visit.hadEffect else { return nil }
    do { try await checkpoint() } catch { return error.outcome }
    return nil
  }

  /// Not skipped when the task is cancelled: what has been done must not be done again.
  mutating func checkpoint() async throws(Interruption) {
    guard !pending.isEmpty else { return }
    do { try await journal.checkpoint(pending) } catch { throw .abandoned(error) }
    pending = []
  }

  /// For values: one that owes nothing to `$env` stays as it is, even if it happens to contain the same text.
  var redaction: Redaction { Redaction(scope.hasReadSecret ? scope.secrets : []) }

  private mutating func keep(_ record: NodeRecord, of node: Node) {
    pending.append(record)
    observer?(record, node)
  }
}
