// What a worker counts. docs/operations.md explains each.

import ExecutionQueue
package import ProcessSupport

package struct WorkerMetrics: Sendable {
  private let outcomes: [ExecutionState: Counter]
  private let seconds: Histogram
  let rescued: Counter
  let lost: Counter
  let handedBack: Counter
  let suspended: Counter
  let promoted: Counter

  package init(registry: MetricsRegistry, slots: Slots) {
    outcomes = Dictionary(
      uniqueKeysWithValues: ExecutionState.allCases.filter(\.isFinal).map { state in
        let counter = registry.counter(
          "millrace_worker_executions_total", help: "Settled executions.", labels: [("state", state.rawValue)])
        return (state, counter)
      })
    seconds = registry.histogram(
      "millrace_worker_execution_seconds", help: "From begin to settlement.", labels: [],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300])
    rescued = registry.counter(
      "millrace_worker_rescued_total", help: "Executions taken over from dead or stopping workers.")
    lost = registry.counter("millrace_worker_lost_total", help: "Executions that another worker took over.")
    handedBack = registry.counter("millrace_worker_handed_back_total", help: "Executions given back on a stop.")
    suspended = registry.counter(
      "millrace_worker_suspended_total", help: "Executions that began to wait: a delay, a callback, a further attempt.")
    promoted = registry.counter("millrace_worker_promoted_total", help: "Waiting executions whose time has come.")
    registry.gauge("millrace_worker_running", help: "Executions in work.") { Double(slots.running) }
    registry.gauge("millrace_worker_slots", help: "Executions that this worker runs at once.") { Double(slots.count) }
  }

  func settled(_ state: ExecutionState, after time: Duration) {
    outcomes[state]?.increment()
    seconds.observe(time)
  }
}
