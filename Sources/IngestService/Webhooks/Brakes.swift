// Refuses at the head of a request what would be refused later anyway: clients and workflows that are over their rate,
// and addresses whose webhooks keep failing their checks. Without it each of them would cost a body and a signature.

import NIOCore
import Synchronization
import WebhookChecks
import Workflows

/// One for each event loop. What it remembers is bounded, and forgetting is harmless: the queue knows the rates.
final class Brakes: Sendable {
  private struct State {
    /// Until when a rate is used up, by its name.
    var rates: [String: NIODeadline] = [:]
    var strangers: [String: Suspicion] = [:]
  }

  /// A bucket of failures that an address may have: each takes one, each success and a hundredth of a second give one
  /// back.
  private struct Suspicion {
    var failures: Double
    var since: NIODeadline

    func rest(at now: NIODeadline) -> Double {
      max(0, failures - Double((now - since).nanoseconds) / 1e9 * Brakes.forgivenPerSecond)
    }
  }

  private static let capacity = 10_000
  private static let tolerated = 1000.0
  private static let forgivenPerSecond = 100.0
  private static let calm = 50.0

  private let state = Mutex(State())

  /// How long this request's sender has to wait; nil when it may come in.
  func wait(of client: String, in workflow: Workflow, now: @autoclosure () -> NIODeadline) -> TimeAmount? {
    let rate = (workflow.trigger.checks as? WebhookChecks)?.rate
    return state.withLock { state -> TimeAmount? in
      if let rate, let until = state.rates[rate.name(workflow, client)] {
        let now = now()
        if until > now { return until - now }
      }
      guard !state.strangers.isEmpty, let suspicion = state.strangers[client] else { return nil }
      let failures = suspicion.rest(at: now())
      guard failures >= Self.tolerated else { return nil }
      return .seconds(1)
    }
  }

  func slowDown(_ webhook: IncomingWebhook, for wait: TimeAmount, now: NIODeadline) -> Problem {
    if let rate = (webhook.workflow.trigger.checks as? WebhookChecks)?.rate {
      state.withLock { state in
        if state.rates.count >= Self.capacity { state.rates.removeAll() }
        state.rates[rate.name(webhook.workflow, webhook.request.clientAddress)] = now + wait
      }
    }
    return .overRate(wait)
  }

  /// Whether a refusal may cost more, for a diagnosis.
  func isCalm(_ client: String, now: @autoclosure () -> NIODeadline) -> Bool {
    state.withLock { ($0.strangers[client]?.rest(at: now()) ?? 0) < Self.calm }
  }

  func refused(_ client: String, now: NIODeadline) {
    state.withLock { state in
      if state.strangers.count >= Self.capacity, state.strangers[client] == nil { state.strangers.removeAll() }
      let before = state.strangers[client]?.rest(at: now) ?? 0
      state.strangers[client] = Suspicion(failures: min(before + 1, Self.tolerated), since: now)
    }
  }

  func accepted(_ client: String) {
    state.withLock { state in
      guard !state.strangers.isEmpty, var suspicion = state.strangers[client] else { return }
      suspicion.failures -= 1
      state.strangers[client] = suspicion.failures > 0 ? suspicion : nil
    }
  }
}

extension RateSetting {
  func name(_ workflow: Workflow, _ client: String) -> String {
    subject == .client ? "\(workflow.key) \(client)" : workflow.key
  }
}
