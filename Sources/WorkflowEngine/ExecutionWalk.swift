// The walk through a workflow: node after node until one ends the execution, taking from the checkpoint what earlier
// runs have done and checkpointing each effect before the next node starts.

import JSONCodec
import Workflows

struct ExecutionWalk {
  static let mostSteps = 10_000
  static let largestResult = 16 << 20

  let input: ExecutionInput
  let scope: ExecutionScope
  let services: any NodeServices
  let journal: any ExecutionJournal
  let now: @Sendable () -> Int64
  let observer: WorkflowRunner.Observer?

  private let recorded: [String: NodeRecord]
  var pending: [NodeRecord] = []
  var output: JSON?
  var reply: Reply?
  var replied: Bool
  private var steps = 0

  init(
    input: ExecutionInput, services: any NodeServices, journal: any ExecutionJournal,
    now: @escaping @Sendable () -> Int64, observer: WorkflowRunner.Observer?
  ) {
    self.input = input
    scope = ExecutionScope(input)
    self.services = services
    self.journal = journal
    self.now = now
    self.observer = observer
    recorded = Dictionary(input.records.map { ($0.path, $0) }) { _, last in last }
    replied = input.replied
  }

  func report(_ outcome: Outcome) -> RunReport {
    RunReport(outcome: outcome, output: output, reply: reply, records: pending)
  }

  /// Nil when all nodes are done and what follows the list may go on.
  mutating func walk(_ nodes: [Node]) async -> Outcome? {
    for node in nodes {
      if let outcome = reasonToStop(before: node) { return outcome }
      if let outcome = await visit(node) { return outcome }
    }
    return nil
  }

  private mutating func reasonToStop(before node: Node) -> Outcome? {
    if Task.isCancelled { return .abandoned(reason: CancellationError()) }
    if let deadline = input.deadline, ContinuousClock.now >= deadline { return .timedOut }
    steps += 1
    guard steps > Self.mostSteps else { return nil }
    return .error(
      message: "node \(node.key): the execution has run \(Self.mostSteps) nodes, the most that one may",
      node: node.key)
  }

  private mutating func visit(_ node: Node) async -> Outcome? {
    var visit = NodeVisit(node: node, earlier: recorded[node.key], startedAt: now())
    scope.beginNode()
    do {
      if node.isDisabled {
        try finish(visit, .null, status: .skipped)
      } else if let result = visit.passedOver {
        try finish(visit, result, status: .failed)
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

  private func step(of visit: NodeVisit) throws -> NodeStep {
    guard let settings = visit.node.settings as? any RunnableSettings else {
      throw NodeFailure.error("this version cannot run nodes of type \(visit.node.type)")
    }
    let run = NodeRun(node: visit.node, executionID: input.id, scope: scope)
    if let record = visit.replayed, let step = settings.replay(record.result, run) { return step }
    return try settings.start(run)
  }

  private mutating func perform(_ step: NodeStep, _ visit: inout NodeVisit) async throws -> Outcome? {
    switch step {
    case .value(let value):
      try finish(visit, value, isSecret: scope.hasReadSecret)
    case .assign(let object):
      try finish(visit, object, isSecret: scope.hasReadSecret)
      for (name, value) in object.members { scope.set(variable: name, to: value, isSecret: scope.hasReadSecret) }
    case .output(let value):
      try finish(visit, value, isSecret: scope.hasReadSecret)
      output = redaction.value(value)
    case .branch(let result, let nodes, let ending):
      try finish(visit, result)
      if let outcome = await walk(nodes) { return outcome }
      return ending.map { end($0, at: visit.node) }
    case .compute(let work):
      let computed = try await limited(visit.node, grace: .milliseconds(500)) { [services] in try await work(services) }
      visit.console = computed.console
      return try await perform(computed.step, &visit)
    case .effect(let work):
      visit.hadEffect = true
      try finish(visit, try await bounded(visit.node, work))
      try await checkpoint()
    case .reply(let early):
      visit.hadEffect = true
      try await send(early)
      try finish(visit, .null)
      try await checkpoint()
    case .end(let result, let ending):
      try finish(visit, result, status: ending.status, error: ending.message)
      return end(ending, at: visit.node)
    }
    return nil
  }

  private mutating func end(_ ending: Ending, at node: Node) -> Outcome {
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
