// The Redis that both sides of a benchmark share: on a TCP port, since the peers want one, in a directory of its own.

import Foundation

struct PrivateRedis: Sendable {
  let port: Int
  let program: RunningProgram
  private let programs: Programs

  var url: String { "redis://127.0.0.1:\(port)" }

  /// As `durability normal` asks for. Snapshots and rewrites would strike one side of a pair and not the other.
  private static let settings = [
    ("appendonly", "yes"), ("appendfsync", "everysec"), ("save", ""), ("auto-aof-rewrite-percentage", "0"),
  ]

  static func start(on stage: Stage, _ programs: Programs) async throws -> PrivateRedis {
    try await start(at: try LoopbackConnection.freePort(), on: stage, programs)
  }

  /// On the files that one at that port has left.
  static func start(at port: Int, on stage: Stage, _ programs: Programs) async throws -> PrivateRedis {
    let settings = settings.flatMap { ["--\($0.0)", $0.1] }
    let program = try stage.start(
      "redis-server", programs.redisServer,
      ["--bind", "127.0.0.1", "--port", "\(port)", "--dir", stage.directory] + settings,
      environment: programs.environment)
    let redis = PrivateRedis(port: port, program: program, programs: programs)
    try await eventually("redis-server answers") {
      try program.requireRunning()
      return (try? RedisProbe(port: port).call("PING")) == "PONG"
    }
    return redis
  }

  /// How many executions wait or run, over all priorities.
  static func executions(_ probe: RedisProbe) throws -> Int {
    try MillraceKeys.streams.reduce(0) { try $0 + probe.count("XLEN", $1) }
  }

  /// Removes what both sides have stored, and from the append-only file too, so that every measurement starts from an
  /// empty queue and a small file. Definitions of workflows stay.
  func clear() async throws {
    let probe = try RedisProbe(port: port)
    for key in MillraceKeys.streams + [IngestPeer.stream] { try probe.call("DEL", key) }
    // Names of deduplications, which would fill memory over the rounds.
    try probe.call("EVAL", "for _, k in ipairs(redis.call('KEYS', '{p0}:once:*')) do redis.call('UNLINK', k) end", "0")
    try probe.call("BGREWRITEAOF")
    try await eventually("Redis has rewritten its append-only file") {
      let state = try probe.call("INFO", "persistence")
      return state.contains("aof_rewrite_in_progress:0") && state.contains("aof_rewrite_scheduled:0")
    }
  }

  /// Version and settings as this Redis tells them.
  func description() throws -> String {
    let probe = try RedisProbe(port: port)
    let lines = try probe.call("INFO", "server").split(whereSeparator: \.isNewline)
    let version = lines.first { $0.hasPrefix("redis_version:") }?.dropFirst("redis_version:".count) ?? "?"
    let settings = try Self.settings.map { name, _ in
      let value = try probe.call("CONFIG", "GET", name).split(separator: "\n").dropFirst().joined()
      return "\(name) \(value.isEmpty ? "\"\"" : value)"
    }
    return "\(version), \(settings.joined(separator: ", ")), rewritten between measurements"
  }
}

/// The part of docs/redis-keys.md that a benchmark counts and clears.
enum MillraceKeys {
  static let streams = ["high", "normal", "low"].map { "{p0}:q:\($0)" }
  static let normal = "{p0}:q:normal"
}
