// Settings from variables and flags: values, problems all at once, warnings.

import Logging
import Testing

@testable import ProcessSupport

@Suite struct SettingsTests {
  private func read(
    _ program: Program = .ingest, _ arguments: [String] = [], _ environment: [String: String] = [:]
  ) throws(SettingsProblems) -> Settings {
    try Settings.read(program: program, arguments: arguments, environment: environment).settings
  }

  private func problems(
    _ program: Program = .ingest, _ arguments: [String] = [], _ environment: [String: String] = [:]
  ) -> [String] {
    do throws(SettingsProblems) {
      _ = try read(program, arguments, environment)
      return []
    } catch {
      return error.list
    }
  }

  @Test("without variables and flags the documented defaults hold")
  func defaults() throws {
    let settings = try read()
    #expect(settings.redisURL == "redis://127.0.0.1:6379")
    #expect(settings.durability == .normal)
    #expect(settings.listen.description == "127.0.0.1:8080")
    #expect(settings.publicURL == nil)
    #expect(settings.maxBody.bytes == 10 << 20)
    #expect(settings.backlog == 1_000_000)
    #expect(settings.eventLoops >= 1)
    #expect(settings.maxConnections == 20_000)
    #expect(settings.syncWaiters == 10_000)
    #expect(settings.concurrency == 256)
    #expect(settings.egressAllow.isEmpty)
    #expect(settings.environment.isEmpty)
    #expect(settings.metricsListen.description == "127.0.0.1:9090")
    #expect(settings.shutdownGrace == .seconds(25))
    #expect(settings.stateDirectory == ".millrace")
    #expect(settings.auditPlace == ".millrace/audit")
    #expect(settings.auditSize.bytes == 256 << 20)
    #expect(settings.journalDirectory == nil)
    #expect(settings.journalSize.bytes == 1 << 30)
    #expect(settings.logLevel == .info)
    #expect(settings.scriptProcesses >= 1)
    #expect(settings.scriptMemory.bytes == 128 << 20)
    #expect(settings.scriptTime == .seconds(10))
  }

  @Test("a flag wins over its variable, in both spellings; of two flags the last")
  func flagsWin() throws {
    let environment = ["MILLRACE_MAX_BODY": "1KB", "MILLRACE_BACKLOG": "7"]
    let arguments = ["--max-body", "2KB", "--listen=:1", "--listen=:2"]
    let settings = try read(.ingest, arguments, environment)
    #expect(settings.maxBody.bytes == 2048)
    #expect(settings.backlog == 7)
    #expect(settings.listen.port == 2)
  }

  @Test("every setting can be set by variable and by flag")
  func everySetting() throws {
    let values = [
      "MILLRACE_REDIS_URL": "unix:///run/redis.sock", "MILLRACE_DURABILITY": "strict", "MILLRACE_LISTEN": "[::1]:1",
      "MILLRACE_TLS_CERT": "cert.pem", "MILLRACE_TLS_KEY": "key.pem", "MILLRACE_TLS_CLIENT_CA": "ca.pem",
      "MILLRACE_TRUSTED_PROXIES": "10.0.0.0/8", "MILLRACE_ADDRESSES_DIR": "addresses",
      "MILLRACE_PUBLIC_URL": "https://hooks.example/in", "MILLRACE_MAX_BODY": "1MB", "MILLRACE_BACKLOG": "10",
      "MILLRACE_EVENT_LOOPS": "3", "MILLRACE_MAX_CONNECTIONS": "30", "MILLRACE_SYNC_WAITERS": "40",
      "MILLRACE_CONCURRENCY": "50", "MILLRACE_EGRESS_ALLOW": "10.0.0.0/8 fd00::/8", "MILLRACE_SECRETS_DIR": "/",
      "MILLRACE_METRICS_LISTEN": "127.0.0.1:2", "MILLRACE_SHUTDOWN_GRACE": "3s", "MILLRACE_STATE_DIR": "state",
      "MILLRACE_AUDIT_DIR": "/var/log/millrace", "MILLRACE_AUDIT_SIZE": "1GB",
      "MILLRACE_JOURNAL_DIR": "/var/lib/millrace", "MILLRACE_JOURNAL_SIZE": "2GB",
      "MILLRACE_LOG_LEVEL": "debug", "MILLRACE_LOG_FORMAT": "json",
      "MILLRACE_SCRIPT_PROCESSES": "4", "MILLRACE_SCRIPT_MEMORY": "64MB", "MILLRACE_SCRIPT_TIME": "5s",
    ]
    #expect(Set(values.keys) == Set(Settings.table.map(\.variable)))
    for definition in Settings.table {
      let value = try #require(values[definition.variable])
      // The files of TLS go together.
      let beside = definition.variable.hasPrefix("MILLRACE_TLS") ? values.filter { $0.key.contains("_TLS_") } : [:]
      let byVariable = try read(.commandLine, [], beside.merging([definition.variable: value]) { $1 })
      let byFlag = try read(.commandLine, ["\(definition.flag)=\(value)"], beside)
      #expect(definition.rawText(byVariable) == value)
      #expect(definition.rawText(byFlag) == value)
    }
  }

