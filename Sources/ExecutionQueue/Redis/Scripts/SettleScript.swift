import RedisClient

extension RedisScript {
  /// Ends a batch of executions: acknowledges and deletes the entry, writes the outcome.
  ///
  /// - Keys: the streams high, normal, low.
  /// - Arguments: record prefix, group; then for each execution: stream number, entry, token, epoch, state,
  ///   milliseconds to keep the record, whether to keep the payload (1 or 0), number of fields, and so often name, value.
  /// - Returns: for each 1, or 0 when the fence is somebody else's by now. Repeating a settlement gives 1 again.
  static let settle = RedisScript(
    name: "settle",
    source: """
      #!lua flags=allow-oom
      local prefix, group = ARGV[1], ARGV[2]
      local t = redis.call('TIME')
      local now = t[1] * 1000 + math.floor(t[2] / 1000)
      local final = {succeeded = true, failed = true, error = true, timedOut = true, canceled = true}
      local out = {}
      local i = 3
      while i <= #ARGV do
        local stream, entry, key = KEYS[tonumber(ARGV[i])], ARGV[i + 1], prefix .. ARGV[i + 2]
        local state, keep, count = ARGV[i + 4], tonumber(ARGV[i + 5]), tonumber(ARGV[i + 7])
        local held = redis.call('HMGET', key, 'ep', 'st')
        local mine = held[1] == ARGV[i + 3]
        if mine and not final[held[2]] then
          mine = redis.call('XACK', stream, group, entry) == 1
          if mine then
            if ARGV[i + 6] == '1' then
              local found = redis.call('XRANGE', stream, entry, entry)
              local fields = found[1] and found[1][2] or {}
              for f = 1, #fields, 2 do
                if fields[f] == 'p' then redis.call('HSET', key, 'in', fields[f + 1]) end
              end
            end
            redis.call('XDEL', stream, entry)
            if keep == 0 then
              redis.call('DEL', key)
            else
              redis.call('HSET', key, 'st', state, 'fin', now)
              for field = i + 8, i + 6 + 2 * count, 2 do redis.call('HSET', key, ARGV[field], ARGV[field + 1]) end
              redis.call('PEXPIRE', key, keep)
            end
          end
        end
        out[#out + 1] = mine and 1 or 0
        i = i + 8 + 2 * count
      end
      return out
      """)
}
