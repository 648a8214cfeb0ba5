// Nothing of one run can be seen by the next in the same runner.

import Testing

@testable import Scripting

extension ScriptingTests {
  @Suite struct IsolationTests {
    @Test(
      "what a script leaves behind is not there in the next one",
      arguments: [
        ("globalThis.leaked = 1", "return typeof leaked"),
        ("leaked = 1", "return typeof leaked"),
        ("var leaked = 1; (0, eval)('var leaked = 1')", "return typeof leaked"),
        ("Function('this.leaked = 1; leaked = 2')()", "return typeof leaked"),
        ("({}).__proto__.leaked = 1", "return typeof ({}).leaked"),
        ("Array.prototype.leaked = 1", "return typeof [].leaked"),
        ("Object.setPrototypeOf(Object.prototype, { leaked: 1 })", "return typeof ({}).leaked"),
        ("Array.prototype.map = () => 'evil'", "return typeof [1].map(String) === 'object' ? 'undefined' : 'changed'"),
        ("JSON.stringify = () => '1'", "return JSON.stringify({}) === '{}' ? 'undefined' : 'changed'"),
        ("Promise.prototype.then = () => 1", "await 0; return 'undefined'"),
        ("console.leaked = 1", "return typeof console.leaked"),
        ("require('crypto').leaked = 1", "return typeof require('crypto').leaked"),
        ("Buffer.leaked = 1", "return typeof Buffer.leaked"),
        ("Symbol.for('leaked').constructor.leaked = 1", "return typeof Symbol.leaked"),
        ("/(l)eaked/.test('leaked')", "return RegExp.$1 ? 'seen' : 'undefined'"),
        ("Error.stackTraceLimit = 7", "return Error.stackTraceLimit === 7 ? 'changed' : 'undefined'"),
        ("Date.now = () => 0", "return Date.now() > 0 ? 'undefined' : 'changed'"),
        ("args.list.push(1); args.leaked = 1", "return typeof args.leaked"),
        ("console.log('secret')", "return 'undefined'"),
        (
          "Object.prototype.hasOwnProperty.call = () => true",
          "return Object.prototype.hasOwnProperty.call(args, 'x') ? 'changed' : 'undefined'"
        ),
        ("Object.prototype.toString.leaked = 1", "return typeof Object.prototype.toString.leaked"),
        ("Object.setPrototypeOf(Function.prototype.call, null)", "return typeof (() => undefined).call()"),
        ("Function.prototype.toString.call = () => { throw 1 }", "return typeof void require('util').inspect(() => 1)"),
        ("Date.prototype.toJSON.leaked = 1", "return typeof Date.prototype.toJSON.leaked"),
        ("URL.prototype.toString.leaked = 1", "return typeof URL.prototype.toString.leaked"),
        ("Error.prototype.toString.leaked = 1", "return typeof new TypeError().toString.leaked"),
        (
          "Object.getOwnPropertyDescriptor(Object.getPrototypeOf($context), 'body').get.leaked = 1",
          "return typeof Object.getOwnPropertyDescriptor(Object.getPrototypeOf($context), 'body').get.leaked"
        ),
      ])
    func leak(_ first: String, _ second: String) async throws {
      try await withRunners(try .testing(processes: 1)) { runners in
        // Whether it may is the script's own affair.
        _ = await runners.script(first, input: #"{"args":{"list":[]}}"#)
        let code = ScriptCode(.script, second)
        let outcome = try await runners.run(ScriptCall([code], input: Array(#"{"args":{"list":[]}}"#.utf8)))
        #expect(outcome.results == [.success(Array(#""undefined""#.utf8))])
        #expect(outcome.console.isEmpty)
      }
    }
  }
}
