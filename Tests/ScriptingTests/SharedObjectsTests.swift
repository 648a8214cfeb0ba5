// Whatever two runs can both reach must be frozen. A script walks over all that two evaluations of the same expressions
// lead to, by properties, prototypes, getters and results of calls; what it finds twice is shared by all runs.

import JSONCodec
import Testing

@testable import Scripting

extension ScriptingTests {
  @Suite struct SharedObjectsTests {
    @Test("every object that runs share is frozen and holds no data")
    func frozen() async throws {
      let configuration = try ScriptRunners.Configuration.testing(processes: 1, memory: 512 << 20, time: .seconds(60))
      try await withRunners(configuration) { runners in
        let input = #"{"$context":{"data":{}},"$nodes":{},"$vars":{},"$env":{},"args":{}}"#
        let found = try JSON.parse(Array(try await runners.script(Self.walk, input: input).get().utf8))
        #expect(found["changeable"] == [])
        #expect(found["holding"] == [])
        // Else the walk has missed its way.
        #expect((found["shared"]?.intValue ?? 0) > 1200)
      }
    }

    private static let walk = """
      const c = require('crypto')
      const expressions = \(expressions)
      const evaluate = (text) => { try { return eval('(' + text + ')') } catch (error) { return error } }

      async function reach() {
        const seen = new Map()
        const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function'
        const visit = (value, path) => { if (isObject(value) && !seen.has(value)) seen.set(value, path) }
        const attempt = (body, path) => {
          let value
          try { value = body() } catch (error) { value = error }
          visit(value, path)
          return value
        }
        for (const text of expressions) {
          const value = attempt(() => evaluate(text), text)
          if (value instanceof Promise) visit(await value.catch((error) => error), `await ${text}`)
        }
        for (const [object, path] of seen) {
          visit(Object.getPrototypeOf(object), `${path}.__proto__`)
          for (const key of Reflect.ownKeys(object)) {
            const { value, get, set } = Object.getOwnPropertyDescriptor(object, key)
            const place = `${path}.${String(key)}`
            visit(value, place)
            visit(get, `get ${place}`)
            visit(set, `set ${place}`)
            if (get) attempt(() => object[key], place)
          }
          if (typeof object === 'function' && path.length < 80 && !/eval|Function|constructor/.test(path)) {
            attempt(() => Reflect.apply(object, undefined, []), `${path}()`)
            attempt(() => Reflect.apply(object, {}, [{}]), `${path}.call({}, {})`)
          }
        }
        return seen
      }

      const [first, second] = [await reach(), await reach()]
      const holders = [Map, Set, WeakMap, WeakSet].map((type) => type.prototype.has)
      holders.push(Date.prototype.getTime, (function* () {}).prototype.next)
      const holds = (object) => holders.some((method) => {
        try { method.call(object, object); return true } catch { return false }
      })
      const shared = [...second].filter(([object]) => first.has(object))
      return {
        shared: shared.length,
        changeable: shared.filter(([object]) => !Object.isFrozen(object)).map(([, path]) => path),
        holding: shared.filter(([object]) => holds(object)).map(([, path]) => path),
      }
      """

    /// What leads to all that the language and the prelude have, errors included.
    private static let expressions = """
      [
        'globalThis', 'console', 'require', 'c', 'require("buffer")', 'require("url")', 'require("util")',
        'Object.getPrototypeOf($context)', 'Object.getPrototypeOf(args)', 'null.x', 'unknown', 'globalThis.x = 1',
        'Object.prototype.toString = 1', 'Object.prototype.hasOwnProperty', 'Function.prototype.call',
        'new URL("!")', 'atob("!")', 'btoa("☃")', 'structuredClone(() => 1)', 'fetch()', 'require("x")',
        'c.createHash("q")', 'c.timingSafeEqual(1, 2)', 'Buffer.from(5)', 'JSON.parse("{")', 'BigInt("x")',
        'decodeURIComponent("%")', 'new RegExp("(")', 'eval("1 2")', 'new Date(NaN).toISOString()',
        '(function f() { f() })()', 'new Array(-1)', 'new TextDecoder("q")', 'import("x")', 'Promise.any([])',
        'Object(Symbol.iterator)', 'Object(1n)', '/x/g', '/(?<a>x)/d.exec("x")', 'new Date()', 'new Error("x")',
        'new AggregateError([1])', 'new DOMException("x")', 'Promise.resolve()', 'Promise.withResolvers()',
        'new Map()', 'new Set()', 'new WeakMap()', 'new WeakSet()', 'new ArrayBuffer(1)',
        'new DataView(new ArrayBuffer(1))', 'new Float16Array(1)', '[].values()', 'new Map().keys()',
        'new Set().keys()', '""[Symbol.iterator]()', '"a".matchAll(/a/g)', '[].values().map((x) => x)',
        'Iterator.from({ next() {} })', 'Array.fromAsync([1])', '(function* () {})', '(function* () {})()',
        '(async function* () {})', '(async function* () { yield 1 })().next()', '(async () => {})', 'function () {}',
        '(function () { return arguments })()', 'Function("return arguments")()', 'class {}',
        'new Intl.DateTimeFormat()', 'new Intl.NumberFormat()', 'new Intl.Collator()', 'new Intl.Locale("en")',
        'new Intl.DisplayNames("en", { type: "region" })', 'new Intl.ListFormat()', 'new Intl.PluralRules()',
        'new Intl.RelativeTimeFormat()', 'new Intl.DurationFormat()', 'new Intl.Segmenter().segment("a b")',
        'new Intl.Segmenter().segment("a")[Symbol.iterator]()', 'JSON.rawJSON("1")', 'Proxy.revocable({}, {})',
        'Buffer.from("a")', 'Buffer.from("a").entries()', 'c.createHash("md5")', 'c.createHmac("md5", "k")',
        'c.randomBytes(4)', 'c.getHashes()', 'new URL("http://x/?a=1")', 'new URL("http://x/?a=1").searchParams',
        'new URLSearchParams("a=1").entries()', 'new URLSearchParams("a=1").keys()', 'new TextEncoder()',
        'new TextDecoder()', 'new TextEncoder().encode("x")', 'structuredClone({ a: [new Date()] })',
        'require("util").inspect({ a: 1 })', 'Object.groupBy([1], (x) => x)', '(x => x).bind(1)', 'Math', 'Intl',
        'Reflect', 'Symbol.for("x")', '[..."abc"]', '({ a: 1 })',
      ]
      """
  }
}
