// Scripts that try to harm: each gets its clear failure, costs nobody else anything, and the runners go on.

import Testing

@testable import Scripting

extension ScriptingTests {
  @Suite struct AbuseTests {
    @Test("an abusive script gets its failure and harms nobody else", arguments: Abuse.tables)
    func abuse(_ table: Abuse.Table) async throws {
      try await withRunners(try .testing()) { runners in
        for abuse in table.cases {
          async let ending = runners.ending(of: abuse.script, time: abuse.time)
          let neighbour = ScriptCode(.script, "let n = 0; for (let i = 0; i < 1e5; i++) n += i; return [n, args]")
          for number in 0..<20 {
            let result = await runners.result(neighbour, input: #"{"args":\#(number)}"#, time: .seconds(10))
            #expect(result == .success("[4999950000,\(number)]"), "beside \(abuse.script)")
          }
          let seen = await ending
          #expect(abuse.endings.contains(seen), "\(abuse.script) ended with \(seen)")
          // On each of the runners, the one that the abuse left included.
          let probe = "return [typeof leaked, typeof ({}).leaked]"
          async let one = runners.ending(of: probe, time: .seconds(10))
          async let other = runners.ending(of: probe, time: .seconds(10))
          let clean = Ending.value(#"["undefined","undefined"]"#)
          #expect(await [one, other] == [clean, clean], "after \(abuse.script)")
        }
      }
    }
  }
}

struct Abuse: Sendable {
  struct Table: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let cases: [Abuse]
  }

  let script: String
  let endings: [Ending]

  /// Short only where the end of the time is what is waited for.
  var time: Duration { endings.contains(.failure(.timeout)) ? .milliseconds(300) : .seconds(10) }

  init(_ script: String, _ endings: Ending...) {
    self.script = script
    self.endings = endings
  }

  static let tables = [
    Table(testDescription: "scripts without end", cases: endless), Table(testDescription: "memory", cases: memory),
    Table(testDescription: "output", cases: output), Table(testDescription: "pollution", cases: pollution),
    Table(testDescription: "evaluation", cases: evaluation), Table(testDescription: "thrown values", cases: thrown),
    Table(testDescription: "odd values", cases: values), Table(testDescription: "native code", cases: native),
    Table(testDescription: "deep nesting", cases: nesting),
  ]

