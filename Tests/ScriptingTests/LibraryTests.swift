// What scripts have beyond the language: where it is easily wrong, slow or harmful.

import Testing

@testable import Scripting

extension ScriptingTests {
  @Suite struct LibraryTests {
    @Test(
      "structuredClone keeps what values are and how they hang together",
      arguments: [
        (#"return structuredClone(JSON.parse('{"__proto__":{"admin":true}}')).admin === undefined"#, "true"),
        ("const d = new Date(5), [a, b] = structuredClone([d, d]); return [a === b, a !== d, +a]", "[true,true,5]"),
        ("const r = /a/g, [a, b] = structuredClone([r, r]); return [a === b, a !== r, `${a}`]", #"[true,true,"/a/g"]"#),
        ("const a = {}; a.a = a; const b = structuredClone(a); return b !== a && b.a === b", "true"),
        (
          "const e = structuredClone(new RangeError('x', { cause: [1] })); return [e.name, e.message, e.cause]",
          #"["RangeError","x",[1]]"#
        ),
        (
          "return [new Number(5), new String('a'), new Boolean(false)].map((v) => typeof structuredClone(v))",
          #"["object","object","object"]"#
        ),
        ("return structuredClone(Object(1n)) instanceof BigInt", "true"),
        (
          "return [...structuredClone(new Map([[{ a: 1 }, new Set([2])]]))].map(([k, v]) => [k, [...v]])",
          #"[[{"a":1},[2]]]"#
        ),
        (
          """
          const b = new ArrayBuffer(4), [x, y] = structuredClone([new Uint8Array(b), new DataView(b)])
          return x.buffer === y.buffer && x.buffer !== b
          """, "true"
        ),
        ("return structuredClone(Buffer.from('ab')).constructor === Uint8Array", "true"),
        ("return structuredClone(Object.create(Date.prototype))", "{}"),
      ])
    func clones(_ script: String, _ expected: String) async throws {
      try await withRunners(try .testing(processes: 1)) { runners in
        #expect(await runners.script(script) == .success(expected))
      }
    }

    @Test(
      "what cannot be cloned or joined is refused by name",
      arguments: [
        ("structuredClone()", "TypeError"), ("structuredClone(() => 1)", "DataCloneError"),
        ("structuredClone({ a: Symbol('a') })", "DataCloneError"),
        ("structuredClone(Object(Symbol()))", "DataCloneError"),
        ("structuredClone(Promise.resolve())", "DataCloneError"), ("Buffer.concat(['a'])", "TypeError"),
        ("Buffer.from('abc').swap16()", "RangeError"), ("new TextDecoder('shift_jis')", "RangeError"),
      ])
    func refused(_ script: String, _ name: String) async throws {
      try await withRunners(try .testing(processes: 1)) { runners in
        #expect(await runners.failure(of: script)?.name == name)
      }
    }

    @Test(
      "errors have the codes that scripts ask for, encodings their names, buffers their members",
      arguments: [
        ("try { atob('!') } catch (error) { return [error.name, error.code] }", #"["InvalidCharacterError",5]"#),
        (
          "try { require('crypto').timingSafeEqual(Buffer.alloc(1), Buffer.alloc(2)) } catch (e) { return e.code }",
          #""ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH""#
        ),
        ("return new TextDecoder('ISO8859-1').encoding", #""windows-1252""#),
        ("return Buffer.from('0102030405060708', 'hex').swap16().toString('hex')", #""0201040306050807""#),
        ("return Buffer.from('0102030405060708', 'hex').swap32().toString('hex')", #""0403020108070605""#),
        ("return Buffer.from('0102030405060708', 'hex').swap64().toString('hex')", #""0807060504030201""#),
        ("return Buffer.concat([Buffer.from('ab'), new Uint8Array([99, 100])], 3).toString()", #""abc""#),
      ])
    func codes(_ script: String, _ expected: String) async throws {
      try await withRunners(try .testing(processes: 1)) { runners in
        #expect(await runners.script(script) == .success(expected))
      }
    }

    @Test(
      "a query and its URL follow each other",
      arguments: [
        ("u.searchParams.append('b', 'ü'); return u.href", #""http://h/?a=1&b=%C3%BC#f""#),
        ("u.searchParams.delete('a'); return [u.search, `${u}`]", #"["","http://h/#f"]"#),
        (
          "const p = u.searchParams; p.set('a', 2); u.search = '?z=9'; return [u.href, `${p}`]",
          #"["http://h/?z=9#f","z=9"]"#
        ),
        ("const p = u.searchParams; p.set('a', 2); u.hash = ''; return u.href", #""http://h/?a=2""#),
        (
          "const p = u.searchParams; p.set('a', 2); u.href = 'http://q/?k=1'; return [u.href, p.get('k')]",
          #"["http://q/?k=1","1"]"#
        ),
        ("const p = u.searchParams; p.toString = () => 'x'; p.set('a', 2); return u.search", #""?a=2""#),
        ("return new URL(' \\n\\0http://a/ b \\t').href", #""http://a/%20b""#),
      ])
    func query(_ script: String, _ expected: String) async throws {
      try await withRunners(try .testing(processes: 1)) { runners in
        #expect(await runners.script("const u = new URL('http://h/?a=1#f'); " + script) == .success(expected))
      }
    }

    @Test(
      "long texts take no more than their length",
      arguments: [
        "try { new URL('http://a/' + ' '.repeat(1e5) + 'x') } catch {}; return 1",
        "const p = new URL('http://h/').searchParams; for (let i = 0; i < 4000; i++) p.append('k' + i, 'v'); return 1",
        "return Buffer.from('ab'.repeat(1e6), 'hex').length / 1e6", "atob('='.repeat(1e5)); return 1",
      ])
    func length(_ script: String) async throws {
      try await withRunners(try .testing(processes: 1, time: .seconds(2))) { runners in
        #expect(await runners.script("try { \(script) } catch { return 1 }") == .success("1"))
      }
    }

    @Test(
      "a class of a script's own may have members of the names that built-in ones have",
      arguments: [
        ("class Q extends Map {}; Q.prototype.get = () => 7; return new Q().get(1)", "7"),
        (
          """
          function Q() {}
          Q.prototype = Object.create(Map.prototype)
          Q.prototype.constructor = Q
          return new Q().constructor === Q
          """, "true"
        ),
        ("const date = new Date(0); date.getTime = () => 7; return date.getTime()", "7"),
        ("const buffer = Buffer.from('a'); buffer.slice = () => 7; return buffer.slice()", "7"),
        ("const error = new Error('x'); error.name = 'Own'; error.constructor = Map; return `${error}`", #""Own: x""#),
      ])
    func own(_ script: String, _ expected: String) async throws {
      try await withRunners(try .testing(processes: 1)) { runners in
        #expect(await runners.script(script) == .success(expected))
      }
    }

    @Test(
      "what is no result is told by its path, also when it is large",
      arguments: [
        ("const a = { big: 'x'.repeat(1e6) }; a.self = a; return a", "result.self is a cycle: it contains itself"),
        ("const a = [new Array(1e5).fill(7)]; a.push({ a }); return a", "result[1].a is a cycle: it contains itself"),
      ])
    func cycle(_ script: String, _ message: String) async throws {
      try await withRunners(try .testing(processes: 1)) { runners in
        let failure = await runners.failure(of: script)
        #expect(failure?.kind == .result)
        #expect(failure?.message == message)
      }
    }
  }
}
