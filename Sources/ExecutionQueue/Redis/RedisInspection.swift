// What people and dashboards read of the queue on Redis.

import NIOCore
package import RedisClient

package struct RedisInspection: QueueInspection {
  let connection: RedisConnection
  let keys: QueueKeys

  package static let scripts: [RedisScript] = [.find, .records]

  package init(connection: RedisConnection, keys: QueueKeys) {
    self.connection = connection
    self.keys = keys
  }

  package func depth() async throws(QueueError) -> QueueDepth {
    var depth = QueueDepth(entries: [], inFlight: 0)
    for stream in keys.streams {
      depth.entries.append(Int(try await run(RedisCommand("XLEN", stream)).int ?? 0))
      do {
        let pending = try await connection.run(RedisCommand("XPENDING", stream, QueueKeys.group))
        depth.inFlight += Int(pending.array?.first?.int ?? 0)
      } catch  where error.kind == .noGroup {
        continue
      } catch {
        throw QueueError(redis: error)
      }
    }
    depth.timed = Int(try await run(RedisCommand("ZCARD", keys.due)).int ?? 0)
    depth.parked = Int(try await run(RedisCommand("ZCARD", keys.parked)).int ?? 0)
    depth.dead = Int(try await run(RedisCommand("ZCARD", keys.dead)).int ?? 0)
    return depth
  }

  package func workers() async throws(QueueError) -> [WorkerRecord] {
    let time = try await run(RedisCommand("TIME")).array?.first?.text.flatMap { Int64($0) } ?? 0
    return try await run(RedisCommand("ZRANGE", keys.workers, "0", "-1", "WITHSCORES")).fieldPairs.map {
      WorkerRecord(name: $0, isAlive: (Double($1.text ?? "") ?? 0) > Double(time * 1000))
    }
  }

  package func record(of id: ExecutionID, detail: RecordDetail) async throws(QueueError) -> ExecutionRecord? {
    do {
      return try await RecordLookup(connection: connection, keys: keys).record(of: id, detail: detail).get()
    } catch {
      throw QueueError(redis: error)
    }
  }

  private func run(_ command: RedisCommand) async throws(QueueError) -> RedisValue {
    do { return try await connection.run(command) } catch { throw QueueError(redis: error) }
  }
}
