// A workflow as it runs: its file checked and compiled, nothing left to look up.

/// A class, because everything that happens to a webhook touches it: one reference to count instead of many.
package final class Workflow: Sendable {
  package let key: String
  package let title: String?
  package let description: String?
  package let enabled: Bool
  package let trigger: Trigger
  package let priority: Priority
  /// Executions that may run at once, over all workers; nil when there is no limit.
  package let concurrency: Int?
  /// Executions for which it gives the same value run one after another; over `$context`, `$env` and `$system`.
  package let order: Template?
  /// How often an execution may start.
  package let throttle: Throttle?
  /// For its nodes without one of their own, which have it already.
  package let retry: RetryPolicy?
  /// Of a whole execution, its waiting included; nil when there is none.
  package let timeout: Duration?
  package let keep: Keep
  package let nodes: [Node]

  package enum Priority: String, Sendable, CaseIterable {
    case high, normal, low
  }

  /// How long history is kept; zero keeps nothing.
  package struct Keep: Sendable, Equatable {
    package var succeeded: Duration
    package var failed: Duration

    package init(succeeded: Duration = .seconds(3 * 86400), failed: Duration = .seconds(30 * 86400)) {
      self.succeeded = succeeded
      self.failed = failed
    }
  }

  package init(
    key: String, title: String? = nil, description: String? = nil, enabled: Bool = true, trigger: Trigger,
    priority: Priority = .normal, concurrency: Int? = nil, order: Template? = nil, throttle: Throttle? = nil,
    retry: RetryPolicy? = nil, timeout: Duration? = nil, keep: Keep = Keep(), nodes: [Node] = []
  ) {
    self.key = key
    self.title = title
    self.description = description
    self.enabled = enabled
    self.trigger = trigger
    self.priority = priority
    self.concurrency = concurrency
    self.order = order
    self.throttle = throttle
    self.retry = retry
    self.timeout = timeout
    self.keep = keep
    self.nodes = nodes
  }
}
