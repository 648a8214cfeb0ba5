// `script`: what it sees, what it gives, and how it fails.

import JSONCodec
import Testing
import WorkflowEngine

@Suite("Script nodes")
struct ScriptNodeTests {
  @Test("a script sees the request, earlier results, variables and arguments")
  func sees() async throws {
    let trial = ScriptTrial.trial(
      """
        - {key: first, type: map, value: {n: 20}}
        - {key: set, type: variable, set: {factor: 2}}
        - key: run
          type: script
          args: {plus: "{{$context.data.plus}}"}
          code: |
            console.log('factor', $vars.factor);
            return {
              sum: $nodes.first.n * $vars.factor + args.plus,
              same: context === $context,
              shop: $context.params.shop, page: $context.query.page, method: $context.method,
            };
      """, body: #"{"plus":2}"#)
    let report = try await trial.run()
    #expect(report.summary == "succeeded")
    #expect(report.record("run")?.result == ["sum": 42, "same": true, "shop": "7", "page": "2", "method": "POST"])
    #expect(report.record("run")?.console == [["level": "log", "text": "factor 2"]])
  }

  @Test("a compact JSON body comes back from JSON.stringify as it was sent")
  func fidelity() async throws {
    let body = #"{"b":1,"a":[true,null,"\u00fc é \\n"],"z":{"y":1.5,"x":-0.25},"big":9007199254740991}"#
    let sent = #"{"b":1,"a":[true,null,"ü é \\n"],"z":{"y":1.5,"x":-0.25},"big":9007199254740991}"#
    let report = try await ScriptTrial.script("return JSON.stringify($context.data)", body: body).run()
    #expect(report.record("run")?.result.stringValue == sent)
    let raw = try await ScriptTrial.script("return $context.rawBody", body: body).run()
    #expect(raw.record("run")?.result.stringValue == body)
  }

  @Test("an error tells its name and its place in the user's code")
  func failure() async throws {
    let report = try await ScriptTrial.script("const x = {};\nreturn x.a.b;").run()
    guard case .failed(let message, let node) = report.outcome else { throw Unexpected(report.summary) }
    #expect(node == "run")
    #expect(message.hasPrefix("node run: TypeError: "))
    #expect(message.contains("line 2, column "))
    let thrown = try await ScriptTrial.script("throw new Error('no email')").run()
    #expect(thrown.summary.hasPrefix("failed: node run: Error: no email (line 1, column "))
    let syntax = try await ScriptTrial.script("return 1 +").run()
    #expect(syntax.summary.hasPrefix("failed: node run: SyntaxError: "))
    let result = try await ScriptTrial.script("return {items: [1, {f() {}}]}").run()
    #expect(result.summary.contains("items[1].f is a function"))
  }

  @Test("a result may have any number of values, and one that is no JSON is told as such")
  func results() async throws {
    let many = try await ScriptTrial.script("return new Array(1_100_000).fill(1)").run()
    #expect(many.record("run")?.result.elements.count == 1_100_000)
    let broken = ScriptTrial.script("return JSON.rawJSON('\"a\\ud800\"')", settings: "    continueOnError: true\n")
    let error = try await broken.run().record("run")?.result["error"]
    #expect(error?["kind"] == "result" && error?["name"] == "ResultError")
  }

  @Test("a failure that the workflow passes over can be read by what follows")
  func passedOver() async throws {
    let trial = ScriptTrial.trial(
      """
        - key: run
          type: script
          continueOnError: true
          code: |
            console.warn('about to fail');
            throw new TypeError('no');
        - {key: after, type: map, value: "{{$nodes.run.error}}"}
      """)
    let error = try #require(try await trial.run().record("after")?.result)
    #expect(error["name"] == "TypeError" && error["kind"] == "thrown" && error["line"] == 2)
    #expect(error["console"]?.elements.first?["text"] == "about to fail")
  }

  @Test("the node's timeout ends an endless loop")
  func timeout() async throws {
    let report = try await ScriptTrial.script("for (;;) {}", settings: "    timeout: 300ms\n").run()
    #expect(report.summary.hasPrefix("failed: node run: "))
    let awaiting = try await ScriptTrial.script("while (true) await 0", settings: "    timeout: 300ms\n").run()
    #expect(awaiting.summary.hasPrefix("failed: node run: "))
  }

  @Test("a script reads of $env what its node lists, and what it makes of it is not stored")
  func environment() async throws {
    var trial = ScriptTrial.script(
      "return {shown: $env.TOKEN + '!', other: typeof $env.OTHER}", settings: "    env: [TOKEN]\n")
    trial.environment = ["TOKEN": "s3cret-value", "OTHER": "hidden"]
    let record = try #require(try await trial.run().record("run"))
    let stored = String(decoding: record.bytes, as: UTF8.self)
    #expect(record.isMasked && !stored.contains("s3cret"))
    trial.nodes += "  - {key: out, type: output, value: \"{{$nodes.run.other}}\"}\n"
    #expect(try await trial.run().output == "undefined")
  }

  @Test("wrong settings are told where they stand")
  func settings() {
    #expect(Trial.problems("  - {key: a, type: script}").contains("a script needs \"code\" or \"file\""))
    #expect(Trial.problems("  - {key: a, type: script, code: \"  \"}").contains("must not be empty"))
    #expect(Trial.problems("  - {key: a, type: script, code: x, memory: 15MB}").contains("at least 16MB"))
    #expect(Trial.problems("  - {key: a, type: script, file: x.js, code: x}").contains("not both"))
  }

  struct Unexpected: Error {
    init(_ text: String) { Issue.record("\(text)") }
  }
}