  @Test("the audit log goes with the state directory, has a place of its own, or is off")
  func auditPlace() throws {
    #expect(try read(.ingest, ["--state-dir", "state"]).auditPlace == "state/audit")
    #expect(try read(.ingest, ["--state-dir", "state", "--audit-dir", "log"]).auditPlace == "log")
    #expect(try read(.ingest, [], ["MILLRACE_AUDIT_DIR": "off"]).auditPlace == nil)
  }

  @Test("all problems are told at once, each with its source, its value and what was expected")
  func allProblems() {
    let found = problems(
      .ingest, ["--max-body", "ten", "--lisen", "x", "--backlog"],
      [
        "MILLRACE_DURABILITY": "sloppy", "MILLRACE_EVENT_LOOPS": "0", "MILLRACE_TLS_CERT": "cert.pem",
        "MILLRACE_TRUSTED_PROXIES": "10.0.0.0/8 proxy",
        "MILLRACE_SHUTDOWN_GRACE": "2h",
      ])
    #expect(
      found == [
        "--lisen: unknown flag; did you mean --listen?",
        "--backlog: a value is missing",
        "MILLRACE_DURABILITY: 'sloppy' is not one of fast, normal, strict",
        "MILLRACE_TRUSTED_PROXIES: '10.0.0.0/8 proxy' is not a list of addresses or CIDRs such as 10.0.0.0/8 fd00::/8, "
          + "separated by blanks or commas",
        "--max-body: 'ten' is not a size such as 512KB or 10MB, from 1 byte to 256MB",
        "MILLRACE_EVENT_LOOPS: '0' is not a whole number from 1 to 256",
        "MILLRACE_SHUTDOWN_GRACE: '2h' is not a time such as 500ms, 25s, 5m or 1h, up to 1h",
        "MILLRACE_TLS_CERT: needs MILLRACE_TLS_KEY beside it",
      ])
  }

  @Test("what could not work at all is refused")
  func lowerBounds() {
    #expect(
      problems(.worker, ["--script-time", "0", "--script-memory", "1MB"], [:]) == [
        "--script-memory: '1MB' is not a size such as 512KB or 10MB, from 16MB to 16GB",
        "--script-time: '0' is not a time such as 500ms, 25s, 5m or 1h, from 1ms up to 1h",
      ])
    #expect(problems(.ingest, ["--audit-size", "1", "--journal-size", "1"], [:]).count == 2)
  }

  @Test(
    "the files of TLS go together",
    arguments: [
      (["TLS_CERT"], "MILLRACE_TLS_CERT: needs MILLRACE_TLS_KEY beside it"),
      (["TLS_KEY"], "MILLRACE_TLS_KEY: needs MILLRACE_TLS_CERT beside it"),
      (["TLS_KEY", "TLS_CLIENT_CA"], "MILLRACE_TLS_KEY: needs MILLRACE_TLS_CERT beside it"),
      (["TLS_CLIENT_CA"], "MILLRACE_TLS_CLIENT_CA: needs MILLRACE_TLS_CERT and MILLRACE_TLS_KEY beside it"),
      (["TLS_CERT", "TLS_KEY"], nil), (["TLS_CERT", "TLS_KEY", "TLS_CLIENT_CA"], nil),
    ] as [([String], String?)])
  func tls(_ names: [String], _ problem: String?) {
    let variables = Dictionary(uniqueKeysWithValues: names.map { ("MILLRACE_\($0)", "file.pem") })
    #expect(problems(.ingest, [], variables) == [problem].compactMap(\.self))
    #expect(problems(.worker, [], variables) == [], "it is ingest's business")
  }

  @Test(
    "a flag that is not this program's is a problem",
    arguments: [
      (["--concurrency", "5"], "--concurrency: a setting of millrace-worker, not of millrace-ingest"),
      (["serve"], "'serve': millrace-ingest takes no such argument"),
      (["--nothing-like-it"], "--nothing-like-it: unknown flag; see --help"),
      (["--listen="], "--listen: a value is missing"), (["--listen", "--backlog=5"], "--listen: a value is missing"),
    ])
  func foreignFlag(_ arguments: [String], _ problem: String) {
    #expect(problems(.ingest, arguments) == [problem])
  }

  @Test("an empty variable counts as unset, and another program's variable is its own business")
  func unset() throws {
    let settings = try read(.ingest, [], ["MILLRACE_BACKLOG": "", "MILLRACE_CONCURRENCY": "many", "PATH": "/bin"])
    #expect(settings.backlog == 1_000_000)
  }

  @Test("a variable that is no setting gives a warning with a suggestion")
  func warnings() throws {
    let environment = ["MILLRACE_LISTN": "x", "MILLRACE_SMTP_URL": "smtp://x", "OTHER": "x", "MILLRACE_ENV_A": "x"]
    let (_, warnings) = try Settings.read(program: .ingest, arguments: [], environment: environment)
    #expect(
      warnings == [
        "MILLRACE_LISTN is not a setting of this version and has no effect; did you mean MILLRACE_LISTEN?",
        "MILLRACE_SMTP_URL is not a setting of this version and has no effect",
      ])
  }

  @Test(
    "a public address is a plain web address",
    arguments: [
      ("https://a.example", "https://a.example"), ("http://a.example:8080/in//", "http://a.example:8080/in"),
      ("ftp://a.example", nil), ("a.example", nil), ("https://", nil), ("https:///x", nil),
      ("https://u@a.example", nil),
      ("https://a.example?x=1", nil), ("https://a .example", nil),
    ] as [(String, String?)])
  func publicURL(_ text: String, _ expected: String?) {
    #expect((try? read(.ingest, ["--public-url=\(text)"]))?.publicURL == expected)
  }

  @Test("egress ranges are separated by blanks or commas, and one that is wrong spoils all")
  func egress() throws {
    let settings = try read(.worker, ["--egress-allow", "127.0.0.0/8, ::1\t10.0.0.1"])
    #expect(settings.egressAllow.map(\.description) == ["127.0.0.0/8", "::1/128", "10.0.0.1/32"])
    #expect(problems(.worker, ["--egress-allow", "127.0.0.0/8 10.0.0.0/40"]).count == 1)
  }

  @Test("settings among the words of a command line are picked out and handed on")
  func amongOtherWords() {
    let words = ["up", "--listen", ":8080", "workflows", "--concurrency=5", "--verbose", "--state-dir", "s"]
    let reading = FlagReading(settingsAmong: words)
    #expect(reading.rest == ["up", "workflows", "--verbose"])
    #expect(reading.problems.isEmpty)
    #expect(reading.arguments(for: .ingest) == ["--listen=:8080", "--state-dir=s"])
    #expect(reading.arguments(for: .worker) == ["--concurrency=5"])
    #expect(reading.arguments(for: .commandLine) == ["--listen=:8080", "--concurrency=5", "--state-dir=s"])
  }
}
