// Metrics as Prometheus reads them.

import Testing

@testable import ProcessSupport

@Suite struct MetricsRegistryTests {
  private func lines(_ registry: MetricsRegistry, of name: String) -> [String] {
    registry.render().split(separator: "\n").map(String.init).filter { $0.contains(name) }
  }

  @Test("a counter is shown with help, type and escaped labels, sorted by name")
  func counter() {
    let registry = MetricsRegistry()
    let counter = registry.counter(
      "webhooks_total", help: "Webhooks\nby \\ path.", labels: [("path", "a\"b\\c\nd"), ("method", "POST")])
    counter.increment()
    counter.increment(by: 2)
    registry.counter("webhooks_total", help: "Webhooks\nby \\ path.", labels: [("method", "GET")]).increment()
    #expect(
      lines(registry, of: "webhooks_total") == [
        #"# HELP webhooks_total Webhooks\nby \\ path."#, "# TYPE webhooks_total counter",
        #"webhooks_total{method="POST",path="a\"b\\c\nd"} 3"#, #"webhooks_total{method="GET"} 1"#,
      ])
  }

  @Test("the same name and labels give the same instrument")
  func sameInstrument() {
    let registry = MetricsRegistry()
    let labels = [("a", "1"), ("b", "2")]
    #expect(
      registry.counter("c_total", help: "C", labels: labels)
        === registry.counter("c_total", help: "C", labels: labels.reversed()))
    #expect(registry.counter("c_total", help: "C") !== registry.counter("c_total", help: "C", labels: labels))
    #expect(registry.gauge("g", help: "G") === registry.gauge("g", help: "G"))
    #expect(registry.histogram("h_seconds", help: "H") === registry.histogram("h_seconds", help: "H"))
  }

  @Test("gauges are set, added to, or read when asked")
  func gauges() {
    let registry = MetricsRegistry()
    let gauge = registry.gauge("level", help: "Level.")
    gauge.set(1.5)
    gauge.add(-2)
    registry.gauge("read_level", help: "Level.") { 42 }
    registry.gauge("endless_level", help: "Level.") { .infinity }
    #expect(lines(registry, of: "level").contains("level -0.5"))
    #expect(lines(registry, of: "level").contains("read_level 42"))
    #expect(lines(registry, of: "level").contains("endless_level +Inf"))
  }

  @Test("a histogram counts cumulatively, bounds included")
  func histogram() {
    let registry = MetricsRegistry()
    let histogram = registry.histogram("h_seconds", help: "H.", labels: [("k", "v")], buckets: [0.1, 1])
    for seconds in [0.05, 0.1, 0.5, 3] { histogram.observe(seconds: seconds) }
    histogram.observe(seconds: .nan)
    histogram.observe(.milliseconds(1000))
    #expect(
      lines(registry, of: "h_seconds").dropFirst(2) == [
        #"h_seconds_bucket{k="v",le="0.1"} 2"#, #"h_seconds_bucket{k="v",le="1"} 4"#,
        #"h_seconds_bucket{k="v",le="+Inf"} 5"#, #"h_seconds_sum{k="v"} 4.65"#, #"h_seconds_count{k="v"} 5"#,
      ])
  }

  @Test("nothing is lost when many tasks count at once")
  func concurrency() async {
    let registry = MetricsRegistry()
    let counter = registry.counter("c_total", help: "C")
    let gauge = registry.gauge("g", help: "G")
    let histogram = registry.histogram("h_seconds", help: "H", buckets: [1])
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<1000 {
            counter.increment()
            gauge.add(1)
            histogram.observe(seconds: 0.5)
          }
        }
      }
    }
    let text = registry.render()
    #expect(counter.value == 8000)
    #expect(gauge.value == 8000)
    #expect(text.contains("h_seconds_count 8000\n"))
    #expect(text.contains("h_seconds_sum 4000\n"))
  }

  @Test(
    "the process tells about itself",
    arguments: [
      "process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds", "process_start_time_seconds",
    ])
  func processMetrics(_ name: String) throws {
    let line = try #require(lines(MetricsRegistry(), of: name).last)
    let value = try #require(line.split(separator: " ").last.flatMap { Double($0) })
    #expect(value > 0)
    if name == "process_start_time_seconds" { #expect(value > 1_600_000_000) }
  }
}
