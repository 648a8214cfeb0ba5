// What stands in Redis, seen past the programs under test: the truth that their answers are held against.

extension SystemUnderTest {
  private static let streams = ["{p0}:q:high", "{p0}:q:normal", "{p0}:q:low"]

  /// Executions that wait or run.
  package func depth() throws -> Int {
    try Self.streams.reduce(0) { try $0 + (Int(redis.command("XLEN", $1)) ?? 0) }
  }

  package func waitUntilDrained(within limit: Duration = .seconds(60)) async throws {
    do {
      try await eventually("no execution waits or runs", within: limit) { try depth() == 0 }
    } catch {
      throw NotInTime(description: "\(error); \((try? depth()) ?? -1) are left")
    }
  }

  /// The stream entries that a worker holds.
  package func entries(heldBy worker: String) throws -> [String] {
    try Self.streams.flatMap { stream -> [String] in
      let rows = try redis.command("XPENDING", stream, "workers", "-", "+", "10000", worker).split(separator: "\n")
      return stride(from: 0, to: rows.count - 3, by: 4).map { String(rows[$0]) }
    }
  }

  /// One field of an execution's record; empty when there is none.
  package func field(_ name: String, of executionID: String) throws -> String {
    try redis.command("HGET", "{p0}:x:\(Self.token(of: executionID))", name)
  }

  /// Everything in an execution's record, as one text.
  package func record(of executionID: String) throws -> [String: String] {
    let lines = try redis.command("HGETALL", "{p0}:x:\(Self.token(of: executionID))")
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return Dictionary(
      stride(from: 0, to: lines.count - 1, by: 2).map { (lines[$0], lines[$0 + 1]) }, uniquingKeysWith: { $1 })
  }

  /// How many of the executions are in which state; `none` for those without a record.
  package func states(of executionIDs: [String]) throws -> [String: Int] {
    let script = """
      local out = {}
      for i = 1, #ARGV do out[i] = redis.call('HGET', '{p0}:x:' .. ARGV[i], 'st') or 'none' end
      return out
      """
    let connection = RedisServer.RawConnection(port: redis.port, socketPath: nil, password: nil)
    var counts: [String: Int] = [:]
    for start in stride(from: 0, to: executionIDs.count, by: 500) {
      let tokens = executionIDs[start..<min(start + 500, executionIDs.count)].map(Self.token)
      for state in try connection.send(["EVAL", script, "0"] + tokens).split(separator: "\n") {
        counts[String(state), default: 0] += 1
      }
    }
    return counts
  }

  /// The last part of an id names its record.
  private static func token(of executionID: String) -> String {
    executionID.split(separator: "-").last.map(String.init) ?? executionID
  }

  /// The two parts in the middle of an id are its stream entry.
  package static func entry(of executionID: String) -> String {
    executionID.split(separator: "-").dropFirst().dropLast().joined(separator: "-")
  }
}
