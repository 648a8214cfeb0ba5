// One branch, and the branches of a `parallel` node. Each branch beside others walks on ground of its own: it takes a
// snapshot of the scope along and leaves its changes behind, so nothing is shared while they run.

import JSONCodec
import Workflows

extension ExecutionWalk {
  // MARK: one branch

  /// `keepsFailure`: the workflow passes over a failure, so a later run must not try it again, and will not see what
  /// the branch had set before it failed.
  mutating func branch(_ nodes: [Node], at path: String, of visit: NodeVisit, keepsFailure: Bool) async -> BranchEnd {
    if keepsFailure, let record = ground.record(at: path), record.status == .failed {
      let message = record.error ?? ""
      return .failed(.failed(message: message, node: nil), message: message)
    }
    let mark = keepsFailure ? mark : nil
    let outer = prefix
    prefix = path + "/"
    defer { prefix = outer }
    cause = .workflow
    guard let outcome = await walk(nodes) else {
      guard let last = nodes.last?.key else { return .done(.null, isSecret: false) }
      return .done(scope.result(of: last) ?? .null, isSecret: scope.isSecret(resultOf: last))
    }
    switch outcome {
    case .suspended(let suspension): return .suspended(suspension)
    case .failed(let message, _) where cause.mayBePassedOver, .error(let message, _) where cause.mayBePassedOver:
      guard let mark else { return .failed(outcome, message: message) }
      cause = .workflow
      restore(mark)
      note(
        NodeRecord(
          path: path, type: visit.node.type, status: .failed, startedAt: visit.startedAt, duration: 0, result: .null,
          error: message))
      do { try await checkpoint() } catch { return .ended(error.outcome) }
      return .failed(outcome, message: message)
    default: return .ended(outcome)
    }
  }

  // MARK: parallel

  mutating func parallel(_ plan: ParallelPlan, _ visit: NodeVisit) async throws -> Outcome? {
    if let earlier = visit.earlier, earlier.status == .succeeded, let winner = earlier.branch,
      plan.branches.indices.contains(winner)
    {
      return try await replay(winner, of: plan, visit)
    }
    var ends: [Int: BranchEnd] = [:]
    let seed = BranchSeed(snapshot: scope.snapshot, prefix: prefix, items: items, steps: steps, replied: replied)
    let group = BranchGroup(
      count: plan.branches.count, width: plan.branches.count,
      keepsFailure: plan.mode == .settled || plan.mode == .any,
      onlyWinnerCounts: plan.mode == .any || plan.mode == .race, areItems: false
    ) { end in
      switch (plan.mode, end) {
      case (.all, .failed), (.any, .done), (.race, .done), (.race, .failed): .cancelRest
      default: .goOn
      }
    }
    let outcome = await together(group, visit, nodes: { plan.branches[$0] }, seed: { _ in seed }, ends: &ends)
    if let outcome { return outcome }
    scope.beginNode()
    return try await conclude(plan, visit, ends)
  }

  /// The other branches were given up when this one decided.
  private mutating func replay(_ winner: Int, of plan: ParallelPlan, _ visit: NodeVisit) async throws -> Outcome? {
    switch await branch(plan.branches[winner], at: "\(visit.path)/\(winner)", of: visit, keepsFailure: false) {
    case .ended(let outcome), .failed(let outcome, _): return outcome
    case .suspended(let suspension): return .suspended(suspension)
    case .done(let result, let isSecret):
      scope.beginNode()
      try finish(visit, result, isSecret: isSecret)
      return nil
    }
  }

  private mutating func conclude(
    _ plan: ParallelPlan, _ visit: NodeVisit, _ ends: [Int: BranchEnd]
  ) async throws -> Outcome? {
    let order = plan.branches.indices.compactMap { index in ends[index].map { (index, $0) } }
    let failed = order.compactMap { _, end -> (outcome: Outcome, message: String)? in
      if case .failed(let outcome, let message) = end { (outcome, message) } else { nil }
    }
    let done = order.compactMap { index, end -> (index: Int, result: JSON, isSecret: Bool)? in
      if case .done(let result, let isSecret) = end { (index, result, isSecret) } else { nil }
    }
    let isSecret = done.contains { $0.isSecret }
    switch plan.mode {
    case .all:
      if let first = failed.first { return first.outcome }
      try finish(visit, .array(done.map(\.result)), isSecret: isSecret)
    case .settled:
      try finish(visit, .array(order.map { Self.settled($0.1) }), isSecret: isSecret)
    case .any, .race:
      guard let winner = done.first else {
        // What a condition or a switch has stopped makes no dead letter.
        if plan.mode == .race, cause == .stop, let first = failed.first { return first.outcome }
        let message = failed.first?.message ?? "no branch succeeded"
        throw NodeFailure.failed(plan.mode == .any ? "no branch succeeded: \(message)" : message)
      }
      try finish(visit, winner.result, isSecret: isSecret, branch: winner.index)
      try await checkpoint()
    }
    return nil
  }

  private static func settled(_ end: BranchEnd) -> JSON {
    switch end {
    case .done(let result, _): ["status": "succeeded", "result": result]
    case .failed(_, let message): ["status": "failed", "error": .string(message)]
    case .suspended, .ended: .null
    }
  }
}
