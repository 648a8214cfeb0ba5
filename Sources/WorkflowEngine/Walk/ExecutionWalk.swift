// The walk through a workflow: node after node until one ends the execution, taking from the checkpoint what earlier
// runs have done and checkpointing each effect before the next node starts.

import JSONCodec
import Workflows

/// Why a walk ends before its last node.
enum EndCause: Int, Comparable, Sendable {
  /// The workflow says so.
  case workflow
  /// A node finds that what follows it is not to be run: a failure for those around it, but not one to look after.
  case stop
  case failure

  var mayBePassedOver: Bool { self != .workflow }

  static func < (one: EndCause, other: EndCause) -> Bool { one.rawValue < other.rawValue }
}

struct ExecutionWalk {
  static let mostSteps = 10_000
  static let largestResult = 16 << 20
  /// Bytes of records that are kept for the next checkpoint at most.
  static let mostPending = 4 << 20

  /// What every branch of the walk shares.
  let ground: Ground
  let scope: ExecutionScope
  /// Where it is: in front of the keys of nodes inside loops and branches, `each/3/`.
  var prefix = ""
  /// The numbers of the items of the loops around it, and the callbacks of waits around it that begin once more.
  var items: [String] = []

  /// What the next checkpoint writes, and how many bytes it has.
  var pending: [NodeRecord] = []
  var pendingBytes = 0
  /// What a branch beside others has recorded in this run; nil where nobody walks it again.
  var own: [NodeRecord]?
  var output: JSON?
  var reply: Reply?
  var replied: Bool
  var steps = 0
  var cause = EndCause.workflow

  var input: ExecutionInput { ground.input }
  var journal: any ExecutionJournal { ground.journal }

  init(_ ground: Ground) {
    self.ground = ground
    scope = ExecutionScope(ground.input, failedTries: ground.failedTries)
    replied = ground.input.replied
  }

  /// A branch that runs beside others.
  init(_ ground: Ground, seed: BranchSeed) {
    self.ground = ground
    scope = ExecutionScope(ground.input, failedTries: ground.failedTries, branchOf: seed.snapshot)
    own = []
    prefix = seed.prefix
    items = seed.items
    steps = seed.steps
    replied = seed.replied
  }

  func report(_ outcome: Outcome) -> RunReport {
    var isDeadLetter = false
    switch outcome {
    case .failed, .error: isDeadLetter = cause == .failure
    case .timedOut: isDeadLetter = true
    case .succeeded, .suspended, .abandoned: break
    }
    return RunReport(outcome: outcome, output: output, reply: reply, records: pending, isDeadLetter: isDeadLetter)
  }

  /// Nil when all nodes are done and what follows the list may go on.
  mutating func walk(_ nodes: [Node]) async -> Outcome? {
    for node in nodes {
      if let outcome = reasonToStop(before: node) { return outcome }
      if let outcome = await visit(node) { return outcome }
      guard pendingBytes > Self.mostPending else { continue }
      do { try await checkpoint() } catch { return error.outcome }
    }
    return nil
  }

  private mutating func reasonToStop(before node: Node) -> Outcome? {
    if Task.isCancelled { return .abandoned(reason: CancellationError()) }
    if let deadline = input.deadline, ContinuousClock.now >= deadline { return .timedOut }
    steps += 1
    guard steps > Self.mostSteps else { return nil }
    cause = .failure
    return .error(
      message: "node \(node.key): the execution has run \(Self.mostSteps) nodes, the most that one may",
      node: node.key)
  }

  private mutating func visit(_ node: Node) async -> Outcome? {
    let path = prefix.isEmpty ? node.key : prefix + node.key
    var visit = NodeVisit(node: node, path: path, earlier: ground.record(at: path), startedAt: ground.now())
    scope.beginNode()
    do {
      if node.isDisabled {
        try finish(visit, .null, status: .skipped)
      } else if let result = visit.passedOver {
        try finish(visit, result, status: .failed)
      } else if let point = visit.point(at: input.clock.earliest) {
        return .suspended(point)
      } else if visit.earlier?.status == .started {
        throw NodeFailure.failed(
          "its effect may have happened: a worker died in the middle of it, and onUncertain is fail"
        ).uncertain()
      } else {
        return try await perform(try step(of: visit), &visit)
      }
      return nil
    } catch let interruption as Interruption {
      return interruption.outcome
    } catch {
      return await fail(visit, NodeFailure(error))
    }
  }

