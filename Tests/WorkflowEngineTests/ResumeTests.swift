// Crashes at every checkpoint and at random ones: what is finished stays finished.

import JSONCodec
import TestSupport
import Testing
import Workflows

@testable import WorkflowEngine

/// Invariant 3 of the architecture: a finished node is not run again; the interrupted one may be, with the same key.
@Suite("An execution whose worker dies")
struct ResumeTests {
  private static let nodes = """
    - {key: start, type: variable, set: {n: "{{$system.attempt}}"}}
    - {key: one, type: request, url: "https://a.example/1", json: "{{$context.data}}"}
    - key: way
      type: condition
      if: {all: [["{{$nodes.one.data.go}}", equal, true]]}
      then:
        - {key: two, type: request, url: "https://a.example/2"}
        - key: size
          type: switch
          cases:
            - if: {all: [["{{$system.attempt}}", equal, 1]]}
              do: [{key: first, type: request, url: "https://a.example/first"}]
          otherwise: [{key: later, type: request, url: "https://a.example/later"}]
      else:
        - {key: never, type: request, url: "https://a.example/never"}
    - {key: early, type: response, end: false, body: accepted}
    - {key: last, type: request, url: "https://a.example/last"}
    - {key: out, type: output, value: {n: "{{$vars.n}}", way: "{{$nodes.way}}", size: "{{$nodes.size}}"}}
    """

  private static func trial(_ services: RecordingServices) -> Trial {
    var trial = Trial(nodes)
    trial.services = services
    return trial
  }

  /// Runs until the execution is over, each run with the next fault.
  private static func runs(_ faults: [MemoryJournal.Fault]) async throws -> (report: RunReport, keys: [String]) {
    let services = RecordingServices(json: #"{"go":true}"#)
    var trial = trial(services)
    for fault in faults {
      trial.journal = MemoryJournal(fault)
      let report = try await trial.run()
      guard report.summary == "abandoned" else { return (report, services.idempotencyKeys) }
      trial.records += try trial.journal.stored()
      trial.replied = trial.replied || !trial.journal.replies.isEmpty
      trial.attempt += 1
    }
    trial.journal = MemoryJournal()
    return (try await trial.run(), services.idempotencyKeys)
  }

  @Test("after its k-th checkpoint goes on behind it: nothing is sent twice", arguments: 1...5)
  func afterCheckpoint(k: Int) async throws {
    let (report, keys) = try await Self.runs([.after(k)])
    #expect(report.summary == "succeeded")
    #expect(report.output?["n"] == 1)
    #expect(keys.count == 4)
    #expect(Set(keys).count == 4)
  }

  @Test("before its k-th checkpoint sends only the interrupted request again, with the same key", arguments: 1...5)
  func beforeCheckpoint(k: Int) async throws {
    let (report, keys) = try await Self.runs([.before(k)])
    #expect(report.summary == "succeeded")
    let repeated = Dictionary(grouping: keys) { $0 }.filter { $0.value.count > 1 }
    // The fourth checkpoint is that of the early reply, whose caller is told once.
    let interrupted = [1: "one", 2: "two", 5: "last"][k]
    if k == 3 {
      // The switch was decided together with its request; both were lost, so the second attempt decided anew.
      #expect(repeated.isEmpty && keys.contains("\(Trial.executionID):later"))
    } else {
      #expect(Array(repeated.keys) == (interrupted.map { ["\(Trial.executionID):\($0)"] } ?? []))
    }
  }

  @Test("at random places, again and again, ends with each finished request sent once")
  func random() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("ResumeTests seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let faults = (0..<Int.random(in: 1...6, using: &generator)).map { _ -> MemoryJournal.Fault in
        let k = Int.random(in: 1...3, using: &generator)
        return Bool.random(using: &generator) ? .after(k) : .before(k)
      }
      let (report, keys) = try await Self.runs(faults)
      #expect(report.summary == "succeeded", "seed \(seed)")
      #expect(report.output?["way"] == true, "seed \(seed)")
      let lost = faults.count { if case .before = $0 { true } else { false } }
      #expect(keys.count <= 4 + lost, "seed \(seed): \(keys)")
    }
  }

  @Test("two runs with the same records and answers come to the same")
  func deterministic() async throws {
    let first = try await Self.runs([.after(3)])
    let second = try await Self.runs([.after(3)])
    #expect(first.report.output == second.report.output)
    #expect(first.keys == second.keys)
  }
}
