// The JSON test suite through a running ingest: its file names say what has to be accepted and what refused.

import TestSupport
import Testing

extension SystemTests {
  @Suite("The JSON test suite at a running ingest", .enabled(if: SharedData.isPresent, "\(SharedData.absence)"))
  struct JSONSuiteTests {
    @Test("what is JSON is accepted, what is none gets 400, and nothing breaks")
    func suite() async throws {
      let files = SharedData.files(in: "json-test-suite", ending: ".json")
      #expect(files.count > 200)
      let system = try await SystemUnderTest.start()
      defer { system.stop() }
      try await system.apply(["accept": Workflows.accept])
      var counts: [String: Int] = [:]
      for file in files {
        let request = SystemRequest(
          "POST", "/api/webhooks/accept", headers: [(name: "Content-Type", value: "application/json")],
          body: try SharedData.bytes(file))
        let status = try await SystemConnection.send(request, port: system.port).status
        let kind = file.split(separator: "/").last?.prefix(2) ?? ""
        let expected = kind == "y_" ? [200] : kind == "n_" ? [400] : [200, 400]
        #expect(expected.contains(status), "\(file): \(status)")
        counts["\(kind) \(status)", default: 0] += 1
      }
      print("JSONSuiteTests \(counts.sorted { $0.key < $1.key })")
      try await system.waitUntilDrained()
      let accepted = counts.filter { $0.key.hasSuffix("200") }.values.reduce(0, +)
      #expect(try await system.workers[0].metric("millrace_worker_executions_total") == Double(accepted))
    }
  }
}
