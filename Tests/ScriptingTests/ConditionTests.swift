// Conditions: what JavaScript takes for true, and how far a runner goes through those of one node.

import Testing

@testable import Scripting

extension ScriptingTests {
  @Suite struct ConditionTests {
    private func endings(_ texts: [String], _ runners: ScriptRunners, input: String = "{}") async throws -> [Ending] {
      let codes = texts.map { ScriptCode(.condition, $0) }
      return try await runners.run(ScriptCall(codes, input: Array(input.utf8))).results.map { result in
        switch result {
        case .success(let bytes): .value(String(decoding: bytes, as: UTF8.self))
        case .failure(let failure): .failure(failure.kind)
        }
      }
    }

    @Test("a condition holds when JavaScript takes its value for true, whatever it would be as JSON")
    func truth() async throws {
      let holding = [
        "1", "-1", "Infinity", "1 / 0", "new Date(NaN)", "new Boolean(false)", "10n", "() => 1", "'0'", "[]", "{}",
        "Symbol('a')", "{ toJSON() { return null } }", "{ toJSON() { throw 1 } }", "'x'.repeat(17 * 2 ** 20)",
        "new Map()", "(() => { const a = {}; a.a = a; return a })()",
        "(() => { let a = 1; for (let i = 0; i < 600; i++) a = [a]; return a })()",
      ]
      let failing = ["false", "0", "-0", "0n", "NaN", "''", "null", "undefined", "$context.data.missing"]
      try await withRunners(try .testing(processes: 1)) { runners in
        let input = #"{"$context":{"data":{}}}"#
        for (texts, truth) in [(holding, "true"), (failing, "false")] {
          for text in texts {
            let seen = try await endings([text], runners, input: input)
            #expect(seen == [.value(truth)], "\(text)")
          }
        }
      }
    }

    @Test("a promise is no condition")
    func promise() async throws {
      try await withRunners { runners in
        let failure = await failure(ScriptCode(.condition, "(async () => false)()"), runners)
        #expect(failure?.kind == .result)
        #expect(failure?.message.contains("there is no await in expressions") == true)
      }
    }

    private func failure(_ code: ScriptCode, _ runners: ScriptRunners) async -> ScriptFailure? {
      if case .failure(let failure) = await runners.result(code) { failure } else { nil }
    }

    @Test("nothing behind the first condition that holds or fails is evaluated")
    func order() async throws {
      try await withRunners(try .testing(processes: 1)) { runners in
        let greedy = "(() => { const a = []; for (;;) a.push(new Array(1e6).fill(7)) })()"
        let wild = ["for", "(() => { for (;;); })()", greedy]
        let rest = Array(repeating: Ending.value("false"), count: wild.count)
        let holding = try await endings(["0", "1"] + wild, runners)
        #expect(holding == [.value("false"), .value("true")] + rest)
        let failing = try await endings(["0", "null.x"] + wild, runners)
        #expect(failing == [.value("false"), .failure(.thrown)] + rest)
        let broken = try await endings(["a b"] + wild, runners)
        #expect(broken == [.failure(.syntax)] + rest)
      }
    }

    @Test("what one condition makes of $context is the next one's error at most")
    func frozen() async throws {
      try await withRunners(try .testing(processes: 1)) { runners in
        let texts = ["!Object.setPrototypeOf($context, null) || !Object.freeze($context)", "$context.data.n === 7"]
        let input = #"{"$context":{"data":{"n":7}}}"#
        let seen = try await endings(texts, runners, input: input)
        #expect(seen == [.value("false"), .value("true")])
        let after = try await endings(["$context.body.n === 7"], runners, input: input)
        #expect(after == [.value("true")])
      }
    }
  }
}
