// One node's turn in the walk: what is known of it from earlier runs, and when it began.

import JSONCodec
import ProcessSupport
import Workflows

struct NodeVisit {
  let node: Node
  /// What an earlier run recorded of this node.
  let earlier: NodeRecord?
  let startedAt: Int64
  let started = ContinuousClock.now
  /// Whether the world may have noticed this node in this run.
  var hadEffect = false
  /// What its script wrote with `console`.
  var console = JSON.null

  init(node: Node, earlier: NodeRecord?, startedAt: Int64) {
    self.node = node
    self.earlier = earlier
    self.startedAt = startedAt
  }

  /// The record to go by instead of running the node.
  var replayed: NodeRecord? {
    guard let earlier, earlier.status == .succeeded, !earlier.isMasked else { return nil }
    return earlier
  }

  /// The result of a node that failed in an earlier run and was passed over.
  var passedOver: JSON? {
    guard let earlier, earlier.status == .failed, node.continueOnError else { return nil }
    return earlier.result
  }

  /// A node that failed and ended the execution is run again when the execution is redriven; all others are done.
  var isRecorded: Bool {
    guard let earlier else { return false }
    return earlier.status != .failed || node.continueOnError
  }

  func record(_ status: NodeRecord.Status, _ result: JSON, error: String? = nil, isMasked: Bool = false) -> NodeRecord {
    NodeRecord(
      path: node.key, type: node.type, status: status, startedAt: startedAt,
      duration: (ContinuousClock.now - started).milliseconds, result: result, error: error, isMasked: isMasked,
      console: console)
  }
}
