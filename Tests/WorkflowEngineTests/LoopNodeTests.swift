import Foundation
import JSONCodec
import OutboundHTTP
import Synchronization
import Testing
import Workflows

@testable import WorkflowEngine

@Suite("loop")
struct LoopNodeTests {
  private static func trial(_ settings: String, _ body: String = #"{"list":[5,6,7]}"#) -> Trial {
    var trial = Trial(
      """
      - key: each
        type: loop
        \(settings)
        do:
          - {key: twice, type: map, value: {item: "{{$scopes.each.item}}", at: "{{$scopes.each.index}}", of: "{{$scopes.each.length}}", number: "{{$scopes.each.sequence}}"}}
      - {key: out, type: output, value: "{{$nodes.each}}"}
      """)
    trial.body = body
    return trial
  }

  @Test(
    "runs over lists, numbers and the characters of a text",
    arguments: [
      ("over: \"{{$context.data.list}}\"", "[5,6,7]"), ("over: 3", "[0,1,2]"), ("over: añ", "[\"a\",\"ñ\"]"),
      ("over: 0", "[]"), ("over: []", "[]"),
    ])
  func items(setting: String, items: String) async throws {
    let report = try await Self.trial(setting).run()
    #expect(report.summary == "succeeded")
    let output = try #require(report.output)
    #expect(JSON.array(output.elements.map { $0["item"] ?? .null }) == (try JSON.parse(Array(items.utf8))))
    for (index, element) in output.elements.enumerated() {
      #expect(element["at"] == .int(Int64(index)))
      #expect(element["number"] == .int(Int64(index + 1)))
      #expect(element["of"] == .int(Int64(output.elements.count)))
    }
  }

  @Test("in parallel gives the same results in the same order")
  func parallelResults() async throws {
    let one = try await Self.trial("over: 50").run().output
    let many = try await Self.trial("over: 50\n  parallel: 7").run().output
    #expect(one == many)
    #expect(one?.elements.count == 50)
  }

  @Test("refuses more items than its limit, and negative numbers")
  func limits() async throws {
    #expect(try await Self.trial("over: 4\n  limit: 3").run().summary.contains("its limit is 3"))
    #expect(try await Self.trial("over: -1").run().summary.contains("negative"))
    #expect(Trial.problems("- {key: a, type: loop, do: []}").contains("\"over\" or \"while\""))
    #expect(Trial.problems("- {key: a, type: loop, over: 1}").contains("needs \"do\""))
    #expect(Trial.problems("- {key: a, type: loop, over: 1, do: [], parallel: 101}").contains("parallel"))
  }

  @Test(
    "a number beyond all whole numbers is too many",
    arguments: ["1e300", "99999999999999999999", "9223372036854775808"])
  func hugeNumber(n: String) async throws {
    let report = try await Self.trial("over: \"{{$context.data.n}}\"", "{\"n\":\(n)}").run()
    #expect(report.summary.contains("its limit is 10000"), "\(report.summary)")
    let negative = try await Self.trial("over: \"{{$context.data.n}}\"", "{\"n\":-\(n)}").run()
    #expect(negative.summary.contains("negative"), "\(negative.summary)")
  }

  @Test("a fraction is rounded down")
  func fraction() async throws {
    #expect(try await Self.trial("over: 2.9").run().output?.elements.count == 2)
  }

  /// The condition holds for three items in the first run, and for none in later ones.
  private static let fickle = """
    - key: each
      type: loop
      while: {all: [["{{$system.attempt}}", equal, 1], ["{{$scopes.each.index}}", lt, 3]]}
      do: [{key: call, type: request, url: "https://a.example/{{$scopes.each.index}}"}]
    - {key: last, type: request, url: "https://a.example/last"}
    - {key: out, type: output, value: "{{$nodes.each}}"}
    """

