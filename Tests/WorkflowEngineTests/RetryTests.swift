// What is tried again, when, and how often.

import JSONCodec
import OutboundHTTP
import ProcessSupport
import Synchronization
import Testing
import Workflows

@testable import WorkflowEngine

@Suite("A node that fails")
struct RetryTests {
  /// Answers with these statuses, one after the other, and 200 from then on.
  private static func services(_ statuses: [Int], headers: [(String, String)] = []) -> RecordingServices {
    let left = Mutex(statuses)
    return RecordingServices { _ in
      let status = left.withLock { $0.isEmpty ? 200 : $0.removeFirst() }
      return OutboundResponse(status: status, headers: headers, body: [])
    }
  }

  private static func life(_ settings: String, _ services: RecordingServices) -> Life {
    var trial = Trial("- {key: call, type: request, url: \"https://a.example\", \(settings)}")
    trial.services = services
    return Life(trial)
  }

  @Test(
    "is tried again after statuses that may pass, with the same key", arguments: [408, 425, 429, 500, 502, 503, 599])
  func temporary(status: Int) async throws {
    let services = Self.services([status, status])
    var life = Self.life("retry: {attempts: 3, delay: 1s}", services)
    let report = try await life.end()
    #expect(report.summary == "succeeded")
    #expect(Set(services.idempotencyKeys).count == 1)
    #expect(services.requests.count == 3)
    #expect(life.waits.count == 2)
  }

  @Test(
    "is not tried again after statuses that will stay, unless the workflow says so", arguments: [400, 401, 404, 410])
  func permanent(status: Int) async throws {
    let services = Self.services([status])
    var life = Self.life("retry: {attempts: 3}", services)
    let report = try await life.end()
    #expect(report.summary.hasPrefix("failed: node call"))
    #expect(report.isDeadLetter)
    #expect(services.requests.count == 1)
    let others = Self.services([status])
    var any = Self.life("retry: {attempts: 3, on: any}", others)
    #expect(try await any.end().summary == "succeeded")
    #expect(others.requests.count == 2)
  }

  @Test("fails for good after its last attempt, and says why")
  func exhausted() async throws {
    let services = Self.services([503, 503, 503])
    var life = Self.life("retry: {attempts: 3, delay: 10ms}", services)
    let report = try await life.end()
    #expect(report.summary.contains("answered 503"))
    #expect(report.isDeadLetter)
    #expect(services.requests.count == 3)
    #expect(report.record("call")?.tries == 3)
  }

  @Test("has all its attempts again when it is redriven")
  func redriven() async throws {
    let services = Self.services([503, 503, 503, 503])
    var life = Self.life("retry: {attempts: 2, delay: 10ms}", services)
    let failed = try await life.end()
    #expect(failed.summary.contains("answered 503"))
    life.trial.records += failed.records
    #expect(try await life.end().summary.contains("answered 503"))
    #expect(services.requests.count == 4)
  }

  @Test("waits exponentially longer, half of it by chance, never longer than the longest delay")
  func delays() {
    let policy = RetryPolicy(attempts: 9, delay: .seconds(1), factor: 3, maxDelay: .seconds(20))
    for (tries, full) in [(1, 1000), (2, 3000), (3, 9000), (4, 20_000), (5, 20_000), (100, 20_000)] {
      #expect(policy.milliseconds(after: tries, retryAfter: nil, random: 0) == Int64(full / 2))
      #expect(policy.milliseconds(after: tries, retryAfter: nil, random: 1) == Int64(full))
    }
  }

  @Test("leaves the other side alone for as long as it asks, and at most half a second more")
  func retryAfter() async throws {
    let services = Self.services([429], headers: [("retry-after", "60")])
    var life = Self.life("retry: {attempts: 2, delay: 1s}", services)
    let start = life.trial.time
    #expect(try await life.end().summary == "succeeded")
    let wait = try #require(life.waits.first).until - start
    #expect((60_000..<61_000).contains(wait))
  }

  @Test(
    "reads both forms of Retry-After",
    arguments: [
      ("120", 120_000), (" 0 ", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 37_000), ("Sun, 06 Nov 1994 08:48:00 GMT", 0),
      ("soon", nil), ("-1", nil), ("1.5", nil), ("", nil), ("Sun, 99 Nov 1994 08:49:37 GMT", nil),
      ("Thu, 31 Nov 1994 08:49:37 GMT", nil),
    ] as [(String, Int64?)])
  func retryAfterForms(text: String, expected: Int64?) {
    let now: Int64 = 784_111_740_000
    #expect(RetryAfter.duration(text, now: now).map { $0.milliseconds } == expected)
  }

  @Test("has its attempts from the workflow, unless it has its own")
  func inherited() async throws {
    let text = """
      key: trial
      trigger: {type: webhook}
      retry: {attempts: 2, delay: 10ms}
      nodes:
        - {key: call, type: request, url: "https://a.example"}
        - {key: other, type: request, url: "https://b.example", retry: {attempts: 1}}
      """
    let workflow = try Trial.load(text)
    #expect(workflow.nodes[0].retry?.attempts == 2)
    #expect(workflow.nodes[1].retry?.attempts == 1)
  }

