// Executions that have ended, written into Redis as the scripts write them, but at times that a test chooses.

import TestSupport

struct MadeUpExecutions {
  let redis: RedisServer

  /// So many executions of a workflow that all ended in one millisecond; their ids in the order of the index.
  @discardableResult
  func add(
    _ count: Int, of workflow: String, state: String = "failed", at time: Int64, dead reason: String? = "failed"
  ) throws -> [String] {
    let script = """
      local workflow, state, time, reason = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
      local ids = {}
      for i = 1, tonumber(ARGV[1]) do
        local token = string.format('%016d', redis.call('INCR', 'made-up'))
        local key, entry = '{p0}:x:' .. token, time .. '-' .. (1000000 + i)
        redis.call('HSET', key, 'st', state, 'wf', workflow, 'id', entry, 'ep', 1, 'at', time, 'fin', time, 'in', '{}')
        redis.call('ZADD', '{p0}:h:' .. workflow .. ':' .. state, time, entry .. '-' .. token)
        if reason ~= '' then
          redis.call('HSET', key, 'dead', reason)
          redis.call('ZADD', '{p0}:dead', time, entry .. '-' .. token)
        end
        ids[i] = '0-' .. entry .. '-' .. token
      end
      return ids
      """
    let answer = try redis.command("EVAL", script, "0", "\(count)", workflow, state, "\(time)", reason ?? "")
    let ids = answer.split(separator: "\n").map(String.init)
    guard ids.count == count else { throw RedisServer.Failure(description: answer) }
    return ids
  }

  /// Forgets the record, as Redis does when its time is over.
  func expire(_ id: String) throws {
    try redis.command("DEL", "{p0}:x:\(id.suffix(16))")
  }

  /// How many are in the list of dead letters.
  var deadLetters: Int? { get throws { Int(try redis.command("ZCARD", "{p0}:dead")) } }

  /// How many have been given to the workers again.
  var queued: Int? { get throws { Int(try redis.command("XLEN", "{p0}:q:normal")) } }
}
