// What goes into a branch that runs beside others, and what comes out of it.

import JSONCodec
import Workflows

struct BranchSeed: Sendable {
  let snapshot: ExecutionScope.Snapshot
  let prefix: String
  let items: [String]
  let steps: Int
  var replied: Bool
}

/// How a branch came to its end.
enum BranchEnd: Sendable {
  /// With the result of its last node.
  case done(JSON, isSecret: Bool)
  case failed(Outcome, message: String)
  case suspended(Suspension)
  /// It ends the execution.
  case ended(Outcome)
}

struct BranchReport: Sendable {
  let index: Int
  var end: BranchEnd
  let changes: ExecutionScope.Changes
  var pending: [NodeRecord]
  /// All that it has recorded in this run, its runs before included.
  let records: [NodeRecord]
  let output: JSON?
  let reply: Reply?
  let replied: Bool
  let steps: Int
  let cause: EndCause
}
