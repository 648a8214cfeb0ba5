// One node's turn in the walk: what is known of it from earlier runs, and when it began.

import JSONCodec
import ProcessSupport
import Workflows

struct NodeVisit {
  let node: Node
  let path: String
  /// What an earlier run recorded of this node.
  let earlier: NodeRecord?
  let startedAt: Int64
  let started = ContinuousClock.now
  /// Whether the world may have noticed this node in this run.
  var hadEffect = false
  /// What its script wrote with `console`.
  var console = JSON.null
  /// How often it has failed in earlier runs. One that failed for good and is redriven has all its attempts again.
  var tries: Int
  /// The callback that its records keep after its end too.
  var callback: String?
  /// What somebody may call although the node has failed.
  var openCallback: String?
  /// What the scope was before it, where its failure is passed over.
  var mark: ExecutionWalk.Mark?

  init(node: Node, path: String, earlier: NodeRecord?, startedAt: Int64) {
    self.node = node
    self.path = path
    self.earlier = earlier
    self.startedAt = startedAt
    tries = earlier?.status == .failed ? 0 : earlier?.tries ?? 0
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
    switch earlier.status {
    case .succeeded, .skipped: return true
    case .failed: return node.continueOnError
    case .retrying, .waiting, .started: return false
    }
  }

  /// Until when it is not its turn yet.
  func point(at time: Int64) -> Suspension? {
    guard let earlier, earlier.status == .retrying || earlier.status == .waiting, earlier.callback == nil,
      let due = earlier.due, due > time
    else { return nil }
    return Suspension(until: due)
  }

  func record(
    _ status: NodeRecord.Status, _ result: JSON, error: String? = nil, isMasked: Bool = false, tries: Int? = nil,
    due: Int64? = nil, callback: String? = nil, branch: Int? = nil
  ) -> NodeRecord {
    NodeRecord(
      path: path, type: node.type, status: status, startedAt: startedAt,
      duration: (ContinuousClock.now - started).milliseconds, result: result, error: error, isMasked: isMasked,
      console: console, tries: tries ?? self.tries, due: due, callback: callback ?? self.callback,
      branch: branch)
  }
}
