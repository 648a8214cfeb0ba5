// `map`: values made of the request and of earlier results, and what templates see of an execution.

import JSONCodec
import Testing
import Workflows

@testable import WorkflowEngine

@Suite("The map node")
struct MapNodeTests {
  @Test("makes an object out of the request and earlier results, types and order kept")
  func object() async throws {
    var trial = Trial(
      """
      - key: shape
        type: map
        value:
          z: "{{$context.data.id}}"
          a: "{{$context.params.shop}}/{{$context.query.page}}"
          "{{$context.method}}": ["{{$context.data.missing}}", "{{$context.data.missing:none}}"]
      - {key: out, type: output, value: {again: "{{$nodes.shape}}"}}
      """)
    trial.body = #"{"id": 9223372036854775807}"#
    let report = try await trial.run()
    #expect(report.output?.text == #"{"again":{"z":9223372036854775807,"a":"7/2","POST":[null,"none"]}}"#)
  }

  @Test(
    "knows the execution",
    arguments: [
      ("now", "2025-11-23T19:33:34.123Z"), ("executionId", Trial.executionID), ("workflow", "trial"), ("version", "3"),
      ("attempt", "1"),
    ])
  func system(name: String, text: String) async throws {
    let report = try await Trial(#"- {key: m, type: map, value: "{{$system.\#(name)}}"}"#).run()
    #expect(report.record("m")?.result.templateText == text)
  }

  @Test(
    "sees every part of the request",
    arguments: [
      ("data.a", "1"), ("body.a", "1"), ("headers.content-type", "application/json"), ("method", "POST"),
      ("path", "/shops/7/orders"), ("clientAddress", "203.0.113.9"), ("rawBody", #"{ "a": 1 }"#),
    ])
  func context(path: String, text: String) async throws {
    var trial = Trial(#"- {key: m, type: map, value: "{{$context.\#(path)}}"}"#)
    trial.body = #"{ "a": 1 }"#
    #expect(try await trial.run().record("m")?.result.templateText == text)
  }

  @Test("needs a value")
  func missing() {
    #expect(Trial.problems("- {key: m, type: map}").contains(#""value" is missing in the map node"#))
  }

  @Test("a result larger than 16 MB is an error that names the node")
  func tooLarge() async throws {
    var trial = Trial(#"- {key: m, type: map, value: ["{{$context.data}}", "{{$context.data}}"]}"#)
    trial.body = "\"" + String(repeating: "x", count: 9 << 20) + "\""
    let summary = try await trial.run().summary
    #expect(summary.hasPrefix("error: node m: its result of 188744"))
    #expect(summary.hasSuffix("larger than 16MB, the most that a node may have"))
  }
}
