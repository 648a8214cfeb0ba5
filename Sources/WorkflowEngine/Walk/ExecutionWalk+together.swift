// Branches that run at the same time: who begins when, who waits for its time, whose end decides about the others.

import JSONCodec
import Workflows

struct BranchGroup: Sendable {
  let count: Int
  /// How many are at work at once; those that wait for their time are not.
  let width: Int
  /// The workflow passes over the failure of a branch.
  let keepsFailure: Bool
  /// What the others have set is forgotten.
  let onlyWinnerCounts: Bool
  /// They run the same nodes: of these only what the last one has come to is seen afterwards.
  let areItems: Bool
  let decides: @Sendable (BranchEnd) -> Consequence

  /// What a branch's end means for the others.
  enum Consequence: Int, Comparable, Sendable {
    case goOn, startNoMore, cancelRest

    static func < (one: Consequence, other: Consequence) -> Bool { one.rawValue < other.rawValue }
  }

  func consequence(of end: BranchEnd) -> Consequence {
    if case .ended = end { .cancelRest } else { decides(end) }
  }
}

extension ExecutionWalk {
  /// Runs branches until all are at their ends or one decides; the rest is cancelled then, and leaves no end. Gives the
  /// outcome of the execution if a branch has one, or if some wait, nobody is at work and none decides.
  mutating func together(
    _ branches: BranchGroup, _ visit: NodeVisit, nodes: (Int) -> [Node], seed: (Int) -> BranchSeed,
    ends: inout [Int: BranchEnd]
  ) async -> Outcome? {
    guard branches.count > 0 else { return nil }
    // Their effects build on it, and each of them checkpoints only what is its own.
    do { try await checkpoint() } catch { return error.outcome }
    let stepsBefore = steps
    let reports = await reports(of: branches, visit, nodes: nodes, seed: seed)
    return settle(reports, of: branches, stepsBefore: stepsBefore, ends: &ends)
  }

  /// In the order in which they came to their ends; those that wait come last.
  private func reports(
    of branches: BranchGroup, _ visit: NodeVisit, nodes: (Int) -> [Node], seed: (Int) -> BranchSeed
  ) async -> [BranchReport] {
    var reports: [BranchReport] = []
    await withTaskGroup(of: BranchEvent.self) { group in
      var next = 0
      var active = 0
      /// They waited, and their time has come.
      var due: [BranchReport] = []
      var consequence = BranchGroup.Consequence.goOn
      var isOver = false

      func start(_ index: Int, after before: BranchReport? = nil) {
        let (content, path) = (nodes(index), "\(visit.path)/\(index)")
        let known = ground.adding(before?.records ?? [])
        let start = seed(index).going(onFrom: before)
        active += 1
        group.addTask {
          var walk = ExecutionWalk(known, seed: start)
          let end = await walk.branch(content, at: path, of: visit, keepsFailure: branches.keepsFailure)
          return .ended(walk.report(end, index, after: before))
        }
      }

      func fill() {
        while active < branches.width {
          if !due.isEmpty {
            let report = due.removeFirst()
            start(report.index, after: report)
          } else if consequence == .goOn, next < branches.count {
            start(next)
            next += 1
          } else {
            return
          }
        }
      }

      fill()
      while let event = await group.next() {
        if case .ended = event { active -= 1 }
        let report = event.report
        if isOver {
          reports.append(report)
          continue
        }
        switch (event, report.end) {
        case (.rested, .suspended): due.append(report)
        case (.ended, .suspended(let point)):
          let (clock, journal) = (input.clock, journal)
          group.addTask { await report.resting(until: point.until, clock, journal) }
        default:
          reports.append(report)
          consequence = max(consequence, branches.consequence(of: report.end))
        }
        if consequence != .cancelRest { fill() }
        // When nobody is at work any more, what waits waits without a worker.
        isOver = consequence == .cancelRest || active == 0
        if isOver { group.cancelAll() }
      }
      reports += due
    }
    return reports
  }

