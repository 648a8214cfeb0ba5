// Nodes that wait: for a moment, for somebody who calls, for another try. Nothing of it holds a worker: the walk ends,
// and a later run goes on from what was recorded.

import JSONCodec
import ProcessSupport
import Workflows

extension ExecutionWalk {
  mutating func suspend(_ visit: NodeVisit, until due: Int64) -> Outcome {
    note(visit.record(.waiting, .null, due: due))
    return .suspended(Suspension(until: due))
  }

  mutating func retry(_ visit: NodeVisit, _ failure: NodeFailure, _ policy: RetryPolicy, message: String) -> Outcome {
    let tries = visit.tries + 1
    let due = input.clock.latest + policy.milliseconds(after: tries, retryAfter: failure.retryAfter)
    note(visit.record(.retrying, .null, error: message, tries: tries, due: due))
    return .suspended(Suspension(until: due))
  }

  /// The shortest time for which it pays to let others have the worker.
  private static let shortest: Int64 = 100

  mutating func perform(_ effect: NodeStep, paced pace: Pace, _ visit: inout NodeVisit) async throws -> Outcome? {
    // Its turn was reserved by an earlier run, which then waited for it.
    if visit.earlier?.status != .waiting {
      let start: Int64
      do { start = try await journal.reserve(pace.name, spacing: pace.spacing) } catch {
        throw Interruption.abandoned(error)
      }
      let wait = start - input.clock.earliest
      if wait > Self.shortest { return suspend(visit, until: start) }
      if wait > 0 {
        do { try await Task.sleep(for: .milliseconds(wait)) } catch { throw Interruption.abandoned(error) }
      }
    }
    return try await perform(effect, &visit)
  }

  /// Not everybody may run it twice: says that it begins before it does.
  mutating func announce(_ visit: NodeVisit) async throws {
    guard visit.node.onUncertain == .fail else { return }
    note(visit.record(.started, .null))
    try await checkpoint()
  }

  mutating func wait(_ plan: CallbackPlan, _ turn: NodeVisit, _ callback: String) async throws -> Outcome? {
    var visit = turn
    let key = visit.node.key
    // It has failed before and gives out another address: whoever was told of the first one is told again.
    visit.tries = visit.earlier?.tries ?? 0
    if visit.tries > 0, visit.earlier?.callback != nil || !visit.isRecorded { visit.callback = callback }
    if visit.earlier?.callback == nil, !visit.isRecorded {
      // Whoever hears of the address may use it at once.
      note(visit.record(.waiting, .null, callback: callback))
      try await checkpoint(callbacks: [callback])
    }
    scope.set(scope: key, to: ["url": .string("\(input.resumeAddress)\(input.id)-\(callback)")])
    defer { scope.set(scope: key, to: nil) }
    if let outcome = await walk(plan.nodes, of: visit) { return outcome }
    scope.beginNode()
    if let result = visit.replayed?.result {
      try finish(visit, result)
      return nil
    }
    if let bytes = input.arrivals[callback] { return try await resumed(visit, bytes) }
    guard let due = visit.earlier?.due else {
      let due = input.clock.latest + plan.timeout.milliseconds
      note(visit.record(.waiting, .null, due: due, callback: callback))
      return .suspended(Suspension(until: due, callbacks: [callback]))
    }
    guard due <= input.clock.earliest else { return .suspended(Suspension(until: due, callbacks: [callback])) }
    if let late = try await close(callback) { return try await resumed(visit, late) }
    // Another try would wait for the same people, who have had their time.
    if plan.failsOnTimeout { throw NodeFailure.failed("nobody called within \(plan.timeout.millraceText)").asFinal() }
    try finish(visit, .null)
    try await checkpoint()
    return nil
  }

  /// Who calls from now on hears that it is over. What has come before that is given back.
  func close(_ callback: String) async throws(Interruption) -> [UInt8]? {
    do { return try await journal.close(callback: callback) } catch { throw .abandoned(error) }
  }

  /// The nodes of a wait that begins once more have records and idempotency keys of their own.
  private mutating func walk(_ nodes: [Node], of visit: NodeVisit) async -> Outcome? {
    guard let callback = visit.callback else { return await walk(nodes) }
    let outer = (prefix, items)
    (prefix, items) = ("\(visit.path)/\(callback)/", items + [callback])
    defer { (prefix, items) = outer }
    return await walk(nodes)
  }

  /// What has come counts from now on, whatever comes later.
  private mutating func resumed(_ visit: NodeVisit, _ bytes: [UInt8]) async throws -> Outcome? {
    let result: JSON
    do { result = try JSON.parse(bytes, limits: .scriptResult) } catch {
      throw NodeFailure.error("what came for it cannot be read: \(error)").asFinal()
    }
    try finish(visit, result)
    try await checkpoint()
    return nil
  }
}

/// The last part of a resume address: 80 random bits as 16 characters of Crockford's base 32, in lower case.
enum Callback {
  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")

  static func random() -> String {
    String((0..<16).map { _ in alphabet[Int.random(in: 0..<32)] })
  }
}
