import JSONCodec
import Testing
import Workflows

@testable import WorkflowEngine

@Suite("wait")
struct WaitNodeTests {
  private static let nodes = """
    - key: approval
      type: wait
      for: 1h
      do:
        - {key: ask, type: request, url: "https://mail.example", json: {link: "{{$scopes.approval.url}}"}}
    - {key: out, type: output, value: "{{$nodes.approval.data.ok}}"}
    """
  private static let answer = Array(#"{"method":"POST","query":{},"headers":{},"data":{"ok":true}}"#.utf8)

  private static func trial(_ nodes: String = nodes) -> (Trial, RecordingServices) {
    let services = RecordingServices()
    var trial = Trial(nodes)
    trial.services = services
    return (trial, services)
  }

  @Test("registers its address before anybody hears of it, then waits and goes on with what came")
  func resumed() async throws {
    let (trial, services) = Self.trial()
    var life = Life(trial)
    life.answers = Self.answer
    let report = try await life.end()
    #expect(report.output == true)
    let wait = try #require(life.waits.first)
    let callback = try #require(wait.callbacks.first)
    #expect(services.requests.count == 1)
    #expect(
      services.requests.first?.text?.contains(
        "https://hooks.example/api/resume/\(Trial.executionID)-\(callback)") == true)
    #expect((life.trial.time + 3_600_000..<life.trial.time + 3_601_000).contains(wait.until))
  }

  @Test("an address is known to the queue before the first request with it leaves")
  func registered() async throws {
    let (trial, services) = Self.trial()
    trial.journal.arrive("x", [])
    let broken = MemoryJournal(.before(1))
    var crashing = trial
    crashing.journal = broken
    #expect(try await crashing.run().summary == "abandoned")
    #expect(services.requests.isEmpty)
    #expect(broken.opened.isEmpty)
    _ = try await trial.run()
    #expect(trial.journal.opened.count == 1)
  }

  @Test("what came before it began to wait counts")
  func early() async throws {
    var (trial, _) = Self.trial()
    let first = try await trial.run()
    let callback = try #require(first.suspension?.callbacks.first)
    trial.records = try trial.journal.stored()
    trial.arrivals = [callback: Self.answer]
    #expect(try await trial.run().output == true)
  }

  @Test("nobody came: it fails, or goes on with null; nobody can come any more")
  func timeout() async throws {
    for (setting, summary) in [("", "failed"), ("  onTimeout: continue", "succeeded")] {
      let (trial, _) = Self.trial(Self.nodes.replacingFirst("  for: 1h", with: "  for: 1h\n" + setting))
      var life = Life(trial)
      let report = try await life.end()
      #expect(report.summary.hasPrefix(summary))
      #expect(life.trial.journal.closed == life.waits.first?.callbacks)
      if summary == "failed" { #expect(report.summary.contains("nobody called within 1h")) }
    }
  }

  @Test("who comes while the run that gives up has begun is in time")
  func race() async throws {
    var (trial, _) = Self.trial()
    let first = try await trial.run()
    let wait = try #require(first.suspension)
    trial.records = try trial.journal.stored() + first.records.map { try NodeRecord(path: $0.path, decoding: $0.bytes) }
    trial.time = wait.until
    trial.journal = MemoryJournal()
    trial.journal.arrive(wait.callbacks[0], Self.answer)
    #expect(try await trial.run().output == true)
    #expect(trial.journal.closed.isEmpty)
  }

  @Test("crashes at any checkpoint change neither the address nor the number of requests", arguments: 1...4)
  func crashes(k: Int) async throws {
    for fault in [MemoryJournal.Fault.after(k), .before(k)] {
      let (trial, services) = Self.trial()
      var life = Life(trial)
      life.answers = Self.answer
      life.faults = [fault]
      #expect(try await life.end().output == true)
      #expect(Set(services.requests.map(\.text)).count == 1 || k == 1)
      if case .after = fault { #expect(services.requests.count == 1) }
    }
  }

  /// Runs until nobody has come in time, with a retry policy that would try everything again.
  private static func timedOut() async throws -> (life: Life, services: RecordingServices) {
    let policy = "  for: 1h\n  retry: {attempts: 3, delay: 1ms, on: any}"
    let (trial, services) = trial(nodes.replacingFirst("  for: 1h", with: policy))
    var life = Life(trial)
    let report = try await life.end()
    #expect(report.summary.contains("nobody called within 1h"))
    #expect(report.isDeadLetter)
    #expect(life.waits.count == 1)
    #expect(services.requests.count == 1)
    life.trial.records += report.records
    return (life, services)
  }

  @Test("nobody came: that is not tried again, and a redrive tells its new address", arguments: 0...3)
  func redriven(k: Int) async throws {
    let (failed, services) = try await Self.timedOut()
    var life = failed
    life.answers = Self.answer
    if k > 0 { life.faults = [.after(k)] }
    #expect(try await life.end().output == true)
    #expect(services.requests.count == 2)
    let callback = try #require(life.waits.last?.callbacks.first)
    #expect(callback != life.waits.first?.callbacks.first)
    #expect(services.requests.last?.text?.contains("-\(callback)") == true)
    #expect(services.idempotencyKeys == ["\(Trial.executionID):ask", "\(Trial.executionID):ask:\(callback)"])
  }
}

extension String {
  func replacingFirst(_ part: String, with other: String) -> String {
    guard let range = firstRange(of: part) else { return self }
    return replacingCharacters(in: range, with: other)
  }

  private func replacingCharacters(in range: Range<Index>, with other: String) -> String {
    String(self[..<range.lowerBound]) + other + self[range.upperBound...]
  }
}
