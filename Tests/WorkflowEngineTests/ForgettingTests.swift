// What failed and was passed over leaves records and nothing else: a first run sees the same afterwards as a later one,
// which does not go into it again.

import JSONCodec
import OutboundHTTP
import Synchronization
import Testing
import Workflows

@testable import WorkflowEngine

@Suite("What a failure leaves behind")
struct ForgettingTests {
  private static let ending = """

    - {key: last, type: request, url: "https://a.example/last"}
    - {key: out, type: output, value: {n: "{{$vars.n}}", inner: "{{$nodes.set.n:none}}"}}
    """

  /// Sets a variable, then fails.
  private static let failing = """
    [{key: set, type: variable, set: {n: 2}}, {key: shown, type: output, value: inside}, {key: call, type: request, url: "https://a.example/no"}]
    """

  private static func outputs(_ nodes: String) async throws -> [JSON?] {
    var outputs: [JSON?] = []
    for k in 0...5 {
      var trial = Trial("- {key: start, type: variable, set: {n: 1}}\n" + nodes + ending)
      trial.services = RecordingServices { OutboundResponse(status: $0.url.hasSuffix("/no") ? 404 : 200) }
      var life = Life(trial)
      if k > 0 { life.faults = [.after(k)] }
      let report = try await life.end()
      #expect(report.summary == "succeeded")
      outputs.append(report.output)
    }
    return outputs
  }

  @Test(
    "is the same after a crash at any checkpoint as without one",
    arguments: [
      "- {key: each, type: loop, over: 2, onError: continue, do: \(failing)}",
      "- {key: each, type: loop, over: 3, onError: continue, parallel: 2, do: \(failing)}",
      "- {key: each, type: loop, over: 2, onError: break, do: \(failing)}",
      "- {key: each, type: loop, over: 2, continueOnError: true, do: \(failing)}",
      "- {key: when, type: condition, if: {all: [[1, equal, 1]]}, continueOnError: true, then: \(failing)}",
      "- {key: case, type: switch, cases: [{if: {all: [[1, equal, 1]]}, do: \(failing)}], continueOnError: true}",
      "- {key: hold, type: wait, continueOnError: true, do: \(failing)}",
      "- {key: both, type: parallel, continueOnError: true, branches: [{do: \(failing)}]}",
      "- {key: both, type: parallel, mode: settled, branches: [{do: \(failing)}]}",
      "- {key: both, type: parallel, mode: any, branches: [{do: \(failing)}, {do: [{key: fine, type: map, value: 1}]}]}",
    ])
  func same(nodes: String) async throws {
    for output in try await Self.outputs(nodes) { #expect(output == ["n": 1, "inner": "none"]) }
  }

  @Test(
    "what follows a failure that was passed over can rely on it, whatever the other side says later", arguments: [1, 2])
  func reliable(crash: Int) async throws {
    for nodes in [
      "- {key: s, type: condition, if: {all: [[1, equal, 1]]}, continueOnError: true, then: [NO]}",
      "- {key: s, type: loop, over: 1, continueOnError: true, do: [NO]}",
      "- {key: s, type: wait, continueOnError: true, do: [NO]}",
    ] {
      let isMended = Mutex(false)
      let services = RecordingServices { request in
        guard request.url.hasSuffix("/no") else {
          isMended.withLock { $0 = true }
          return OutboundResponse(status: 200)
        }
        return OutboundResponse(status: isMended.withLock { $0 } ? 200 : 404)
      }
      var trial = Trial(
        nodes.replacing("NO", with: #"{key: call, type: request, url: "https://a.example/no"}"#) + """

          - {key: alert, type: request, url: "https://a.example/alert"}
          - {key: out, type: output, value: "{{$nodes.s.error.message}}"}
          """)
      trial.services = services
      var life = Life(trial)
      // The failure is stored at the first checkpoint but for a wait, which has stored its address before.
      life.faults = [.before(crash + (nodes.contains("wait") ? 2 : 1))]
      let report = try await life.end()
      #expect(report.output?.stringValue?.contains("answered 404") == true, "\(nodes)")
      #expect(services.requests.filter { $0.url.hasSuffix("/no") }.count == 1, "\(nodes)")
    }
  }

  @Test("losers of a race leave nothing, though they had come far")
  func losers() async throws {
    let set = AsyncStream<Void>.makeStream()
    var trial = Trial(
      """
      - {key: start, type: variable, set: {n: 1}}
      - key: first
        type: parallel
        mode: race
        branches:
          - do:
              - {key: set, type: variable, set: {n: 2}}
              - {key: shown, type: output, value: loser}
              - {key: never, type: request, url: "https://a.example/never"}
          - do: [{key: quick, type: request, url: "https://a.example/quick"}]
      - {key: seen, type: map, value: {n: "{{$vars.n}}", set: "{{$nodes.set}}"}}
      """)
    trial.services = RecordingServices { request throws(OutboundError) in
      if request.url.hasSuffix("/quick") {
        for await _ in set.stream {}
        return OutboundResponse(status: 200)
      }
      set.continuation.finish()
      try? await Task.sleep(for: .seconds(600))
      throw OutboundError(kind: .canceled, message: "canceled")
    }
    let report = try await trial.run()
    #expect(report.record("seen")?.result == ["n": 1, "set": nil])
    #expect(report.output == nil)
  }

  @Test("values of $env that were read inside stay out of its message")
  func secrets() async throws {
    var trial = Trial(
      """
      - key: each
        type: loop
        over: 1
        onError: continue
        do: [{key: stop, type: request, url: "{{$env.KEY}}"}]
      - {key: out, type: output, value: "{{$nodes.each}}"}
      """)
    trial.environment = ["KEY": "s3cret-value"]
    let report = try await trial.run()
    let records = try trial.journal.stored() + report.records
    #expect(records.allSatisfy { !String(decoding: $0.bytes, as: UTF8.self).contains("s3cret-value") })
    #expect(report.output?.text.contains("s3cret-value") == false)
  }
}
