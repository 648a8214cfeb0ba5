// Values of `$env` reach the nodes that use them and nothing that is stored.

import JSONCodec
import OutboundHTTP
import Testing
import Workflows

@testable import WorkflowEngine

@Suite("Values of $env")
struct SecretTests {
  private static let secret = "s3cret-value"

  private static func stored(_ nodes: String) async throws -> (report: RunReport, text: String, trial: Trial) {
    var trial = Trial(nodes)
    trial.environment = ["KEY": secret]
    let report = try await trial.run()
    let records = try trial.journal.stored() + report.records
    return (report, records.map { String(decoding: $0.bytes, as: UTF8.self) }.joined(separator: "\n"), trial)
  }

  @Test(
    "reach the nodes that use them, directly and through others, and no record",
    arguments: [
      #"- {key: a, type: map, value: {k: "Bearer {{$env.KEY}}"}}"#,
      #"- {key: a, type: variable, set: {k: "{{$env.KEY}}"}}"# + "\n"
        + #"- {key: b, type: map, value: ["{{$vars.k}}"]}"#,
      #"- {key: a, type: map, value: "{{$env.KEY}}"}"# + "\n"
        + #"- {key: b, type: variable, set: {k: "{{$nodes.a}}"}}"#,
      #"- {key: a, type: output, value: {k: ["{{$env.KEY}}"]}}"#,
      #"- {key: a, type: end, status: failed, message: "no {{$env.KEY}}"}"#,
      #"- {key: a, type: request, url: "https://a.example/", headers: {x-key: "{{$env.KEY}}"}}"#,
      #"- {key: a, type: request, url: "{{$env.KEY}}", continueOnError: true}"#,
      #"- {key: a, type: loop, over: 2, do: [{key: b, type: map, value: "{{$env.KEY}}"}]}"#,
      #"- {key: a, type: loop, over: 2, parallel: 2, do: [{key: b, type: map, value: "{{$env.KEY}}"}]}"#,
      #"- {key: a, type: loop, over: ["{{$env.KEY}}"], do: [{key: b, type: map, value: "{{$scopes.a.item}}"}]}"#,
      #"- {key: a, type: loop, over: ["{{$env.KEY}}"], parallel: 2, do: [{key: b, type: map, value: "{{$scopes.a.item}}"}]}"#,
      #"- {key: a, type: parallel, branches: [{do: [{key: b, type: map, value: "{{$env.KEY}}"}]}]}"#,
      #"- {key: a, type: parallel, mode: settled, branches: [{do: [{key: b, type: map, value: "{{$env.KEY}}"}]}]}"#,
      #"- {key: a, type: parallel, mode: race, branches: [{do: [{key: b, type: map, value: "{{$env.KEY}}"}]}]}"#,
    ])
  func masked(nodes: String) async throws {
    let (report, text, _) = try await Self.stored(nodes)
    #expect(!text.contains(Self.secret), "\(text)")
    #expect(!report.summary.contains(Self.secret))
    #expect(report.output?.text.contains(Self.secret) != true)
  }

  @Test("are shown as ***")
  func shown() async throws {
    let (report, text, _) = try await Self.stored(#"- {key: a, type: output, value: {k: "a {{$env.KEY}} b"}}"#)
    #expect(report.output == ["k": "a *** b"])
    #expect(text.contains(#""result":"***","masked":true"#))
  }

  @Test("leave values alone that only look like them")
  func lookalike() async throws {
    var trial = Trial(
      """
      - {key: a, type: request, url: "https://a.example/{{$env.KEY}}"}
      - {key: b, type: output, value: "{{$context.data}}"}
      """)
    trial.environment = ["KEY": Self.secret]
    trial.body = "{ \"shop\": \"\(Self.secret)\" }"
    let report = try await trial.run()
    #expect(report.output.map { String(decoding: $0.bytes, as: UTF8.self) } == trial.body)
  }

  @Test("are worked out again after a restart")
  func replay() async throws {
    var trial = Trial(
      """
      - {key: a, type: variable, set: {k: "{{$env.KEY}}"}}
      - {key: b, type: request, url: "https://a.example/"}
      - {key: c, type: request, url: "https://b.example/", headers: {x-key: "{{$vars.k}}"}}
      """)
    trial.environment = ["KEY": Self.secret]
    trial.journal = MemoryJournal(.after(1))
    _ = try await trial.run()
    trial.records = try trial.journal.stored()
    let services = RecordingServices()
    trial.services = services
    trial.journal = MemoryJournal()
    #expect(try await trial.run().summary == "succeeded")
    #expect(services.requests.map { $0.header("x-key") } == [Self.secret])
    #expect(trial.journal.checkpoints == [["c"]])
  }

  @Test("may stand in a reply, which the author has written for its reader")
  func reply() async throws {
    let (report, _, _) = try await Self.stored(#"- {key: a, type: response, body: "{{$env.KEY}}"}"#)
    #expect(report.reply.map { String(decoding: $0.body, as: UTF8.self) } == Self.secret)
  }

  @Test("a race that was decided by a branch with one stays decided")
  func race() async throws {
    let services = RecordingServices { request throws(OutboundError) in
      guard request.url.hasSuffix("/left") else { return OutboundResponse(status: 200) }
      try? await Task.sleep(for: .seconds(600))
      throw OutboundError(kind: .canceled, message: "canceled")
    }
    var trial = Trial(
      """
      - key: both
        type: parallel
        mode: race
        branches:
          - do: [{key: left, type: request, url: "https://a.example/left"}]
          - do: [{key: right, type: request, url: "https://a.example/right"}, {key: b, type: map, value: "{{$env.KEY}}"}]
      - {key: last, type: request, url: "https://a.example/last", headers: {x-key: "{{$nodes.both}}"}}
      """)
    trial.environment = ["KEY": Self.secret]
    trial.services = services
    var life = Life(trial)
    // The right branch's request, the decision.
    life.faults = [.after(2)]
    #expect(try await life.end().summary == "succeeded")
    #expect(services.requests.count { $0.url.hasSuffix("/left") } <= 1)
    #expect(services.requests.count { $0.url.hasSuffix("/right") } == 1)
    #expect(services.requests.last?.header("x-key") == Self.secret)
  }
}
