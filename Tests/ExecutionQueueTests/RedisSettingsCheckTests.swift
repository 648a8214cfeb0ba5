// Which Redis settings break which promise.

import ProcessSupport
import TestSupport
import Testing

@testable import ExecutionQueue

@Suite("The settings of Redis")
struct RedisSettingsCheckTests {
  private static let good = [
    "redis_version": "7.0.15", "role": "master", "maxmemory-policy": "noeviction", "aof_enabled": "1",
    "aof_last_write_status": "ok", "appendfsync": "always", "no-appendfsync-on-rewrite": "no", "maxmemory": "1000000",
    "rdb_last_bgsave_status": "ok",
  ]

  struct Row: Sendable {
    let name: String
    let value: String
    let fatal: Set<Durability>
    var isAdvice = false
  }

  static let rows: [Row] = [
    Row(name: "redis_version", value: "6.2.14", fatal: [.fast, .normal, .strict]),
    Row(name: "redis_version", value: "8.0.0", fatal: []),
    Row(name: "role", value: "slave", fatal: [.fast, .normal, .strict]),
    Row(name: "maxmemory-policy", value: "allkeys-lru", fatal: [.fast, .normal, .strict]),
    Row(name: "aof_enabled", value: "0", fatal: [.normal, .strict]),
    Row(name: "aof_last_write_status", value: "err", fatal: [.fast, .normal, .strict]),
    Row(name: "appendfsync", value: "everysec", fatal: [.strict]),
    Row(name: "no-appendfsync-on-rewrite", value: "yes", fatal: [.strict]),
    Row(name: "maxmemory", value: "0", fatal: [], isAdvice: true),
    Row(name: "rdb_last_bgsave_status", value: "err", fatal: [], isAdvice: true),
  ]

  @Test("that are good have no findings", arguments: [Durability.fast, .normal, .strict])
  func good(durability: Durability) {
    #expect(RedisSettingsCheck.findings(in: [RedisFacts(Self.good)], for: durability) == [])
    #expect(RedisSettingsCheck.findings(in: [RedisFacts([:])], for: durability) == [])
  }

  @Test("are fatal exactly where they break the promise", arguments: rows, [Durability.fast, .normal, .strict])
  func findings(row: Row, durability: Durability) {
    var facts = Self.good
    facts[row.name] = row.value
    let findings = RedisSettingsCheck.findings(in: [RedisFacts(facts)], for: durability)
    #expect(findings.contains(where: \.isFatal) == row.fatal.contains(durability))
    #expect(findings.contains { !$0.isFatal } == row.isAdvice)
  }

  @Test("memory counts as nearly full from nine tenths on, until it is below 85 %")
  func pressure() {
    for (used, wasFull, isFull) in [(90, false, false), (91, false, true), (86, true, true), (85, true, false)] {
      var facts = Self.good
      facts["maxmemory"] = "1000"
      facts["used_memory"] = "\(used * 10 + 50)"
      facts["mem_not_counted_for_evict"] = "50"
      let findings = RedisSettingsCheck.findings(in: [RedisFacts(facts)], for: .normal, isFull: wasFull)
      #expect(findings.contains { $0.kind == .pressure } == isFull, "\(used)")
    }
  }

  @Test("are read from a real Redis")
  func real() async throws {
    try await RedisBackend.with { server, backend in
      let check = RedisSettingsCheck(connection: try await backend.connect())
      let findings = try await check.findings(for: .normal)
      #expect(findings.map(\.isFatal) == [true, false])
      try server.command("CONFIG", "SET", "appendonly", "yes")
      try server.command("CONFIG", "SET", "maxmemory", "100mb")
      // Its first rewrite has to end before the file counts.
      try await eventually("nothing is found") { try await check.findings(for: .normal) == [] }
    }
  }
}
