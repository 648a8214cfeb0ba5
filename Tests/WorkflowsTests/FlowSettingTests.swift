// The settings that say how many executions run, in which order, and how often a node is tried.
import JSONCodec
import Testing
import Workflows

@Suite("Concurrency, order, throttle and retry")
struct FlowSettingTests {
  private static let trigger = "trigger: {type: webhook}\n"

  private func load(_ settings: String, nodes: String = "[]") throws -> Workflow {
    try TestNodes.loader.load(file: "a.yaml", text: Self.trigger + settings + "\nnodes: \(nodes)\n").workflow
  }

  @Test("They are read")
  func read() throws {
    let workflow = try load(
      """
      concurrency: 20
      order: "{{$context.data.shop}}/{{$env.REGION}}"
      throttle: {limit: 100, per: 1m}
      retry: {attempts: 5, delay: 500ms, factor: 1.5, maxDelay: 1h, on: any}
      """)
    #expect(workflow.concurrency == 20)
    let scope = TestScope(data: ["shop": 7], [.environment("REGION"): "eu"])
    #expect(try workflow.order?.text(scope) == "7/eu")
    #expect(workflow.throttle == Throttle(limit: 100, period: .seconds(60)))
    #expect(
      workflow.retry
        == RetryPolicy(attempts: 5, delay: .milliseconds(500), factor: 1.5, maxDelay: .seconds(3600), on: .any))
  }

  @Test("Without them nothing waits and nothing is tried twice")
  func defaults() throws {
    let workflow = try load("", nodes: "[{key: a, type: map, value: 1}]")
    #expect(workflow.concurrency == nil && workflow.order == nil && workflow.throttle == nil && workflow.retry == nil)
    #expect(workflow.nodes.first?.retry == nil)
    #expect(workflow.nodes.first?.onUncertain == .retry)
  }

  @Test("A node has its own retry or the workflow's, inside branches too")
  func nodes() throws {
    let workflow = try load(
      "retry: {attempts: 3}",
      nodes: """
        [{key: a, type: map, value: 1}, {key: b, type: map, value: 1, retry: {attempts: 1}, onUncertain: fail},
         {key: c, type: condition, if: [1, equal, 1], then: [{key: d, type: map, value: 1}]}]
        """)
    let usual = RetryPolicy(attempts: 3, delay: .seconds(1), factor: 2, maxDelay: .seconds(600), on: .temporary)
    #expect(workflow.nodes.map(\.retry) == [usual, RetryPolicy(attempts: 1), usual])
    #expect(workflow.nodes.map(\.onUncertain) == [.retry, .fail, .retry])
    let branch = (workflow.nodes.last?.settings as? AnySettings)?.branches.first
    #expect(branch?.first?.retry == usual)
  }

  @Test("A longer first delay moves the longest one")
  func longDelay() throws {
    #expect(try load("retry: {attempts: 2, delay: 1h}").retry?.maxDelay == .seconds(3600))
  }

  @Test(
    "What is wrong is told",
    arguments: [
      ("concurrency: 0", #"2:14: "concurrency" must be a whole number from 1 to 100000, not 0"#),
      ("concurrency: 100001", #"2:14: "concurrency" must be a whole number from 1 to 100000, not 100001"#),
      (
        "order: \"{{$nodes.a}}\"", #"2:11: "$nodes.a" cannot be used in "order": there are $context, $env and $system"#
      ),
      (
        "order: fixed",
        #"2:8: "order" must be text that reads the webhook, such as "{{$context.data.id}}"; for one at a time write concurrency: 1"#
      ),
      (
        "order: [1]",
        #"2:8: "order" must be text that reads the webhook, such as "{{$context.data.id}}"; for one at a time write concurrency: 1"#
      ),
      ("throttle: {per: 1s}", #"2:11: "limit" is missing in "throttle""#),
      ("throttle: {limit: 1}", #"2:11: "per" is missing in "throttle": a time such as 1s or 1m"#),
      ("throttle: {limit: 0, per: 1s}", #"2:19: "limit" must be a whole number from 1 to 1000000, not 0"#),
      ("throttle: {limit: 1, per: 0}", #"2:27: "per" must be longer than 0"#),
      ("throttle: {limit: 1, per: 25h}", #"2:27: "per" is 24h at most"#),
      ("throttle: {limit: 1, per: 1s, by: x}", #"2:31: "throttle" has no setting "by"; it knows limit, per"#),
      ("throttle: 5", #"2:11: "throttle" must be a mapping of settings, not 5"#),
      ("retry: {}", #"2:8: "attempts" is missing in "retry""#),
      ("retry: {attempts: 0}", #"2:19: "attempts" must be a whole number from 1 to 100, not 0"#),
      ("retry: {attempts: 101}", #"2:19: "attempts" must be a whole number from 1 to 100, not 101"#),
      ("retry: {attempts: 2, delay: 0}", #"2:29: "delay" must be longer than 0"#),
      ("retry: {attempts: 2, delay: 25h}", #"2:29: a delay is 24h at most"#),
      ("retry: {attempts: 2, maxDelay: 2d}", #"2:32: a delay is 24h at most"#),
      ("retry: {attempts: 2, delay: 5s, maxDelay: 1s}", #"2:43: "maxDelay" must not be shorter than "delay""#),
      ("retry: {attempts: 2, factor: 0.5}", #"2:30: "factor" must be a number from 1 to 10, not 0.5"#),
      ("retry: {attempts: 2, factor: 11}", #"2:30: "factor" must be a number from 1 to 10, not 11"#),
      ("retry: {attempts: 2, on: all}", #"2:26: "on" must be temporary or any, not "all""#),
      (
        "retry: {attempts: 2, times: 3}",
        #"2:22: "retry" has no setting "times"; it knows attempts, delay, factor, maxDelay, on"#
      ),
      ("retry: 3", #"2:8: "retry" must be a mapping of settings, not 3"#),
    ])
  func wrong(setting: String, message: String) {
    #expect(problems(Self.trigger + setting + "\n") == ["a.yaml:" + message])
  }

  @Test("What is wrong with a node's is told")
  func wrongNode() {
    #expect(
      problems(workflow(nodes: "  - {key: a, type: map, value: 1, retry: {attempts: x}, onUncertain: stop}\n")) == [
        #"a.yaml:3:53: "attempts" must be a whole number from 1 to 100, not "x""#,
        #"a.yaml:3:70: "onUncertain" must be retry or fail, not "stop""#,
      ])
  }
}
