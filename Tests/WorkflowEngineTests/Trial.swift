// One execution in a test: nodes as an author writes them, a webhook, and what came of it.

import Foundation
import JSONCodec
import WorkflowEngine
import Workflows

struct Trial {
  /// A YAML list of nodes.
  var nodes: String
  var mode = "sync"
  var body = "{}"
  var headers: JSON = ["content-type": "application/json"]
  var environment: [String: String] = [:]
  var attempt = 1
  var records: [NodeRecord] = []
  var replied = false
  /// Milliseconds since 1970 by the queue's clock.
  var time: Int64 = 1_763_926_414_200
  var arrivals: [String: [UInt8]] = [:]
  var deadline: ContinuousClock.Instant?
  var services: any NodeServices = RecordingServices()
  var journal = MemoryJournal()
  var observer: WorkflowRunner.Observer?

  init(_ nodes: String) {
    self.nodes = nodes
  }

  static let executionID = "0-1763926414123-0-7k3fz9m2c8h5xq1b"

  func workflow() throws -> Workflow {
    try Self.load("key: trial\ntrigger: {type: webhook, mode: \(mode)}\nnodes:\n" + nodes)
  }

  static func load(_ text: String) throws -> Workflow {
    try WorkflowLoader(nodeTypes: NodeCatalog.types).load(file: "trial.yaml", text: text).workflow
  }

  /// The problems that the loader finds, one line each; empty when it finds none.
  static func problems(_ nodes: String, mode: String = "sync") -> String {
    var trial = Trial(nodes)
    trial.mode = mode
    do {
      _ = try trial.workflow()
      return ""
    } catch {
      return "\(error)"
    }
  }

  var request: WebhookRequest {
    WebhookRequest(
      workflow: "trial", version: 3, receivedAt: 1_763_926_414_123, method: "POST", path: "/shops/7/orders",
      clientAddress: "203.0.113.9", query: ["page": "2"], headers: headers, params: ["shop": "7"],
      contentType: headers["content-type"]?.stringValue, bodyKind: .auto, body: Array(body.utf8))
  }

  func run() async throws -> RunReport {
    let input = ExecutionInput(
      id: Self.executionID, request: request, attempt: attempt, environment: environment, records: records,
      replied: replied, deadline: deadline, clock: ExecutionClock(milliseconds: time), arrivals: arrivals,
      resumeAddress: "https://hooks.example/api/resume/")
    let runner = WorkflowRunner(services: services, now: { 1_763_926_414_500 }, observer: observer)
    return await runner.run(try workflow(), input, journal: journal)
  }
}

extension RunReport {
  var suspension: Suspension? {
    if case .suspended(let suspension) = outcome { suspension } else { nil }
  }

  func record(_ path: String) -> NodeRecord? { records.first { $0.path == path } }

  /// `succeeded`, or how the execution ended otherwise, with its line.
  var summary: String {
    switch outcome {
    case .succeeded: "succeeded"
    case .failed(let message, _): "failed: \(message)"
    case .error(let message, _): "error: \(message)"
    case .timedOut: "timedOut"
    case .abandoned: "abandoned"
    case .suspended: "suspended"
    }
  }
}

/// The repository, wherever the package that builds these tests is.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Test data that lies beside the repository; nil where it is missing.
  static func sharedData(_ path: String) -> URL? {
    let url = root.deletingLastPathComponent().appending(path: "shared/data/\(path)")
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }
}
