// `millrace export`: each end of an execution once, also for who follows, and scripts that a real PostgreSQL loads.

import Foundation
import Glibc
import JSONCodec
import ProcessSupport
import TestSupport
import Testing

extension SystemTests {
  @Suite("Exports") struct ExportTests {
    /// What a sender may write, and what PostgreSQL then shows.
    private static let bodies = [
      (#"{"n":"a\u0000b"}"#, #"{"n": "ab"}"#),
      (#"{"n":"a\\u0000b"}"#, #"{"n": "a\\u0000b"}"#),
      (#"{"k\u0000":"\\\u0000"}"#, #"{"k": "\\"}"#),
      (#"{"q":"\"';--","t":"a\tb","w":"c\r\nd\\."}"#, #"{"q": "\"';--", "t": "a\tb", "w": "c\r\nd\\."}"#),
      ("{\"c\":\"\\\\\u{301}é日本🙂\"}", "{\"c\": \"\\\\\u{301}é日本🙂\"}"),
      (#"{"s":"\ud83d-\ud83d\ude42-\ude42"}"#, "{\"s\": \"\u{FFFD}-🙂-\u{FFFD}\"}"),
      (
        #"{"a":1e30,"b":1e999999,"c":1e-999999,"d":12345678901234567890.5}"#,
        #"{"a": 1000000000000000000000000000000, "b": "1e999999", "c": "1e-999999", "d": 12345678901234567890.5}"#
      ),
    ]

    @Test("PostgreSQL loads whatever was sent, once; another export changes nothing but what was run again")
    func postgres() async throws {
      let target = try await FlakyTarget.start()
      let system = try await SystemUnderTest.start()
      defer { system.stop() }
      try await system.apply([
        "odd": "trigger: {type: webhook}\nnodes:\n  - {key: out, type: output, value: \"{{$context.data}}\"}\n",
        "flaky": target.workflow,
      ])
      var sent: [(id: String, stored: String)] = []
      for (body, stored) in Self.bodies {
        let id = try await Self.id(system.send("odd", body))
        sent.append((id: id, stored: stored))
      }
      let failed = try await Self.id(system.send("flaky", #"{"n":1}"#))
      let ids = sent.map(\.id)
      try await eventually("all end", within: .seconds(30)) {
        try system.states(of: ids) == ["succeeded": ids.count] && system.states(of: [failed]) == ["failed": 1]
      }
      let directory = try TemporaryDirectory()
      let script = directory.file("script.sql")
      try await PostgresServer.with { postgres in
        func load() async throws {
          let exporting = try BuiltProgram.start(
            "millrace", ["export", "--sql", "--redis-url", system.redis.url], writingTo: script)
          #expect(await exporting.waitForExit().isSuccess, "\(exporting.error)")
          let loading = try await postgres.load(script)
          #expect(loading.code == 0 && loading.output == "", "\(loading.output)\(loading.error)")
        }
        let versions = "select id, xmin, ctid from millrace_executions where id <> '\(failed)' order by id"
        let outcome = "select state, runs from millrace_executions where id = '\(failed)'"
        try await load()
        #expect(try await postgres.query("select count(*) from millrace_executions") == "\(ids.count + 1)")
        for (id, stored) in sent {
          let columns = "document->'request'->'data', document->'output'"
          let row = try await postgres.query("select \(columns) from millrace_executions where id = '\(id)'")
          #expect(row == "\(stored)|\(stored)")
        }
        #expect(try await postgres.query(outcome) == "failed|1")
        let first = try await postgres.query(versions)
        target.repair()
        #expect(try await system.command("redrive", "--workflow", "flaky") == "1 run again\n")
        try await eventually("it ends", within: .seconds(30)) { try system.states(of: [failed]) == ["succeeded": 1] }
        try await load()
        #expect(try await postgres.query(outcome) == "succeeded|2")
        #expect(try await postgres.query(versions) == first)
      }
    }

    @Test("a script that breaks off leaves nothing of its page, and the first error ends psql")
    func brokenScripts() async throws {
      let redis = try await RedisServer.start()
      defer { redis.stop() }
      let ids = try MadeUpExecutions(redis: redis).add(3, of: "flow", at: 1_763_926_414_000)
      // A message with a NUL, a character of two parts that begins with a backslash, and a byte that is no UTF-8.
      let message = #"redis.call('HSET', ARGV[1], 'msg', 'x\0y\tz\r\n\\\204\129\255')"#
      try redis.command("EVAL", message, "0", "{p0}:x:\(ids[0].suffix(16))")
      let directory = try TemporaryDirectory()
      let export = ["export", "--sql", "--workflow", "flow", "--redis-url", redis.url]
      let exporting = try BuiltProgram.start("millrace", export, writingTo: directory.file("whole.sql"))
      #expect(await exporting.waitForExit().isSuccess, "\(exporting.error)")
      let lines = exportedLines(directory.file("whole.sql"))
      let end = try #require(lines.firstIndex(of: #"\."#))
      let torn = (lines[..<(end - 1)] + [String(lines[end - 1].prefix(60))]).joined(separator: "\n")
      try directory.write("torn.sql", torn)
      try directory.write("short.sql", lines[..<end].joined(separator: "\n") + "\n")
      try await PostgresServer.with { postgres in
        let count = "select count(*) from millrace_executions"
        #expect(try await postgres.load(directory.file("torn.sql")).code == 3)
        #expect(try await postgres.query(count) == "0")
        _ = try await postgres.load(directory.file("short.sql"))
        #expect(try await postgres.query(count) == "0")
        #expect(try await postgres.load(directory.file("whole.sql")).code == 0)
        #expect(try await postgres.query(count) == "3")
        let expected = "xy\tz\r\n\\\u{301}\u{FFFD}".utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        func hexadecimal(_ text: String) -> String {
          "select encode(convert_to(\(text), 'UTF8'), 'hex') from millrace_executions where id = '\(ids[0])'"
        }
        #expect(try await postgres.query(hexadecimal("message")) == expected)
        #expect(try await postgres.query(hexadecimal("document->>'message'")) == expected)
        _ = try await postgres.query("drop table millrace_executions; create table millrace_executions (id text)")
        let wrong = try await postgres.load(directory.file("whole.sql"))
        #expect(wrong.code == 3, "\(wrong.error)")
        #expect(try await postgres.query(count) == "0")
      }
    }

    @Test("who follows into PostgreSQL has each end there within moments, and ends when psql has")
    func followIntoPostgres() async throws {
      let target = try await FlakyTarget.start()
      let system = try await SystemUnderTest.start()
      defer { system.stop() }
      try await system.apply(["flaky": target.workflow])
      let directory = try TemporaryDirectory()
      let pipe = directory.file("pipe")
      #expect(mkfifo(pipe, 0o600) == 0)
      let export = ["export", "--sql", "--follow", "--redis-url", system.redis.url]
      try await PostgresServer.with { postgres in
        func shows(_ id: String, _ outcome: String) async throws {
          let query = "select state, runs from millrace_executions where id = '\(id)'"
          try await eventually("it is in the table as \(outcome)", within: .seconds(30)) {
            try await postgres.query(query) == outcome
          }
        }
        let first = try postgres.startLoading(pipe)
        let killed = try BuiltProgram.start("millrace", export, writingTo: pipe)
        let one = try await Self.id(system.send("flaky", #"{"n":1}"#))
        try await shows(one, "failed|1")
        target.repair()
        #expect(try await system.command("redrive") == "1 run again\n")
        try await shows(one, "succeeded|2")
        killed.kill()
        #expect(await first.waitForExit().isSuccess, "\(first.error)")
        let second = try postgres.startLoading(pipe)
        let deserted = try BuiltProgram.start("millrace", export, writingTo: pipe)
        let two = try await Self.id(system.send("flaky", #"{"n":2}"#))
        try await shows(two, "succeeded|1")
        #expect(try await postgres.query("select count(*) from millrace_executions") == "2")
        second.kill()
        try await eventually("the export ends", within: .seconds(10)) { !deserted.isRunning }
        #expect(await !deserted.waitForExit().isSuccess)
      }
    }

    @Test("who follows sees each end once, however quiet its workflow is, and each end of what is run again")
    func follow() async throws {
      let system = try await SystemUnderTest.start()
      defer { system.stop() }
      try await system.apply([
        "a-quiet": Workflows.accept, "b-busy": Workflows.accept,
        "c-broken":
          "trigger: {type: webhook}\nnodes:\n  - {key: bad, type: request, url: \"http://127.0.0.1:1/\"}\n",
      ])
      func ended(_ key: String, _ state: String) async throws -> String {
        let id = try await Self.id(system.send(key, "{}"))
        try await eventually("it ends", within: .seconds(30)) { try system.states(of: [id]) == [state: 1] }
        return id
      }
      let quiet = try await ended("a-quiet", "succeeded")
      // Nothing of this workflow has ended for a minute.
      let earlier = try #require(Int64(try system.field("fin", of: quiet))) - 60_000
      try system.redis.command("HSET", "{p0}:x:\(quiet.suffix(16))", "fin", "\(earlier)")
      try system.redis.command("ZADD", "{p0}:h:a-quiet:succeeded", "\(earlier)", String(quiet.dropFirst(2)))
      let broken = try await ended("c-broken", "failed")
      let export = try BuiltProgram.start("millrace", ["export", "--follow", "--redis-url", system.redis.url])
      defer { export.kill() }
      func documents(_ id: String) -> [JSON] {
        export.lines(of: .output).compactMap { try? JSON.parse($0) }.filter { $0["executionId"]?.stringValue == id }
      }
      try await eventually("both are there", within: .seconds(30)) {
        documents(quiet).count == 1 && documents(broken).count == 1
      }
      _ = try await system.command("retry", broken)
      try await eventually("its second end is there", within: .seconds(30)) { documents(broken).count == 2 }
      // Each of them comes with a later look.
      for _ in 0..<3 {
        let busy = try await ended("b-busy", "succeeded")
        try await eventually("it is there", within: .seconds(30)) { documents(busy).count == 1 }
      }
      #expect(documents(quiet).count == 1)
      #expect(Set(documents(broken).compactMap { $0["finishedAt"]?.intValue }).count == 2)
      let all = export.lines(of: .output).compactMap { try? JSON.parse($0)["executionId"]?.stringValue }
      #expect(all.count == 6 && Set(all).count == 5, "\(all)")
    }

    @Test("executions that ended in one millisecond are exported once each, however many they are")
    func oneMillisecond() async throws {
      let redis = try await RedisServer.start()
      defer { redis.stop() }
      let made = MadeUpExecutions(redis: redis)
      var ids = try made.add(30, of: "flow", at: 1_763_926_413_000)
      ids += try made.add(1200, of: "flow", at: 1_763_926_414_000)
      ids += try made.add(30, of: "flow", at: 1_763_926_415_000)
      let result = try await millrace("export", "--workflow", "flow", "--redis-url", redis.url)
      let exported = try result.outputLines.map { try JSON.parse($0)["executionId"]?.stringValue ?? "" }
      #expect(exported == ids)
    }

    private static func id(_ answer: SystemAnswer) throws -> String {
      try #require(answer.executionID, "\(answer.status) \(answer.text)")
    }

    private func exportedLines(_ file: String) -> [String] {
      let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
      return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
  }
}
