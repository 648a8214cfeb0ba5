// What every process answers under /-/, whoever serves it: the worker's StatusServer or ingest's own HTTP handler.

package struct StatusEndpoints: Sendable {
  private let health: Health
  private let metrics: MetricsRegistry

  package init(health: Health, metrics: MetricsRegistry) {
    self.health = health
    self.metrics = metrics
  }

  /// - Parameter path: Without a query.
  /// - Returns: nil for a path that is none of these.
  package func response(for path: String) -> (status: Int, contentType: String, body: String)? {
    switch path {
    case "/-/healthz":
      return (200, "text/plain; charset=utf-8", "ok\n")
    case "/-/readyz":
      let problems = health.problems
      return (problems.isEmpty ? 200 : 503, "application/json", StatusEndpoints.readiness(problems))
    case "/-/metrics":
      return (200, "text/plain; version=0.0.4; charset=utf-8", metrics.render())
    default:
      return nil
    }
  }

  private static func readiness(_ problems: [(check: String, problem: String)]) -> String {
    let list = problems.map { entry in
      "{\"check\":\(LogText.quoted(entry.check)),\"problem\":\(LogText.quoted(entry.problem))}"
    }
    return "{\"ready\":\(problems.isEmpty),\"problems\":[\(list.joined(separator: ","))]}\n"
  }
}