  @Test("a later run does not ask again about items that were entered", arguments: [(1, 1), (2, 2), (3, 3), (4, 3)])
  func enteredItems(k: Int, items: Int) async throws {
    let services = RecordingServices()
    var trial = Trial(Self.fickle)
    trial.services = services
    var life = Life(trial)
    life.faults = [.after(k)]
    #expect(try await life.end().output?.elements.count == items)
    #expect(services.requests.count == items + 1)
  }

  @Test("goes on for as long as its condition holds")
  func whileLoop() async throws {
    let trial = Trial(
      """
      - {key: start, type: variable, set: {n: 0}}
      - key: each
        type: loop
        while: {all: [["{{$scopes.each.index}}", lt, 4]]}
        do:
          - {key: count, type: variable, set: {n: "{{$scopes.each.sequence}}"}}
      - {key: out, type: output, value: "{{$vars.n}}"}
      """)
    #expect(try await trial.run().output == 4)
  }

  @Test("an item that fails ends it, ends the loop, or is passed over", arguments: ["fail", "break", "continue"])
  func failures(onError: String) async throws {
    for width in [1, 3] {
      let services = RecordingServices { request in
        OutboundResponse(status: request.url.hasSuffix("/1") ? 404 : 200, body: [])
      }
      var trial = Trial(
        """
        - key: each
          type: loop
          over: 4
          onError: \(onError)
          parallel: \(width)
          do: [{key: call, type: request, url: "https://a.example/{{$scopes.each.index}}"}]
        - {key: out, type: output, value: "{{$nodes.each}}"}
        """)
      trial.services = services
      let report = try await trial.run()
      switch onError {
      case "fail":
        #expect(report.summary.contains("answered 404"))
        #expect(report.isDeadLetter)
      case "break":
        #expect(report.output?.elements.count == 2)
        #expect(report.output?.elements.last?["error"] != nil)
      default:
        #expect(report.output?.elements.count == 4)
        #expect(services.requests.count == 4)
        #expect(report.output?.elements[1]["error"]?["message"]?.stringValue?.contains("404") == true)
      }
    }
  }

  @Test("a node that does not run for an item has nothing to tell of the item before", arguments: [1, 2])
  func staleResults(width: Int) async throws {
    let report = try await Trial(
      """
      - key: each
        type: loop
        over: [1, 2]
        parallel: \(width)
        do:
          - key: first
            type: condition
            if: {all: [["{{$scopes.each.item}}", equal, 1]]}
            then:
              - {key: note, type: map, value: "ran for {{$scopes.each.item}}"}
              - {key: inner, type: loop, over: 1, do: [{key: deep, type: map, value: deep}]}
          - {key: both, type: map, value: ["{{$nodes.note}}", "{{$nodes.deep}}"]}
      - {key: out, type: output, value: ["{{$nodes.each}}", "{{$nodes.note}}", "{{$nodes.both}}"]}
      """
    ).run()
    #expect(report.output == [[["ran for 1", "deep"], [nil, nil]], nil, [nil, nil]])
  }

  @Test("an item that a condition or a switch stops has failed, and nobody has to look after it", arguments: [1, 3])
  func stoppedItems(width: Int) async throws {
    let nodes = """
      - key: each
        type: loop
        over: 3
        onError: ON
        parallel: \(width)
        do:
          - {key: go, type: condition, if: {all: [["{{$scopes.each.item}}", notEqual, 1]]}, stopIf: false}
          - {key: last, type: map, value: "{{$scopes.each.item}}"}
      - {key: out, type: output, value: "{{$nodes.each}}"}
      """
    let passed = try await Trial(nodes.replacingOccurrences(of: "ON", with: "continue")).run()
    #expect(passed.summary == "succeeded")
    #expect(passed.output?.elements.first == 0)
    #expect(passed.output?.elements[1]["error"]?["message"]?.stringValue?.contains("does not hold") == true)
    #expect(passed.output?.elements.last == 2)
    let failed = try await Trial(nodes.replacingOccurrences(of: "ON", with: "fail")).run()
    #expect(failed.summary.contains("node go: stopped"))
    #expect(!failed.isDeadLetter)
  }

