// The kinds of numbers: counters, gauges and gauges that are read on demand.

import Synchronization

protocol MetricInstrument: Sendable {
  func render(name: String, labels: MetricLabels, to text: inout String)
}

package final class Counter: MetricInstrument {
  private let count = Atomic<Int>(0)

  package func increment(by amount: Int = 1) {
    count.wrappingAdd(amount, ordering: .relaxed)
  }

  package var value: Int { count.load(ordering: .relaxed) }

  func render(name: String, labels: MetricLabels, to text: inout String) {
    text += "\(name)\(labels.text) \(value)\n"
  }
}

package final class Gauge: MetricInstrument {
  private let bits = Atomic<UInt64>(Double(0).bitPattern)

  package func set(_ value: Double) {
    bits.store(value.bitPattern, ordering: .relaxed)
  }

  /// Adds to the value; negative amounts take away.
  package func add(_ amount: Double) {
    bits.update { $0 + amount }
  }

  package var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

  func render(name: String, labels: MetricLabels, to text: inout String) {
    text += "\(name)\(labels.text) \(MetricNumber.text(value))\n"
  }
}

final class ReadGauge: MetricInstrument {
  private let read: @Sendable () -> Double

  init(read: @escaping @Sendable () -> Double) {
    self.read = read
  }

  func render(name: String, labels: MetricLabels, to text: inout String) {
    text += "\(name)\(labels.text) \(MetricNumber.text(read()))\n"
  }
}

enum MetricNumber {
  static func text(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if let whole = Int64(exactly: value) { return "\(whole)" }
    return "\(value)"
  }
}

extension Atomic<UInt64> {
  /// Changes the Double whose bits are stored here.
  func update(_ change: (Double) -> Double) {
    var current = load(ordering: .relaxed)
    while true {
      let desired = change(Double(bitPattern: current)).bitPattern
      let (exchanged, original) = weakCompareExchange(expected: current, desired: desired, ordering: .relaxed)
      if exchanged { return }
      current = original
    }
  }
}
