// Loops: one item after another on the walk's own ground, or side by side.

import JSONCodec
import Workflows

extension ExecutionWalk {
  /// What the items have come to.
  private struct ItemResults {
    var values: [JSON] = []
    var isSecret = false

    mutating func append(_ value: JSON, isSecret: Bool) {
      values.append(value)
      self.isSecret = self.isSecret || isSecret
    }

    mutating func append(failure message: String) {
      values.append(NodeFailure.failed(message).result)
    }
  }

  mutating func loop(_ plan: LoopPlan, _ visit: NodeVisit) async throws -> Outcome? {
    if let items = plan.items, items.count > plan.limit {
      throw NodeFailure.error("it has \(items.count) items, and its limit is \(plan.limit)")
    }
    // Items that were made from `$env` are as secret as it is.
    let areItemsSecret = scope.hasReadSecret
    var results = ItemResults()
    let outcome =
      plan.width > 1
      ? try await side(by: plan, visit, areItemsSecret, &results)
      : try await oneByOne(plan, visit, areItemsSecret, &results)
    scope.set(scope: visit.node.key, to: nil)
    if let outcome { return outcome }
    scope.beginNode()
    try finish(visit, .array(results.values), isSecret: results.isSecret)
    return nil
  }

  private func scopeValue(of plan: LoopPlan, _ index: Int) -> JSON {
    var members: [(String, JSON)] = [
      ("item", plan.items?[index] ?? .int(Int64(index))), ("index", .int(Int64(index))),
      ("sequence", .int(Int64(index + 1))),
    ]
    if let items = plan.items { members.append(("length", .int(Int64(items.count)))) }
    return .object(JSONObject(members))
  }

  private mutating func oneByOne(
    _ plan: LoopPlan, _ visit: NodeVisit, _ areItemsSecret: Bool, _ results: inout ItemResults
  ) async throws -> Outcome? {
    // Its condition was asked before each item that was entered, and the world may look different by now.
    let entered = ground.entered(visit.path)
    let finished = plan.condition == nil ? nil : finishedItems(of: visit, entered: entered)
    let outside = scope.nodes
    var index = 0
    while index < plan.items?.count ?? .max, index != finished {
      guard index < plan.limit else { throw NodeFailure.error("it has run \(plan.limit) times, its limit") }
      scope.set(scope: visit.node.key, to: scopeValue(of: plan, index), isSecret: areItemsSecret)
      if let condition = plan.condition, finished == nil, index >= entered, try await !holds(condition, visit) { break }
      // A node that does not run for this item has nothing to tell of the one before.
      scope.forgetResults(except: outside)
      items.append(String(index))
      let end = await branch(
        plan.nodes, at: "\(visit.path)/\(index)", of: visit, keepsFailure: plan.onError != .fail)
      items.removeLast()
      switch end {
      case .done(let result, let isSecret): results.append(result, isSecret: isSecret)
      case .failed(let outcome, let message):
        if plan.onError == .fail { return outcome }
        results.append(failure: message)
        if plan.onError == .break { return nil }
      case .suspended(let suspension): return .suspended(suspension)
      case .ended(let outcome): return outcome
      }
      index += 1
    }
    return nil
  }

  /// With how many items the loop came to its end in an earlier run; nil when it did not.
  private func finishedItems(of visit: NodeVisit, entered: Int) -> Int? {
    guard let earlier = visit.earlier, earlier.status == .succeeded else { return nil }
    return earlier.isMasked ? entered : earlier.result.elements.count
  }

  private func holds(_ condition: BranchConditions, _ visit: NodeVisit) async throws -> Bool {
    var step = try condition.first(run(of: visit)) { .value(.bool($0 != nil)) }
    while case .compute(let work) = step {
      let services = ground.services
      step = try await limited(visit.node) { try await work(services) }.step
    }
    guard case .value(let value) = step else { return false }
    return value == true
  }

  private mutating func side(
    by plan: LoopPlan, _ visit: NodeVisit, _ areItemsSecret: Bool, _ results: inout ItemResults
  ) async throws -> Outcome? {
    let count = plan.items?.count ?? 0
    var ends: [Int: BranchEnd] = [:]
    let seeds = (0..<count).lazy.map { [self] index in
      var snapshot = scope.snapshot
      snapshot.set(scope: visit.node.key, to: scopeValue(of: plan, index), isSecret: areItemsSecret)
      return BranchSeed(
        snapshot: snapshot, prefix: prefix, items: items + [String(index)], steps: steps, replied: replied)
    }
    let group = BranchGroup(
      count: count, width: plan.width, keepsFailure: plan.onError != .fail, onlyWinnerCounts: false, areItems: true
    ) { end in
      guard case .failed = end else { return .goOn }
      return switch plan.onError {
      case .fail: .cancelRest
      case .break: .startNoMore
      case .continue: .goOn
      }
    }
    let outcome = await together(group, visit, nodes: { _ in plan.nodes }, seed: { seeds[$0] }, ends: &ends)
    if let outcome { return outcome }
    for index in 0..<count {
      switch ends[index] {
      case .done(let result, let isSecret): results.append(result, isSecret: isSecret)
      case .failed(let outcome, let message):
        if plan.onError == .fail { return outcome }
        results.append(failure: message)
        if plan.onError == .break { return nil }
      case .suspended, .ended, nil: break
      }
    }
    return nil
  }
}