  @Test("an end inside ends the execution, whatever onError says")
  func endInside() async throws {
    let report = try await Trial(
      """
      - key: each
        type: loop
        over: 3
        onError: continue
        do: [{key: over, type: end, status: failed, message: enough}]
      - {key: out, type: output, value: 1}
      """
    ).run()
    #expect(report.summary == "failed: node over: enough")
    #expect(report.output == nil)
  }

  private static let calls = """
    - key: each
      type: loop
      over: 3
      parallel: WIDTH
      do:
        - key: inner
          type: loop
          over: 2
          do:
            - {key: call, type: request, url: "https://a.example/{{$scopes.each.index}}/{{$scopes.inner.index}}"}
    - {key: last, type: request, url: "https://a.example/last"}
    """

  @Test("each item has a key of its own, which stays the same", arguments: [1, 3])
  func idempotencyKeys(width: Int) async throws {
    let services = RecordingServices()
    var trial = Trial(Self.calls.replacingFirst("WIDTH", with: "\(width)"))
    trial.services = services
    #expect(try await trial.run().summary == "succeeded")
    let expected = (0..<3).flatMap { one in (0..<2).map { "\(Trial.executionID):call:\(one).\($0)" } }
    #expect(Set(services.idempotencyKeys) == Set(expected + ["\(Trial.executionID):last"]))
  }

  @Test("after a crash only what was interrupted is run again", arguments: [1, 3], 1...7)
  func crashes(width: Int, k: Int) async throws {
    let services = RecordingServices()
    var trial = Trial(Self.calls.replacingFirst("WIDTH", with: "\(width)"))
    trial.services = services
    var life = Life(trial)
    life.faults = [.after(k)]
    #expect(try await life.end().summary == "succeeded")
    let repeated = Dictionary(grouping: services.idempotencyKeys) { $0 }.filter { $0.value.count > 1 }
    // Beside others a branch may be in the middle of its request when one of them dies.
    #expect(repeated.count <= width - 1)
    #expect(Set(services.idempotencyKeys).count == 7)
  }

  @Test("what stands before it is kept before its items begin")
  func keptBefore() async throws {
    var trial = Trial(
      """
      - {key: start, type: variable, set: {n: "{{$system.attempt}}"}}
      - key: each
        type: loop
        over: 2
        parallel: 2
        do: [{key: call, type: request, url: "https://a.example/"}]
      """)
    trial.services = RecordingServices()
    #expect(try await trial.run().summary == "succeeded")
    #expect(trial.journal.checkpoints.first == ["start"])
  }

  @Test("items wait for themselves: delays and further attempts of some do not stop the others")
  func waiting() async throws {
    let failures = Mutex(2)
    let services = RecordingServices { request in
      let fails =
        request.url.hasSuffix("/1")
        && failures.withLock { left in
          left -= 1
          return left >= 0
        }
      return OutboundResponse(status: fails ? 503 : 200, body: [])
    }
    var trial = Trial(
      """
      - key: each
        type: loop
        over: 3
        parallel: 3
        do:
          - {key: call, type: request, url: "https://a.example/{{$scopes.each.index}}", retry: {attempts: 5, delay: 1s}}
          - {key: pause, type: delay, for: 5s}
          - {key: after, type: request, url: "https://b.example/{{$scopes.each.index}}"}
      """)
    trial.services = services
    var life = Life(trial)
    #expect(try await life.end().summary == "succeeded")
    #expect(services.requests.count == 3 + 2 + 3)
    #expect(life.waits.count >= 2)
    // The first wait ends with the soonest: the further attempt, not a delay.
    #expect(life.waits[0].until < life.trial.time)
  }
}
