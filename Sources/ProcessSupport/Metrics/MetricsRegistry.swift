// All numbers that a process tells Prometheus. Instruments are made once, at start; counting with them afterwards takes
// no lock.

import Synchronization

package final class MetricsRegistry: Sendable {
  private struct Family {
    let kind: String
    let help: String
    /// By rendered labels, in order of registration.
    var members: [(labels: MetricLabels, instrument: any MetricInstrument)] = []
  }

  private let families = Mutex<[String: Family]>([:])

  /// A registry that already tells about the process itself.
  package init() {
    let process = ProcessMetrics()
    register("process_resident_memory_bytes", "Resident memory.") { process.residentMemory() }
    register("process_open_fds", "Open file descriptors.") { process.openDescriptors() }
    register("process_start_time_seconds", "Start of the process since the epoch.") { process.startTime }
    add("process_cpu_seconds_total", kind: "counter", help: "User and system processor time.", labels: []) {
      ReadGauge { process.processorTime() }
    }
    gauge("millrace_build_info", help: "The version that runs; always 1.", labels: [("version", Build.version)]).set(1)
  }

  /// A number that only grows; its name ends in `_total`. The same name and labels give the same counter again.
  package func counter(_ name: String, help: String, labels: [(String, String)] = []) -> Counter {
    add(name, kind: "counter", help: help, labels: labels) { Counter() }
  }

  package func gauge(_ name: String, help: String, labels: [(String, String)] = []) -> Gauge {
    add(name, kind: "gauge", help: help, labels: labels) { Gauge() }
  }

  /// A gauge that is read when Prometheus asks, on the thread that answers: the closure must be quick. The first closure
  /// of a name and its labels stays.
  package func gauge(
    _ name: String, help: String, labels: [(String, String)] = [], read: @escaping @Sendable () -> Double
  ) {
    _ = add(name, kind: "gauge", help: help, labels: labels) { ReadGauge(read: read) }
  }

  /// A distribution of times; the name ends in `_seconds`. Buckets are upper bounds in seconds, ascending.
  package func histogram(
    _ name: String, help: String, labels: [(String, String)] = [], buckets: [Double] = Histogram.latencies
  ) -> Histogram {
    add(name, kind: "histogram", help: help, labels: labels) { Histogram(bounds: buckets) }
  }

  /// The Prometheus text format, version 0.0.4.
  package func render() -> String {
    // Closures of gauges may themselves use metrics, so nothing is read under the lock.
    let families = self.families.withLock { $0 }.sorted { $0.key < $1.key }
    var text = ""
    for (name, family) in families {
      text += "# HELP \(name) \(MetricLabels.escapedHelp(family.help))\n# TYPE \(name) \(family.kind)\n"
      for member in family.members { member.instrument.render(name: name, labels: member.labels, to: &text) }
    }
    return text
  }

  private func register(_ name: String, _ help: String, read: @escaping @Sendable () -> Double) {
    gauge(name, help: help, read: read)
  }

  @discardableResult
  private func add<Instrument: MetricInstrument>(
    _ name: String, kind: String, help: String, labels: [(String, String)], make: () -> Instrument
  ) -> Instrument {
    let labels = MetricLabels(labels)
    precondition(MetricLabels.isName(name), "'\(name)' is not a metric name")
    return families.withLock { families in
      let known = families[name]?.members.first { $0.labels == labels }?.instrument
      if let known = known as? Instrument { return known }
      precondition(
        known == nil && families[name]?.kind ?? kind == kind, "metric \(name) is already registered as another kind")
      let instrument = make()
      families[name, default: Family(kind: kind, help: help)].members.append((labels, instrument))
      return instrument
    }
  }
}
