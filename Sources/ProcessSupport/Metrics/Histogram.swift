// Counts how long things took, by upper bounds.

import Synchronization

package final class Histogram: MetricInstrument {
  /// From half a millisecond to a minute: answers of ingest, Redis calls and nodes alike.
  package static let latencies: [Double] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
  ]

  /// Atomics cannot be array elements, so each sits in a box.
  private final class Bucket: Sendable {
    let count = Atomic<Int>(0)
  }

  private let bounds: [Double]
  /// One for each bound, and one for what is larger than all of them.
  private let buckets: [Bucket]
  private let sum = Atomic<UInt64>(Double(0).bitPattern)

  init(bounds: [Double]) {
    precondition(
      !bounds.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "histogram buckets must ascend")
    self.bounds = bounds
    buckets = (0...bounds.count).map { _ in Bucket() }
  }

  package func observe(seconds: Double) {
    // A NaN would spoil the sum for good.
    guard !seconds.isNaN else { return }
    let index = bounds.firstIndex { seconds <= $0 } ?? bounds.count
    buckets[index].count.wrappingAdd(1, ordering: .relaxed)
    sum.update { $0 + seconds }
  }

  package func observe(_ duration: Duration) {
    observe(seconds: duration.seconds)
  }

  func render(name: String, labels: MetricLabels, to text: inout String) {
    var total = 0
    for (index, bucket) in buckets.enumerated() {
      total += bucket.count.load(ordering: .relaxed)
      let bound = index < bounds.count ? MetricNumber.text(bounds[index]) : "+Inf"
      text += "\(name)_bucket\(labels.text(with: "le", bound)) \(total)\n"
    }
    // The count is the last bucket's, so that a scrape in the middle of an observation stays consistent.
    text += "\(name)_sum\(labels.text) \(MetricNumber.text(Double(bitPattern: sum.load(ordering: .relaxed))))\n"
    text += "\(name)_count\(labels.text) \(total)\n"
  }
}
