// `millrace audit`: tables for people, lines for programs, filters, and what a running ingest has written.

import JSONCodec
import TestSupport
import Testing

@Suite("The command audit") struct CommandAuditTests {
  private static let lines = """
    {"time":"2026-01-31T12:00:00.100Z","requestId":"r1","method":"POST","path":"/api/webhooks/order","workflow":"order",\
    "client":"203.0.113.7","status":200,"outcome":"accepted","executionId":"0-1-0-abc","bodyBytes":7,"microseconds":1310}
    {"time":"2026-01-31T12:00:01.100Z","requestId":"r2","method":"POST","path":"/api/webhooks/order","workflow":"order",\
    "client":"198.51.100.9","status":401,"outcome":"refused","check":"signature","reason":"bad-signature",\
    "why":"the timestamp is 412 s old","bodyBytes":7,"microseconds":20}
    {"time":"2026-01-31T12:00:02.100Z","dropped":12}
    {"time":"2026-01-31T12:00:03.100Z","requestId":"r3","method":"GET","path":"/a\\u001bb","client":"2001:db8::1",\
    "status":404,"outcome":"refused","check":"route","reason":"not-found","bodyBytes":0,"microseconds":0}

    """

  private static func directory() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    try directory.write(".millrace/audit/audit-1769860800000-7.jsonl", lines + #"{"time":"2026-01-31T12:00:04.1"#)
    return directory
  }

  private func audit(_ arguments: [String]) async throws -> BuiltProgram.Result {
    let directory = try Self.directory()
    defer { directory.remove() }
    return try await BuiltProgram.run("millrace", ["audit"] + arguments, directory: directory.path)
  }

  /// The ids of the requests that are shown.
  private func shown(_ arguments: String...) async throws -> [String] {
    let result = try await audit(["--json"] + arguments)
    #expect(result.code == 0, "\(result.error)")
    return try result.outputLines.map { try JSON.parse($0)["requestId"]?.stringValue ?? "-" }
  }

  @Test("people get a table, the newest last, without control characters")
  func table() async throws {
    let result = try await audit([])
    #expect(result.code == 0, "\(result.error)")
    #expect(
      result.outputLines == [
        "TIME                      STATUS  OUTCOME   WORKFLOW  CLIENT        REQUEST                    MS  REASON OR EXECUTION",
        "2026-01-31T12:00:00.100Z  200     accepted  order     203.0.113.7   POST /api/webhooks/order  1.3  0-1-0-abc",
        "2026-01-31T12:00:01.100Z  401     refused   order     198.51.100.9  POST /api/webhooks/order  0.0"
          + "  bad-signature: the timestamp is 412 s old",
        "2026-01-31T12:00:02.100Z" + String(repeating: " ", count: 75) + "12 records could not be written",
        "2026-01-31T12:00:03.100Z  404     refused             2001:db8::1   GET /a\u{FFFD}b                  0.0  not-found",
      ])
  }

  @Test("programs get the lines as they are")
  func json() async throws {
    let result = try await audit(["--json"])
    #expect(result.output == Self.lines)
    #expect(try await shown("--limit", "2") == ["-", "r3"])
  }

  @Test("each filter gives what it says")
  func filters() async throws {
    #expect(try await shown("--workflow", "order") == ["r1", "r2"])
    #expect(try await shown("--client", "203.0.113.0/24") == ["r1"])
    #expect(try await shown("--client", "2001:db8::1") == ["r3"])
    #expect(try await shown("--status", "4xx") == ["r2", "r3"])
    #expect(try await shown("--status", "401") == ["r2"])
    #expect(try await shown("--outcome", "refused") == ["r2", "r3"])
    #expect(try await shown("--reason", "not-found") == ["r3"])
    #expect(try await shown("--execution", "0-1-0-abc") == ["r1"])
    #expect(try await shown("--request", "r2") == ["r2"])
    #expect(try await shown("--since", "2026-01-31T12:00:02") == ["-", "r3"])
    #expect(try await shown("--until", "2026-01-31T12:00:01.100Z") == ["r1", "r2"])
    #expect(try await shown("--since", "1h") == [])
  }

  @Test(
    "what makes no sense ends with 64",
    arguments: [
      ["--client", "here"], ["--status", "9"], ["--outcome", "fine"], ["--since", "yesterday"], ["--limit", "-1"],
      ["--status", "9xx"], ["--reason", "foo"],
    ])
  func wrong(arguments: [String]) async throws {
    let result = try await audit(arguments)
    #expect(result.code == 64)
    #expect(result.error.contains(arguments[0]))
  }

  @Test("no audit log ends with 66")
  func missing() async throws {
    let directory = try TemporaryDirectory()
    let missing = try await millrace("audit", directory: directory.path)
    #expect(missing.code == 66)
    #expect(missing.error == "millrace: .millrace/audit: no such file or directory\n")
    let off = try await millrace("audit", environment: ["MILLRACE_AUDIT_DIR": "off"], directory: directory.path)
    #expect(off.code == 66)
  }

  @Test("finds what an ingest was asked that has just been stopped")
  func live() async throws {
    let system = try await SystemUnderTest.start(workers: 0)
    defer { system.stop() }
    try await system.apply(["echo": "trigger: {type: webhook}\nnodes: []\n"])
    let answer = try await SystemConnection.send(.webhook("echo", "{}"), port: system.port)
    let ingest = try #require(system.ingests.first)
    #expect(await ingest.stop())
    let result = try await millrace(
      "audit", "--json", "--execution", answer.executionID ?? "", "--audit-dir", ingest.auditDirectory)
    #expect(result.outputLines.count == 1, "\(result.output)\(result.error)")
    let document = try JSON.parse(result.output)
    #expect(document["workflow"]?.stringValue == "echo")
    #expect(document["outcome"]?.stringValue == "accepted")
    #expect(document["client"]?.stringValue == "127.0.0.1")
  }

  @Test("who follows sees what comes")
  func follow() async throws {
    let directory = try Self.directory()
    let program = try BuiltProgram.start(
      "millrace", ["audit", "--follow", "--limit", "1", "--audit-dir", directory.file(".millrace/audit")],
      directory: directory.path)
    try await eventually("the newest is shown") { program.output.contains("not-found") }
    #expect(!program.output.contains("0-1-0-abc"))
    try directory.write(
      ".millrace/audit/audit-1769860900000-8.jsonl",
      Self.lines.split(separator: "\n")[0].replacing("abc", with: "new") + "\n")
    try await eventually("what came is shown") { program.output.contains("0-1-0-new") }
    program.kill()
    await program.waitForExit()
  }
}
