// What /-/ answers, without a socket.

import Testing

@testable import ProcessSupport

@Suite struct StatusEndpointsTests {
  private let health = Health()
  private var endpoints: StatusEndpoints { StatusEndpoints(health: health, metrics: MetricsRegistry()) }

  @Test("a process is healthy as long as it answers")
  func healthz() throws {
    health.set(check: "redis", problem: "away")
    let answer = try #require(endpoints.response(for: "/-/healthz"))
    #expect(answer.status == 200)
    #expect(answer.body == "ok\n")
  }

  @Test("readiness fails with every problem, and returns when they are gone")
  func readyz() throws {
    #expect(endpoints.response(for: "/-/readyz")?.status == 200)
    health.set(check: "redis", problem: "no \"append-only\" file")
    health.set(check: "catalog", problem: "not read yet")
    health.set(check: "fine", problem: nil)
    let answer = try #require(endpoints.response(for: "/-/readyz"))
    #expect(answer.status == 503)
    #expect(answer.contentType == "application/json")
    #expect(
      answer.body == #"{"ready":false,"problems":[{"check":"catalog","problem":"not read yet"},"#
        + #"{"check":"redis","problem":"no \"append-only\" file"}]}"# + "\n")
    #expect(!health.isReady)
    health.set(check: "redis", problem: nil)
    health.set(check: "catalog", problem: nil)
    #expect(health.isReady)
    #expect(endpoints.response(for: "/-/readyz")?.body == "{\"ready\":true,\"problems\":[]}\n")
  }

  @Test("metrics come as Prometheus text")
  func metrics() throws {
    let answer = try #require(endpoints.response(for: "/-/metrics"))
    #expect(answer.contentType.hasPrefix("text/plain; version=0.0.4"))
    #expect(answer.body.contains("millrace_build_info{version=\"\(Build.version)\"} 1\n"))
  }

  @Test("other paths are not answered", arguments: ["/", "/-/", "/-/healthz/", "/healthz", "", "/-/metricsx"])
  func others(_ path: String) {
    #expect(endpoints.response(for: path) == nil)
  }
}