  private static let endless = [
    Abuse("for (;;) {}", .failure(.timeout)),
    Abuse("for (;;) { try { for (;;) {} } catch {} finally { continue } }", .failure(.timeout)),
    Abuse("while (true) await 0", .failure(.timeout)),
    Abuse("const again = () => Promise.resolve().then(again); return again()", .failure(.timeout), .failure(.memory)),
    Abuse("const t = { then(resolve) { resolve(t) } }; return t", .failure(.timeout), .failure(.memory)),
    Abuse("await 0; for (;;) {}", .failure(.timeout)),
    Abuse("(async () => { while (true) await 0 })(); for (;;) {}", .failure(.timeout), .failure(.crashed)),
    Abuse("await new Promise(() => {})", .failure(.unsettled)),
    Abuse("function f() { return 1 + f() } return f()", .failure(.thrown)),
    Abuse("const f = async () => { await f() }; return f()", .failure(.thrown), .failure(.memory)),
    Abuse("return /(a+)+$/.test('a'.repeat(40) + 'b')", .failure(.timeout)),
    Abuse(#"return /^(\w+\s?)*$/.test('aaaa '.repeat(9) + '!')"#, .failure(.timeout)),
    Abuse("return new Array(1e6).fill(0).map((_, i) => i ^ 5).sort(() => { for (;;) {} })", .failure(.timeout)),
  ]

  private static let memory = [
    Abuse("const a = []; for (;;) a.push(new Array(1e6).fill(7))", .failure(.memory)),
    Abuse("return new Array(10 * 2 ** 27).fill(1).length", .failure(.memory)),
    Abuse("return new Array(1e10)", .failure(.thrown)),
    Abuse("return new ArrayBuffer(10 * 2 ** 30).byteLength", .failure(.thrown)),
    Abuse("const a = []; for (;;) a.push(new Uint8Array(1e8).fill(1))", .failure(.memory)),
    Abuse("let s = 'x'; for (;;) s += s", .failure(.thrown)),
    Abuse("let s = 'xy'; for (;;) { s += s; /y$/.test(s) }", .failure(.memory), .failure(.thrown)),
    Abuse("const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })", .failure(.memory)),
  ]

  private static let output = [
    Abuse("for (let i = 0; i < 1e5; i++) console.log('line ' + i + ' '.repeat(100))", .value("null")),
    Abuse("console.log('x'.repeat(1e9)); return 1", .failure(.memory), .value("1")),
    Abuse("return 'x'.repeat(200e6)", .failure(.limit), .failure(.memory)),
    Abuse("return Array(2e6).fill('x'.repeat(100))", .failure(.limit), .failure(.memory)),
    Abuse("let a = ['x']; for (let i = 0; i < 60; i++) a = [a, a]; return a", .failure(.limit), .failure(.timeout)),
  ]

  private static let pollution = [
    Abuse("globalThis.leaked = 1", .failure(.thrown)),
    Abuse("leaked = 1", .failure(.thrown)),
    Abuse("({}).__proto__.leaked = 1", .failure(.thrown)),
    Abuse("Object.setPrototypeOf(Object.prototype, { leaked: 1 })", .failure(.thrown)),
    Abuse("Object.setPrototypeOf(globalThis, { leaked: 1 })", .failure(.thrown)),
    Abuse("Object.defineProperty(Object.prototype, 'leaked', { value: 1 })", .failure(.thrown)),
    Abuse("JSON.stringify = () => 'evil'", .failure(.thrown)),
  ]

  private static let evaluation = [
    Abuse("Function('return this')().leaked = 1", .failure(.thrown)),
    Abuse("return typeof Function('return this')().process", .value(#""undefined""#)),
    Abuse("(0, eval)('let leaked = 1'); return 1", .value("1")),
    Abuse("(0, eval)('function leaked() {}')", .failure(.thrown)),
    Abuse("return eval('for (;;) {}')", .failure(.timeout)),
    Abuse("return new WebAssembly.Module(new Uint8Array([0]))", .failure(.thrown)),
    Abuse("return new SharedArrayBuffer(8)", .failure(.thrown)),
    Abuse("return await import('/etc/passwd')", .failure(.thrown)),
    Abuse("return require('fs')", .failure(.thrown)),
  ]

  private static let thrown = [
    Abuse("throw 1", .failure(.thrown)),
    Abuse("throw null", .failure(.thrown)),
    Abuse("throw Symbol('s')", .failure(.thrown)),
    Abuse("throw () => 1", .failure(.thrown)),
    Abuse("throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })", .failure(.thrown)),
    Abuse("throw { get message() { throw 1 }, get stack() { throw 2 } }", .failure(.thrown)),
    Abuse(
      "const e = new Error('x'); Object.defineProperty(e, 'message', { get() { for (;;) {} } }); throw e",
      .failure(.timeout)),
    Abuse("const e = new Error('x'); e.name = { toString() { throw 1 } }; throw e", .failure(.thrown)),
    Abuse("return { get a() { throw new Error('x') } }", .failure(.thrown), .failure(.result)),
  ]

  /// What reaches the parts that are not JavaScript.
  private static let native = [
    Abuse("\(hash); new H('sha256', 5)", .failure(.thrown)), Abuse("\(hash); new H('nope')", .failure(.thrown)),
    Abuse("\(hash); new H({ toString() { for (;;) {} } })", .failure(.thrown)),
    Abuse("\(hash); new (class extends H {})('sha256', {}).update('x').digest()", .failure(.thrown)),
    Abuse("let a = ['x']; for (let i = 0; i < 60; i++) a = [a, a]; throw a", .failure(.thrown)),
    Abuse("throw Array(2e6).fill('x'.repeat(100))", .failure(.thrown), .failure(.memory)),
  ]

  /// Up to and beyond what the parser bears.
  private static let nesting = ([5000] + stride(from: 5850, to: 5880, by: 3) + [20_000]).map { depth in
    Abuse("return \(nested(depth))", .failure(.thrown), .failure(.result), .failure(.syntax))
  }

  private static let hash = "const H = require('crypto').createHash('md5').constructor"

  private static func nested(_ depth: Int) -> String {
    String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
  }

  private static let values = [
    Abuse("const o = { [Symbol.toPrimitive]() { for (;;) {} } }; return `${o}`", .failure(.timeout)),
    Abuse("return { [Symbol.toPrimitive]() { throw 1 }, a: 1 }", .value(#"{"a":1}"#), .failure(.result)),
    Abuse("return { toJSON() { for (;;) {} } }", .failure(.timeout), .failure(.result)),
    Abuse("return 1n", .failure(.result)),
    Abuse("const a = {}; a.a = a; return a", .failure(.result)),
    Abuse("let a = 1; for (let i = 0; i < 1e5; i++) a = [a]; return a", .failure(.result)),
    Abuse("return JSON.parse('['.repeat(1e5) + ']'.repeat(1e5))", .failure(.result), .failure(.thrown)),
  ]
}