  func run(of visit: NodeVisit) -> NodeRun {
    NodeRun(
      node: visit.node, executionID: input.id, scope: scope, clock: input.clock,
      item: items.isEmpty ? nil : items.joined(separator: "."))
  }

  private func step(of visit: NodeVisit) throws -> NodeStep {
    guard let settings = visit.node.settings as? any RunnableSettings else {
      throw NodeFailure.error("this version cannot run nodes of type \(visit.node.type)")
    }
    let run = run(of: visit)
    if let record = visit.replayed, let step = settings.replay(record.result, run) { return step }
    if let record = visit.earlier, record.status == .waiting, let step = try settings.resume(record, run) {
      return step
    }
    return try settings.start(run)
  }

  mutating func perform(_ step: NodeStep, _ visit: inout NodeVisit) async throws -> Outcome? {
    switch step {
    case .value(let value):
      try finish(visit, value, isSecret: scope.hasReadSecret)
    case .assign(let object):
      try finish(visit, object, isSecret: scope.hasReadSecret)
      for (name, value) in object.members { scope.set(variable: name, to: value, isSecret: scope.hasReadSecret) }
    case .output(let value):
      try finish(visit, value, isSecret: scope.hasReadSecret)
      output = redaction.value(value)
    case .branch(let result, let nodes, let stop):
      remember(&visit)
      try finish(visit, result)
      if let outcome = try passOver(await walk(nodes), visit) { return outcome }
      if let stop { return try passOver(end(.failed(message: stop), at: visit.node, cause: .stop), visit) }
    case .compute(let work):
      let services = ground.services
      let computed = try await limited(visit.node, grace: .milliseconds(500)) { try await work(services) }
      visit.console = computed.console
      return try await perform(computed.step, &visit)
    case .effect(let work):
      visit.hadEffect = true
      try await announce(visit)
      let result = try await bounded(visit.node, work)
      // It has happened, whatever becomes of its result.
      do { try finish(visit, result) } catch { throw NodeFailure(error).uncertain() }
      try await checkpoint()
    case .paced(let pace, let effect):
      return try await perform(effect, paced: pace, &visit)
    case .pause(let until):
      return suspend(visit, until: until)
    case .wait(let plan):
      remember(&visit)
      let callback = visit.earlier?.callback ?? Callback.random()
      visit.openCallback = callback
      return try passOver(try await wait(plan, visit, callback), visit)
    case .loop(let plan):
      remember(&visit)
      return try passOver(try await loop(plan, visit), visit)
    case .parallel(let plan):
      remember(&visit)
      return try passOver(try await parallel(plan, visit), visit)
    case .reply(let early):
      visit.hadEffect = true
      try await send(early)
      try finish(visit, .null)
      try await checkpoint()
    case .end(let ending):
      try finish(visit, .null, status: ending.status, error: ending.message)
      return end(ending, at: visit.node, cause: .workflow)
    case .stop(let result, let message):
      if visit.node.continueOnError { throw NodeFailure.failed(message).asFinal() }
      try finish(visit, result, status: .failed, error: message)
      return end(.failed(message: message), at: visit.node, cause: .stop)
    }
    return nil
  }

  /// When it is passed over, a later run does not go into it again: what was set inside must be forgotten then.
  private func remember(_ visit: inout NodeVisit) {
    if visit.node.continueOnError { visit.mark = mark }
  }

  /// A failure inside becomes the node's own where the workflow goes on after it.
  private mutating func passOver(_ outcome: Outcome?, _ visit: NodeVisit) throws -> Outcome? {
    guard visit.node.continueOnError, cause.mayBePassedOver else { return outcome }
    switch outcome {
    case .failed(let message, _), .error(let message, _):
      cause = .workflow
      throw NodeFailure.failed(message)
    case .succeeded, .timedOut, .suspended, .abandoned, nil: return outcome
    }
  }

  private mutating func end(_ ending: Ending, at node: Node, cause: EndCause) -> Outcome {
    self.cause = cause
    switch ending {
    case .succeeded(let last):
      // The caller that was answered early has gone.
      if !replied { reply = last }
      return .succeeded
    case .failed(let message):
      return .failed(message: Redaction(scope.secrets).text(message), node: node.key)
    }
  }
}