  private func report(_ end: BranchEnd, _ index: Int, after before: BranchReport?) -> BranchReport {
    BranchReport(
      index: index, end: end, changes: scope.changes, pending: (before?.pending ?? []) + pending,
      records: (before?.records ?? []) + (own ?? []), output: output, reply: reply, replied: replied, steps: steps,
      cause: cause)
  }

  /// In the order in which they came to their ends as far as decisions go, in that of the branches for the rest.
  private mutating func settle(
    _ reports: [BranchReport], of branches: BranchGroup, stepsBefore: Int, ends: inout [Int: BranchEnd]
  ) -> Outcome? {
    let decision = reports.firstIndex { branches.consequence(of: $0.end) == .cancelRest }
    let counting = counting(reports, of: branches, winner: decision.map { reports[$0].index })
    let last = reports.map(\.index).filter(counting.contains).max()
    for report in reports.sorted(by: { $0.index < $1.index }) {
      take(
        report, stepsBefore: stepsBefore, counts: counting.contains(report.index),
        withResults: !branches.areItems || report.index == last)
    }
    if let decision {
      // What the others came to afterwards was their being cancelled.
      for report in reports[...decision] { ends[report.index] = report.end }
      cause = reports[decision].cause
      reply = reports[decision].reply
      if case .ended(let outcome) = reports[decision].end { return outcome }
      return nil
    }
    var suspension: Suspension?
    for report in reports {
      ends[report.index] = report.end
      if case .suspended(let point) = report.end { suspension = point.or(suspension) }
    }
    return suspension.map { .suspended($0) }
  }

  /// Whose changes are seen afterwards: no branch's that a later run would not go into, or perhaps not.
  private func counting(_ reports: [BranchReport], of branches: BranchGroup, winner: Int?) -> ClosedRange<Int> {
    if branches.onlyWinnerCounts { return winner.map { $0...$0 } ?? -1...(-1) }
    let stops = reports.filter { branches.consequence(of: $0.end) == .startNoMore }
    return 0...(stops.map(\.index).min() ?? branches.count)
  }

  private mutating func take(_ report: BranchReport, stepsBefore: Int, counts: Bool, withResults: Bool) {
    pending += report.pending
    pendingBytes += report.pending.reduce(0) { $0 + $1.bytes.count }
    own?.append(contentsOf: report.records)
    replied = replied || report.replied
    steps += report.steps - stepsBefore
    cause = max(cause, report.cause)
    scope.learn(report.changes)
    guard counts else { return }
    scope.take(report.changes, withResults: withResults)
    output = report.output ?? output
  }
}

/// Why a task of the group has ended.
private enum BranchEvent: Sendable {
  case ended(BranchReport)
  /// It waited for the time of a branch, or until nobody was at work.
  case rested(BranchReport)

  var report: BranchReport {
    switch self {
    case .ended(let report), .rested(let report): report
    }
  }
}

extension BranchReport {
  /// Keeps what the branch goes on from, in case this worker dies meanwhile, and waits for its time.
  fileprivate func resting(until due: Int64, _ clock: ExecutionClock, _ journal: any ExecutionJournal) async
    -> BranchEvent
  {
    var report = self
    if !pending.isEmpty, !Task.isCancelled {
      do {
        try await journal.checkpoint(pending)
        report.pending = []
      } catch {
        // When it was cancelled the records go with what the execution leaves.
        if !Task.isCancelled { report.end = .ended(.abandoned(reason: error)) }
      }
    }
    if case .suspended = report.end {
      try? await Task.sleep(for: .milliseconds(max(0, due - clock.earliest) + 1))
    }
    return .rested(report)
  }
}

extension BranchSeed {
  /// The same place; a caller that was answered meanwhile is not answered again.
  fileprivate func going(onFrom report: BranchReport?) -> BranchSeed {
    var seed = self
    if let report { seed.replied = report.replied }
    return seed
  }
}
