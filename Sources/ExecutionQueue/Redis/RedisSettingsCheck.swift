// Whether a Redis can keep the promise: its settings against the durability that was asked for.

package import ProcessSupport
package import RedisClient

package struct RedisFinding: Sendable, Equatable {
  /// A fatal finding makes a promise impossible; the others are advice for `millrace doctor`.
  package let isFatal: Bool
  package let text: String
}

package struct RedisSettingsCheck: Sendable {
  private let connection: RedisConnection

  package init(connection: RedisConnection) {
    self.connection = connection
  }

  package func findings(for durability: Durability) async throws(QueueError) -> [RedisFinding] {
    let facts = try await facts()
    return Self.findings(in: facts, for: durability)
  }

  /// `INFO` works everywhere; `CONFIG GET` is closed at some providers, and then its settings count as unknown.
  package func facts() async throws(QueueError) -> [String: String] {
    do {
      let info = try await connection.run(RedisCommand("INFO")).text ?? ""
      var facts: [String: String] = [:]
      for line in info.split(whereSeparator: \.isNewline) {
        guard let colon = line.firstIndex(of: ":") else { continue }
        facts[String(line[..<colon])] = String(line[line.index(after: colon)...])
      }
      for name in ["appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy", "maxmemory"] {
        guard let pair = try? await connection.run(RedisCommand("CONFIG", "GET", name)).fieldPairs.first else {
          continue
        }
        facts[name] = pair.1.text
      }
      return facts
    } catch {
      throw QueueError(redis: error)
    }
  }

  static func findings(in facts: [String: String], for durability: Durability) -> [RedisFinding] {
    var findings: [RedisFinding] = []
    func fatal(_ text: String) { findings.append(RedisFinding(isFatal: true, text: text)) }
    func advice(_ text: String) { findings.append(RedisFinding(isFatal: false, text: text)) }

    if let version = facts["redis_version"], (version.split(separator: ".").first.flatMap { Int($0) } ?? 7) < 7 {
      fatal("Redis \(version) is too old: Millrace needs 7.0 or newer")
    }
    if let role = facts["role"], role != "master" { fatal("this Redis is a replica; Millrace needs the primary") }
    if let policy = facts["maxmemory-policy"] ?? facts["maxmemory_policy"], policy != "noeviction" {
      fatal(
        "maxmemory-policy is \(policy): Redis may throw accepted webhooks away; CONFIG SET maxmemory-policy noeviction")
    }
    if durability != .fast, facts["aof_enabled"] == "0" {
      fatal(
        "the append-only file is off: a restart of Redis loses accepted webhooks; CONFIG SET appendonly yes, or set "
          + "MILLRACE_DURABILITY=fast to accept that")
    }
    if facts["aof_last_write_status"] == "err" { fatal("Redis cannot write its append-only file; see its log") }
    if durability == .strict {
      if let policy = facts["appendfsync"], policy != "always" {
        fatal("appendfsync is \(policy), and MILLRACE_DURABILITY=strict needs always; CONFIG SET appendfsync always")
      }
      if facts["no-appendfsync-on-rewrite"] == "yes" {
        fatal("no-appendfsync-on-rewrite is yes, and MILLRACE_DURABILITY=strict needs no")
      }
    }
    if facts["maxmemory"] == "0" {
      advice("maxmemory is not set: Redis grows until the machine has no memory left; set it to about two thirds")
    }
    if facts["rdb_last_bgsave_status"] == "err" { advice("the last RDB snapshot failed; see Redis's log") }
    return findings
  }
}
