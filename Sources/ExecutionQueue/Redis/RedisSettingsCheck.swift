// Whether a Redis can keep the promise: its settings against the durability that was asked for.

package import ProcessSupport
package import RedisClient

package struct RedisFinding: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// Makes the promise impossible.
    case fatal
    /// Nearly full: what is accepted is safe, but soon nothing can be.
    case pressure
    /// For `millrace doctor`.
    case advice
  }

  package let kind: Kind
  package let text: String
  package var isFatal: Bool { kind == .fatal }
}

package struct RedisSettingsCheck: Sendable {
  private let connection: RedisConnection

  package init(connection: RedisConnection) {
    self.connection = connection
  }

  package func facts() async throws(QueueError) -> [RedisFacts] { try await RedisFacts.all(over: connection) }

  package func findings(for durability: Durability) async throws(QueueError) -> [RedisFinding] {
    let facts = try await facts()
    var proof = AppendOnlyProof()
    if let queue = facts.first(where: \.isHome) { proof.look(at: queue) }
    return Self.findings(in: facts, for: durability, isFileBeingMade: proof.isFileBeingMade)
  }

  /// Part of `maxmemory` from which on it counts as nearly full, and up to which it goes on to count so.
  static let full = 0.9
  static let roomy = 0.85

  /// `isFull` says that it counted as nearly full before, `isFileBeingMade` that its append-only file is none yet. What
  /// is wrong with a Redis that has no part in the queue is advice.
  static func findings(
    in nodes: [RedisFacts], for durability: Durability, isFull: Bool = false, isFileBeingMade: Bool = false
  ) -> [RedisFinding] {
    nodes.flatMap { node in
      let pressure = pressure(in: node, from: isFull ? roomy : full)
      var findings = findings(in: node, for: durability) + [pressure].compactMap(\.self)
      if node.isHome, isFileBeingMade, durability != .fast, node["aof_enabled"] == "1" { findings.append(unmadeFile) }
      guard nodes.count > 1 else { return findings }
      return findings.map {
        RedisFinding(kind: node.isHome ? $0.kind : .advice, text: "\(node.address): \($0.text)")
      }
    }
  }

  private static let unmadeFile = RedisFinding(
    kind: .fatal,
    text: "the append-only file is being made: until its first rewrite has ended, a restart of Redis loses accepted "
      + "webhooks")

  private static func pressure(in facts: RedisFacts, from limit: Double) -> RedisFinding? {
    guard let use = facts.memoryUse, use > limit else { return nil }
    return RedisFinding(
      kind: .pressure, text: "Redis has used \(Int(use * 100)) % of its maxmemory: drain it, or raise maxmemory")
  }

  private static func findings(in facts: RedisFacts, for durability: Durability) -> [RedisFinding] {
    var findings: [RedisFinding] = []
    func fatal(_ text: String) { findings.append(RedisFinding(kind: .fatal, text: text)) }
    func advice(_ text: String) { findings.append(RedisFinding(kind: .advice, text: text)) }

    if let problem = facts.problem {
      advice("this Redis does not answer: \(problem)")
      return findings
    }

    if let version = facts["redis_version"], (version.split(separator: ".").first.flatMap { Int($0) } ?? 7) < 7 {
      fatal("Redis \(version) is too old: Millrace needs 7.0 or newer")
    }
    if let role = facts["role"], role != "master" { fatal("this Redis is a replica; Millrace needs the primary") }
    if facts["cluster_enabled"] == "1", !facts.isInCluster {
      fatal("this Redis is a node of a cluster; write redis+cluster:// in MILLRACE_REDIS_URL")
    }
    if let policy = facts["maxmemory-policy"] ?? facts["maxmemory_policy"], policy != "noeviction" {
      fatal(
        "maxmemory-policy is \(policy): Redis may throw accepted webhooks away; CONFIG SET maxmemory-policy noeviction")
    }
    if durability != .fast, facts["aof_enabled"] == "0" {
      fatal(
        "the append-only file is off: a restart of Redis loses accepted webhooks; CONFIG SET appendonly yes, or set "
          + "MILLRACE_DURABILITY=fast to accept that")
    }
    if facts["aof_last_write_status"] == "err" {
      fatal(
        "Redis cannot write its append-only file; make room on its disk, and do not restart it before: it has accepted "
          + "webhooks that are in no file yet")
    }
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
    if facts["aof_last_bgrewrite_status"] == "err" {
      advice("the last rewrite of the append-only file failed, so the file goes on growing; see Redis's log")
    }
    if facts["rdb_last_bgsave_status"] == "err" {
      // Redis does so only when it is to save by itself.
      if facts["stop-writes-on-bgsave-error"] == "yes", let times = facts["save"], !times.isEmpty {
        fatal(
          "the last RDB snapshot failed, and Redis refuses to write until one succeeds; see its log, or CONFIG SET "
            + "stop-writes-on-bgsave-error no")
      } else {
        advice("the last RDB snapshot failed; see Redis's log")
      }
    }
    return findings
  }
}
