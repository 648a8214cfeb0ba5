// What a call gives back: values, errors with their places, console, batches; and how runners keep compiled scripts.

import JSONCodec
import Testing

@testable import Scripting

extension ScriptingTests {
  @Suite struct ScriptCallTests {
    @Test(
      "a script's value comes back as JSON",
      arguments: [
        ("return 1 + 1", "2"), ("return { b: [1.5, null], a: 'ü' }", #"{"b":[1.5,null],"a":"ü"}"#), ("", "null"),
        ("return await Promise.resolve($context.data.n * 2)", "42"), ("return $vars.name + $env.KEY", #""xy""#),
        ("return args.list.map(x => x + 1)", "[2,3]"), ("return JSON.stringify($nodes)", #""{\"first\":{\"id\":7}}""#),
        ("return require('crypto').createHash('md5').update('').digest('hex')", #""d41d8cd98f00b204e9800998ecf8427e""#),
      ])
    func value(_ script: String, _ expected: String) async throws {
      let input = """
        {"$context":{"data":{"n":21}},"$vars":{"name":"x"},"$env":{"KEY":"y"},"$nodes":{"first":{"id":7}},\
        "args":{"list":[1,2]}}
        """
      try await withRunners { runners in
        #expect(await runners.script(script, input: input) == .success(expected))
      }
    }

    @Test(
      "code may have names of its own that the runner uses, and cannot close what is around it",
      arguments: [
        ("const { args: context } = { args: args.list }; return context", "[1,2]"),
        ("const $context = 1; class console {}; let args = 2, require = 3; return args", "2"),
        ("function args() { return 5 }; return args()", "5"), ("var $nodes = 7; return $nodes", "7"),
        ("return context.body.n", "21"), ("return JSON.stringify(context)", #""{\"data\":{\"n\":21}}""#),
        ("// comment", "null"), ("return 1 /* open */ // and", "1"),
      ])
    func names(_ script: String, _ expected: String) async throws {
      try await withRunners { runners in
        let input = #"{"$context":{"data":{"n":21}},"args":{"list":[1,2]}}"#
        #expect(await runners.script(script, input: input) == .success(expected))
      }
    }

    @Test(
      "what is no function body alone is a syntax error",
      arguments: [
        "} {", "}}) (async function() {{", "var a; function a() {}; return 1 }  {", "/*", "`", "const a = 1, a = 2",
      ])
    func enclosed(_ script: String) async throws {
      try await withRunners(try .testing(processes: 1)) { runners in
        #expect(await runners.ending(of: script) == .failure(.syntax))
        #expect(await runners.script("return 1") == .success("1"))
      }
    }

    @Test("an error tells its name, its message and its place in the user's code")
    func place() async throws {
      try await withRunners { runners in
        let failure = try #require(await runners.failure(of: "const a = 1\n  null.property"))
        #expect(failure.kind == .thrown)
        #expect(failure.name == "TypeError")
        #expect(failure.line == 2)
        #expect((failure.column ?? 0) > 0)
        #expect(failure.stack?.contains("TypeError") == true)
        let own = try #require(await runners.failure(of: "throw new Error('Invalid signature')"))
        #expect(own.message == "Invalid signature")
        #expect(own.line == 1)
      }
    }

    @Test("console output comes with the outcome, as entries with a level")
    func console() async throws {
      try await withRunners { runners in
        let code = ScriptCode(.script, "console.log('one', { a: 1 }); console.error('two')")
        let outcome = try await runners.run(ScriptCall([code], input: Array("{}".utf8)))
        let entries = try JSON.parse(outcome.console).elements
        #expect(entries.map { $0["level"]?.stringValue } == ["log", "error"])
        #expect(entries.map { $0["text"]?.stringValue } == ["one { a: 1 }", "two"])
        let silent = try await runners.run(ScriptCall([ScriptCode(.script, "")], input: Array("{}".utf8)))
        #expect(silent.console.isEmpty)
      }
    }

    @Test("the expressions of a call have results of their own, in order")
    func batch() async throws {
      try await withRunners { runners in
        let texts = ["1 + 1", "$context.missing.deeper", "a b", "[$vars.x]", "1 + 1"]
        let codes = texts.map { ScriptCode(.expression, $0) }
        let outcome = try await runners.run(ScriptCall(codes, input: Array(#"{"$vars":{"x":3}}"#.utf8)))
        let endings = outcome.results.map { result -> Ending in
          switch result {
          case .success(let text): .value(String(decoding: text, as: UTF8.self))
          case .failure(let failure): .failure(failure.kind)
          }
        }
        #expect(endings == [.value("2"), .failure(.thrown), .failure(.syntax), .value("[3]"), .value("2")])
        #expect(try await runners.run(ScriptCall([], input: [])).results.isEmpty)
      }
    }

    @Test("a check finds syntax errors and runs nothing")
    func check() async throws {
      try await withRunners { runners in
        #expect(try await runners.check(ScriptCode(.script, "for (;;) {}")) == nil)
        let failure = try #require(try await runners.check(ScriptCode(.script, "let a = 1\nlet a = 2")))
        #expect(failure.kind == .syntax)
        #expect(failure.line == 2)
        let expression = try await runners.check(ScriptCode(.expression, "1 +"))
        #expect(expression?.kind == .syntax)
      }
    }

    @Test("a script has its own time to be compiled, whatever the limit of the call before was")
    func compileTime() async throws {
      let line = "var f = function (a) { const x = { a, c: [1, 2, 3] }; for (const k of x.c) a += k; return `${a}` }\n"
      let long = String(repeating: line, count: 6000)
      try await withRunners(try .testing(processes: 1, time: .seconds(10))) { runners in
        #expect(await runners.ending(of: "return 1", time: .milliseconds(1)) != .failure(.crashed))
        #expect(await runners.ending(of: long + "return 1") == .value("1"))
        _ = await runners.ending(of: "return 1", time: .milliseconds(1))
        #expect(await runners.ending(of: long + "foo bar") == .failure(.syntax))
        _ = await runners.ending(of: "return 1", time: .milliseconds(1))
        let failure = try await runners.check(ScriptCode(.script, long + "foo bar"))
        #expect(failure?.kind == .syntax)
      }
    }

    @Test("a script is told once and runs often")
    func once() async throws {
      try await withRunners(try .testing(processes: 1)) { runners in
        let code = ScriptCode(.script, "return args.n")
        for number in 0..<100 {
          #expect(await runners.result(code, input: #"{"args":{"n":\#(number)}}"#) == .success("\(number)"))
        }
      }
    }

    @Test("a runner forgets the scripts that were not asked for the longest, and is told them again")
    func eviction() async throws {
      var configuration = try ScriptRunners.Configuration.testing(processes: 1)
      configuration.scripts = 3
      try await withRunners(configuration) { runners in
        let codes = (0..<8).map { ScriptCode(.expression, "\($0)") }
        for _ in 0..<3 {
          for (number, code) in codes.enumerated() { #expect(await runners.result(code) == .success("\(number)")) }
        }
        // More at once than are kept.
        let outcome = try await runners.run(ScriptCall(codes, input: Array("{}".utf8)))
        #expect(outcome.results == (0..<8).map { .success(Array(String($0).utf8)) })
      }
    }

    @Test("what was used last is kept")
    func knownScripts() {
      var scripts = KnownScripts(capacity: 2)
      func call(_ identifiers: UInt32...) -> (told: [UInt32], forgotten: [UInt32]) {
        scripts.beginCall()
        let told = identifiers.filter { scripts.use($0) }
        var forgotten: [UInt32] = []
        while let identifier = scripts.popExcess() { forgotten.append(identifier) }
        return (told, forgotten.sorted())
      }
      #expect(call(1, 2) == ([1, 2], []))
      #expect(call(1) == ([], []))
      #expect(call(3) == ([3], [2]))
      #expect(call(4, 5, 6) == ([4, 5, 6], [1, 3]))
      let last = call(4)
      #expect(last.told.isEmpty)
      #expect(last.forgotten == [5] || last.forgotten == [6])
    }

    @Test("what is too large is refused before it is sent")
    func sizes() async throws {
      var configuration = try ScriptRunners.Configuration.testing()
      configuration.input = 1000
      try await withRunners(configuration) { runners in
        let input = #"{"args":"\#(String(repeating: "x", count: 1000))"}"#
        #expect(await runners.ending(of: "return 1", input: input) == .failure(.limit))
        let long = ScriptCode(.script, String(repeating: " ", count: 1001))
        await #expect(throws: ScriptFailure.self) { try await runners.check(long) }
      }
    }

    @Test("large inputs and results travel whole")
    func large() async throws {
      try await withRunners(try .testing(memory: 512 << 20, time: .seconds(5))) { runners in
        let text = String(repeating: "äx", count: 2 << 20)
        let result = await runners.script("return args", input: #"{"args":"\#(text)"}"#)
        #expect(result == .success("\"\(text)\""))
      }
    }
  }
}
