// The steps of one execution as its target saw them, and whether they kept the promise: a finished node is not run
// again, the interrupted one may be.

struct StepHistory: Sendable {
  let calls: [CountingTarget.Call]

  private var steps: [Int] { calls.map { Int($0.node.dropFirst()) ?? 0 } }

  var distinct: Set<Int> { Set(steps) }

  /// Calls beyond the first of their step.
  var repeats: Int { steps.count - distinct.count }

  /// Once the next step has been called, the one before it had finished.
  var repeatsFinishedStep: Bool { zip(steps, steps.dropFirst()).contains { $1 < $0 } }

  var text: String { steps.map(String.init).joined(separator: ",") }
}

/// Times in order, for percentiles.
struct Times: Sendable {
  private let sorted: [Duration]

  init(_ times: [Duration]) { sorted = times.sorted() }

  var count: Int { sorted.count }
  var longest: Duration { sorted.last ?? .zero }

  func percentile(_ share: Double) -> Duration {
    sorted.isEmpty ? .zero : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
  }

  var summary: String { "p50=\(percentile(0.5)) p99=\(percentile(0.99)) max=\(longest)" }
}
