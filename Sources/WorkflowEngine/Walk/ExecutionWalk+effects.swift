// What the world notices of a walk, bounded by the node's timeout and the execution's deadline.

import JSONCodec
import OutboundHTTP
import ProcessSupport
import Scripting
import Workflows

extension ExecutionWalk {
  private static let lackPause: Duration = .milliseconds(250)
  /// For nodes without a timeout of their own.
  private static let lackLimit: Duration = .seconds(30)

  func bounded(
    _ node: Node, _ work: @escaping @Sendable (any NodeServices) async throws -> JSON
  ) async throws -> JSON {
    let services = ConfirmedServices(services: ground.services, journal: journal)
    let end = ContinuousClock.now + (node.timeout ?? Self.lackLimit)
    while true {
      do { try await journal.confirm() } catch { throw Interruption.abandoned(error) }
      do {
        return try await limited(node, grace: .milliseconds(500)) { try await work(services) }
      } catch let error as OutboundError where error.kind == .notStarted {
        // Its turn came too late and nothing of it has left; so it is asked again whose the execution is.
        continue
      } catch let error as OutboundError where error.kind == .lacking {
        // Others that end here make room; a worker must not fail at once what another one could do.
        guard .now < end else { throw NodeFailure.failed(error.message).temporary() }
        do { try await Task.sleep(for: Self.lackPause) } catch { throw Interruption.abandoned(error) }
        if let deadline = input.deadline, ContinuousClock.now >= deadline { throw Interruption.deadline }
      }
    }
  }

  /// Ends the work when the node's or the execution's time is up. `grace` is for work that knows the node's timeout
  /// itself and tells more about it.
  func limited<Value: Sendable>(
    _ node: Node, grace: Duration = .zero, _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let moments = [node.timeout.map { ContinuousClock.now + $0 + grace }, input.deadline].compactMap(\.self)
    let bounded = await Bounded.run(until: moments.min(), work)
    switch bounded.result {
    case .success(let value): return value
    case .failure(let error):
      if Task.isCancelled { throw Interruption.abandoned(CancellationError()) }
      guard bounded.isLate else { throw error }
      if let deadline = input.deadline, ContinuousClock.now >= deadline { throw Interruption.deadline }
      throw NodeFailure.failed("it did not finish within \(node.timeout?.millraceText ?? "its timeout")")
        .temporary(isUncertain: true)
    }
  }

  /// Once in an execution's life: a caller has one connection and hears one answer.
  mutating func send(_ early: Reply) async throws(Interruption) {
    guard !replied else { return }
    do { try await journal.reply(early) } catch { throw .abandoned(error) }
    replied = true
  }
}

/// A request may wait for its connection, and its process may stand still meanwhile: it leaves only if the execution is
/// still in these hands then.
private struct ConfirmedServices: NodeServices {
  let services: any NodeServices
  let journal: any ExecutionJournal

  func send(_ request: OutboundRequest) async throws(OutboundError) -> OutboundResponse {
    var request = request
    request.mayStart = { [journal] in journal.isConfirmed }
    return try await services.send(request)
  }

  func run(_ call: ScriptCall) async throws(ScriptFailure) -> ScriptOutcome {
    try await services.run(call)
  }
}