  @Test("goes on with what the workflow says only after the last attempt")
  func continueOnError() async throws {
    let services = Self.services([500, 500])
    var life = Self.life("continueOnError: true, retry: {attempts: 2, delay: 1ms}", services)
    #expect(try await life.end().summary == "succeeded")
    #expect(services.requests.count == 2)
  }

  @Test("counts failed attempts and crashes in $system.attempt")
  func attempts() async throws {
    let services = Self.services([500, 500])
    var trial = Trial(
      """
      - {key: call, type: request, url: "https://a.example", retry: {attempts: 5, delay: 1ms}}
      - {key: out, type: output, value: "{{$system.attempt}}"}
      """)
    trial.services = services
    trial.attempt = 2
    var life = Life(trial)
    #expect(try await life.end().output == 4)
  }

  @Test("whose effect may have happened is not tried again when the workflow forbids it")
  func uncertain() async throws {
    let broken = RecordingServices { _ throws(OutboundError) in throw OutboundError(kind: .timeout, message: "late") }
    var life = Self.life("onUncertain: fail, retry: {attempts: 5, delay: 1ms}", broken)
    #expect(try await life.end().summary.contains("late"))
    #expect(broken.requests.count == 1)
    let refused = RecordingServices { _ throws(OutboundError) in throw OutboundError(kind: .connect, message: "no") }
    var certain = Self.life("onUncertain: fail, retry: {attempts: 3, delay: 1ms}", refused)
    _ = try await certain.end()
    #expect(refused.requests.count == 3)
  }

  @Test("whose worker died in the middle is tried again, or not, as the workflow says")
  func crashedInside() async throws {
    for (setting, calls) in [("onUncertain: retry", 2), ("onUncertain: fail", 1)] {
      let services = Self.services([])
      var life = Self.life(setting, services)
      // The checkpoint of the result is lost; with `fail` the first checkpoint says that it begins.
      life.faults = [.before(calls == 1 ? 2 : 1)]
      let report = try await life.end()
      #expect(services.requests.count == calls)
      #expect(report.summary == (calls == 2 ? "succeeded" : report.summary))
      if calls == 1 { #expect(report.summary.contains("may have happened")) }
    }
  }

  @Test(
    "whose effect may have happened is not tried again, although the workflow tries all failures again",
    arguments: [OutboundError.Kind.timeout, .tooLarge, .tooManyRedirects, .protocolViolation])
  func uncertainForAny(kind: OutboundError.Kind) async throws {
    let broken = RecordingServices { _ throws(OutboundError) in throw OutboundError(kind: kind, message: "broken") }
    var life = Self.life("onUncertain: fail, retry: {attempts: 3, delay: 1ms, on: any}", broken)
    #expect(try await life.end().summary.contains("broken"))
    #expect(broken.requests.count == 1)
  }

  @Test("whose request went out before a redirect led nowhere may have had its effect")
  func uncertainRedirect() async throws {
    for (wasSent, calls) in [(true, 1), (false, 3)] {
      let broken = RecordingServices { _ throws(OutboundError) in
        throw OutboundError(kind: .connect, message: "refused", mayHaveBeenSent: wasSent)
      }
      var life = Self.life("onUncertain: fail, retry: {attempts: 3, delay: 1ms}", broken)
      _ = try await life.end()
      #expect(broken.requests.count == calls)
    }
  }

  @Test("whose answer is unreadable or too large has had its effect", arguments: ["<html>", "[ ]"])
  func uncertainAnswers(answer: String) async throws {
    let blanks = String(repeating: " ", count: ExecutionWalk.largestResult)
    let body = Array(answer.replacing(" ", with: blanks).utf8)
    let services = RecordingServices { _ in OutboundResponse(status: 200, body: body) }
    var life = Self.life("response: json, onUncertain: fail, retry: {attempts: 3, delay: 1ms, on: any}", services)
    #expect(try await life.end().isDeadLetter)
    #expect(services.requests.count == 1)
  }

  @Test("whose worker died in the middle is not tried again either")
  func crashedForAny() async throws {
    let services = Self.services([])
    var life = Self.life("onUncertain: fail, retry: {attempts: 3, delay: 1ms, on: any}", services)
    life.faults = [.before(2)]
    #expect(try await life.end().summary.contains("may have happened"))
    #expect(services.requests.count == 1)
  }

  @Test("leaves the other side alone after a failure that would stay, too")
  func retryAfterForAny() async throws {
    let services = Self.services([403], headers: [("retry-after", "60")])
    var life = Self.life("retry: {attempts: 2, delay: 1s, on: any}", services)
    let start = life.trial.time
    #expect(try await life.end().summary == "succeeded")
    let wait = try #require(life.waits.first).until - start
    #expect((60_000..<61_000).contains(wait))
  }
}
