// What ingest counts. docs/operations.md explains each.

import NIOCore
package import ProcessSupport

package struct IngestMetrics: Sendable {
  private let answers: [Counter]
  private let seconds: Histogram
  let admitted: Counter
  let ignored: Counter
  let deadlines: Counter
  let duplicates: Counter
  let unverified: Counter
  let handshakes: Counter
  let failedHandshakes: Counter

  package init(registry: MetricsRegistry) {
    answers = (1...5).map { group in
      registry.counter(
        "millrace_ingest_answers_total", help: "Answers by class of status.", labels: [("class", "\(group)xx")])
    }
    seconds = registry.histogram(
      "millrace_ingest_answer_seconds", help: "From the whole request to its answer.", labels: [],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
    admitted = registry.counter("millrace_ingest_admitted_total", help: "Executions that Redis has accepted.")
    ignored = registry.counter("millrace_ingest_ignored_total", help: "Webhooks for which `when` did not hold.")
    duplicates = registry.counter(
      "millrace_ingest_duplicates_total", help: "Webhooks that were answered with an earlier execution.")
    unverified = registry.counter(
      "millrace_ingest_unverified_total", help: "Webhooks whose sender could not be verified.")
    handshakes = registry.counter(
      "millrace_ingest_handshakes_total", help: "Answered questions of senders about an address.")
    deadlines = registry.counter(
      "millrace_ingest_deadlines_total", help: "Synchronous callers that were answered before their execution ended.")
    failedHandshakes = registry.counter(
      "millrace_ingest_tls_handshakes_failed_total", help: "Connections that ended before their TLS handshake was done."
    )
  }

  func answered(status: Int, after time: TimeAmount) {
    answers[min(max(status / 100, 1), 5) - 1].increment()
    seconds.observe(seconds: Double(time.nanoseconds) / 1e9)
  }
}
