// The records of all executions, read from Redis while it runs and after it: those that ended a while ago are taken out,
// so that hours of them fit into memory, in Redis as here.

import ProcessSupport
import Synchronization

final class Records: Sendable {
  private struct State {
    var outcomes: [ExecutionKey: Outcome] = [:]
    /// Records that ended otherwise than `succeeded`: the state, the workflow and why.
    var failures: [ExecutionKey: String] = [:]
  }

  /// A page of the records that ended long enough ago, and how many others have not ended.
  private static let script = """
    local page = redis.call('SCAN', ARGV[1], 'MATCH', '{p0}:x:*', 'COUNT', 300)
    local now = redis.call('TIME')
    local before = now[1] * 1000 + math.floor(now[2] / 1000) - ARGV[2]
    local out = {page[1], 0}
    local wanted = {st = true, wf = true, msg = true, crashes = true, ep = true}
    for _, key in ipairs(page[2]) do
      local fin = redis.call('HGET', key, 'fin')
      if not fin then
        out[2] = out[2] + 1
      elseif tonumber(fin) <= before then
        local fields = redis.call('HGETALL', key)
        local record = {key}
        for i = 1, #fields, 2 do
          local name = fields[i]
          if wanted[name] or string.sub(name, 1, 2) == 'n:' then
            record[#record + 1] = name
            record[#record + 1] = fields[i + 1]
          end
        end
        out[#out + 1] = record
      end
    end
    return out
    """

  private let redis: RedisHost
  private let state = Mutex(State())

  init(_ redis: RedisHost) {
    self.redis = redis
  }

  var outcomes: [Outcome] { state.withLock { Array($0.outcomes.values) } }
  var failures: [ExecutionKey: String] { state.withLock { $0.failures } }

  /// How many records have not ended.
  @discardableResult
  func sweep(olderThan age: Duration) async throws -> Int {
    var cursor = "0"
    var unfinished = 0
    repeat {
      let reply = try await redis.control.call("EVAL", Self.script, "0", cursor, "\(Int(age.seconds * 1000))").elements
      guard reply.count >= 2, let next = reply[0].text else { throw TortureError("a page of records makes no sense") }
      cursor = next
      unfinished += reply[1].number ?? 0
      let ended = reply.dropFirst(2)
      keep(ended.compactMap(ExecutionFields.init))
      // Only what has arrived here may go: the answer may be lost, and is asked for again.
      let keys = ended.compactMap { $0.elements.first?.text }
      if !keys.isEmpty { _ = try await redis.control.call(["UNLINK"] + keys) }
    } while cursor != "0"
    return unfinished
  }

  /// From time to time, until it is cancelled. What Redis does not answer it answers the next time.
  func sweepOn() async throws {
    while true {
      try await Task.sleep(for: .seconds(15))
      _ = try? await sweep(olderThan: .seconds(60))
    }
  }

  private func keep(_ records: [ExecutionFields]) {
    state.withLock { state in
      for record in records {
        guard let outcome = Outcome(record) else { continue }
        state.outcomes[outcome.key] = outcome
        guard !outcome.hasSucceeded else { continue }
        state.failures[outcome.key] =
          "\(record["st"] ?? "?") \(outcome.workflow.key): \((record["msg"] ?? "").prefix(160))"
      }
    }
  }
}
